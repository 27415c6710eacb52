// Measures an audit and a discovery over many customers, and prints a section of docs/benchmarks.md.
//
// usage: node study.mjs --program FILE --folder DIR [--customers 1000000] [--events 5000000]
//
// FOLDER keeps the data that were made. The peak is what the system says was resident at most.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    program: { type: 'string' },
    folder: { type: 'string' },
    customers: { type: 'string', default: '1000000' },
    events: { type: 'string', default: '5000000' },
  },
});

function run(command, ...words) {
  const done = spawnSync(command, words, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${command} ${words.join(' ')}: ${done.stderr || done.error}`);
}

/** Runs to the end; resolves to the seconds it took, its peak in MB and the first line of its report that is a sentence. */
function measure(...words) {
  const begun = performance.now();
  const child = spawn(values.program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let peak = 0;
  let text = '';
  let errors = '';
  child.stdout.on('data', (piece) => (text += piece));
  child.stderr.on('data', (piece) => (errors += piece));
  const look = setInterval(() => {
    // The process may end between two looks; its peak only grows before.
    const found = existsSync(`/proc/${child.pid}/status`) && /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
    if (found) peak = Number(found[1]) / 1024;
  }, 50);
  return new Promise((resolve, reject) => {
    child.on('close', (code) => {
      clearInterval(look);
      const seconds = (performance.now() - begun) / 1000;
      if (code !== 0) reject(new Error(`${words.join(' ')}: ${errors}`));
      else resolve({ seconds, peak, sentence: text.split('\n').find((line) => / segments? (tells?|do|does) /.test(line)) ?? '' });
    });
  });
}

const generator = fileURLToPath(new URL('segbench/generate.mjs', import.meta.url));
if (!existsSync(`${values.folder}/events.csv`)) {
  run(process.execPath, generator, '--customers', values.customers, '--events', values.events, '--out', values.folder);
}
const data = `${values.folder}/study-data`;
rmSync(data, { recursive: true, force: true });
run(values.program, 'load', '--data', data, `${values.folder}/events.csv`);
run(values.program, 'load', '--data', data, '--traits', `${values.folder}/customers.csv`);
const purpose = `${values.folder}/purpose.yaml`;
writeFileSync(purpose, `purpose: next-quarter
question: Who will spend how much in the next 90 days?
metric: sum(purchase.amount, next 90 days)
better: higher
population: did app_open or did purchase
capacity: 6
detect: 5 %
review: 90 days
owner: growth
segments:
  - {name: often, when: "count(purchase, last 365 days) >= 2", action: thank}
  - {name: recent, when: did purchase last 90 days, action: follow up}
  - {name: lapsed, when: did purchase and did not purchase last 180 days, action: remind}
  - {name: big, when: sum(purchase.amount) > 100, action: call}
  - {name: browsing, when: "did product_view last 30 days and did not purchase last 90 days", action: show}
  - {name: carts, when: did add_to_cart last 30 days, action: remind}
  - {name: weekends, when: share(purchase where weekend) > 0.5, action: saturday}
  - {name: quiet, when: did not app_open last 60 days, action: wake}
`);

console.log('| | seconds | peak, MB | what it says |');
console.log('|---|---:|---:|---|');
for (const command of ['audit', 'discover']) {
  const { seconds, peak, sentence } = await measure(command, purpose, '--data', data, '--at', '2024-12-31T00:00:00Z');
  console.log(`| \`fineline ${command}\` | ${seconds.toFixed(0)} | ${peak.toFixed(0)} | ${sentence} |`);
}
console.log(`\n${values.events} events of ${values.customers} customers, eight segments, features as they are enumerated.`);
