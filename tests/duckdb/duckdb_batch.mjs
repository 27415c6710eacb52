#!/usr/bin/env node
// Runs queries over worlds. Each line of standard input is {"world": …, "sql": …}, {"tables": …, "sql": …} or,
// over the tables of the line before, {"sql": …}; for each, a line {"members": […]} or {"error": …}. A query that
// returns more columns than one answers {"rows": […]}. A world is filled in once while lines repeat it.
import { createInterface } from 'node:readline';
import { Database } from './database.mjs';
import { relationsOf } from './relations.mjs';

const database = await Database.open();
let filled = '';

async function fill(line) {
  const wanted = JSON.stringify(line.world ?? line.tables ?? null);
  if (wanted === 'null' || wanted === filled) return;
  await database.fill(line.tables ?? relationsOf(line.world));
  filled = wanted;
}

async function answer(line) {
  try {
    await fill(line);
    const rows = await database.rows(line.sql);
    const wide = rows.some((row) => row.length !== 1);
    return wide ? { rows } : { members: rows.map(([id]) => id) };
  } catch (error) {
    return { error: error.message };
  }
}

for await (const text of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  if (text.trim() === '') continue;
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(text)))}\n`);
}
