// Every number and date that is shown becomes text here.
import { words } from './words';

const locale = 'en-GB';
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });
const plainNumber = new Intl.NumberFormat(locale, { maximumSignificantDigits: 4 });
const dayTime = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
});
const dayOnly = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });
const timeOnly = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** 5942 → 5,942 */
export function count(value: number): string {
    return whole.format(value);
}

/** 1_220_631 → 1.2M */
export function short(value: number): string {
    return Math.abs(value) < 10000 ? whole.format(value) : compact.format(value);
}

/** 0.8812 → 88 %; below ten percent with one decimal */
export function share(value: number): string {
    const percent = value * 100;
    const digits = percent !== 0 && Math.abs(percent) < 10 ? 1 : 0;
    const text = percent.toFixed(digits).replace(/^-(?=[0.]+$)/, '');
    return `${text.replace('-', '−')} %`;
}

/** A number of which nothing is known but its size. */
export function number(value: number): string {
    return Number.isInteger(value) ? whole.format(value) : plainNumber.format(value);
}

/** A value on the scale that a study names: count, share, amount, plain. */
export function scaled(value: number, scale: string): string {
    switch (scale) {
        case 'share':
        case 'rate':
            return share(value);
        case 'count':
            return count(value);
        case 'amount':
            return Math.abs(value) >= 1000 ? count(value) : value.toFixed(2);
        default:
            return number(value);
    }
}

/** 66 % (61 to 71) */
export function withInterval(value: number, interval: readonly [number, number] | null, scale: string): string {
    if (interval === null) {
        return scaled(value, scale);
    }
    const [low, high] = interval.map((end) => scaled(end, scale).replace(/ %$/, ''));
    return words.interval(scaled(value, scale), low ?? '', high ?? '');
}

function parsed(iso: string): Date | null {
    const at = new Date(iso);
    return Number.isNaN(at.getTime()) ? null : at;
}

/** An instant in the reader's zone; `never` and `always` are words of their own. */
export function instant(iso: string | null | undefined): string {
    if (iso === null || iso === undefined || iso === '') {
        return words.unknownTime;
    }
    const at = parsed(iso);
    return at === null ? iso : dayTime.format(at);
}

/** A sentence of the program's in which instants stand as ISO times, with them as the reader knows them. */
export function withInstants(text: string): string {
    return text.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z/g, instant);
}

export function day(iso: string | null | undefined): string {
    const at = iso ? parsed(iso) : null;
    return at === null ? (iso ?? words.unknownTime) : dayOnly.format(at);
}

export function clockTime(iso: string): string {
    const at = parsed(iso);
    return at === null ? iso : timeOnly.format(at);
}

const spans: Array<[number, (n: number) => string]> = [
    [86400, words.days],
    [3600, words.hours],
    [60, words.minutes],
];

/** Seconds in the largest unit that fits. */
export function duration(seconds: number): string {
    for (const [length, print] of spans) {
        if (seconds >= length) {
            return print(Math.round(seconds / length));
        }
    }
    return seconds < 1 ? words.underASecond : words.seconds(Math.round(seconds));
}

/** Milliseconds an answer took. */
export function took(ms: number): string {
    return `${Math.max(1, Math.round(ms))} ms`;
}

/** A signed difference: +12, −3, 0 */
export function signed(value: number): string {
    return value > 0 ? `+${whole.format(value)}` : value < 0 ? `−${whole.format(-value)}` : '0';
}

/** A value of a trait or property as it is. */
export function anything(value: unknown): string {
    if (typeof value === 'number') {
        return number(value);
    }
    return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}
