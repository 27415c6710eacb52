// The one place that talks to the server: cookie, CSRF token, errors, abort.
import type { None, Routes } from './types';

export type RouteName = keyof Routes;

type Part<Name extends string, Value> = Value extends None ? { [K in Name]?: never } : { [K in Name]: Value };

type Asked<R extends RouteName> = Part<'path', Routes[R]['path']> &
    (Routes[R]['query'] extends None ? { query?: never } : { query?: Routes[R]['query'] }) &
    (Routes[R]['body'] extends null ? { body?: never } : { body: Routes[R]['body'] });

export type Call<R extends RouteName> = Asked<R> & { signal?: AbortSignal };

/** What the server, or the way to it, answered instead of what was asked for. */
export class ApiError extends Error {
    constructor(
        /** HTTP's number; 0 when the server was not reached. */
        readonly status: number,
        readonly code: string,
        message: string,
        /** Bytes of the expression or file that the message is about. */
        readonly span?: { begin: number; end: number },
    ) {
        super(message);
        this.name = 'ApiError';
    }
}

let csrf = '';
let onSessionLost: () => void = () => undefined;

/** Keeps the token that requests which change something must carry; it lives in memory only. */
export function useCsrf(token: string): void {
    csrf = token;
}

/** Calls back when the server no longer knows who asks. */
export function whenSessionIsLost(callback: () => void): void {
    onSessionLost = callback;
}

/** Fills a route's path in: `GET /v1/segments/{name}` and its parameters → method and URL. */
export function locate(
    route: string,
    path: Record<string, string | number> = {},
    query: Record<string, string | number | boolean | undefined> = {},
): { method: string; url: string } {
    const [method = '', template = ''] = route.split(' ');
    const url = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(path[name] ?? '')));
    const given = Object.entries(query).filter(([, value]) => value !== undefined);
    const search = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
    return { method, url: given.length > 0 ? `${url}?${search}` : url };
}

function asError(status: number, said: unknown): ApiError {
    const body = typeof said === 'object' && said !== null ? (said as Record<string, unknown>) : {};
    const { code, message, begin, end } = body;
    const span = typeof begin === 'number' && typeof end === 'number' ? { begin, end } : undefined;
    return new ApiError(
        status,
        typeof code === 'string' ? code : 'internal',
        typeof message === 'string' ? message : `HTTP ${status}`,
        span,
    );
}

async function send(method: string, url: string, body: unknown, signal?: AbortSignal): Promise<Response> {
    const headers = new Headers({ Accept: 'application/json' });
    if (body !== undefined) {
        headers.set('Content-Type', 'application/json');
    }
    if (method !== 'GET' && csrf !== '') {
        headers.set('X-CSRF-Token', csrf);
    }
    try {
        return await fetch(url, {
            method,
            headers,
            credentials: 'same-origin',
            cache: 'no-store',
            body: body === undefined ? null : JSON.stringify(body),
            signal: signal ?? null,
        });
    } catch (cause) {
        if (cause instanceof DOMException && cause.name === 'AbortError') {
            throw cause;
        }
        throw new ApiError(0, 'unreachable', 'The server does not answer.');
    }
}

/** Calls a route. Throws an ApiError, or the AbortError of `signal`. */
export async function api<R extends RouteName>(route: R, call: Call<R>): Promise<Routes[R]['answer']> {
    const { method, url } = locate(route, call.path, call.query);
    const response = await send(method, url, call.body, call.signal);
    const text = await response.text();
    let said: unknown = null;
    try {
        said = text === '' ? null : JSON.parse(text);
    } catch {
        throw new ApiError(response.status, 'internal', 'The server answered with something that is no JSON.');
    }
    if (!response.ok) {
        const error = asError(response.status, said);
        if (response.status === 401 && !route.endsWith('/v1/session')) {
            onSessionLost();
        }
        throw error;
    }
    return said as Routes[R]['answer'];
}

/** Whether something was called off by ourselves, which is no error. */
export function isAbort(thrown: unknown): boolean {
    return thrown instanceof DOMException && thrown.name === 'AbortError';
}

/** Whatever was thrown, as an error that can be shown. */
export function toApiError(thrown: unknown): ApiError {
    if (thrown instanceof ApiError) {
        return thrown;
    }
    return new ApiError(0, 'internal', thrown instanceof Error ? thrown.message : String(thrown));
}
