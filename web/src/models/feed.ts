// The change feed at any speed: counts everything, shows only what a person can follow.
import type { Change } from '../api/types';

/** How many changes are kept for showing. */
export const shownMax = 60;
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

    push(change: Change): void {
        this.#pendingCount += 1;
        this.#total += 1;
        const moved = this.#moved.get(change.segment) ?? { entered: 0, left: 0 };
        moved[change.direction] += 1;
        this.#moved.set(change.segment, moved);
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
            moved: this.#moved,
        };
    }
}
