// Measures loading, opening and asking beside DuckDB, in one run on the same files, at one size or several. Prints a
// section of docs/benchmarks.md and writes its charts.
//
// usage: node report.mjs --program FILE --ask FILE --events N[,N…] --folder DIR --charts DIR --commit TEXT
//        [--repeats 5] [--messages-up-to N] [--peer-up-to N] [--keep]
//
// Each question is asked once to warm up and then five times, of fineline, of DuckDB as loaded (by time)
// and of DuckDB tuned (by type, customer and time) in turn; from one time to the next a constant of the question
// and `now` move on, and each time the counts must be the same (of sums that DuckDB rounded, its exact ones decide). All sides
// produce the members and a digest of them.
// JSON Lines are loaded up to --messages-up-to events and DuckDB is asked up to --peer-up-to; the data of a size are
// deleted before the next unless they are to be kept.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { barChart, lineChart } from '../charts.mjs';
import { grouped, table } from '../tables.mjs';
import { measureSize, median } from './measure.mjs';

const threads = 2;
const { values } = parseArgs({
  options: {
    program: { type: 'string' },
    ask: { type: 'string' },
    events: { type: 'string' },
    folder: { type: 'string' },
    charts: { type: 'string' },
    commit: { type: 'string' },
    repeats: { type: 'string', default: '5' },
    'messages-up-to': { type: 'string', default: '10000000' },
    'peer-up-to': { type: 'string', default: '50000000' },
    keep: { type: 'boolean', default: false },
  },
});
const repeats = Number(values.repeats);
const wanted = values.events.split(',').map(Number).sort((a, b) => a - b);

const spread = (times, digits = 1) => `${median(times).toFixed(digits)} (${Math.min(...times).toFixed(digits)}–${Math.max(...times).toFixed(digits)})`;
const megabytes = (bytes) => (bytes / 1e6).toFixed(0);
const mean = (numbers) => Math.exp(numbers.reduce((sum, one) => sum + Math.log(one), 0) / numbers.length);
const of = (side, unit) => side.map((answer) => answer[unit]);

const sizes = [];
for (const events of wanted) {
  const folder = `${values.folder}-${events}`;
  sizes.push(await measureSize({
    program: values.program,
    ask: values.ask,
    events,
    folder,
    threads,
    repeats,
    messages: events <= Number(values['messages-up-to']),
    peer: events <= Number(values['peer-up-to']),
  }));
  if (!values.keep) rmSync(folder, { recursive: true, force: true });
}

/** DuckDB's time over ours for each question of a size: { events, tuned }. */
const ratios = (size, unit) => size.questions.map(({ name, times }) => ({
  label: name,
  values: ['events', 'tuned'].map((side) => median(of(times[side], unit)) / median(of(times.fineline, unit))),
}));

function loadSection(size) {
  const rows = Object.entries(size.load).flatMap(([file, { ours, peer, file_bytes: bytes }]) => [
    ['fineline', ours], ['DuckDB', peer],
  ].map(([who, took]) => [`${file}, ${megabytes(bytes)} MB: ${who}`, took.seconds.toFixed(1), grouped(size.rows / took.seconds), took.cpu.toFixed(1), `${(peer.seconds / took.seconds).toFixed(2)}; ${(peer.cpu / took.cpu).toFixed(2)}`]));
  return `A file of events to durable and queryable. fineline logs every event with a checksum, decides on duplicates, infers
types in a first pass and writes a checkpoint; DuckDB fills one table and writes its file. Messages have ids.

${table(['file', 'seconds', 'events a second', 'CPU seconds', "DuckDB's time over it; its CPU time"], rows)}`;
}

function askSection(size) {
  const cell = (side) => (side.length === 0 ? '–' : `${spread(of(side, 'ms'))}; ${median(of(side, 'cpu_ms')).toFixed(1)}${side.length < repeats ? `; ${side.length} times` : ''}`);
  const rows = size.questions.map(({ name, segment, times }) => [name, `\`${segment}\``, times.members[0], cell(times.fineline), cell(times.events), cell(times.tuned)]);
  const asked = size.questions[0].times.events.length > 0;
  const by = (unit, side) => mean(ratios(size, unit).map((one) => one.values[side])).toFixed(1);
  return `${table(['question', 'in the language', 'members', 'fineline', 'DuckDB as loaded', 'DuckDB tuned'], rows)}
${asked ? `
Geometric mean of DuckDB's time over ours: ${by('ms', 0)} as loaded, ${by('ms', 1)} tuned; of CPU time: ${by('cpu_ms', 0)} as loaded, ${by('cpu_ms', 1)} tuned.
` : ''}
How far from what memory can deliver (${(size.bandwidth / 1e9).toFixed(1)} GB in a second of CPU, measured in the same process):
the bytes that the question must read, of everybody since when he is a customer, of each customer with such events the place of
his rows and of each row the columns that decide, against the CPU time from the question's text to its members, without the
digest by which the sides are compared.

${table(['question', 'bytes', 'at least', 'took', 'times'], size.limits.map((one) => [one.question, `${megabytes(one.bytes)} MB`, `${one.least_ms.toFixed(2)} ms`, `${one.took_ms.toFixed(2)} ms`, (one.took_ms / one.least_ms).toFixed(1)]))}`;
}

const perMillion = (size) => mean(size.questions.map(({ times }) => median(of(times.fineline, 'cpu_ms')))) / (size.rows / 1e6);
const perEvent = (size) => (1e6 * size.load['events.csv'].ours.cpu) / size.rows;

function sizesSection() {
  const first = sizes.find(({ events }) => events >= 10_000_000) ?? sizes[0];
  const rows = sizes.map((size) => [
    grouped(size.events),
    `${perEvent(size).toFixed(2)} (${(perEvent(size) / perEvent(first)).toFixed(2)})`,
    `${perMillion(size).toFixed(3)} (${(perMillion(size) / perMillion(first)).toFixed(2)})`,
    spread(of(size.opening, 'ms'), 0),
    (size.bytes.log / size.rows).toFixed(1),
    size.log_with_ids_bytes ? (size.log_with_ids_bytes / size.rows).toFixed(1) : '–',
    (size.bytes.checkpoint / size.rows).toFixed(1),
    (size.bytes.peer / size.rows).toFixed(1),
    (size.resident_bytes / size.rows).toFixed(1),
  ]);
  return `CPU time of a load from CSV and of an answer (geometric mean over the questions), and beside them how many times
that of ${grouped(first.events)} events. Opening: milliseconds from the start of a new process to its first answer, the files in the
page cache. Bytes an event: the log without and with message ids, the checkpoint, DuckDB's file of its one table, and all
memory of the process that answers, everything in it, after all questions were asked.

${table(['events', 'load, CPU µs an event', 'answer, CPU ms a million events', 'first answer after, ms', 'log', 'log with ids', 'checkpoint', "DuckDB's file", 'in memory'], rows)}`;
}

function writeCharts() {
  mkdirSync(values.charts, { recursive: true });
  const written = [];
  const write = (name, svg, about) => {
    writeFileSync(`${values.charts}/${name}.svg`, svg);
    written.push(`![${about}](benchmarks/${name}.svg)`);
  };
  const asked = sizes.filter(({ questions }) => questions[0].times.events.length > 0).at(-1);
  if (asked) {
    write('ask', barChart({ title: `Asking: DuckDB's time over ours, ${grouped(asked.events)} events`, names: ['as loaded', 'tuned'], rows: ratios(asked, 'ms'), unit: '×', mark: 1 }), 'how many times longer DuckDB takes, by question');
  }
  const loads = sizes.flatMap((size) => Object.entries(size.load).map(([file, { ours, peer }]) => ({
    label: `${size.events / 1e6} million ${file.split('.')[1]}`,
    values: [peer.seconds / ours.seconds, peer.cpu / ours.cpu],
  })));
  write('load', barChart({ title: "Loading a file: DuckDB's time over ours", names: ['elapsed', 'CPU'], rows: loads, unit: '×', mark: 1 }), 'how many times longer DuckDB takes to load a file');
  write('bytes', barChart({
    title: 'Bytes an event',
    names: ['log', 'checkpoint', 'in memory', "DuckDB's file"],
    rows: sizes.map((size) => ({
      label: `${size.events / 1e6} million`,
      values: [size.bytes.log, size.bytes.checkpoint, size.resident_bytes, size.bytes.peer].map((bytes) => bytes / size.rows),
    })),
    unit: '',
  }), 'bytes an event in files and in memory');
  if (sizes.length > 1) {
    const points = (pick) => sizes.map((size) => [size.events / 1e6, pick(size)]);
    write('growth', lineChart({
      title: 'Cost as the data grow',
      xLabel: 'million events',
      yLabel: 'logarithmic',
      series: [
        { name: 'load, µs an event', points: points(perEvent) },
        { name: 'answer, ms a million', points: points(perMillion) },
        { name: 'first answer, s', points: points((size) => median(of(size.opening, 'ms')) / 1000) },
      ],
    }), 'cost of an event and of an answer over the size of the data');
  }
  return written.join('\n');
}

const compiler = execFileSync('g++', ['--version'], { encoding: 'utf8' }).split('\n')[0];
const charts = writeCharts();
console.log(`## Loading, opening and asking beside DuckDB

Written by \`FINELINE_BENCH_EVENTS=${wanted.join(',')} ./dev bench segbench\`: both programs in one run, on the same files.

- commit ${values.commit}, ${new Date().toISOString().slice(0, 16)}Z, ${compiler}
- ${cpus().length} cores, ${cpus()[0].model.trim()}; both sides use ${threads} threads
- drawn events of up to one customer in fifty (\`bench/segbench/generate.mjs\`), DuckDB ${sizes[0].peer_version}

${charts}

### Sizes

${sizesSection()}
${sizes.map((size) => `
### Load, ${grouped(size.events)} events

${loadSection(size)}
`).join('')}
### Ask

Milliseconds from the text of a question to the members and a digest of their ids, data in memory: median
of ${repeats} after a warm-up (least–most), then the CPU time of all threads. The three sides take turns; a constant of the
question and \`now\` move on from turn to turn, and their counts must agree. The question and its members are those of the
warm-up. A side that has taken a minute for a question is asked it no more, and if its warm-up took that, it is that which is told. DuckDB *as loaded* has the events by time, *tuned* by
type, customer and time with the type as an enum.
${sizes.map((size) => `
#### ${grouped(size.events)} events

${askSection(size)}`).join('\n')}`);
