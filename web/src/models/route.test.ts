import { describe, expect, it } from 'vitest';
import { addressOf, parseRoute, type Route } from './route';

const all: Route[] = [
    { page: 'home' },
    { page: 'newPurpose' },
    { page: 'purpose', name: 'second order / 2', k: 6, plan: true },
    { page: 'purpose', name: 'x', k: null, plan: false },
    { page: 'map', measure: 'containment' },
    { page: 'segment', name: 'a?b', tab: 'edit' },
    { page: 'newSegment', expression: "country = 'DE' & more" },
    { page: 'discover', purpose: 'x', study: 's1' },
    { page: 'customers', query: 'ada@example.com' },
    { page: 'customer', id: 'ada#1' },
    { page: 'data', tab: 'keys' },
    { page: 'code', purpose: 'x', tab: 'history' },
];

describe('addresses', () => {
    it.each(all)('$page survives being written and read', (route) => {
        const address = new URL(addressOf(route), 'http://console');
        expect(parseRoute(address.pathname, address.search)).toEqual(route);
    });
    it('what is unknown or broken is not found', () => {
        for (const path of ['/nowhere', '/segments/a/b', '/purposes', '/customers/%E0%A4%A']) {
            expect(parseRoute(path, '').page).toBe('notFound');
        }
    });
    it('a value nobody knows falls back to the usual one', () => {
        expect(parseRoute('/segments/a', '?tab=nothing')).toEqual({ page: 'segment', name: 'a', tab: 'overview' });
        expect(parseRoute('/purposes/a', '?k=-3')).toMatchObject({ k: null });
    });
});
