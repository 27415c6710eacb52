// Turns the world of a case (see tests/oracle/README.md) into rows of the schema in docs/sql.md.

/** @returns {Map<string, string>} every identity → the bytewise least one it is one person with */
function printedIds(world) {
  const parent = new Map();
  const find = (id) => {
    let root = id;
    while ((parent.get(root) ?? root) !== root) root = parent.get(root);
    return root;
  };
  const ids = new Set(world.customers.map((customer) => customer.id));
  for (const [left, right] of world.merges ?? []) {
    ids.add(left).add(right);
    const [a, b] = [find(left), find(right)];
    const least = Buffer.compare(Buffer.from(a), Buffer.from(b)) <= 0 ? a : b;
    parent.set(a, least).set(b, least);
  }
  return new Map([...ids].map((id) => [id, find(id)]));
}

const kinds = [['event', 'events'], ['trait', 'traits'], ['join', 'joins'], ['consent', 'consents']];

/** @returns {[string, number, number][]} the records as [kind, customer, item] in order of arrival */
function arrivalOrder(world) {
  if (world.arrival?.length) return world.arrival;
  return world.customers.flatMap((customer, index) =>
    kinds.flatMap(([kind, many]) => (customer[many] ?? []).map((_, item) => [kind, index, item])));
}

/** An ISO time as a UTC wall clock without offset, for a TIMESTAMP column; null stays null. */
export function utc(text) {
  if (text === null || text === undefined) return null;
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?)?(Z|[+-]\d\d:?\d\d)?$/i.exec(text);
  if (match === null) throw new Error(`not a time: ${text}`);
  const [, date, time = '00:00', fraction = '', offset = 'Z'] = match;
  const clock = time.length === 5 ? `${time}:00` : time;
  const zone = /^z$/i.test(offset) ? 'Z' : `${offset.slice(0, 3)}:${offset.slice(-2)}`;
  const instant = new Date(`${date}T${clock}${zone}`);
  return `${instant.toISOString().slice(0, 19)}.${fraction.slice(0, 6).padEnd(6, '0')}`.replace('T', ' ');
}

/** @returns the rows of each table, in the order of its columns */
export function relationsOf(world) {
  const printed = printedIds(world);
  const tables = { events: [], traits: [], joins: [], account_traits: [], consents: [] };
  arrivalOrder(world).forEach(([kind, index, item], seq) => {
    const customer = world.customers[index];
    const id = printed.get(customer.id);
    const record = customer[`${kind}s`][item];
    const time = utc(record.t);
    if (kind === 'event') {
      tables.events.push([id, seq, time, record.name, JSON.stringify(record.p ?? {})]);
    } else if (kind === 'trait') {
      for (const [trait, value] of Object.entries(record.v)) {
        tables.traits.push([id, seq, time, trait, JSON.stringify(value)]);
      }
    } else if (kind === 'join') {
      tables.joins.push([id, seq, time, record.account]);
    } else {
      tables.consents.push([id, seq, time, record.purpose, record.granted]);
    }
  });
  (world.accounts ?? []).forEach((account, seq) => {
    for (const [trait, value] of Object.entries(account.v)) {
      tables.account_traits.push([account.id, seq, utc(account.t), trait, JSON.stringify(value)]);
    }
  });
  return tables;
}
