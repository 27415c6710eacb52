// Numbers and tables as the sections of docs/benchmarks.md show them.

/** 1234567.8 → '1,234,568'. */
export const grouped = (number) => Math.round(number).toLocaleString('en');

/** A table in Markdown, its first column to the left and the others to the right. */
export const table = (head, rows) => [`| ${head.join(' | ')} |`, `|---|${'---:|'.repeat(head.length - 1)}`, ...rows.map((cells) => `| ${cells.join(' | ')} |`)].join('\n');
