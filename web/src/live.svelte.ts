// The change feed, followed for as long as somebody is logged in.
import type { Change } from './api/types';
import { FeedSampler, type FeedPicture } from './models/feed';

const drawEveryMs = 250;
const beatEveryMs = 1500;
const retryAfterMs = 4000;

class Live {
    picture = $state.raw<FeedPicture>({
        shown: [],
        perSecond: 0,
        sampled: false,
        total: 0,
        newestOf: () => [],
        moved: new Map(),
    });
    connected = $state(false);
    /** Rises when something has changed, at most every second and a half: what pages reload upon. */
    beat = $state(0);

    #sampler = new FeedSampler();
    #source: EventSource | undefined;
    #timer = 0;
    #lastBeat = 0;
    #owesBeat = false;

    start(): void {
        if (this.#source) {
            return;
        }
        this.#open();
        this.#timer = window.setInterval(() => this.#draw(), drawEveryMs);
    }

    stop(): void {
        window.clearInterval(this.#timer);
        this.#source?.close();
        this.#source = undefined;
        this.connected = false;
    }

    #open(): void {
        const source = new EventSource('/v1/changes/stream');
        this.#source = source;
        source.addEventListener('open', () => {
            this.connected = true;
        });
        source.addEventListener('change', (event) => {
            this.#sampler.push(JSON.parse(String(event.data)) as Change);
        });
        source.addEventListener('error', () => {
            this.connected = false;
            if (source.readyState === EventSource.CLOSED && this.#source === source) {
                window.setTimeout(() => {
                    if (this.#source === source) {
                        this.#open();
                    }
                }, retryAfterMs);
            }
        });
    }

    #draw(): void {
        const now = performance.now();
        if (this.#sampler.waiting > 0 || this.picture.perSecond > 0) {
            this.#owesBeat ||= this.#sampler.waiting > 0;
            this.picture = this.#sampler.draw(now);
        }
        if (this.#owesBeat && now - this.#lastBeat >= beatEveryMs) {
            this.#owesBeat = false;
            this.#lastBeat = now;
            this.beat += 1;
        }
    }
}

export const live = new Live();
