// SegBench's questions, each in the segment language and in SQL, and the ways to run them.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '../../tools/duckdb/duckdb.mjs';

export const suite = JSON.parse(readFileSync(new URL('suite.json', import.meta.url), 'utf8'));

/** Runs a program to its end and returns its standard output; throws with its messages if it fails. */
export function run(program, ...args) {
  return execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Makes the data unless a folder of that size is there already. */
export function ensureData(folder, customers, events) {
  if (existsSync(`${folder}/events.csv`)) return;
  const generate = fileURLToPath(new URL('generate.mjs', import.meta.url));
  run(process.execPath, generate, '--customers', String(customers), '--events', String(events), '--out', folder);
}

/** Loads the CSV files into a new data directory; returns the seconds it took. */
export function loadFineline(program, folder, data) {
  rmSync(data, { recursive: true, force: true });
  const began = performance.now();
  run(program, 'load', '--data', data, '--traits', `${folder}/customers.csv`);
  run(program, 'load', '--data', data, `${folder}/events.csv`);
  return (performance.now() - began) / 1000;
}

/** Opens the generated database for reading, with as many threads as we are given. */
export async function openDuckdb(folder, threads = 2) {
  const connection = await (await DuckDBInstance.create(`${folder}/segbench.duckdb`, { access_mode: 'READ_ONLY' })).connect();
  await connection.run(`set threads = ${threads}`);
  return connection;
}

/** Makes the same events as messages of a tracking SDK, one a line, unless they are there already. */
export async function ensureMessages(folder) {
  const file = `${folder}/events.jsonl`;
  if (existsSync(file)) return;
  const connection = await openDuckdb(folder);
  await connection.run(`copy (
    select 'track' as type, 'm' || seq as "messageId", customer_id as "userId",
      strftime(ts, '%Y-%m-%dT%H:%M:%S.%gZ') as timestamp, type as event,
      {'device': device, 'category': category, 'amount': amount} as properties
    from events order by seq) to '${file}.part' (format json)`);
  connection.closeSync();
  renameSync(`${file}.part`, file);
}

/**
 * A question with the constants of a repeat: those of the suite in repeat 0, then one that moves on from repeat to
 * repeat, in both languages.
 */
export function varied(question, repeat) {
  const asked = { ...question };
  for (const { from, step, ...forms } of question.vary) {
    const value = String(Number((from + step * repeat).toFixed(6)));
    for (const [language, form] of Object.entries(forms)) {
      const written = form.replace('{}', String(from));
      if (!asked[language].includes(written)) throw new Error(`${question.name}: '${written}' is not in ${asked[language]}`);
      asked[language] = asked[language].replaceAll(written, form.replace('{}', value));
    }
  }
  return asked;
}

/** The SQL of a question over a table, at an instant: the suite's unless another is given. */
export function sqlOf(question, table, at = suite.now) {
  const now = `timestamp '${at.replace('T', ' ').replace('Z', '')}'`;
  return question.sql.replace(/\bE\b/g, table).replaceAll('NOW', now);
}
