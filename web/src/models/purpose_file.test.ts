import { describe, expect, it } from 'vitest';
import { editSegments, emptyPurpose, portfolioFile } from './purpose_file';

describe('a new purpose as a file', () => {
    it('quotes what people type and leaves out what they left empty', () => {
        expect(
            portfolioFile({
                ...emptyPurpose,
                name: 'next',
                question: 'Who: "when"?',
                metric: 'sum(p.a, next 90 days)',
            }),
        ).toBe(
            'purpose: "next"\nquestion: "Who: \\"when\\"?"\nmetric: "sum(p.a, next 90 days)"\nbetter: higher\ncapacity: 6\nreview: "90 days"\nsegments: []\n',
        );
    });
    it('lists segments', () => {
        const file = portfolioFile({ ...emptyPurpose, name: 'n' }, [{ name: 'a', when: "x = 'y'" }]);
        expect(file).toContain('segments:\n  - name: "a"\n    when: "x = \'y\'"\n');
    });
});

describe('a proposed file', () => {
    const file =
        'purpose: "p"\nsegments:\n  - name: "a"\n    when: "x"\n    because: "y"\n  - name: "b"\n    when: "z"\n';
    it('loses what is dropped and keeps the rest with its new name', () => {
        expect(
            editSegments(
                file,
                (name) => name !== 'a',
                (name) => `${name}2`,
            ),
        ).toBe('purpose: "p"\nsegments:\n  - name: "b2"\n    when: "z"\n');
    });
    it('stays as it is where nothing is asked', () => {
        expect(
            editSegments(
                file,
                () => true,
                (name) => name,
            ),
        ).toBe(file);
    });
});
