// Measures how soon a preview of an expression answers over many customers, over HTTP, and prints a section of
// docs/benchmarks.md.
//
// usage: node preview.mjs --program FILE --folder DIR [--customers 10000000] [--events 20000000] [--segments 5] [--rounds 7]
//
// FOLDER keeps the data that were made. The expressions are SegBench's; from round to round a constant moves on, so that
// nothing can be remembered. What is asked first of an event unpacks its rows, which is told apart.
import { parseArgs } from 'node:util';
import { admin, startServer } from '../tests/console/serving.mjs';
import { ensureData, loadFineline, suite, varied } from './segbench/suite.mjs';
import { grouped, table } from './tables.mjs';

const { values } = parseArgs({
  options: {
    program: { type: 'string' },
    folder: { type: 'string' },
    customers: { type: 'string', default: '10000000' },
    events: { type: 'string', default: '20000000' },
    segments: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '7' },
  },
});

ensureData(values.folder, Number(values.customers), Number(values.events));
const data = `${values.folder}/data`;
loadFineline(values.program, values.folder, data);

const server = await startServer(data, { program: values.program, clock: suite.now });
for (const { name, segment } of suite.questions.slice(0, Number(values.segments))) {
  await admin(server, 'PUT', `/v1/segments/${name}`, { expression: segment });
}
while (!(await admin(server, 'GET', '/v1/segments')).segments.every(({ state }) => state === 'ready')) {
  await new Promise((resolve) => setTimeout(resolve, 200));
}

const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];
const rows = [];
for (const question of suite.questions) {
  const took = [];
  let count = 0;
  for (let round = 0; round <= Number(values.rounds); round += 1) {
    const began = performance.now();
    const answer = await admin(server, 'POST', '/v1/preview', { expression: varied(question, round).segment });
    took.push(performance.now() - began);
    count ||= answer.count;
  }
  const [first, ...later] = took;
  rows.push([`\`${question.segment}\``, grouped(count), `${Math.round(median(later))} (${Math.round(Math.min(...later))}–${Math.round(Math.max(...later))})`, Math.round(first)]);
}
server.stop();

console.log(`${grouped(values.customers)} customers drawn, ${grouped(values.events)} events, ${values.segments} live segments. Milliseconds over HTTP to the exact count and a sample of
ten: median of ${values.rounds} (least–most), and the first time.

${table(['a preview', 'members', 'answered after, ms', 'first, ms'], rows)}`);
process.exit(0);
