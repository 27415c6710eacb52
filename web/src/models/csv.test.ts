import { expect, it } from 'vitest';
import { toCsv } from './csv';

it('quotes only what needs it', () => {
    expect(
        toCsv({
            columns: ['a', 'b "x"'],
            rows: [
                [1.5, 'x,y'],
                [null, 'two\nlines'],
            ],
        }),
    ).toBe('a,"b ""x"""\r\n1.5,"x,y"\r\n,"two\nlines"\r\n');
});
