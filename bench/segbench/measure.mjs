// Measures one size of SegBench on both sides: loading, opening, bytes, asking. What report.mjs and scale.mjs print.
import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { DuckDBInstance } from '../../tools/duckdb/duckdb.mjs';
import { ensureData, ensureMessages, openDuckdb, sqlOf, suite, varied } from './suite.mjs';

export const median = (times) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)];

/** Seconds that one side may take for a question; beyond, it is asked no more. Where the warm-up took them, it counts. */
const patienceSeconds = 60;

/** Runs a program to its end; returns the seconds it took, and those of CPU. */
function timed(program, ...args) {
  const began = performance.now();
  // The shell's `times` tells what its children used, on its second line.
  const said = execFileSync('sh', ['-c', '"$@" >/dev/null || exit 1; times', 'sh', program, ...args], { encoding: 'utf8' });
  const cpu = said.trim().split('\n')[1].split(' ').map((text) => {
    const [minutes, seconds] = text.replace('s', '').split('m').map(Number);
    return minutes * 60 + seconds;
  });
  return { seconds: (performance.now() - began) / 1000, cpu: cpu[0] + cpu[1] };
}

/** Loads the traits, then a file of events, into a new directory; the events alone are timed. */
export function loadOurs(program, folder, data, file) {
  rmSync(data, { recursive: true, force: true });
  execFileSync(program, ['load', '--data', data, '--traits', `${folder}/customers.csv`], { stdio: ['ignore', 'ignore', 'inherit'] });
  return timed(program, 'load', '--data', data, `${folder}/${file}`);
}

/** Loads a file of events into the one table of a new DuckDB file. */
export async function loadPeer(folder, file, threads) {
  const target = `${folder}/peer.duckdb`;
  rmSync(target, { force: true });
  const select = file.endsWith('.csv')
    ? `from read_csv('${folder}/${file}')`
    : `select "userId", "messageId", timestamp, event, unnest(properties) from read_json('${folder}/${file}', format = 'newline_delimited')`;
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const instance = await DuckDBInstance.create(target);
  const connection = await instance.connect();
  await connection.run(`set threads = ${threads}`);
  await connection.run(`create table events as ${select}`);
  await connection.run('checkpoint');
  connection.closeSync();
  instance.closeSync();
  const used = process.cpuUsage(cpu);
  return { seconds: (performance.now() - began) / 1000, cpu: (used.user + used.system) / 1e6, bytes: statSync(target).size };
}

/** The process that answers for fineline, a line of JSON for a line of JSON. */
export class Asker {
  constructor(file, directory, threads) {
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

  /** Bytes of memory, pages of mapped files included. */
  residentBytes() {
    return 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8'))[1]);
  }

  end() {
    this.child.stdin.end();
    return new Promise((resolve) => { this.child.on('exit', resolve); });
  }
}

async function askPeer(connection, question, table, now) {
  const sql = `select count(*), bit_xor(hash(customer_id)) from (${sqlOf(question, table, now)})`;
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const [[members]] = (await connection.runAndReadAll(sql)).getRows();
  const used = process.cpuUsage(cpu);
  return { members: Number(members), ms: performance.now() - began, cpu_ms: (used.user + used.system) / 1000 };
}

/**
 * Members by sums without rounding; null where the question sums nothing, so that nothing is excused. DuckDB's sum of
 * floating-point amounts depends on the order it adds them in, so who has spent 507.00 may have spent more than 507; ours is exact.
 */
async function membersByExactSums(connection, question, table, now) {
  const rounded = sqlOf(question, table, now);
  const sql = rounded.replaceAll('sum(amount)', 'sum(amount::decimal(18, 2))');
  if (sql === rounded) return null;
  return Number((await connection.runAndReadAll(`select count(*) from (${sql})`)).getRows()[0][0]);
}

/** `now` of a repeat: on by so many hours. */
const later = (hours) => new Date(Date.parse(suite.now) + hours * 3_600_000).toISOString().replace('.000', '');

/**
 * Times a question on all sides in turn: for each an array of what each repeat took. Another repeat has other
 * constants and another `now`, so nothing can be remembered. Without a connection only ours is asked.
 */
async function timeQuestion(asker, connection, question, repeats) {
  const sides = connection === null ? ['fineline'] : ['fineline', 'events', 'tuned'];
  const times = { fineline: [], events: [], tuned: [], members: [] };
  const spent = { fineline: 0, events: 0, tuned: 0 };
  for (let repeat = 0; repeat <= repeats; repeat += 1) {
    const now = later(repeat);
    const asked = varied(question, repeat);
    let members = null;
    for (const side of sides) {
      if (spent[side] > patienceSeconds * 1000) continue;
      const answer = side === 'fineline'
        ? await asker.ask({ segment: asked.segment, now })
        : await askPeer(connection, asked, side, now);
      members ??= answer.members;
      if (answer.members !== members && await membersByExactSums(connection, asked, side, now) !== members) {
        throw new Error(`${asked.segment} at ${now}: ${members} members, ${side} ${answer.members}`);
      }
      spent[side] += answer.ms;
      if (repeat > 0 || spent[side] > patienceSeconds * 1000) times[side].push(answer);
    }
    times.members.push(members);
  }
  return times;
}

/** What three questions must read: since when each customer is one, his place in the event's table, and these columns. */
const limits = [
  { question: 'recency', touched: 'purchase', columns: [], lastTime: true },
  { question: 'monetary', touched: 'purchase', columns: ['amount'] },
  { question: 'filtered', touched: 'product_view', columns: ['category', 'device'] },
];

const bytesOf = (file) => (existsSync(file) ? statSync(file).size : 0);

/** Milliseconds from nothing to the first answer, the files in the page cache: several new processes. */
async function timeOpening(ask, data, threads, repeats) {
  const times = [];
  for (let repeat = 0; repeat <= repeats; repeat += 1) {
    const began = performance.now();
    const asker = new Asker(ask, data, threads);
    const opened = await asker.read();
    await asker.ask({ segment: varied(suite.questions[0], repeat).segment, now: suite.now });
    if (repeat > 0) times.push({ ms: performance.now() - began, open_ms: opened.open_ms });
    if (!opened.from_checkpoint) throw new Error(`${data} was opened from its log and not from a checkpoint`);
    await asker.end();
  }
  return times;
}

/**
 * One size, whole. options: program, ask, events, folder, threads, repeats; `messages`: load JSON Lines as well;
 * `peer`: ask DuckDB as well.
 */
export async function measureSize(options) {
  const { program, ask, events, folder, threads, repeats } = options;
  const data = `${folder}/fineline`;
  ensureData(folder, Math.ceil(events / 50), events);
  const size = { events, customers: Math.ceil(events / 50), load: {} };
  if (options.messages) {
    await ensureMessages(folder);
    const file = 'events.jsonl';
    size.load[file] = { peer: await loadPeer(folder, file, threads), ours: loadOurs(program, folder, data, file) };
    size.load[file].file_bytes = bytesOf(`${folder}/${file}`);
    size.log_with_ids_bytes = bytesOf(`${data}/log.sqlite`);
    rmSync(`${folder}/peer.duckdb`);
  }
  const csv = { peer: await loadPeer(folder, 'events.csv', threads), ours: loadOurs(program, folder, data, 'events.csv') };
  size.load['events.csv'] = { ...csv, file_bytes: bytesOf(`${folder}/events.csv`) };
  size.bytes = { log: bytesOf(`${data}/log.sqlite`), checkpoint: bytesOf(`${data}/columns.checkpoint`), peer: csv.peer.bytes };
  rmSync(`${folder}/peer.duckdb`);
  size.opening = await timeOpening(ask, data, threads, repeats);

  const asker = new Asker(ask, data, threads);
  await asker.read();
  const connection = await openDuckdb(folder, threads);
  const scalar = async (sql) => (await connection.runAndReadAll(sql)).getRows()[0][0];
  size.peer_version = await scalar('select version()');
  size.rows = Number(await scalar('select count(*) from events'));
  size.questions = [];
  for (const question of suite.questions) {
    size.questions.push({ ...question, times: await timeQuestion(asker, options.peer ? connection : null, question, repeats) });
  }
  size.resident_bytes = asker.residentBytes(); // every question was asked: all that answers need is in memory
  size.bandwidth = (await asker.ask({ bandwidth: true })).bytes_a_cpu_second;
  size.limits = [];
  for (const { question, touched, columns, lastTime } of limits) {
    const found = await asker.ask({ touched, columns });
    const bytes = found.bytes + (lastTime ? found.customers * 8 : 0);
    const { times } = size.questions.find(({ name }) => name === question);
    const took = median(times.fineline.map((one) => one.answer_cpu_ms));
    size.limits.push({ question, bytes, least_ms: (bytes / size.bandwidth) * 1000, took_ms: took });
  }
  connection.closeSync();
  await asker.end();
  return size;
}
