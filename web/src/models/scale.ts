// From values to places on paper.

export interface Scale {
    (value: number): number;
    ticks: number[];
}

/** Round numbers between two values, at most about `count` of them. */
export function roundTicks(low: number, high: number, count: number): number[] {
    if (!(high > low)) {
        return [low];
    }
    const rough = (high - low) / Math.max(1, count);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
    const first = Math.ceil(low / step - 1e-9);
    const last = Math.floor(high / step + 1e-9);
    return Array.from({ length: last - first + 1 }, (_, place) => Number(((first + place) * step).toPrecision(12)));
}

export function linearScale(domain: [number, number], range: [number, number], tickCount = 5): Scale {
    const [low, high] = domain;
    const span = high - low || 1;
    const scale = (value: number): number => range[0] + ((value - low) / span) * (range[1] - range[0]);
    return Object.assign(scale, { ticks: roundTicks(low, high, tickCount) });
}

/** The points of a line as the `d` of an SVG path. */
export function linePath(points: Array<[number, number]>): string {
    return points.map(([x, y], place) => `${place === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
}

/** The area between two lines that share their x. */
export function bandPath(upper: Array<[number, number]>, lower: Array<[number, number]>): string {
    return upper.length === 0 ? '' : `${linePath([...upper, ...[...lower].reverse()])}Z`;
}
