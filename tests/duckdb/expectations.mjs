#!/usr/bin/env node
// The emitted SQL on DuckDB against members worked out by hand from the language reference.
// usage: node expectations.mjs BUILD_DIRECTORY
import { execFileSync } from 'node:child_process';
import { Database } from './database.mjs';
import { relationsOf } from './relations.mjs';

const now = '2024-03-31T12:00:00Z';
const event = (t, name, p = {}) => ({ t, name, p });
const customer = (id, events, v = {}, more = {}) => ({ id, events, traits: [{ t: null, v }], joins: [], consents: [], ...more });

const shop = {
  customers: [
    customer('ada', [
      event('2024-03-01T10:00:00Z', 'purchase', { amount: 40, product: 'a' }),
      event('2024-03-20T10:00:00Z', 'purchase', { amount: 60, product: 1 }),
      event('2024-03-20T10:00:00Z', 'view'),
    ], { country: 'DE', score: 2, tags: ['x', 'y'] }),
    customer('ben', [
      event('2024-03-01T10:00:00Z', 'purchase', { amount: '40', product: '1' }),
      event('2024-04-02T10:00:00Z', 'purchase', { amount: 1000 }),
    ], { country: 'FR', score: '2', created_at: '2024-02-29' }),
    customer('cy', [event('2024-03-31T09:00:00Z', 'cart'), event('2024-03-30T11:00:00Z', 'cart'),
      event('2024-03-29T09:00:00Z', 'note'), event('2024-03-30T11:00:00Z', 'note'),
      event('2024-03-31T09:00:00.000001Z', 'note')], { country: null }),
    customer('dot', [], { country: 'DE' }, { joins: [{ t: null, account: 'acme' }],
      consents: [{ t: '2024-01-01T00:00:00Z', purpose: 'ads', granted: true }] }),
    { id: 'late', events: [event('2025-01-01T00:00:00Z', 'purchase')], traits: [], joins: [], consents: [] },
  ],
  accounts: [{ id: 'acme', t: null, v: { seats: 12 } }],
};

const cases = [
  ['true', ['ada', 'ben', 'cy', 'dot'], 'who has neither event nor trait yet is no customer'],
  ['did purchase', ['ada', 'ben']],
  ['did not purchase last 20 days', ['ben', 'cy', 'dot']],
  ['did purchase 31 to 12 days ago', ['ada', 'ben'], 'the upper bound is inside'],
  ['sum(purchase.amount) = 100', ['ada'], 'the text 40 is no number'],
  ['sum(purchase.amount) = 0', ['ben', 'cy', 'dot'], 'nothing sums to 0'],
  ['avg(purchase.amount) is missing', ['ben', 'cy', 'dot']],
  ['count(purchase where amount > 40) = 0', ['ben', 'cy', 'dot'], 'an unknown where selects nothing'],
  ['distinct(purchase.product) = 2', ['ada']],
  ['median(purchase.amount) = 50', ['ada']],
  ["last(purchase.product) = 1", ['ada']],
  ["last(purchase.product) = '1'", ['ben'], '1 is not the text 1'],
  ['score = 2', ['ada']],
  ['not score = 2', [], 'another type is unknown'],
  ["country != 'DE'", ['ben'], 'a null is missing, so unknown'],
  ['country is missing', ['cy']],
  ["tags contains 'x' and 'y' in tags", ['ada']],
  ["not tags contains 'z'", ['ada']],
  ['created_at < now - 1 month', ['ben'], 'a month before 31 March is 29 February, at noon; ben came at its midnight'],
  ['created_at <= now - 31 days', ['ben']],
  ['since_last(purchase) > 30 days', ['ben'], '30 days and 2 hours'],
  ['gap(purchase) = 19 days', ['ada']],
  ['gap(note) = 1 day', ['cy'], '2 days and 1 microsecond over two gaps, cut to whole microseconds'],
  ['percentile(sum(purchase.amount)) = 100', ['ada'], 'three of three others are smaller'],
  ['rank(sum(purchase.amount)) = 2', ['ben', 'cy', 'dot'], 'ties share the rank'],
  ['sequence(cart -> no purchase within 1 day)', ['cy'], 'the deadline of the earlier cart has passed'],
  ['sequence(purchase -> view)', ['ada'], 'equal times follow arrival'],
  ['sequence_count(purchase -> purchase) = 1', ['ada']],
  ['segment buyers and not segment unknowns', ['ada', 'ben'], 'unknown to a segment is not in it'],
  ['account.seats = 12', ['dot']],
  ['consents(ads)', ['dot']],
  ['score / 0 is missing and did purchase', ['ada', 'ben'], 'division by zero is missing'],
  ['1 = 1 or country = 1', ['ada', 'ben', 'cy', 'dot']],
  ['did not purchase', ['dot'], 'for a purpose, who has not consented is unknown', { purpose: 'ads' }],
  ['country is missing', [], 'what is withheld is not missing', { purpose: 'ads' }],
];

function printed(build, lines) {
  const input = lines.map((line) => JSON.stringify(line)).join('\n');
  const output = execFileSync(`${build}/tests/duckdb/to_sql_batch`, { input, maxBuffer: 1 << 28 });
  return output.toString().trim().split('\n').map((line) => JSON.parse(line));
}

const segments = { buyers: 'did purchase', unknowns: "country = 1" };
const lines = cases.map(([expression, , , more]) => ({ now, segments, expression, purpose: null, ...more }));
const answers = printed(process.argv[2] ?? 'build/dev', lines);
const database = await Database.open();
await database.fill(relationsOf(shop));
let failed = 0;
for (const [index, [expression, members, why]] of cases.entries()) {
  const { sql } = answers[index];
  const found = sql === undefined ? answers[index] : (await database.rows(sql)).map(([id]) => id);
  if (JSON.stringify(found) !== JSON.stringify(members)) {
    failed += 1;
    console.log(`FAILED ${expression}${why ? ` (${why})` : ''}: expected ${members}, found ${JSON.stringify(found)}`);
  }
}
console.log(`${cases.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
