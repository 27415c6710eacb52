// The geometry of the Fine Line: value captured against the number of segments, the segment of one behind a break.
import type { FineLine, Measured, Sample } from './report';
import { bandPath, linearScale, linePath, type Scale } from './scale';

export interface Box {
    width: number;
    height: number;
    left: number;
    right: number;
    top: number;
    bottom: number;
}

export interface Mark {
    segments: number;
    x: number;
    y: number;
    low: number;
    high: number;
    measured: Measured;
}

export interface LinePicture {
    x: Scale;
    y: Scale;
    /** Where the axis breaks, and where the segment of one stands behind it. */
    breakX: number;
    oneX: number;
    last: number;
    line: string;
    band: string;
    mergeLine: string;
    discovered: Mark[];
    merges: Mark[];
    today: Mark | null;
    recommended: Mark | null;
    oneEach: Mark | null;
    capacityX: number | null;
    /** Shares of what can be told in advance, or, where no ceiling stands, R² itself. */
    measure: 'captured' | 'skill';
}

/** What is drawn of a sample: the share captured, else its skill. */
export function measureOf(sample: Sample, measure: 'captured' | 'skill'): Measured | null {
    return measure === 'captured' ? sample.captured : sample.skill;
}

function largestCount(line: FineLine): number {
    const counts = [line.today, line.recommended, ...line.discovered, ...line.merges].map((one) => one?.segments ?? 0);
    return Math.max(2, line.capacity ?? 0, ...counts);
}

/** Lays a line out in a box. */
export function layOut(line: FineLine, box: Box): LinePicture {
    const everything = [...line.discovered, ...line.merges];
    const measure = everything.some((sample) => sample.captured !== null) ? 'captured' : 'skill';
    const last = largestCount(line);
    const inner = box.width - box.left - box.right;
    const breakX = box.left + inner * 0.9;
    const oneX = box.left + inner * 0.965;
    const values = [...everything, line.oneEach].flatMap((sample) =>
        sample ? (measureOf(sample, measure) ?? []) : [],
    );
    const top =
        measure === 'captured'
            ? Math.max(1, ...values.map((one) => one.high))
            : Math.max(0.01, ...values.map((one) => one.high));
    const bottom = Math.min(0, ...values.map((one) => one.value));
    const x = linearScale([1, last], [box.left + 6, breakX - 16], Math.min(last, 10));
    const y = linearScale([bottom, top], [box.height - box.bottom, box.top]);
    const mark = (sample: Sample | null, at?: number): Mark | null => {
        const measured = sample && measureOf(sample, measure);
        if (!sample || !measured) {
            return null;
        }
        const { value, low, high } = measured;
        return {
            segments: sample.segments,
            x: at ?? x(sample.segments),
            y: y(value),
            low: y(low),
            high: y(high),
            measured,
        };
    };
    const marks = (samples: Sample[]): Mark[] =>
        samples.flatMap((sample) => mark(sample) ?? []).sort((a, b) => a.segments - b.segments);
    const discovered = marks(line.discovered);
    const merges = marks(line.merges);
    const points = (list: Mark[], side: 'y' | 'low' | 'high'): Array<[number, number]> =>
        list.map((one) => [one.x, one[side]]);
    return {
        x,
        y,
        breakX,
        oneX,
        last,
        line: linePath(points(discovered, 'y')),
        band: bandPath(points(discovered, 'high'), points(discovered, 'low')),
        mergeLine: linePath(points(merges, 'y')),
        discovered,
        merges,
        today: mark(line.today),
        recommended: mark(line.recommended),
        oneEach: mark(line.oneEach, oneX),
        capacityX: line.capacity === null ? null : x(line.capacity),
        measure,
    };
}

/** The mark of a path at exactly this many segments. */
export function markAt(marks: Mark[], count: number): Mark | null {
    return marks.find((mark) => mark.segments === count) ?? null;
}

/** The number of segments nearest to a place on the axis. */
export function countAt(picture: LinePicture, x: number): number {
    const [first, second] = [picture.x(1), picture.x(2)];
    const count = Math.round(1 + (x - first) / (second - first));
    return Math.min(picture.last, Math.max(1, count));
}
