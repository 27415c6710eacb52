import { describe, expect, it } from 'vitest';
import * as format from './format';

describe('numbers', () => {
    it.each([
        [format.count(1044847), '1,044,847'],
        [format.short(1220631), '1.2M'],
        [format.short(5942), '5,942'],
        [format.share(0.8812), '88 %'],
        [format.share(0.0421), '4.2 %'],
        [format.share(0), '0 %'],
        [format.share(-0.02), '−2.0 %'],
        [format.share(-0.0001), '0.0 %'],
        [format.number(3.14159), '3.142'],
        [format.signed(-3), '−3'],
        [format.scaled(3293.4678, 'amount'), '3,293'],
        [format.withInterval(0.6565, [0.61, 0.71], 'share'), '66 % (61 to 71)'],
        [format.withInterval(12, null, 'count'), '12'],
        [format.duration(0.2), 'under a second'],
        [format.duration(7200), '2 hours'],
        [format.duration(86400), '1 day'],
    ])('%s', (printed, expected) => {
        expect(printed.replaceAll(' ', ' ')).toBe(expected);
    });
});

describe('instants', () => {
    it('what is no instant stays as it is said', () => {
        expect(format.instant('never')).toBe('never');
        expect(format.instant(null)).toBe('–');
        expect(format.day('2011-12-10T12:00:00Z')).toBe('10 Dec 2011');
    });
    it('are read out of a sentence', () => {
        expect(format.withInstants('judged at 2011-09-11T00:00:24.567008Z, n = 4')).toBe(
            `judged at ${format.instant('2011-09-11T00:00:24Z')}, n = 4`,
        );
        expect(format.withInstants('2011-09-11 is a day')).toBe('2011-09-11 is a day');
    });
});

it('prints values of any kind', () => {
    expect([format.anything('x'), format.anything(true), format.anything(['a']), format.anything(1.5)]).toEqual([
        'x',
        'true',
        '["a"]',
        '1.5',
    ]);
});
