// A new purpose as the portfolio file that `plan` and `apply` take.

export interface PurposeForm {
    name: string;
    question: string;
    metric: string;
    better: 'higher' | 'lower';
    population: string;
    capacity: string;
    owner: string;
    review: string;
}

export const emptyPurpose: PurposeForm = {
    name: '',
    question: '',
    metric: '',
    better: 'higher',
    population: '',
    capacity: '6',
    owner: '',
    review: '90 days',
};

/** A text as a YAML scalar; JSON's strings are YAML's double-quoted ones. */
const scalar = (text: string): string => JSON.stringify(text);

/** Writes the file; fields left empty are left out. Segments are names with their expressions. */
export function portfolioFile(form: PurposeForm, segments: Array<{ name: string; when: string }> = []): string {
    const lines = [`purpose: ${scalar(form.name.trim())}`];
    const add = (key: string, value: string, print = scalar): void => {
        if (value.trim() !== '') {
            lines.push(`${key}: ${print(value.trim())}`);
        }
    };
    add('question', form.question);
    add('metric', form.metric);
    add('better', form.better, (text) => text);
    add('population', form.population);
    add('capacity', form.capacity, (text) => (/^\d+$/.test(text) ? text : scalar(text)));
    add('review', form.review);
    add('owner', form.owner);
    lines.push(segments.length === 0 ? 'segments: []' : 'segments:');
    for (const segment of segments) {
        lines.push(`  - name: ${scalar(segment.name)}`, `    when: ${scalar(segment.when)}`);
    }
    return `${lines.join('\n')}\n`;
}

interface Entry {
    name: string;
    begin: number;
    end: number;
}

/** The entries below `segments:` of a file as `fineline` prints it: a name line each, with what follows. */
function entriesOf(lines: string[]): Entry[] {
    const entries: Entry[] = [];
    for (const [place, line] of lines.entries()) {
        const name = /^ {2}- name: (.*)$/.exec(line)?.[1];
        if (name !== undefined) {
            entries.push({ name: unquote(name), begin: place, end: place + 1 });
        } else if (/^ {4}\S/.test(line) && entries.length > 0) {
            (entries[entries.length - 1] as Entry).end = place + 1;
        }
    }
    return entries;
}

function unquote(text: string): string {
    try {
        const value: unknown = JSON.parse(text);
        return typeof value === 'string' ? value : text;
    } catch {
        return text;
    }
}

/** Leaves segments out of a printed file and gives others new names; all else stays as it is. */
export function editSegments(yaml: string, kept: (name: string) => boolean, renamed: (name: string) => string): string {
    const lines = yaml.split('\n');
    const entries = entriesOf(lines);
    const dropped = new Set<number>();
    for (const entry of entries) {
        if (kept(entry.name)) {
            lines[entry.begin] = `  - name: ${scalar(renamed(entry.name))}`;
        } else {
            for (let place = entry.begin; place < entry.end; place += 1) {
                dropped.add(place);
            }
        }
    }
    return lines.filter((_, place) => !dropped.has(place)).join('\n');
}
