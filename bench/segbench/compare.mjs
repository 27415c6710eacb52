// Holds three answers to each of SegBench's questions against each other, set for set: the suite's SQL, the
// SQL that fineline emits, and `fineline ask --members`. Prints a line per comparison and
// `N passed, N failed`.
//
// usage: node compare.mjs --program FILE --printer FILE --events N --folder DIR
//
// --printer is the build's tests/duckdb/to_sql_batch. The data are made in the folder unless they are there.
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { Database } from '../../tests/duckdb/database.mjs';
import { ensureData, loadFineline, openDuckdb, run, sqlOf, suite } from './suite.mjs';

const { values } = parseArgs({
  options: {
    program: { type: 'string' },
    printer: { type: 'string' },
    events: { type: 'string' },
    folder: { type: 'string' },
  },
});
const events = Number(values.events);
const data = `${values.folder}/fineline`;

/** Fills the schema of docs/sql.md from the generated tables, which emitted SQL is for. */
const relations = [
  `insert into events select customer_id, seq, ts, type, json_merge_patch(json_object('device', device),
     case when amount is null then '{}' else json_object('amount', amount) end,
     case when category is null then '{}' else json_object('category', category) end) from made.events`,
  "insert into traits select customer_id, 0, null, 'country', to_json(country) from made.customers",
  "insert into traits select customer_id, 0, null, 'plan', to_json(plan) from made.customers",
  "insert into traits select customer_id, 0, null, 'age', to_json(age) from made.customers where age is not null",
];

/** A database with those relations, and the query printed for each question. */
async function openEmitted() {
  const database = await Database.open(':memory:', 2);
  await database.connection.run(`attach '${values.folder}/segbench.duckdb' as made (read_only)`);
  for (const statement of relations) {
    await database.connection.run(statement);
  }
  const cases = suite.questions.map(({ segment }) => JSON.stringify({ now: suite.now, expression: segment }));
  const printed = execFileSync(values.printer, { input: cases.join('\n'), encoding: 'utf8', maxBuffer: 1 << 28 });
  const queries = printed.trim().split('\n').map((line) => JSON.parse(line).sql ?? line);
  return { database, queries };
}

/** Says whether two answers are one set in which no customer stands twice, or how they differ. */
function difference(expected, found) {
  const [theirs, ours] = [new Set(expected), new Set(found)];
  if (ours.size !== found.length) return 'a customer stands twice';
  const missing = expected.filter((customer) => !ours.has(customer));
  const extra = found.filter((customer) => !theirs.has(customer));
  if (missing.length === 0 && extra.length === 0) return '';
  return `${missing.length} missing (${missing.slice(0, 5)}), ${extra.length} too many (${extra.slice(0, 5)})`;
}

ensureData(values.folder, Math.ceil(events / 50), events);
const seconds = loadFineline(values.program, values.folder, data);
console.log(`${events} events loaded in ${seconds.toFixed(1)} s`);

const duckdb = await openDuckdb(values.folder);
const column = (reader) => reader.getRows().map(([customer]) => customer);
const expectations = [];
for (const question of suite.questions) {
  expectations.push(column(await duckdb.runAndReadAll(sqlOf(question, 'events'))));
}
duckdb.closeSync();

const { database, queries } = await openEmitted();
const answering = {
  'fineline ask --members': ({ segment }) => run(
    values.program, 'ask', '--data', data, '--at', suite.now, segment, '--members',
  ).split('\n').filter((line) => line !== ''),
  'emitted SQL': async (_, index) => column(await database.connection.runAndReadAll(queries[index])),
};
let failed = 0;
for (const [index, question] of suite.questions.entries()) {
  for (const [who, answer] of Object.entries(answering)) {
    let trouble;
    try {
      trouble = difference(expectations[index], await answer(question, index));
    } catch (error) {
      trouble = String(error.stderr || error.message);
    }
    failed += trouble === '' ? 0 : 1;
    const size = String(expectations[index].length).padStart(8);
    console.log(`${trouble === '' ? 'same  ' : 'DIFFER'} ${question.name.padEnd(12)} ${size} members, ${who} ${trouble}`);
  }
}
const compared = suite.questions.length * Object.keys(answering).length;
console.log(`measured: ${suite.questions.length} questions over ${events} drawn events, each answer in ${Object.keys(answering).length} other ways`);
console.log(`${compared - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
