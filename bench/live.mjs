// Measures live load over HTTP (serve_load.mjs) at several rates, then with a wave of a million who leave a segment at the
// same instant. Prints a section of docs/benchmarks.md and writes all numbers to a file.
//
// usage: node live.mjs --program FILE --results FILE --charts DIR [--seconds 300]
//
// --seconds is how long the first load lasts, in which memory is watched; the other steady ones last as long, two minutes at most.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { barChart } from './charts.mjs';
import { grouped, table } from './tables.mjs';

const { values } = parseArgs({
  options: { program: { type: 'string' }, results: { type: 'string' }, charts: { type: 'string' }, seconds: { type: 'string', default: '300' } },
});
const seconds = Number(values.seconds);
const short = Math.min(seconds, 120);
const waveAt = 40; // so much later than the segments of a million people are ready
const loads = [
  { rate: 20_000, segments: 100, seconds },
  { rate: 40_000, segments: 100, seconds: short },
  { rate: 30_000, segments: 200, seconds: short },
  { rate: 50_000, segments: 200, seconds: short },
  { rate: 20_000, segments: 100, seconds: waveAt + 40, wave: 1_000_000, 'wave-at': waveAt },
];

function measure(load) {
  const given = Object.entries(load).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const run = spawnSync(process.execPath, [new URL('serve_load.mjs', import.meta.url).pathname, '--program', values.program, ...given],
    { encoding: 'utf8', maxBuffer: 64 << 20 });
  if (run.status !== 0) throw new Error(`${given.join(' ')}: ${run.stderr}\n${run.stdout}`);
  return JSON.parse(run.stdout);
}

const spread = ({ p50, p99, max }, digits) => [p50, p99, max].map((one) => one.toFixed(digits)).join(', ');

const measured = loads.map(measure);
writeFileSync(values.results, `${JSON.stringify(measured, undefined, 1)}\n`);

const steady = measured.filter(({ wave }) => !wave);
const sides = steady.map((load) => `${grouped(load.rate)}/s, ${load.segments} segments`);
const rows = [
  ['for, s', (load) => load.seconds],
  ['events acknowledged, and counted afterwards', (load) => `${grouped(load.events_acknowledged)}, ${grouped(load.events_counted)}`],
  ['reached, events a second', (load) => grouped(load.events_per_second)],
  ['changes told, gaps in the feed', (load) => `${grouped(load.changes)}, ${load.gaps_in_the_feed}`],
  ['acknowledgement to feed, ms: median, 99th percentile, most', (load) => spread(load.acknowledgement_to_feed_ms, 1)],
  ['exits by the clock late by, s: median, 99th percentile, most', (load) => spread(load.exits_late_s, 3)],
  ['request to acknowledgement, ms: median, 99th percentile, most', (load) => spread(load.request_to_acknowledgement_ms, 1)],
  ['requests that waited at once, at most', (load) => load.requests_at_once_max],
  ['processor time of the server, s', (load) => Math.round(load.server_processor_s)],
];
mkdirSync(values.charts, { recursive: true });
writeFileSync(`${values.charts}/live.svg`, barChart({
  title: 'Live load: 99th percentiles in milliseconds',
  names: ['to the feed', 'exits late', 'request answered'],
  rows: steady.map((load) => ({
    label: `${load.rate / 1000}k/s, ${load.segments} segments`,
    values: [load.acknowledgement_to_feed_ms.p99, 1000 * load.exits_late_s.p99, load.request_to_acknowledgement_ms.p99],
  })),
  unit: ' ms',
}));
console.log(`![99th percentiles of how late things are, by load](benchmarks/live.svg)

Batches of 100 over loopback HTTP at a steady rate (\`bench/serve_load.mjs\`), ${grouped(measured[0].customers)} customers and one new one a batch;
the load and the reader of the feed on the same machine. Afterwards \`fineline verify\` computes every membership anew; each run passed.

${table(['', ...sides], rows.map(([name, of]) => [name, ...steady.map(of)]))}`);

const waved = measured.find(({ wave }) => wave);
console.log(`
With ${grouped(waved.wave.left)} people beside them who leave one more segment at the same instant, at ${grouped(waved.rate)} events a second and ${waved.segments} segments:
the last one had left on the feed ${waved.wave.drained_s.toFixed(1)} s after that instant. Meanwhile a request took ${spread(waved.wave.request_to_acknowledgement_ms, 1)} ms to its
acknowledgement and a change ${spread(waved.wave.acknowledgement_to_feed_ms, 1)} ms from there to the feed (median, 99th percentile, most).`);

const first = measured[0].memory;
const step = Math.max(1, Math.floor(first.length / 15));
const shown = first.filter((_, place) => place % step === 0 || place === first.length - 1);
console.log(`
What the process takes in the first of these loads, in MB, by what it says it holds, and how long an acknowledgement took in the ten seconds before:

${table(['second', 'events', 'resident', 'columns', 'memberships', 'changes', 'log', 'the rest', '99th percentile, ms'], shown.map((one) => [
    one.second, grouped(one.events), ...[one.resident_mb, ...Object.values(one.held_mb), one.rest_mb].map(Math.round), one.acknowledgement_ms.p99 === null ? '–' : Math.round(one.acknowledgement_ms.p99)]))}`);
