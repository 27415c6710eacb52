import { expect, it } from 'vitest';
import { ratesBetween } from './rates';

it('is the difference over the time, never below zero', () => {
    const look = (second: number, kept: number) => ({
        at: `2024-01-01T00:00:0${second}Z`,
        sources: [{ source: 'web', kept }],
    });
    expect(ratesBetween(look(0, 100), look(4, 300)).get('web')).toBe(50);
    expect(ratesBetween(look(0, 100), look(4, 10)).get('web')).toBe(0);
    expect(ratesBetween(look(1, 100), look(1, 900)).get('web')).toBe(0);
});
