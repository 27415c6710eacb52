// Reads what a study found: JSON of no fixed type in, a report with a type out.

export interface Measured {
    value: number;
    low: number;
    high: number;
}

/** The interval of a value; null where none was measured. */
export function intervalOf(measured: Measured): [number, number] | null {
    return measured.low === measured.high ? null : [measured.low, measured.high];
}

export interface Sample {
    segments: number;
    captured: Measured | null;
    skill: Measured;
    /** The segments of a discovered size; empty where they are not named. */
    portfolio: Rule[];
}

/** A segment's name and who is in it. */
export interface Rule {
    segment: string;
    when: string;
}

export interface FineLine {
    metric: string;
    protocol: string;
    n: number;
    discovered: Sample[];
    merges: Sample[];
    today: Sample | null;
    recommended: Sample | null;
    oneEach: Sample | null;
    ceiling: string;
    capacity: number | null;
}

export interface Estimate {
    shape: 'estimate';
    name: string;
    value: number | null;
    interval: [number, number] | null;
    scale: string;
    level: number | null;
    n: number | null;
    whyNoInterval: string;
}

/** A cell of a table: a text, or an estimate with its interval. */
export type Cell = string | Estimate;

export type Shape =
    | Estimate
    | { shape: 'note'; text: string }
    | { shape: 'table'; title: string; columns: string[]; rows: Cell[][] }
    | { shape: 'distribution'; title: string; unit: string; bounds: number[]; counts: number[] }
    | { shape: 'matrix'; title: string; rows: string[]; columns: string[]; values: number[]; scale: string }
    | { shape: 'curve'; title: string; x: string; y: string; scale: string; points: CurvePoint[] };

export interface CurvePoint {
    x: number;
    y: number;
    interval: [number, number] | null;
    label: string;
}

export interface Finding {
    code: string;
    segments: string[];
    says: string;
    why: string;
    evidence: Shape[];
    patch: string;
}

export interface SegmentWorth {
    name: string;
    when: string;
    members: number;
    unreachable: number;
    metric: Estimate | null;
    marginal: Measured | null;
}

export interface Merge {
    segments: number;
    first: string;
    second: string;
    restsOn: string;
    captured: Measured | null;
}

export interface Report {
    purpose: string;
    question: string;
    sentence: string;
    verdict: string;
    protocol: string;
    measured: Shape[];
    ceiling: Shape[];
    segments: SegmentWorth[];
    findings: Finding[];
    cards: Finding[];
    merges: Merge[];
    line: FineLine | null;
    why: string;
    recommendedSegments: number | null;
    /** The portfolio recommended or proposed, as a file; empty where there is none. */
    yaml: string;
    patch: string;
}

type Fields = Record<string, unknown>;

const fieldsOf = (value: unknown): Fields =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string =>
    typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
const numberOf = (value: unknown): number | null =>
    typeof value === 'number' && Number.isFinite(value) ? value : null;
const texts = (value: unknown): string[] => listOf(value).map(textOf);
const numbers = (value: unknown): number[] => listOf(value).map((one) => numberOf(one) ?? Number.NaN);

function readInterval(value: unknown): [number, number] | null {
    const [low, high] = listOf(value).map(numberOf);
    return typeof low === 'number' && typeof high === 'number' ? [low, high] : null;
}

function measuredOf(value: unknown): Measured | null {
    const fields = fieldsOf(value);
    const middle = numberOf(fields.value);
    if (middle === null) {
        return null;
    }
    const [low, high] = readInterval(fields.interval) ?? [middle, middle];
    return { value: middle, low, high };
}

function sampleOf(value: unknown): Sample | null {
    const fields = fieldsOf(value);
    const segments = numberOf(fields.segments);
    const skill = measuredOf(fields.skill);
    const portfolio = listOf(fields.portfolio)
        .map(fieldsOf)
        .map((rule) => ({ segment: textOf(rule.segment), when: textOf(rule.when) }));
    return segments === null || skill === null
        ? null
        : { segments, skill, captured: measuredOf(fields.captured), portfolio };
}

const samplesOf = (value: unknown): Sample[] => listOf(value).flatMap((one) => sampleOf(one) ?? []);

/** Reads the curve: of the study of that name, or of a report. */
export function readFineLine(value: unknown): FineLine | null {
    const fields = fieldsOf(value);
    if (fields.discovered === undefined && fields.merges === undefined) {
        return null;
    }
    return {
        metric: textOf(fields.metric),
        protocol: textOf(fields.protocol),
        n: numberOf(fields.n) ?? 0,
        discovered: samplesOf(fields.discovered),
        merges: samplesOf(fields.merges),
        today: sampleOf(fields.today),
        recommended: sampleOf(fields.recommended),
        oneEach: sampleOf(fields.one_each),
        ceiling: textOf(fields.ceiling),
        capacity: numberOf(fields.capacity),
    };
}

function estimateOf(fields: Fields): Estimate {
    return {
        shape: 'estimate',
        name: textOf(fields.name),
        value: numberOf(fields.value),
        interval: readInterval(fields.interval),
        scale: textOf(fields.scale),
        level: numberOf(fields.level),
        n: numberOf(fields.n),
        whyNoInterval: textOf(fields.why_no_interval),
    };
}

function cellsOf(row: unknown): Cell[] {
    return listOf(row).map((cell) => (fieldsOf(cell).shape === 'estimate' ? estimateOf(fieldsOf(cell)) : textOf(cell)));
}

function curvePointOf(value: unknown): CurvePoint {
    const fields = fieldsOf(value);
    return {
        x: numberOf(fields.x) ?? 0,
        y: numberOf(fields.y) ?? 0,
        interval: readInterval(fields.interval),
        label: textOf(fields.label),
    };
}

/** Reads one piece of evidence; a shape that is not known is kept as a note of its JSON. */
export function readShape(value: unknown): Shape {
    const fields = fieldsOf(value);
    const title = textOf(fields.title);
    const scale = textOf(fields.scale);
    switch (fields.shape) {
        case 'note':
            return { shape: 'note', text: textOf(fields.text) };
        case 'table':
            return { shape: 'table', title, columns: texts(fields.columns), rows: listOf(fields.rows).map(cellsOf) };
        case 'distribution':
            return {
                shape: 'distribution',
                title,
                unit: textOf(fields.unit),
                bounds: numbers(fields.bounds),
                counts: numbers(fields.counts),
            };
        case 'matrix':
            return {
                shape: 'matrix',
                title,
                rows: texts(fields.rows),
                columns: texts(fields.columns),
                values: numbers(fields.values),
                scale,
            };
        case 'curve':
            return {
                shape: 'curve',
                title,
                x: textOf(fields.x),
                y: textOf(fields.y),
                scale,
                points: listOf(fields.points).map(curvePointOf),
            };
        case 'estimate':
            return estimateOf(fields);
        default:
            return { shape: 'note', text: JSON.stringify(value) };
    }
}

const shapesOf = (value: unknown): Shape[] => listOf(value).map(readShape);

function findingOf(value: unknown): Finding {
    const fields = fieldsOf(value);
    return {
        code: textOf(fields.code),
        segments: texts(fields.segments),
        says: textOf(fields.says),
        why: textOf(fields.why),
        evidence: shapesOf(fields.evidence),
        patch: textOf(fields.patch),
    };
}

function worthOf(value: unknown): SegmentWorth {
    const fields = fieldsOf(value);
    return {
        name: textOf(fields.name),
        when: textOf(fields.when),
        members: numberOf(fields.members) ?? 0,
        unreachable: numberOf(fields.unreachable) ?? 0,
        metric: fields.metric === undefined ? null : estimateOf(fieldsOf(fields.metric)),
        marginal: measuredOf(fields.marginal),
    };
}

function mergeOf(value: unknown): Merge {
    const fields = fieldsOf(value);
    return {
        segments: numberOf(fields.segments) ?? 0,
        first: textOf(fields.first),
        second: textOf(fields.second),
        restsOn: textOf(fields.rests_on),
        captured: measuredOf(fields.captured),
    };
}

/** Reads the result of an audit or a discovery, of either mode. */
export function readReport(value: unknown): Report {
    const fields = fieldsOf(value);
    const recommended = fieldsOf(fields.recommended);
    return {
        purpose: textOf(fields.purpose),
        question: textOf(fields.question),
        sentence: textOf(fields.sentence),
        verdict: textOf(fields.verdict),
        protocol: textOf(fields.protocol),
        measured: shapesOf(fields.measured),
        ceiling: shapesOf(fields.ceiling),
        segments: listOf(fields.segments).map(worthOf),
        findings: listOf(fields.findings).map(findingOf),
        cards: listOf(fields.cards).map(findingOf),
        merges: listOf(fields.merges).map(mergeOf),
        line: readFineLine(fields.curve),
        why: textOf(recommended.why),
        recommendedSegments: numberOf(recommended.segments) ?? numberOf(fields.recommended_segments),
        yaml: textOf(fields.yaml) || textOf(recommended.portfolio),
        patch: textOf(recommended.patch) || textOf(fields.patch),
    };
}

const between = ' + ';
const setOf = (names: string[]): string => [...names].sort().join(between);

/** Today's segments joined along the merge path until `count` are left; empty where the path does not lead there. */
export function portfolioAt(report: Report, count: number): string[][] {
    let groups = report.segments.map((segment) => [segment.name]);
    for (const merge of report.merges) {
        if (groups.length <= count) {
            break;
        }
        if (merge.first === '' || merge.second === '') {
            continue;
        }
        const [first, second] = [merge.first, merge.second].map((joined) => {
            const wanted = setOf(joined.split(between));
            return groups.findIndex((group) => setOf(group) === wanted);
        }) as [number, number];
        if (first < 0 || second < 0) {
            break;
        }
        const joined = [...(groups[first] ?? []), ...(groups[second] ?? [])];
        const place = Math.min(first, second);
        groups = groups.flatMap((group, index) =>
            index === place ? [joined] : index === first || index === second ? [] : [group],
        );
    }
    return groups.length === count ? groups : [];
}
