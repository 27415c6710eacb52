import { describe, expect, it } from 'vitest';
import { portfolioAt, readFineLine, readReport, readShape } from './report';

const measured = (value: number) => ({ value, standard_error: 0.1, interval: [value - 0.1, value + 0.1] });
const rules = [{ segment: 'high', when: 'x > 1' }];
const sample = (segments: number) => ({
    segments,
    skill: measured(0.3),
    captured: measured(segments / 10),
    portfolio: segments === 2 ? rules : undefined,
});
const audit = {
    purpose: 'p',
    sentence: 'Your 3 segments tell 66 %.',
    segments: ['a', 'b', 'c'].map((name) => ({
        name,
        when: 'x',
        members: 5,
        metric: { shape: 'estimate', value: 2, interval: [1, 3] },
    })),
    merges: [
        { segments: 3, first: '', second: '' },
        { segments: 2, first: 'a', second: 'c', rests_on: 'no evidence of a difference', captured: measured(0.2) },
        { segments: 1, first: 'c + a', second: 'b' },
    ],
    curve: {
        metric: 'm',
        n: 9,
        discovered: [sample(1), sample(2)],
        merges: [],
        today: null,
        one_each: sample(9),
        capacity: 6,
    },
    recommended: { segments: 2, why: 'w', portfolio: 'purpose: p\n', patch: '' },
};

describe('reports', () => {
    it('are read with their line and their recommendation', () => {
        const report = readReport(audit);
        expect(report.line?.discovered[1]?.captured).toEqual({ value: 0.2, low: 0.1, high: 0.30000000000000004 });
        expect(report.line?.discovered.map((one) => one.portfolio)).toEqual([[], rules]);
        expect(report.line?.today).toBeNull();
        expect(report).toMatchObject({ yaml: 'purpose: p\n', recommendedSegments: 2, cards: [] });
    });
    it('of nothing are empty, and are not invented', () => {
        expect(readReport(null)).toMatchObject({ sentence: '', line: null, segments: [] });
        expect(readFineLine({})).toBeNull();
    });
    it('keep a shape nobody knows as a note', () => {
        expect(readShape({ shape: 'hologram' })).toEqual({ shape: 'note', text: '{"shape":"hologram"}' });
    });
    it('keep estimates in tables', () => {
        const table = readShape({
            shape: 'table',
            title: 't',
            columns: ['x'],
            rows: [['a', { shape: 'estimate', value: 3, interval: [2, 4] }]],
        });
        expect(table).toMatchObject({ rows: [['a', { value: 3, interval: [2, 4] }]] });
    });
});

describe('the portfolio along the merge path', () => {
    it('joins what the path joins', () => {
        const report = readReport(audit);
        expect(portfolioAt(report, 3)).toEqual([['a'], ['b'], ['c']]);
        expect(portfolioAt(report, 2)).toEqual([['a', 'c'], ['b']]);
        expect(portfolioAt(report, 1)).toEqual([['a', 'c', 'b']]);
        expect(portfolioAt(report, 7)).toEqual([]);
    });
});
