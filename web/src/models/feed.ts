// The change feed at any speed: counts everything, shows only what a person can follow.
import type { Change } from '../api/types';

/** How many changes are kept for showing. */
export const shownMax = 60;
/** How many of one segment are kept beside, so that a busy neighbour does not push them out. */
export const perSegmentMax = 12;
/** Changes that become visible at one drawing; more are counted, not shown. */
export const perDrawMax = 12;

export interface Moved {
    entered: number;
    left: number;
}

/** What the page draws. */
export interface FeedPicture {
    shown: Change[];
    perSecond: number;
    /** Of the changes of the last second not all were shown. */
    sampled: boolean;
    total: number;
    /** The newest changes of one segment, newest first. */
    newestOf: (segment: string) => Change[];
    /** Net sums by segment since the feed began. */
    moved: ReadonlyMap<string, Moved>;
}

interface Drawing {
    at: number;
    count: number;
    sampled: boolean;
}

/** Takes changes as they come; `draw` is called a few times a second. Times are milliseconds. */
export class FeedSampler {
    #pending: Change[] = [];
    #pendingCount = 0;
    #shown: Change[] = [];
    #total = 0;
    #moved = new Map<string, Moved>();
    #drawings: Drawing[] = [];
    #bySegment = new Map<string, Change[]>();

    push(change: Change): void {
        this.#pendingCount += 1;
        this.#total += 1;
        const moved = this.#moved.get(change.segment) ?? { entered: 0, left: 0 };
        moved[change.direction] += 1;
        this.#moved.set(change.segment, moved);
        const own = this.#bySegment.get(change.segment) ?? [];
        own.push(change);
        if (own.length > 2 * perSegmentMax) {
            own.splice(0, perSegmentMax);
        }
        this.#bySegment.set(change.segment, own);
        this.#pending.push(change);
        if (this.#pending.length > 2 * perDrawMax) {
            this.#pending.splice(0, perDrawMax);
        }
    }

    get waiting(): number {
        return this.#pendingCount;
    }

    draw(now: number): FeedPicture {
        const sampled = this.#pendingCount > perDrawMax;
        this.#drawings.push({ at: now, count: this.#pendingCount, sampled });
        this.#drawings = this.#drawings.filter((drawing) => drawing.at > now - 1000);
        const newest = this.#pending.slice(-perDrawMax).reverse();
        this.#shown = [...newest, ...this.#shown].slice(0, shownMax);
        this.#pending = [];
        this.#pendingCount = 0;
        return {
            shown: this.#shown,
            perSecond: this.#drawings.reduce((sum, drawing) => sum + drawing.count, 0),
            sampled: this.#drawings.some((drawing) => drawing.sampled),
            total: this.#total,
            newestOf: (segment) => (this.#bySegment.get(segment) ?? []).slice(-perSegmentMax).reverse(),
            moved: this.#moved,
        };
    }
}
