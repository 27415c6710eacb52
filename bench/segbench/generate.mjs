// Makes SegBench's data in DuckDB and as CSV: skewed, one year, deterministic; same arguments, same bytes.
//
// usage: node generate.mjs --customers N --events N --out DIR [--seed N]
//
// Writes DIR/segbench.duckdb (events by time, tuned by type, customer, time), customers.csv and events.csv.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '../../tools/duckdb/duckdb.mjs';

const { values } = parseArgs({
  options: {
    customers: { type: 'string' },
    events: { type: 'string' },
    out: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});
const customers = Number(values.customers);
const events = Number(values.events);
const seed = Number(values.seed);
const out = values.out;

/** Draws a whole number below `limit` from a row's key; `stream` keeps the draws of one row apart. */
const draw = (key, stream, limit) => `(hash(${key}, ${seed}, ${stream}) % ${limit})`;
const types = ['page_view', 'product_view', 'add_to_cart', 'purchase', 'email_open', 'app_open', 'support_ticket'];
const typeList = types.map((type) => `'${type}'`).join(', ');

mkdirSync(out, { recursive: true });
const file = `${out}/segbench.duckdb`;
if (existsSync(file)) rmSync(file);
const database = await (await DuckDBInstance.create(file)).connect();
await database.run("set memory_limit = '2GB'");

await database.run(`create table customers as
  select 'c' || id as customer_id,
    ['FR','DE','GB','US','ES','IT','NL','PL','SE','BE'][1 + ${draw('id', 1, 10)}::int] as country,
    case when ${draw('id', 5, 10)} = 0 then null else 18 + ${draw('id', 2, 60)}::int end as age,
    ['free','plus','pro'][1 + ${draw('id', 4, 3)}::int] as plan,
    timestamp '2023-07-01' + to_seconds(${draw('id', 3, 86400 * 400)}::int) as created_at
  from range(${customers}) t(id)`);

// A few customers have most events; one event in twenty falls on a whole second, so that times tie.
await database.run(`create table drawn as
  select e, customer_id, type, amount, category, device,
    case when ${draw('e', 17, 20)} = 0 then date_trunc('second', ts) else ts end as ts
  from (
    select e,
      'c' || floor(${customers} * pow(${draw('e', 11, 1000000007)} / 1000000007.0, 2.2))::int as customer_id,
      timestamp '2024-01-01' + to_milliseconds(${draw('e', 12, '(86400000 * 365::bigint)')}::bigint) as ts,
      case when r < 60 then 'page_view' when r < 80 then 'product_view' when r < 88 then 'add_to_cart'
           when r < 92 then 'purchase' when r < 97 then 'email_open' when r < 99 then 'app_open'
           else 'support_ticket' end as type,
      case when r >= 88 and r < 92 then round(5 + ${draw('e', 14, 20000)} / 100.0, 2) end as amount,
      case when r < 92 then 'cat' || ${draw('e', 15, 20)} end as category,
      ['web','ios','android'][1 + ${draw('e', 16, 3)}::int] as device
    from (select e, ${draw('e', 13, 100)}::int as r from range(${events}) t(e)))`);

// One event in fifty is followed by another of the same customer at the same instant: arrival must count.
await database.run(`create table first as
  select row_number() over (order by ts, e) as seq, * exclude (e) from drawn order by seq`);
await database.run(`create table events as
  select row_number() over (order by seq, twin) as seq, * exclude (seq, twin) from (
    select seq, customer_id, type, amount, category, device, ts, 0 as twin from first
    union all
    select seq, customer_id, case when ${draw('seq', 18, 2)} = 0 then 'purchase' else 'add_to_cart' end,
      case when ${draw('seq', 18, 2)} = 0 then 25.5 end, 'cat1', 'web', ts, 1
    from first where ${draw('seq', 19, 50)} = 0)
  order by 1`);
await database.run('drop table drawn');
await database.run('drop table first');
await database.run(`create table tuned as
  select customer_id, ts, seq, type::enum(${typeList}) as type, amount, category, device
  from events order by type, customer_id, ts, seq`);

await database.run(`copy customers to '${out}/customers.csv' (header)`);
await database.run(`copy (
  select customer_id, strftime(ts, '%Y-%m-%dT%H:%M:%S.%gZ') as timestamp, type as event, amount, category, device
  from events order by seq) to '${out}/events.csv' (header)`);
await database.run('checkpoint');
const [[rows, people]] = (await database.runAndReadAll('select count(*), count(distinct customer_id) from events')).getRows();
console.log(`${rows} events of ${people} customers in ${out}`);
