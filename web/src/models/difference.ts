// What changed between two texts, line by line or word by word.

export interface Piece {
    kind: 'same' | 'added' | 'removed';
    text: string;
}

function longestCommon(before: string[], after: string[]): number[][] {
    const table = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
    for (let i = before.length - 1; i >= 0; i -= 1) {
        for (let j = after.length - 1; j >= 0; j -= 1) {
            const row = table[i] as number[];
            const below = table[i + 1] as number[];
            row[j] =
                before[i] === after[j]
                    ? (below[j + 1] as number) + 1
                    : Math.max(below[j] as number, row[j + 1] as number);
        }
    }
    return table;
}

/** Compares two sequences; removed pieces stand before those that replace them. Cost: their product. */
export function compare(before: string[], after: string[]): Piece[] {
    const table = longestCommon(before, after);
    const pieces: Piece[] = [];
    let i = 0;
    let j = 0;
    while (i < before.length || j < after.length) {
        if (i < before.length && j < after.length && before[i] === after[j]) {
            pieces.push({ kind: 'same', text: before[i] as string });
            i += 1;
            j += 1;
        } else if (j >= after.length || (i < before.length && (table[i + 1]?.[j] ?? 0) >= (table[i]?.[j + 1] ?? 0))) {
            pieces.push({ kind: 'removed', text: before[i] as string });
            i += 1;
        } else {
            pieces.push({ kind: 'added', text: after[j] as string });
            j += 1;
        }
    }
    return pieces;
}

/** Below this share of common text a comparison word by word is harder to read than both texts whole. */
const alikeMin = 0.4;

/** Compares two texts word by word; texts with little in common stand one after the other. */
export function compareWords(before: string, after: string): Piece[] {
    const words = (text: string): string[] => text.match(/\s+|[\w.]+|[^\w\s]/g) ?? [];
    const joined: Piece[] = [];
    for (const piece of compare(words(before), words(after))) {
        const last = joined[joined.length - 1];
        if (last?.kind === piece.kind) {
            last.text += piece.text;
        } else {
            joined.push({ ...piece });
        }
    }
    const kept = joined
        .filter((piece) => piece.kind === 'same')
        .reduce((sum, piece) => sum + piece.text.trim().length, 0);
    if (before !== '' && after !== '' && kept < alikeMin * Math.max(before.length, after.length)) {
        return [
            { kind: 'removed', text: before },
            { kind: 'same', text: ' ' },
            { kind: 'added', text: after },
        ];
    }
    return joined;
}

/** The lines of a unified diff with their kind; headers count as same. */
export function patchLines(patch: string): Piece[] {
    return patch
        .replace(/\n$/, '')
        .split('\n')
        .map((text): Piece => {
            const isHeader = text.startsWith('+++') || text.startsWith('---');
            const kind = isHeader ? 'same' : text.startsWith('+') ? 'added' : text.startsWith('-') ? 'removed' : 'same';
            return { kind, text };
        });
}
