// How fast sources send: the difference of two looks at the counters.

interface Look {
    at: string;
    sources: Array<{ source: string; kept: number }>;
}

/** Records a second of each source between two looks, rounded to tenths; none below zero (a restart counts anew). */
export function ratesBetween(before: Look, after: Look): Map<string, number> {
    const seconds = (Date.parse(after.at) - Date.parse(before.at)) / 1000;
    const earlier = new Map(before.sources.map((source) => [source.source, source.kept]));
    return new Map(
        after.sources.map(({ source, kept }) => {
            const rate = seconds > 0 ? (kept - (earlier.get(source) ?? 0)) / seconds : 0;
            return [source, Math.max(0, Math.round(rate * 10) / 10)];
        }),
    );
}
