import { describe, expect, it } from 'vitest';
import { bandPath, linearScale, linePath, roundTicks } from './scale';

describe('scales', () => {
    it('has round ticks inside its domain', () => {
        expect(roundTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
        expect(roundTicks(3, 97, 4)).toEqual([50]);
        expect(roundTicks(5, 5, 4)).toEqual([5]);
    });
    it('maps ends to ends, also where nothing varies', () => {
        const scale = linearScale([0, 10], [100, 0]);
        expect([scale(0), scale(10), scale(5)]).toEqual([100, 0, 50]);
        expect(linearScale([3, 3], [0, 10])(3)).toBe(0);
    });
    it('draws lines and bands', () => {
        expect(
            linePath([
                [0, 0],
                [1, 2],
            ]),
        ).toBe('M0.0 0.0L1.0 2.0');
        expect(bandPath([[0, 1]], [[0, 0]])).toBe('M0.0 1.0L0.0 0.0Z');
        expect(bandPath([], [])).toBe('');
    });
});
