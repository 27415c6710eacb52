// Loads a running server over loopback HTTP at a steady rate, and measures how soon changes follow.
//
//   node bench/serve_load.mjs [--program build/fineline] [--seconds 180] [--rate 20000] [--batch 100]
//                             [--segments 100] [--customers 200000]
//
// Every batch holds one event `marker` of a customer never seen before, who thereby enters the segment
// `marked` and, five seconds later, leaves `recent` by the clock alone. The feed is read as Server-Sent
// Events by this same process, so its own delays count against the server. Prints one JSON object:
// events acknowledged and counted afterwards, milliseconds from acknowledgement to feed (a change that was
// there before the acknowledgement counts as 0), seconds by which exits were late; and every ten seconds the memory of
// the server, by what it says it holds and the rest, which is what must stay flat.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

const options = { program: "build/fineline", seconds: 180, rate: 20000, batch: 100, segments: 100, customers: 200000 };
for (let place = 2; place + 1 < process.argv.length; place += 2) {
  const name = process.argv[place].slice(2);
  options[name] = name === "program" ? process.argv[place + 1] : Number(process.argv[place + 1]);
}

const NAMES = ["visit", "search", "view", "cart", "checkout", "purchase", "refund", "review", "share", "login"];
const random = seeded(1);

// mulberry32, so that runs are alike
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

// Segments of many constructs: counts, sums, windows that move with the clock, absences, other segments.
function definitions(count) {
  const forms = [
    (name, step) => `count(${name}) >= ${2 + step}`,
    (name, step) => `did ${name} last ${20 + 10 * step} seconds`,
    (name, step) => `sum(${name}.amount) > ${100 * (step + 1)}`,
    (name, step, other) => `did ${name} and not did ${other} last ${1 + step} minutes`,
    (name, step) => `since_last(${name}) > ${30 + step} seconds`,
    (name, step) => `avg(${name}.amount) > ${30 + step} and count(${name}) >= 3`,
    (name, step, other) => `count(${name}, last 2 minutes) > count(${other}, last 2 minutes) + ${step}`,
    (name, step) => `max(${name}.amount) >= ${90 + step}`,
  ];
  const all = [["marked", "did marker"], ["recent", "did marker last 5 seconds"]];
  for (let number = 0; all.length < count; number += 1) {
    const form = forms[number % forms.length];
    const name = NAMES[number % NAMES.length];
    const other = NAMES[(number + 3) % NAMES.length];
    all.push([`s${number}`, form(name, Math.floor(number / forms.length), other)]);
  }
  return all;
}

function start(folder) {
  const child = spawn(options.program, ["serve", "--data", folder, "--listen", "127.0.0.1:0", "--json"],
    { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    const server = { child };
    child.on("exit", () => reject(new Error("the server has ended")));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const said = JSON.parse(line);
      if (said.secret) server[said.kind] = said.secret;
      if (said.serving) resolve(Object.assign(server, { url: new URL(said.serving) }));
    });
  });
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });

function request(server, method, target, body, key) {
  return new Promise((resolve, reject) => {
    const sent = http.request({ agent, method, host: server.url.hostname, port: server.url.port, path: target,
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" } }, (answer) => {
      const pieces = [];
      answer.on("data", (piece) => pieces.push(piece));
      answer.on("end", () => resolve({ status: answer.statusCode, text: Buffer.concat(pieces).toString() }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const acknowledged = new Map(); // marker → instant of its acknowledgement, ms
const seen = new Map(); // marker → instant at which the feed told that it entered, ms
const waits = []; // ms from acknowledgement to feed
const late = []; // s between the instant of an exit and its place in the feed
let changes = 0;
let lastNumber = 0;
let gaps = 0;

function onChange(change, now) {
  changes += 1;
  gaps += change.number === lastNumber + 1 ? 0 : 1;
  lastNumber = change.number;
  if (change.segment === "marked" && change.direction === "entered") {
    const at = acknowledged.get(change.customer);
    if (at === undefined) seen.set(change.customer, now);
    else waits.push(Math.max(0, now - at));
  }
  if (change.segment === "recent" && change.direction === "left" && change.cause === "clock") {
    late.push((Date.now() - Date.parse(change.at)) / 1000);
  }
}

function follow(server) {
  http.get({ host: server.url.hostname, port: server.url.port, path: "/v1/changes/stream?after=0",
    headers: { Authorization: `Bearer ${server.admin}` } }, (answer) => {
    createInterface({ input: answer }).on("line", (line) => {
      if (line.startsWith("data: {\"number\"")) onChange(JSON.parse(line.slice(6)), performance.now());
    });
    answer.on("error", () => {});
  }).on("error", () => {});
}

let marker = 0;
function makeBatch() {
  const items = [];
  const marked = `marker-${marker}`;
  marker += 1;
  items.push({ type: "track", userId: marked, event: "marker", messageId: marked });
  while (items.length < options.batch) {
    const user = Math.floor(random() * options.customers);
    items.push({ type: "track", userId: `c${user}`, event: NAMES[Math.floor(random() * NAMES.length)],
      messageId: `${marked}-${items.length}`, properties: { amount: Math.floor(random() * 400) / 4, sku: `p${user % 97}` } });
  }
  return { marked, body: JSON.stringify({ batch: items }) };
}

let stored = 0;
let refused = 0;
const answers = []; // ms from request to acknowledgement
let answersBefore = 0; // of them, those of earlier intervals
async function send(server) {
  const { marked, body } = makeBatch();
  for (;;) {
    const before = performance.now();
    const { status } = await request(server, "POST", "/v1/batch", body, server.write);
    if (status === 200) {
      const now = performance.now();
      answers.push(now - before);
      stored += options.batch;
      if (seen.has(marked)) {
        waits.push(0);
        seen.delete(marked);
      } else {
        acknowledged.set(marked, now);
      }
      return;
    }
    refused += 1;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? null : Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] * 1000) / 1000;
}

const megabyte = 1024 * 1024;
const rounded = (number) => Math.round(number * 10) / 10;

// What the process takes, and of it what the server says it holds: its numbers are up to five seconds old.
async function sample(server, began) {
  const line = readFileSync(`/proc/${server.child.pid}/status`, "utf8").split("\n").find((one) => one.startsWith("VmRSS"));
  const resident = Number(line.replace(/\D/g, "")) * 1024;
  const { text } = await request(server, "GET", "/metrics", undefined, server.admin);
  const value = (name) => Number(text.split("\n").find((one) => one.startsWith(`${name} `)).split(" ")[1]);
  const held = Object.fromEntries(["columns", "memberships", "changes", "log"].map((by) =>
    [by, value(`fineline_held_bytes{by="${by}"}`)]));
  const all = Object.values(held).reduce((sum, one) => sum + one, 0);
  const interval = answers.slice(answersBefore);
  answersBefore = answers.length;
  return {
    second: Math.round((performance.now() - began) / 1000),
    events: value("fineline_events"),
    resident_mb: rounded(resident / megabyte),
    held_mb: Object.fromEntries(Object.entries(held).map(([by, bytes]) => [by, rounded(bytes / megabyte)])),
    rest_mb: rounded((resident - all) / megabyte),
    acknowledgement_ms: { p99: quantile(interval, 0.99), max: quantile(interval, 1) },
  };
}

// Seconds of processor the server has taken so far, at the 100 ticks a second of Linux.
function processorSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const folder = mkdtempSync(path.join(os.tmpdir(), "fineline-load-"));
const server = await start(folder);
for (const [name, expression] of definitions(options.segments)) {
  const { status, text } = await request(server, "PUT", `/v1/segments/${name}`, JSON.stringify({ expression }), server.admin);
  if (status !== 200) throw new Error(`${name}: ${expression}: ${status} ${text}`);
}
follow(server);
const memory = [];
let sampled = 0;
const sends = new Set();
const began = performance.now();
let due = 0;
let behind = 0;
while (performance.now() - began < options.seconds * 1000) {
  const now = (performance.now() - began) / 1000;
  while (due * options.batch < now * options.rate) {
    due += 1;
    const sending = send(server);
    sends.add(sending);
    sending.finally(() => sends.delete(sending));
  }
  behind = Math.max(behind, sends.size);
  if (sampled * 10 <= now) {
    sampled += 1;
    sample(server, began).then((one) => memory.push(one));
  }
  await new Promise((resolve) => setTimeout(resolve, 2));
}
await Promise.all(sends);
const took = (performance.now() - began) / 1000;
await new Promise((resolve) => setTimeout(resolve, 7000)); // the last exits
memory.push(await sample(server, began));
const { events, held_mb } = memory[memory.length - 1];
const { text } = await request(server, "GET", "/v1/schema", undefined, server.admin);
console.log(JSON.stringify({
  machine: `${os.cpus()[0].model}, ${os.cpus().length} cores`,
  load_average: os.loadavg().map((one) => Math.round(one * 10) / 10),
  ...options,
  program: undefined,
  events_acknowledged: stored,
  events_counted: JSON.parse(text).events,
  events_per_second: Math.round(stored / took),
  requests_refused: refused,
  requests_at_once_max: behind,
  request_to_acknowledgement_ms: { p50: quantile(answers, 0.5), p99: quantile(answers, 0.99), max: quantile(answers, 1) },
  acknowledgement_to_feed_ms: { p50: quantile(waits, 0.5), p99: quantile(waits, 0.99), max: quantile(waits, 1), count: waits.length },
  exits_late_s: { p50: quantile(late, 0.5), p99: quantile(late, 0.99), max: quantile(late, 1), count: late.length },
  server_processor_s: processorSeconds(server.child.pid),
  changes,
  gaps_in_the_feed: gaps,
  held_bytes_an_event: { columns: rounded((held_mb.columns * megabyte) / events), log: rounded((held_mb.log * megabyte) / events) },
  held_bytes_a_customer_and_segment: rounded((held_mb.memberships * megabyte) / ((options.customers + marker) * options.segments)),
  memory,
}));
server.child.removeAllListeners("exit");
server.child.on("exit", () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
});
server.child.kill("SIGTERM");
