import { describe, expect, it } from 'vitest';
import { distanceForArea, lensArea, placeCircles, placeLabels } from './circles';

describe('circles', () => {
    it('share what they should: nothing apart, all of the smaller inside', () => {
        expect(lensArea(3, 2, 5)).toBe(0);
        expect(lensArea(3, 2, 0.5)).toBeCloseTo(Math.PI * 4);
        // Two unit circles at distance 1 share 2π/3 − √3/2.
        expect(lensArea(1, 1, 1)).toBeCloseTo((2 * Math.PI) / 3 - Math.sqrt(3) / 2);
        expect(lensArea(3, 2, distanceForArea(3, 2, 4))).toBeCloseTo(4, 5);
    });
    it('two that overlap by half are drawn so', () => {
        const [a, b] = placeCircles(
            [
                { name: 'a', size: 100 },
                { name: 'b', size: 100 },
            ],
            [{ a: 'a', b: 'b', both: 50 }],
            600,
            400,
        );
        const area = lensArea(a!.radius, b!.radius, Math.hypot(a!.x - b!.x, a!.y - b!.y));
        expect(area / (Math.PI * a!.radius ** 2)).toBeCloseTo(0.5, 1);
    });
    it('stay on the paper and are the same each time', () => {
        const sizes = Array.from({ length: 50 }, (_, place) => ({ name: `s${place}`, size: (place * 37) % 91 }));
        const placed = placeCircles(sizes, [{ a: 's1', b: 's2', both: 3 }], 700, 420);
        expect(placed).toEqual(placeCircles(sizes, [{ a: 's1', b: 's2', both: 3 }], 700, 420));
        for (const circle of placed) {
            expect(circle.x - circle.radius).toBeGreaterThanOrEqual(0);
            expect(circle.y + circle.radius).toBeLessThanOrEqual(420);
        }
    });
    it('have labels that cover none of the others', () => {
        const sizes = Array.from({ length: 12 }, (_, place) => ({ name: `segment_${place}`, size: 100 + place * 90 }));
        const shared = sizes.slice(1).map((one) => ({ a: 'segment_0', b: one.name, both: 60 }));
        const circles = placeCircles(sizes, shared, 900, 460);
        const labels = placeLabels(circles, 900, 460);
        expect(labels.length).toBeGreaterThanOrEqual(10);
        for (const [place, label] of labels.entries()) {
            for (const other of labels.slice(place + 1)) {
                expect(Math.abs(label.x - other.x) > 60 || Math.abs(label.y - other.y) >= 30).toBe(true);
            }
        }
    });
    it('of nothing are none', () => {
        expect(placeCircles([], [], 10, 10)).toEqual([]);
    });
});
