// Measures how soon a new or changed segment serves over a long history, while events keep coming, and prints a
// section of docs/benchmarks.md.
//
// usage: node new_segment.mjs --program FILE --folder DIR [--customers 200000] [--events 10000000] [--rate 1000]
//
// FOLDER keeps the data that were made. Each expression is put as a new segment, then changed; a time goes from
// the request to the first answer that says `ready` with the version asked for. While a changed segment is
// computed, what it was before must be served: each answer of the old version is counted.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { admin, startServer } from '../tests/console/serving.mjs';

const { values } = parseArgs({
  options: {
    program: { type: 'string' },
    folder: { type: 'string' },
    customers: { type: 'string', default: '200000' },
    events: { type: 'string', default: '10000000' },
    rate: { type: 'string', default: '1000' },
  },
});
const now = '2024-12-31T00:00:00Z';
const forms = [
  ['did purchase last 30 days', 'did purchase last 60 days'],
  ['sum(purchase.amount) > 500', 'sum(purchase.amount) > 800'],
  ['distinct(product_view.category, last 180 days) >= 5', 'distinct(product_view.category, last 180 days) >= 6'],
  ['sequence(add_to_cart -> no purchase within 1 day, last 7 days)', 'sequence(add_to_cart -> no purchase within 2 days, last 7 days)'],
  ['percentile(sum(purchase.amount)) >= 90', 'percentile(sum(purchase.amount)) >= 80'],
];

function run(command, ...words) {
  const done = spawnSync(command, words, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${command} ${words.join(' ')}: ${done.stderr || done.error}`);
}

const generator = fileURLToPath(new URL('segbench/generate.mjs', import.meta.url));
if (!existsSync(`${values.folder}/events.csv`)) {
  run(process.execPath, generator, '--customers', values.customers, '--events', values.events, '--out', values.folder);
}
const data = `${values.folder}/data`;
rmSync(data, { recursive: true, force: true });
run(values.program, 'load', '--data', data, `${values.folder}/events.csv`);
const server = await startServer(data, { program: values.program, clock: now });

let sent = 0;
let refused = 0;
async function send() {
  const batch = [];
  for (let i = 0; i < 100; i += 1) {
    const user = `new-${(sent + i) % 50000}`;
    batch.push({ type: 'track', userId: user, event: 'purchase', messageId: `m${sent + i}`, properties: { amount: 20 } });
  }
  sent += 100;
  const answer = await fetch(`${server.url}/v1/batch`, {
    method: 'POST',
    headers: { Authorization: `Basic ${btoa(`${server.keys.write}:`)}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ batch }),
  });
  await answer.arrayBuffer();
  refused += answer.status === 200 ? 0 : 1;
}
const load = setInterval(() => void send(), 100000 / Number(values.rate));

async function served(name, version, old) {
  for (;;) {
    const segment = await admin(server, 'GET', `/v1/segments/${name}`);
    if (segment.state === 'ready' && segment.version === version) return segment;
    if (segment.state === 'failed') throw new Error(`${name}: ${segment.error}`);
    if (version > 1 && segment.version === version - 1) old.answers += 1;
    await new Promise((resume) => setTimeout(resume, 10));
  }
}

console.log('| expression | members | new, s | changed, s | answers by the old version meanwhile |');
console.log('|---|---:|---:|---:|---:|');
for (const [number, [first, second]] of forms.entries()) {
  const name = `s${number}`;
  const seconds = [];
  const old = { answers: 0 };
  let segment;
  for (const [place, expression] of [first, second].entries()) {
    const begun = performance.now();
    await admin(server, 'PUT', `/v1/segments/${name}`, { expression });
    segment = await served(name, place + 1, old);
    seconds.push((performance.now() - begun) / 1000);
  }
  console.log(`| \`${first}\` | ${segment.size} | ${seconds.map((each) => each.toFixed(2)).join(' | ')} | ${old.answers} |`);
}
clearInterval(load);
console.log(`\n${values.events} events of ${values.customers} customers; ${sent} more came meanwhile, ${refused} batches were refused.`);
server.stop();
