// A table as a file (RFC 4180).

export interface TableOf {
    columns: string[];
    rows: Array<Array<string | number | null>>;
}

function field(value: string | number | null): string {
    const text = value === null ? '' : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function toCsv(table: TableOf): string {
    return [table.columns, ...table.rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}
