// DuckDB for tests and benchmarks, wherever they lie; `npm ci --ignore-scripts` in this folder installs it.
export { DuckDBInstance } from '@duckdb/node-api';
