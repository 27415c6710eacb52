// An in-memory DuckDB with the tables of docs/sql.md.
import { DuckDBInstance } from '../../tools/duckdb/duckdb.mjs';

const schema = {
  events: 'customer_id VARCHAR, seq UBIGINT, time TIMESTAMP, event VARCHAR, properties JSON',
  traits: 'customer_id VARCHAR, seq UBIGINT, time TIMESTAMP, trait VARCHAR, value JSON',
  joins: 'customer_id VARCHAR, seq UBIGINT, time TIMESTAMP, account_id VARCHAR',
  account_traits: 'account_id VARCHAR, seq UBIGINT, time TIMESTAMP, trait VARCHAR, value JSON',
  consents: 'customer_id VARCHAR, seq UBIGINT, time TIMESTAMP, purpose VARCHAR, granted BOOLEAN',
};

function literal(value) {
  if (value === null) return 'NULL';
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}

export class Database {
  /** @param {string} path a file, or ':memory:' */
  static async open(path = ':memory:', threads = 1) {
    const instance = await DuckDBInstance.create(path, { threads: String(threads) });
    const database = new Database(await instance.connect());
    for (const [table, columns] of Object.entries(schema)) {
      await database.connection.run(`CREATE TABLE IF NOT EXISTS ${table} (${columns})`);
    }
    return database;
  }

  constructor(connection) {
    this.connection = connection;
  }

  /** Replaces the content of all tables. */
  async fill(tables) {
    for (const table of Object.keys(schema)) {
      const rows = tables[table] ?? [];
      await this.connection.run(`DELETE FROM ${table}`);
      if (rows.length > 0) {
        const values = rows.map((row) => `(${row.map(literal).join(', ')})`);
        await this.connection.run(`INSERT INTO ${table} VALUES ${values.join(',\n')}`);
      }
    }
  }

  /** @returns {Promise<unknown[][]>} */
  async rows(sql) {
    return (await this.connection.runAndReadAll(sql)).getRowsJson();
  }
}
