// Measures loading and asking beside DuckDB, in one run on the same files, and prints a section of
// docs/benchmarks.md.
//
// usage: node report.mjs --program FILE --ask FILE --events N --folder DIR --commit TEXT
//
// Each question is asked once to warm up and then five times; the median is shown. DuckDB holds its file
// open and warm, as loaded (by time) and tuned (by type, customer and time); both sides list the members.
import { cpus } from 'node:os';
import { rmSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '../../tools/duckdb/duckdb.mjs';
import { ensureData, loadFineline, openDuckdb, run, sqlOf, suite, suiteFile } from './suite.mjs';

const repeats = 5;
const { values } = parseArgs({
  options: {
    program: { type: 'string' },
    ask: { type: 'string' },
    events: { type: 'string' },
    folder: { type: 'string' },
    commit: { type: 'string' },
  },
});
const events = Number(values.events);
const data = `${values.folder}/fineline`;

const median = (times) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)];
const spread = (times) => `${median(times).toFixed(1)} (${Math.min(...times).toFixed(1)}–${Math.max(...times).toFixed(1)})`;
const megabytes = (bytes) => (bytes / 1e6).toFixed(0);

/** Loads the same files into a new DuckDB file; returns the seconds it took. */
async function loadDuckdb() {
  const file = `${values.folder}/peer.duckdb`;
  rmSync(file, { force: true });
  const began = performance.now();
  const connection = await (await DuckDBInstance.create(file)).connect();
  await connection.run('set threads = 2');
  await connection.run(`create table customers as from read_csv('${values.folder}/customers.csv')`);
  await connection.run(`create table events as from read_csv('${values.folder}/events.csv')`);
  await connection.run('checkpoint');
  connection.closeSync();
  return { seconds: (performance.now() - began) / 1000, bytes: statSync(file).size };
}

async function askDuckdb(connection, question, table) {
  const times = [];
  let members = 0;
  for (let repeat = 0; repeat <= repeats; repeat += 1) {
    const began = performance.now();
    members = (await connection.runAndReadAll(`select * from (${sqlOf(question, table)}) order by 1`)).currentRowCount;
    if (repeat > 0) times.push(performance.now() - began);
  }
  return { members, times };
}

ensureData(values.folder, Math.ceil(events / 50), events);
const peer = await loadDuckdb();
const ours = loadFineline(values.program, values.folder, data);
const asked = JSON.parse(run(values.ask, data, suiteFile, String(repeats)));
const connection = await openDuckdb(values.folder);
const lines = [];
const ratios = { events: 0, tuned: 0 };
for (const [index, question] of suite.questions.entries()) {
  const mine = asked.questions[index];
  const loaded = await askDuckdb(connection, question, 'events');
  const tuned = await askDuckdb(connection, question, 'tuned');
  if (mine.members !== loaded.members) throw new Error(`${question.name}: ${mine.members} ≠ ${loaded.members}`);
  ratios.events += Math.log(median(loaded.times) / median(mine.ms));
  ratios.tuned += Math.log(median(tuned.times) / median(mine.ms));
  lines.push(`| ${question.name} | \`${question.segment}\` | ${mine.members} | ${spread(mine.ms)} | ${spread(loaded.times)} | ${spread(tuned.times)} |`);
}
const mean = (sum) => Math.exp(sum / suite.questions.length).toFixed(1);
const bytes = ['log.sqlite'].map((name) => statSync(`${data}/${name}`).size).reduce((a, b) => a + b, 0);

console.log(`## Loading and asking beside DuckDB

Written by \`./dev bench segbench\`: both programs in one run, on the same files.

- commit ${values.commit}, ${new Date().toISOString().slice(0, 16)}Z
- ${cpus().length} cores, ${cpus()[0].model.trim()}; both sides use 2 threads
- ${events} drawn events of up to ${Math.ceil(events / 50)} customers (\`bench/segbench/generate.mjs\`), DuckDB ${(await connection.runAndReadAll('select version()')).getRows()[0][0]}

### Load

CSV to durable and queryable. fineline logs every event with a checksum, decides on duplicates, infers
types in a first pass and writes a checkpoint; DuckDB fills a table and writes its file.

| | seconds | events a second | bytes on disk |
|---|---:|---:|---:|
| fineline | ${ours.toFixed(1)} | ${Math.round(events / ours).toLocaleString('en')} | ${megabytes(bytes)} MB (log) |
| DuckDB | ${peer.seconds.toFixed(1)} | ${Math.round(events / peer.seconds).toLocaleString('en')} | ${megabytes(peer.bytes)} MB |

### Ask

Milliseconds from the text of a question to the sorted ids of its members, data in memory: median of
${repeats} after a warm-up (least–most). DuckDB *as loaded* has the events by time, *tuned* by type, customer
and time with the type as an enum.

| question | in the language | members | fineline | DuckDB as loaded | DuckDB tuned |
|---|---|---:|---:|---:|---:|
${lines.join('\n')}

Geometric mean of DuckDB's time over ours: ${mean(ratios.events)} as loaded, ${mean(ratios.tuned)} tuned. Opening the directory from its
checkpoint took ${asked.open_ms.toFixed(0)} ms.`);
