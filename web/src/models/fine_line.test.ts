import { describe, expect, it } from 'vitest';
import { countAt, layOut, markAt } from './fine_line';
import type { FineLine, Sample } from './report';

const box = { width: 800, height: 400, left: 50, right: 20, top: 20, bottom: 40 };
const sample = (segments: number, value: number, captured = true): Sample => {
    const measured = { value, low: value - 0.05, high: value + 0.05 };
    return { segments, skill: measured, captured: captured ? measured : null, portfolio: [] };
};
const line: FineLine = {
    metric: 'm',
    protocol: 'p',
    n: 100,
    ceiling: 'trees',
    capacity: 6,
    discovered: [sample(3, 0.8), sample(1, 0), sample(2, 0.6)],
    merges: [sample(2, 0.4), sample(1, 0)],
    today: sample(8, 0.66),
    recommended: sample(3, 0.8),
    oneEach: sample(100, 1),
};

describe('the fine line', () => {
    it('rises to the right and keeps inside its box', () => {
        const picture = layOut(line, box);
        expect(picture.discovered.map((mark) => mark.segments)).toEqual([1, 2, 3]);
        const heights = picture.discovered.map((mark) => mark.y);
        expect(heights).toEqual([...heights].sort((a, b) => b - a));
        for (const mark of [...picture.discovered, ...picture.merges, picture.today, picture.oneEach]) {
            expect(mark?.x).toBeGreaterThanOrEqual(box.left);
            expect(mark?.x).toBeLessThanOrEqual(box.width - box.right);
            expect(mark?.high).toBeGreaterThanOrEqual(box.top - 0.001);
        }
    });
    it('keeps the segment of one behind the break, all else before it', () => {
        const picture = layOut(line, box);
        expect(picture.oneEach?.x).toBeGreaterThan(picture.breakX);
        expect(picture.x(picture.last)).toBeLessThan(picture.breakX);
        expect(picture.last).toBe(8);
    });
    it('draws R² where nothing is said of the share captured', () => {
        const picture = layOut(
            {
                ...line,
                discovered: [sample(1, 0, false), sample(2, 0.01, false)],
                merges: [],
                oneEach: null,
                today: null,
            },
            box,
        );
        expect(picture.measure).toBe('skill');
        expect(picture.discovered).toHaveLength(2);
    });
    it('finds the count below a pointer', () => {
        const picture = layOut(line, box);
        for (let count = 1; count <= picture.last; count += 1) {
            expect(countAt(picture, picture.x(count) + 3)).toBe(count);
        }
        expect(countAt(picture, -100)).toBe(1);
        expect(countAt(picture, 5000)).toBe(8);
        expect(markAt(picture.merges, 2)?.measured.value).toBe(0.4);
        expect(markAt(picture.merges, 5)).toBeNull();
    });
});
