// Makes SegBench's data inside DuckDB: one year, customers of very different activity, equal times, pairs of events
// at one instant. The same sizes give the same rows.

const day = 86_400_000_000;

/** A whole number in [0, bound) drawn by hashing the row's number with a salt. */
const draw = (row, salt, bound) => `CAST(hash(${row}, ${salt}) % ${bound} AS BIGINT)`;

const pick = (row, salt, words) =>
  `list_extract([${words.map((word) => `'${word}'`).join(', ')}], 1 + ${draw(row, salt, words.length)})`;

const kinds = `CASE WHEN die < 60 THEN 'page_view' WHEN die < 80 THEN 'product_view' WHEN die < 88 THEN 'add_to_cart'
  WHEN die < 92 THEN 'purchase' WHEN die < 97 THEN 'email_open' WHEN die < 99 THEN 'app_open' ELSE 'support_ticket' END`;

/** Statements that make the tables `customers` and `clicks` (seq, customer_id, ts, type, amount, category, device). */
export function statements(customers, events) {
  return [
    `CREATE TABLE customers AS SELECT 'c' || i AS customer_id,
       ${pick('i', 1, ['FR', 'DE', 'GB', 'US', 'ES', 'IT', 'NL', 'PL', 'SE', 'BE'])} AS country,
       CASE WHEN ${draw('i', 2, 10)} > 0 THEN 18 + ${draw('i', 3, 60)} END AS age
     FROM range(${customers}) AS t(i)`,
    `CREATE TABLE drawn AS SELECT i, ${draw('i', 11, 100)} AS die,
       'c' || CAST(floor(${customers} * pow(${draw('i', 12, 1_000_003)} / 1000003.0, 2.2)) AS BIGINT) AS customer_id,
       make_timestamp(epoch_us(TIMESTAMP '2024-01-01') + ${draw('i', 13, 365 * 86_400_000)} * 1000) AS ts
     FROM range(${events}) AS t(i)`,
    // Every twentieth time is cut to the day, so that many events share one.
    `CREATE TABLE single AS SELECT i, customer_id, ${kinds} AS type,
       CASE WHEN ${draw('i', 14, 20)} = 0 THEN make_timestamp(epoch_us(ts) // ${day} * ${day}) ELSE ts END AS ts,
       CASE WHEN die BETWEEN 88 AND 91 THEN 5 + ${draw('i', 15, 800)} / 4.0 END AS amount,
       CASE WHEN die < 92 THEN 'cat' || ${draw('i', 16, 20)} END AS category,
       ${pick('i', 17, ['web', 'ios', 'android'])} AS device
     FROM drawn`,
    `CREATE TABLE clicks AS SELECT row_number() OVER (ORDER BY ts, i, twin) AS seq, customer_id, ts, type, amount,
       category, device
     FROM (SELECT *, 0 AS twin FROM single UNION ALL
           SELECT i, customer_id, CASE WHEN ${draw('i', 18, 2)} = 0 THEN 'purchase' ELSE 'add_to_cart' END, ts,
             CASE WHEN ${draw('i', 18, 2)} = 0 THEN 25.5 END, 'cat1', 'web', 1
           FROM single WHERE ${draw('i', 19, 50)} = 0)`,
  ];
}

/** Statements that fill the schema of docs/sql.md from those tables. */
export const relations = [
  `INSERT INTO events SELECT customer_id, seq, ts, type, CAST(json_merge_patch(json_object('device', device),
     CASE WHEN amount IS NULL THEN '{}' ELSE json_object('amount', CAST(amount AS DOUBLE)) END,
     CASE WHEN category IS NULL THEN '{}' ELSE json_object('category', category) END) AS JSON) FROM clicks`,
  `INSERT INTO traits SELECT customer_id, 0, NULL, 'country', to_json(country) FROM customers`,
  `INSERT INTO traits SELECT customer_id, 0, NULL, 'age', to_json(age) FROM customers WHERE age IS NOT NULL`,
];
