// Measures loading and asking beside DuckDB, in one run on the same files, and prints a section of
// docs/benchmarks.md.
//
// usage: node report.mjs --program FILE --ask FILE --events N --folder DIR --commit TEXT
//
// Each question is asked once to warm up and then five times, of fineline, of DuckDB as loaded (by time)
// and of DuckDB tuned (by type, customer and time) in turn; `now` moves on by an hour from one time to the
// next, and each time the counts must be the same. All sides produce the members and a digest of them.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { cpus } from 'node:os';
import { existsSync, rmSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '../../tools/duckdb/duckdb.mjs';
import { ensureData, loadFineline, openDuckdb, sqlOf, suite } from './suite.mjs';

const repeats = 5;
const threads = 2;
const { values } = parseArgs({
  options: {
    program: { type: 'string' },
    ask: { type: 'string' },
    events: { type: 'string' },
    folder: { type: 'string' },
    commit: { type: 'string' },
    loaded: { type: 'boolean', default: false }, // both sides' files are there: only ask
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

/** The process that answers for fineline, a line of JSON for a line of JSON. */
class Asker {
  constructor(file, directory) {
    this.child = spawn(file, [directory, String(threads)], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  async read() {
    const { value, done } = await this.lines.next();
    if (done) throw new Error('segbench_ask ended early');
    return JSON.parse(value);
  }

  ask(question) {
    this.child.stdin.write(`${JSON.stringify(question)}\n`);
    return this.read();
  }
}

async function askDuckdb(connection, question, table, now) {
  const sql = `select count(*), bit_xor(hash(customer_id)) from (${sqlOf(question, table, now)})`;
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const [[members]] = (await connection.runAndReadAll(sql)).getRows();
  const used = process.cpuUsage(cpu);
  return { members: Number(members), ms: performance.now() - began, cpu_ms: (used.user + used.system) / 1000 };
}

/** `now` of a repeat: on by so many hours. */
const later = (hours) => new Date(Date.parse(suite.now) + hours * 3_600_000).toISOString().replace('.000', '');

/** Times a question on all sides in turn: for each an array of what each repeat took. */
async function timeQuestion(asker, connection, question) {
  const times = { fineline: [], events: [], tuned: [] };
  for (let repeat = 0; repeat <= repeats; repeat += 1) {
    const now = later(repeat);
    const answers = {
      fineline: await asker.ask({ segment: question.segment, now }),
      events: await askDuckdb(connection, question, 'events', now),
      tuned: await askDuckdb(connection, question, 'tuned', now),
    };
    for (const [side, answer] of Object.entries(answers)) {
      if (answer.members !== answers.fineline.members) {
        throw new Error(`${question.name} at ${now}: ${answers.fineline.members} members, ${side} ${answer.members}`);
      }
      if (repeat > 0) times[side].push(answer);
    }
    times.members = answers.fineline.members;
  }
  return times;
}

/** What three questions must read: each customer's place in the event's table, and these columns. */
const limits = [
  { question: 'recency', touched: 'purchase', columns: [], lastTime: true },
  { question: 'monetary', touched: 'purchase', columns: ['amount'] },
  { question: 'filtered', touched: 'product_view', columns: ['category', 'device'] },
];

ensureData(values.folder, Math.ceil(events / 50), events);
const loads = !(values.loaded && existsSync(data));
const peer = loads ? await loadDuckdb() : null;
const ours = loads ? loadFineline(values.program, values.folder, data) : null;
const asker = new Asker(values.ask, data);
const opened = await asker.read();
const connection = await openDuckdb(values.folder, threads);
const lines = [];
const medians = {};
const sums = { ms: { events: 0, tuned: 0 }, cpu_ms: { events: 0, tuned: 0 } };
for (const question of suite.questions) {
  const times = await timeQuestion(asker, connection, question);
  const of = (side, unit) => times[side].map((answer) => answer[unit]);
  medians[question.name] = median(of('fineline', 'cpu_ms'));
  for (const unit of ['ms', 'cpu_ms']) {
    for (const table of ['events', 'tuned']) {
      sums[unit][table] += Math.log(median(of(table, unit)) / median(of('fineline', unit)));
    }
  }
  const cells = ['fineline', 'events', 'tuned'].map((side) => `${spread(of(side, 'ms'))}; ${median(of(side, 'cpu_ms')).toFixed(1)}`);
  lines.push(`| ${question.name} | \`${question.segment}\` | ${times.members} | ${cells.join(' | ')} |`);
}
const limitLines = [];
for (const { question, touched, columns, lastTime } of limits) {
  const found = await asker.ask({ touched, columns });
  const bytes = found.bytes + (lastTime ? found.customers * 8 : 0);
  const least = (bytes / opened.bytes_a_cpu_second) * 1000;
  limitLines.push(`| ${question} | ${megabytes(bytes)} MB | ${least.toFixed(2)} ms | ${medians[question].toFixed(2)} ms | ${(medians[question] / least).toFixed(1)} |`);
}
asker.child.stdin.end();
const mean = (sum) => Math.exp(sum / suite.questions.length).toFixed(1);
const loadTable = () => {
  const bytes = statSync(`${data}/log.sqlite`).size;
  return `### Load

CSV to durable and queryable. fineline logs every event with a checksum, decides on duplicates, infers
types in a first pass and writes a checkpoint; DuckDB fills a table and writes its file.

| | seconds | events a second | bytes on disk |
|---|---:|---:|---:|
| fineline | ${ours.toFixed(1)} | ${Math.round(events / ours).toLocaleString('en')} | ${megabytes(bytes)} MB (log) |
| DuckDB | ${peer.seconds.toFixed(1)} | ${Math.round(events / peer.seconds).toLocaleString('en')} | ${megabytes(peer.bytes)} MB |

`;
};

console.log(`## Loading and asking beside DuckDB

Written by \`./dev bench segbench\`: both programs in one run, on the same files.

- commit ${values.commit}, ${new Date().toISOString().slice(0, 16)}Z
- ${cpus().length} cores, ${cpus()[0].model.trim()}; both sides use 2 threads
- ${events} drawn events of up to ${Math.ceil(events / 50)} customers (\`bench/segbench/generate.mjs\`), DuckDB ${(await connection.runAndReadAll('select version()')).getRows()[0][0]}

${loads ? loadTable() : ''}### Ask

Milliseconds from the text of a question to the members and a digest of their ids, data in memory: median
of ${repeats} after a warm-up (least–most), then the CPU time of all threads. The three sides take turns,
\`now\` moves on from turn to turn, and their counts must agree. DuckDB *as loaded* has the events by time,
*tuned* by type, customer and time with the type as an enum.

| question | in the language | members | fineline | DuckDB as loaded | DuckDB tuned |
|---|---|---:|---:|---:|---:|
${lines.join('\n')}

Geometric mean of DuckDB's time over ours: ${mean(sums.ms.events)} as loaded, ${mean(sums.ms.tuned)} tuned; of CPU time: ${mean(sums.cpu_ms.events)} as loaded,
${mean(sums.cpu_ms.tuned)} tuned. Opening the directory from its checkpoint took ${opened.open_ms.toFixed(0)} ms.

How far from what memory can deliver (${(opened.bytes_a_cpu_second / 1e9).toFixed(1)} GB in a second of CPU, measured in the same process):
the bytes that the question must read, of each customer the place of its rows and of each row the columns
that decide, against the CPU time of the whole answer.

| question | bytes | at least | took | times |
|---|---:|---:|---:|---:|
${limitLines.join('\n')}`);
