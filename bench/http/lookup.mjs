// Measures `GET /v1/customers/{id}/segments` beside a bare Beast server that answers a constant of the same
// size, in one run, and prints a section of docs/benchmarks.md.
//
// usage: node lookup.mjs --program FILE --client FILE --constant FILE [--seconds 5] [--rounds 5]
//        --charts DIR [--customers 100000] [--segments 20] [--rate 10000] [--connections 64]
//
// The sides take turns, first while events arrive at the steady rate and then while none do; the events go
// on arriving while the bare server is asked, so that both share the machine with the same load.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { barChart } from '../charts.mjs';

const { values } = parseArgs({
  options: {
    program: { type: 'string' },
    client: { type: 'string' },
    constant: { type: 'string' },
    charts: { type: 'string' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
    customers: { type: 'string', default: '100000' },
    segments: { type: 'string', default: '20' },
    rate: { type: 'string', default: '10000' },
    connections: { type: 'string', default: '64' },
  },
});
const [seconds, rounds, customers, segments, rate, connections] = ['seconds', 'rounds', 'customers', 'segments', 'rate', 'connections']
  .map((name) => Number(values[name]));
const batchEvents = 100;
const names = ['visit', 'view', 'cart', 'purchase'];

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const spread = (numbers, digits) => {
  const shown = (number) => number.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${shown(median(numbers))} (${shown(Math.min(...numbers))}–${shown(Math.max(...numbers))})`;
};

const children = [];
const folder = mkdtempSync(path.join(os.tmpdir(), 'fineline-lookup-'));
process.on('exit', () => {
  children.forEach((child) => child.kill());
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a server that says `serving` on its standard output; resolves to what it said, and the process. */
function start(file, args) {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  return new Promise((resolve, reject) => {
    const server = { child };
    child.on('error', reject);
    child.on('exit', (code) => {
      if (!server.stopping) {
        console.error(`${file} has ended with ${code}`);
        process.exit(1);
      }
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line);
      if (said.secret) server[said.kind] = said.secret;
      if (said.serving) resolve(Object.assign(server, { url: said.serving }));
    });
  });
}

function stop(server) {
  server.stopping = true;
  return new Promise((resolve) => {
    server.child.on('exit', resolve);
    server.child.kill('SIGTERM');
  });
}

/** Seconds of CPU that a process has used, by /proc (100 ticks a second). */
function cpuSeconds({ child }) {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function call(server, method, target, key, body) {
  const answer = await fetch(`${server.url}${target}`, {
    method,
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${target}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

let sent = 0;
/** One event each of a hundred customers in turn, so that soon every customer has some. */
async function sendBatch(server) {
  const batch = [];
  for (let i = 0; i < batchEvents; i += 1, sent += 1) {
    const name = names[(sent * 2654435761 >>> 7) % names.length];
    batch.push({ type: 'track', userId: `c${sent % customers}`, event: name, messageId: `m${sent}`, properties: { amount: (sent % 400) / 4 } });
  }
  await call(server, 'POST', '/v1/batch', server.write, { batch });
}

/** Sends at the steady rate until it is stopped. Counts what was acknowledged. */
class SteadyLoad {
  constructor(server) {
    this.server = server;
    this.acknowledged = 0;
    this.running = true;
    this.done = this.run();
  }

  async run() {
    const began = performance.now();
    const open = new Set();
    for (let due = 0; this.running; ) {
      for (; due * batchEvents < ((performance.now() - began) / 1000) * rate && open.size < 64; due += 1) {
        const one = sendBatch(this.server).then(() => {
          this.acknowledged += batchEvents;
          open.delete(one);
        });
        open.add(one);
      }
      await sleep(5);
    }
    await Promise.all(open);
  }

  stop() {
    this.running = false;
    return this.done;
  }
}

/** One turn of the client at one server. */
function turn(server, keys, targets, lasting = seconds) {
  const cpuBefore = cpuSeconds(server);
  const child = spawn(values.client, [new URL(server.url).port, String(connections), String(lasting)], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(`${keys.join(' ')}\n${targets.join('\n')}\n`);
  let text = '';
  child.stdout.on('data', (piece) => { text += piece; });
  return new Promise((resolve, reject) => {
    child.on('close', (code) => {
      if (code !== 0) return reject(new Error(`the client ended with ${code}`));
      return resolve({ ...JSON.parse(text), server_cpu_s: cpuSeconds(server) - cpuBefore });
    });
  });
}

const ours = await start(values.program, ['serve', '--data', folder, '--listen', '127.0.0.1:0', '--json']);
for (let number = 0; number < segments; number += 1) {
  const name = names[number % names.length];
  const step = Math.floor(number / names.length);
  const expression = number % 2 === 0 ? `count(${name}) >= ${1 + step}` : `sum(${name}.amount, last ${1 + step} hours) > ${20 * (1 + step)}`;
  await call(ours, 'PUT', `/v1/segments/s${number}`, ours.admin, { expression });
}
while (sent < 2 * customers) {
  await Promise.all(Array.from({ length: 8 }, () => sendBatch(ours)));
}
const keys = [ours.admin];
const targets = Array.from({ length: 20000 }, (_, i) => `/v1/customers/c${(i * 7919 * 13) % customers}/segments`);
const first = await call(ours, 'GET', targets[1], ours.admin);
if (!(first.segments?.length > 0)) throw new Error(`no segments to look up: ${JSON.stringify(first)}`);
const probe = await turn(ours, keys, targets, 0.5);
const bare = await start(values.constant, [String(Math.round(probe.body_bytes))]);

const turns = { loaded: { ours: [], bare: [] }, quiet: { ours: [], bare: [] } };
let arrived = [];
for (const [state, sides] of Object.entries(turns)) {
  const load = state === 'loaded' ? new SteadyLoad(ours) : null;
  for (let round = 0; round < rounds; round += 1) {
    const [before, began] = [load?.acknowledged, performance.now()];
    sides.ours.push(await turn(ours, keys, targets));
    if (load) arrived.push((load.acknowledged - before) / ((performance.now() - began) / 1000));
    sides.bare.push(await turn(bare, [], targets));
  }
  await load?.stop();
}
await Promise.all([stop(ours), stop(bare)]);

const of = (side, what) => side.map((one) => one[what]);
const row = (label, side) => `| ${label} | ${spread(of(side, 'a_second'), 0)} | ${spread(of(side, 'p50_ms'), 2)} | ${spread(of(side, 'p99_ms'), 2)} | ${Math.max(...of(side, 'max_ms')).toFixed(1)} | ${spread(side.map((one) => one.client_cpu_s / one.seconds), 2)} |`;
const share = ({ ours: we, bare: they }) => spread(we.map((one, i) => (100 * one.a_second) / they[i].a_second), 0);
// The half second of warm-up is in the server's CPU time and not in the answers.
const micros = (side) => side.map((one) => (1e6 * one.server_cpu_s * one.seconds) / (one.seconds + 0.5) / one.answers);
mkdirSync(values.charts, { recursive: true });
writeFileSync(`${values.charts}/lookup.svg`, barChart({
  title: 'Looking a customer up: answers a second',
  names: ['ours', 'a bare Beast server'],
  rows: [['events arriving', turns.loaded], ['nothing arriving', turns.quiet]].map(([label, { ours: we, bare: they }]) => ({
    label, values: [we, they].map((side) => median(of(side, 'a_second'))),
  })),
  unit: '',
}));
console.log(`![answers a second beside a bare server](benchmarks/lookup.svg)

\`GET /v1/customers/{id}/segments\` over ${connections} connections that stay open, of ${customers.toLocaleString('en')} customers and ${segments} live
segments, answers of ${Math.round(probe.body_bytes)} bytes on the mean; beside it a bare Beast server that answers a constant of that size from one
thread. ${rounds} turns of ${seconds} s each, ours and the bare one by turns: median (least–most). The client
(\`bench/http/lookup_client.cpp\`) and the load share the machine's ${os.cpus().length} cores with the server that is asked.

| | answers a second | ms, median | ms, 99th percentile | ms, most | cores the client took |
|---|---:|---:|---:|---:|---:|
${row(`ours, ${rate.toLocaleString('en')} events a second arriving`, turns.loaded.ours)}
${row('bare, the same events arriving at ours', turns.loaded.bare)}
${row('ours, nothing arriving', turns.quiet.ours)}
${row('bare, nothing arriving', turns.quiet.bare)}

Ours against the bare server: ${share(turns.loaded)} % while events arrive, ${share(turns.quiet)} % while none do. Events acknowledged a second
in our turns: ${spread(arrived, 0)}. CPU time of the server an answer, nothing arriving: ours ${spread(micros(turns.quiet.ours), 1)} µs, bare
${spread(micros(turns.quiet.bare), 1)} µs.`);
