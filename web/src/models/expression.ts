// Expressions as texts: tokens to colour, the place of a mistake, what may stand next, the largest blocks.
// What they mean is the server's business alone.

export type TokenKind = 'keyword' | 'function' | 'name' | 'text' | 'number' | 'operator' | 'comment' | 'space';

export interface Token {
    kind: TokenKind;
    text: string;
    begin: number;
}

const pattern =
    /(?<space>\s+)|(?<comment>--[^\n]*)|(?<text>'(?:[^']|'')*'?)|(?<quoted>`(?:[^`]|``)*`?)|(?<number>\d+(?:\.\d+)?)|(?<word>[\p{L}_][\p{L}\p{N}_]*)|(?<operator>->|!=|<=|>=|.)/gsu;

const keywords = new Set(
    (
        'and or not in is between like matches contains case when then else end where within true false missing present ' +
        'did now segment last next since before from to ago first day days hour hours minute minutes second seconds ' +
        'week weeks month months year years quarter today yesterday this no date on'
    ).split(' '),
);

/** Words that are functions before a parenthesis and something else elsewhere. */
const alsoFunctions = new Set(['first', 'last', 'days', 'weeks', 'months']);

/** Splits an expression; the texts of the tokens joined are the expression. */
export function tokenize(expression: string): Token[] {
    return [...expression.matchAll(pattern)].map((match): Token => {
        const groups = match.groups ?? {};
        const text = match[0];
        const begin = match.index;
        if (groups.word !== undefined) {
            const calls = /^\s*\(/.test(expression.slice(begin + text.length));
            const isFunction = calls && (!keywords.has(text) || alsoFunctions.has(text));
            return { kind: isFunction ? 'function' : keywords.has(text) ? 'keyword' : 'name', text, begin };
        }
        if (groups.quoted !== undefined) {
            return { kind: 'name', text, begin };
        }
        const kind = (['space', 'comment', 'text', 'number'] as const).find((name) => groups[name] !== undefined);
        return { kind: kind ?? 'operator', text, begin };
    });
}

const encoder = new TextEncoder();

/** The server counts bytes of UTF-8; returns the place in the text that a byte stands at. */
export function placeOfByte(text: string, byte: number): number {
    let bytes = 0;
    let place = 0;
    for (const character of text) {
        if (bytes >= byte) {
            break;
        }
        bytes += encoder.encode(character).length;
        place += character.length;
    }
    return place;
}

export interface Mistake {
    /** The line the mistake stands in, from 1. */
    line: number;
    text: string;
    /** Spaces and carets that stand below `text`. */
    carets: string;
    begin: number;
    end: number;
}

/** Shows where in an expression a span of bytes lies: the line and what to print below it. */
export function locateMistake(expression: string, span: { begin: number; end: number }): Mistake {
    const begin = placeOfByte(expression, span.begin);
    const end = Math.max(placeOfByte(expression, span.end), begin);
    const lineBegin = expression.lastIndexOf('\n', begin - 1) + 1;
    const newline = expression.indexOf('\n', begin);
    const lineEnd = newline < 0 ? expression.length : newline;
    const width = Math.max(1, Math.min(end, lineEnd) - begin);
    return {
        line: expression.slice(0, lineBegin).split('\n').length,
        text: expression.slice(lineBegin, lineEnd),
        carets: ' '.repeat(begin - lineBegin) + '^'.repeat(width),
        begin,
        end,
    };
}

export interface Candidate {
    text: string;
    kind: 'event' | 'property' | 'trait' | 'segment' | 'function' | 'keyword';
    detail: string;
}

export interface Completion {
    /** What is replaced: from here to the caret. */
    from: number;
    candidates: Candidate[];
}

const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A name as it is written in an expression: in backticks where it must be. */
export function quoteName(name: string): string {
    return plainName.test(name) && !keywords.has(name) ? name : `\`${name.replaceAll('`', '``')}\``;
}

const perKind: Record<Candidate['kind'], number> = {
    event: 0,
    property: 1,
    trait: 2,
    segment: 3,
    function: 4,
    keyword: 5,
};

/** What may stand at the caret, best first, at most `limit`; empty where nothing has been begun. */
export function complete(expression: string, caret: number, known: Candidate[], limit = 8): Completion {
    const before = expression.slice(0, caret);
    const begun = /(?:`[^`]*|[\p{L}_][\p{L}\p{N}_]*)$/u.exec(before)?.[0] ?? '';
    const from = caret - begun.length;
    const head = before.slice(0, from);
    const insideText = (head.match(/'/g)?.length ?? 0) % 2 === 1;
    const property = /([\p{L}\p{N}_]+|`[^`]+`)\.$/u.exec(head)?.[1];
    const afterSegment = /\bsegment\s+$/.test(head);
    const wanted = begun.replaceAll('`', '').toLowerCase();
    if (insideText || (wanted === '' && property === undefined && !afterSegment)) {
        return { from, candidates: [] };
    }
    const fits = known.filter((candidate) => {
        if (afterSegment) {
            return candidate.kind === 'segment';
        }
        if (property !== undefined) {
            return candidate.kind === 'property' && candidate.detail === property.replaceAll('`', '');
        }
        return candidate.kind !== 'property' || /\bwhere\b[^)]*$/.test(head);
    });
    const seen = new Set<string>();
    const ranked = fits
        .map((candidate) => ({ candidate, place: candidate.text.replaceAll('`', '').toLowerCase().indexOf(wanted) }))
        .filter(({ candidate, place }) => place >= 0 && candidate.text !== begun)
        .filter(({ candidate }) => {
            const twice = seen.has(candidate.text + candidate.kind);
            seen.add(candidate.text + candidate.kind);
            return !twice;
        })
        .sort(
            (a, b) =>
                Math.min(a.place, 1) - Math.min(b.place, 1) ||
                perKind[a.candidate.kind] - perKind[b.candidate.kind] ||
                a.candidate.text.localeCompare(b.candidate.text),
        );
    return { from, candidates: ranked.slice(0, limit).map(({ candidate }) => candidate) };
}

export type Block = { kind: 'all' | 'any'; parts: Block[] } | { kind: 'condition'; text: string };

/** Splits at a word that stands outside parentheses, `between … and` and `case … end`. */
function splitAt(tokens: Token[], word: 'and' | 'or'): Token[][] {
    const parts: Token[][] = [[]];
    let depth = 0;
    let betweens = 0;
    for (const token of tokens) {
        const isKeyword = token.kind === 'keyword';
        if (token.text === '(' || (isKeyword && token.text === 'case')) {
            depth += 1;
        } else if (token.text === ')' || (isKeyword && token.text === 'end')) {
            depth -= 1;
        } else if (depth === 0 && isKeyword && token.text === 'between') {
            betweens += 1;
        }
        if (depth === 0 && isKeyword && token.text === word) {
            if (word === 'and' && betweens > 0) {
                betweens -= 1;
            } else {
                parts.push([]);
                continue;
            }
        }
        parts[parts.length - 1]?.push(token);
    }
    return parts;
}

function withoutOuterParentheses(tokens: Token[]): Token[] {
    const inner = tokens.filter((token, place) => token.kind !== 'space' || (place > 0 && place < tokens.length - 1));
    if (inner[0]?.text !== '(' || inner[inner.length - 1]?.text !== ')') {
        return inner;
    }
    let depth = 0;
    for (const [place, token] of inner.entries()) {
        depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0;
        if (depth === 0 && place < inner.length - 1) {
            return inner;
        }
    }
    return withoutOuterParentheses(inner.slice(1, -1));
}

function blockOf(tokens: Token[]): Block {
    const bare = withoutOuterParentheses(tokens);
    for (const [word, kind] of [
        ['or', 'any'],
        ['and', 'all'],
    ] as const) {
        const parts = splitAt(bare, word);
        if (parts.length > 1 && parts.every((part) => part.some((token) => token.kind !== 'space'))) {
            return { kind, parts: parts.map(blockOf) };
        }
    }
    return {
        kind: 'condition',
        text: bare
            .map((token) => token.text)
            .join('')
            .trim(),
    };
}

/** The conditions of a canonical expression and how they are joined, for reading. */
export function blocksOf(canonical: string): Block {
    return blockOf(tokenize(canonical).filter((token) => token.kind !== 'comment'));
}
