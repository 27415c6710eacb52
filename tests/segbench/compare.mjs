#!/usr/bin/env node
// Holds the suite's SQL, the emitted SQL and `fineline ask` against each other on made data; see README.md.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Database } from '../duckdb/database.mjs';
import { relations, statements } from './data.mjs';

const full = process.env.FINELINE_SCALE === 'full';
const { values: size, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    customers: { type: 'string', default: full ? '20000' : '2000' },
    events: { type: 'string', default: full ? '1000000' : '60000' },
  },
});
const build = positionals[0] ?? 'build/dev';
const suite = JSON.parse(readFileSync(new URL('../../bench/segbench/suite.json', import.meta.url), 'utf8'));

function emitted() {
  const lines = suite.questions.map(({ segment }) => JSON.stringify({ now: suite.now, expression: segment }));
  const output = execFileSync(`${build}/tests/duckdb/to_sql_batch`, { input: lines.join('\n'), maxBuffer: 1 << 28 });
  return output.toString().trim().split('\n').map((line) => JSON.parse(line).sql ?? line);
}

const instant = `TIMESTAMP '${suite.now.replace('T', ' ').replace('Z', '')}'`;
const written = (sql) => sql.replaceAll(/\bE\b/g, 'clicks').replaceAll(/\bNOW\b/g, instant);
const sorted = (members) => [...members].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

/** Loads the data into a directory of the program's own; yields a function that asks it, or null without program. */
async function program(database, folder) {
  const fineline = process.env.FINELINE;
  if (!fineline) return null;
  await database.connection.run(`COPY (SELECT customer_id, strftime(ts, '%Y-%m-%dT%H:%M:%S.%fZ') AS timestamp,
    type AS event, amount, category, device FROM clicks ORDER BY seq) TO '${folder}/events.csv' (HEADER)`);
  await database.connection.run(`COPY customers TO '${folder}/customers.csv' (HEADER)`);
  const data = join(folder, 'data');
  execFileSync(fineline, ['load', '--data', data, join(folder, 'events.csv')], { stdio: 'ignore' });
  execFileSync(fineline, ['load', '--data', data, '--traits', join(folder, 'customers.csv')], { stdio: 'ignore' });
  return (segment) => {
    const command = ['ask', '--data', data, '--at', suite.now, segment, '--members'];
    const output = execFileSync(fineline, command, { maxBuffer: 1 << 28 }).toString();
    return output.split('\n').filter((line) => line !== '');
  };
}

const database = await Database.open(':memory:', 2);
for (const statement of [...statements(Number(size.customers), Number(size.events)), ...relations]) {
  await database.connection.run(statement);
}
const folder = mkdtempSync(join(tmpdir(), 'segbench-'));
let failed = 0;
let passed = 0;
try {
  const ask = await program(database, folder);
  const queries = emitted();
  for (const [index, question] of suite.questions.entries()) {
    const column = async (sql) => sorted((await database.rows(sql)).map(([id]) => id));
    const expected = await column(written(question.sql));
    const answers = { 'emitted SQL': await column(queries[index]) };
    if (ask !== null) answers['fineline ask'] = sorted(ask(question.segment));
    for (const [who, members] of Object.entries(answers)) {
      const same = JSON.stringify(members) === JSON.stringify(expected);
      passed += same ? 1 : 0;
      failed += same ? 0 : 1;
      console.log(`${same ? 'same' : 'DIFFERENT'}  ${question.name}: ${expected.length} members by the suite's SQL, ` +
        `${members.length} by ${who}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
