// The URL is the state: what an address means, and the address of a meaning.

export type Route =
    | { page: 'home' }
    | { page: 'newPurpose' }
    | { page: 'purpose'; name: string; k: number | null; plan: boolean }
    | { page: 'map'; measure: 'jaccard' | 'containment' }
    | { page: 'segment'; name: string; tab: SegmentTab }
    | { page: 'newSegment'; expression: string }
    | { page: 'discover'; purpose: string; study: string }
    | { page: 'customers'; query: string }
    | { page: 'customer'; id: string }
    | { page: 'data'; tab: DataTab }
    | { page: 'code'; purpose: string; tab: CodeTab }
    | { page: 'notFound'; path: string };

export const segmentTabs = ['overview', 'edit', 'members', 'versions', 'sql'] as const;
export type SegmentTab = (typeof segmentTabs)[number];
export const dataTabs = ['flow', 'schema', 'rejected', 'keys'] as const;
export type DataTab = (typeof dataTabs)[number];
export const codeTabs = ['file', 'history'] as const;
export type CodeTab = (typeof codeTabs)[number];

function oneOf<T extends string>(allowed: readonly T[], value: string | null, otherwise: T): T {
    return allowed.find((choice) => choice === value) ?? otherwise;
}

function positive(text: string | null): number | null {
    const number = Number(text);
    return text !== null && Number.isInteger(number) && number > 0 ? number : null;
}

/** Reads an address. */
export function parseRoute(pathname: string, search: string): Route {
    const query = new URLSearchParams(search);
    let parts: string[];
    try {
        parts = pathname.split('/').filter(Boolean).map(decodeURIComponent);
    } catch {
        return { page: 'notFound', path: pathname };
    }
    const [first, second, ...rest] = parts;
    if (rest.length > 0) {
        return { page: 'notFound', path: pathname };
    }
    if (second !== undefined) {
        return parseOne(first ?? '', second, query) ?? { page: 'notFound', path: pathname };
    }
    switch (first) {
        case undefined:
            return { page: 'home' };
        case 'map':
            return { page: 'map', measure: oneOf(['jaccard', 'containment'], query.get('measure'), 'jaccard') };
        case 'discover':
            return { page: 'discover', purpose: query.get('purpose') ?? '', study: query.get('study') ?? '' };
        case 'customers':
            return { page: 'customers', query: query.get('q') ?? '' };
        case 'data':
            return { page: 'data', tab: oneOf(dataTabs, query.get('tab'), 'flow') };
        case 'code':
            return {
                page: 'code',
                purpose: query.get('purpose') ?? '',
                tab: oneOf(codeTabs, query.get('tab'), 'file'),
            };
        case 'new-purpose':
            return { page: 'newPurpose' };
        case 'new-segment':
            return { page: 'newSegment', expression: query.get('expression') ?? '' };
        default:
            return { page: 'notFound', path: pathname };
    }
}

/** Reads an address of two parts: a kind of thing and its name. */
function parseOne(kind: string, name: string, query: URLSearchParams): Route | null {
    switch (kind) {
        case 'purposes':
            return { page: 'purpose', name, k: positive(query.get('k')), plan: query.get('plan') === 'recommended' };
        case 'segments':
            return { page: 'segment', name, tab: oneOf(segmentTabs, query.get('tab'), 'overview') };
        case 'customers':
            return { page: 'customer', id: name };
        default:
            return null;
    }
}

function withQuery(path: string, given: Record<string, string | number | null | undefined>): string {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(given)) {
        if (value !== null && value !== undefined && value !== '') {
            query.set(name, String(value));
        }
    }
    const search = query.toString();
    return search === '' ? path : `${path}?${search}`;
}

/** Writes an address; what is as usual is left out. */
export function addressOf(route: Route): string {
    const named = encodeURIComponent;
    switch (route.page) {
        case 'home':
            return '/';
        case 'newPurpose':
            return '/new-purpose';
        case 'purpose':
            return withQuery(`/purposes/${named(route.name)}`, {
                k: route.k,
                plan: route.plan ? 'recommended' : null,
            });
        case 'map':
            return withQuery('/map', { measure: route.measure === 'jaccard' ? null : route.measure });
        case 'segment':
            return withQuery(`/segments/${named(route.name)}`, { tab: route.tab === 'overview' ? null : route.tab });
        case 'newSegment':
            return withQuery('/new-segment', { expression: route.expression });
        case 'discover':
            return withQuery('/discover', { purpose: route.purpose, study: route.study });
        case 'customers':
            return withQuery('/customers', { q: route.query });
        case 'customer':
            return `/customers/${named(route.id)}`;
        case 'data':
            return withQuery('/data', { tab: route.tab === 'flow' ? null : route.tab });
        case 'code':
            return withQuery('/code', { purpose: route.purpose, tab: route.tab === 'file' ? null : route.tab });
        case 'notFound':
            return route.path;
    }
}

export const links = {
    home: '/',
    newPurpose: '/new-purpose',
    purpose: (name: string): string => addressOf({ page: 'purpose', name, k: null, plan: false }),
    map: '/map',
    segment: (name: string, tab: SegmentTab = 'overview'): string => addressOf({ page: 'segment', name, tab }),
    newSegment: (expression = ''): string => addressOf({ page: 'newSegment', expression }),
    discover: (purpose = ''): string => addressOf({ page: 'discover', purpose, study: '' }),
    customers: '/customers',
    customer: (id: string): string => addressOf({ page: 'customer', id }),
    data: (tab: DataTab = 'flow'): string => addressOf({ page: 'data', tab }),
    code: (purpose = '', tab: CodeTab = 'file'): string => addressOf({ page: 'code', purpose, tab }),
};
