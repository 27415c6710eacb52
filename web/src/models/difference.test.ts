import { describe, expect, it } from 'vitest';
import { compare, compareWords, patchLines } from './difference';

describe('differences', () => {
    it('what stays and what is removed is the text before, what stays and is added the text after', () => {
        const letters = 'abcab';
        for (let seed = 0; seed < 200; seed += 1) {
            const make = (factor: number) =>
                Array.from(
                    { length: (seed * factor) % 9 },
                    (_, place) => letters[(seed * place * factor + place) % 5] as string,
                );
            const before = make(7);
            const after = make(11);
            const pieces = compare(before, after);
            expect(pieces.filter((piece) => piece.kind !== 'added').map((piece) => piece.text)).toEqual(before);
            expect(pieces.filter((piece) => piece.kind !== 'removed').map((piece) => piece.text)).toEqual(after);
        }
    });
    it('words: only what differs is marked', () => {
        const changed = compareWords('count(x) > 3', 'count(x) >= 4').filter((piece) => piece.kind !== 'same');
        expect(changed.map((piece) => piece.kind + piece.text.trim())).toEqual(['added=', 'removed3', 'added4']);
    });
    it('texts with little in common stay whole', () => {
        expect(compareWords('rfm.recency = 5', 'sum(purchase.amount) > 5000').map((piece) => piece.kind)).toEqual([
            'removed',
            'same',
            'added',
        ]);
        expect(compareWords('', 'did x')).toEqual([{ kind: 'added', text: 'did x' }]);
    });
    it('patches: headers are neither added nor removed', () => {
        expect(patchLines('--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n').map((piece) => piece.kind)).toEqual([
            'same',
            'same',
            'same',
            'removed',
            'added',
        ]);
    });
});
