// Asks each of SegBench's questions twice, in the segment language and as SQL on DuckDB, and compares the
// sets of customers. Prints a line per question and `N passed, N failed`.
//
// usage: node compare.mjs --program FILE --events N --folder DIR
import { parseArgs } from 'node:util';
import { ensureData, loadFineline, openDuckdb, run, sqlOf, suite } from './suite.mjs';

const { values } = parseArgs({
  options: { program: { type: 'string' }, events: { type: 'string' }, folder: { type: 'string' } },
});
const events = Number(values.events);
const data = `${values.folder}/fineline`;

ensureData(values.folder, Math.ceil(events / 50), events);
const seconds = loadFineline(values.program, values.folder, data);
console.log(`${events} events loaded in ${seconds.toFixed(1)} s`);

const duckdb = await openDuckdb(values.folder);
let failed = 0;
for (const question of suite.questions) {
  const rows = (await duckdb.runAndReadAll(sqlOf(question, 'events'))).getRows();
  const theirs = new Set(rows.map(([customer]) => customer));
  let ours = new Set();
  let trouble = '';
  try {
    const listed = run(values.program, 'ask', '--data', data, '--at', suite.now, question.segment, '--members');
    ours = new Set(listed.split('\n').filter((line) => line !== ''));
  } catch (error) {
    trouble = ` ${error.stderr ?? error.message}`;
  }
  const missing = [...theirs].filter((customer) => !ours.has(customer));
  const extra = [...ours].filter((customer) => !theirs.has(customer));
  const same = missing.length === 0 && extra.length === 0 && trouble === '';
  if (!same) {
    failed += 1;
    trouble += ` not ours: ${missing.slice(0, 5)} (${missing.length}); only ours: ${extra.slice(0, 5)} (${extra.length})`;
  }
  console.log(`${same ? 'same  ' : 'DIFFER'} ${question.name.padEnd(12)} ${String(theirs.size).padStart(8)} customers${trouble}`);
}
console.log(`${suite.questions.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
