import { describe, expect, it } from 'vitest';
import { blocksOf, complete, locateMistake, placeOfByte, quoteName, tokenize, type Candidate } from './expression';

describe('tokens', () => {
    it.each([
        "did purchase where name = 'it''s' -- why",
        'count(`Order Completed`, last 90 days) >= 3.5',
        "a ~ 'ü' or (b)",
        "'open",
    ])('%s is the sum of its tokens', (text) => {
        expect(
            tokenize(text)
                .map((token) => token.text)
                .join(''),
        ).toBe(text);
    });
    it('tells functions, names and keywords apart', () => {
        const kinds = Object.fromEntries(
            tokenize('did x and last(purchase.channel, last 3 days)').map((token) => [token.begin, token.kind]),
        );
        expect(kinds).toMatchObject({
            0: 'keyword',
            4: 'name',
            6: 'keyword',
            10: 'function',
            15: 'name',
            33: 'keyword',
        });
    });
});

describe('mistakes', () => {
    it('stand below the caret, also behind letters of several bytes', () => {
        expect(placeOfByte('ü = 1', 2)).toBe(1);
        const mistake = locateMistake("name = 'é' andd x", { begin: 12, end: 16 });
        expect(mistake.carets).toBe(' '.repeat(11) + '^^^^');
        expect(mistake.text.slice(11, 15)).toBe('andd');
    });
    it('are shown in their own line', () => {
        const mistake = locateMistake('did a\nand dd b', { begin: 10, end: 12 });
        expect(mistake).toMatchObject({ line: 2, text: 'and dd b', carets: '    ^^' });
    });
    it('at the end have one caret', () => {
        expect(locateMistake('a >', { begin: 3, end: 3 })).toMatchObject({ carets: '   ^' });
    });
});

const known: Candidate[] = [
    { text: 'purchase', kind: 'event', detail: '' },
    { text: 'amount', kind: 'property', detail: 'purchase' },
    { text: 'amount', kind: 'property', detail: 'refund' },
    { text: 'plan', kind: 'trait', detail: '' },
    { text: 'percentile', kind: 'function', detail: '' },
    { text: 'vip', kind: 'segment', detail: '' },
    { text: '`Order Completed`', kind: 'event', detail: '' },
];
const offered = (text: string) => complete(text, text.length, known).candidates.map((candidate) => candidate.text);

describe('completion', () => {
    it('offers what begins so before what only contains it, events first', () => {
        expect(offered('did p')).toEqual(['purchase', 'plan', 'percentile', '`Order Completed`', 'vip']);
    });
    it('offers the properties of an event behind its dot', () => {
        expect(offered('sum(purchase.')).toEqual(['amount']);
    });
    it('offers segments behind `segment`, nothing inside a text', () => {
        expect(offered('not segment ')).toEqual(['vip']);
        expect(offered("plan = 'p")).toEqual([]);
        expect(offered('')).toEqual([]);
    });
    it('finds names in backticks and says what it replaces', () => {
        const found = complete('did `Ord', 8, known);
        expect(found).toMatchObject({ from: 4, candidates: [{ text: '`Order Completed`' }] });
        expect(quoteName('Order Completed')).toBe('`Order Completed`');
        expect(quoteName('end')).toBe('`end`');
    });
});

describe('blocks', () => {
    const condition = (text: string) => ({ kind: 'condition', text });
    it('split at and, or and parentheses', () => {
        expect(blocksOf("did x and (a = 1 or b between 1 and 2) and c = 'and'")).toEqual({
            kind: 'all',
            parts: [
                condition('did x'),
                { kind: 'any', parts: [condition('a = 1'), condition('b between 1 and 2')] },
                condition("c = 'and'"),
            ],
        });
    });
    it('leave the inside of calls and cases alone', () => {
        const text = 'count(purchase where a and b) > case when a or b then 1 else 2 end';
        expect(blocksOf(text)).toEqual(condition(text));
        expect(blocksOf('(a or b) and (c or d)')).toMatchObject({
            kind: 'all',
            parts: [{ kind: 'any' }, { kind: 'any' }],
        });
    });
});
