import { describe, expect, it } from 'vitest';
import type { Change } from '../api/types';
import { FeedSampler, perDrawMax, shownMax } from './feed';

function change(number: number, direction: Change['direction'] = 'entered'): Change {
    return {
        number,
        customer: `c${number}`,
        segment: 's',
        version: 1,
        direction,
        at: '2024-01-01T00:00:00Z',
        cause: 'event',
    };
}

describe('the feed', () => {
    it('shows few changes all, newest first', () => {
        const feed = new FeedSampler();
        feed.push(change(1));
        feed.push(change(2, 'left'));
        const picture = feed.draw(0);
        expect(picture.shown.map((one) => one.number)).toEqual([2, 1]);
        expect(picture.sampled).toBe(false);
        expect(picture.moved.get('s')).toEqual({ entered: 1, left: 1 });
    });
    it('counts ten thousand a second and says that it shows a sample', () => {
        const feed = new FeedSampler();
        let picture = feed.draw(0);
        for (let second = 0; second < 3; second += 1) {
            for (let quarter = 0; quarter < 4; quarter += 1) {
                for (let index = 0; index < 2500; index += 1) {
                    feed.push(change(index));
                }
                picture = feed.draw(second * 1000 + (quarter + 1) * 250);
                expect(picture.shown.length).toBeLessThanOrEqual(shownMax);
            }
        }
        expect(picture.perSecond).toBe(10000);
        expect(picture.sampled).toBe(true);
        expect(picture.total).toBe(30000);
        expect(picture.moved.get('s')?.entered).toBe(30000);
    });
    it('shows the newest of a burst', () => {
        const feed = new FeedSampler();
        for (let index = 0; index < 1000; index += 1) {
            feed.push(change(index));
        }
        const numbers = feed.draw(0).shown.map((one) => one.number);
        expect(numbers).toEqual(Array.from({ length: perDrawMax }, (_, place) => 999 - place));
    });
    it('keeps the change of a quiet segment beside a busy one', () => {
        const feed = new FeedSampler();
        feed.push({ ...change(1), segment: 'quiet' });
        for (let index = 2; index < 5000; index += 1) {
            feed.push(change(index));
        }
        const picture = feed.draw(0);
        expect(picture.shown.some((one) => one.segment === 'quiet')).toBe(false);
        expect(picture.newestOf('quiet').map((one) => one.number)).toEqual([1]);
        expect(picture.newestOf('s').map((one) => one.number)[0]).toBe(4999);
        expect(picture.newestOf('nothing')).toEqual([]);
    });
    it('is calm again a second later', () => {
        const feed = new FeedSampler();
        for (let index = 0; index < 100; index += 1) {
            feed.push(change(index));
        }
        feed.draw(0);
        const later = feed.draw(1500);
        expect(later.perSecond).toBe(0);
        expect(later.sampled).toBe(false);
    });
});
