// Loads a running server over loopback HTTP at a steady rate, and measures how soon changes follow.
//
//   node bench/serve_load.mjs [--program build/fineline] [--seconds 180] [--rate 20000] [--batch 100]
//                             [--segments 100] [--customers 200000] [--wave 0] [--wave-at 60]
//
// Every batch holds one event `marker` of a customer never seen before, who thereby enters the segment
// `marked` and, five seconds later, leaves `recent` by the clock alone. The feed is read as Server-Sent
// Events by this same process, on a thread of its own, so its own delays count against the server. Prints one JSON object:
// events acknowledged and counted afterwards, milliseconds from acknowledgement to feed (a change that was
// there before the acknowledgement counts as 0), seconds by which exits were late; and every ten seconds the memory of
// the server, by what it says it holds and the rest, which is what must stay flat.
//
// With --wave that many more customers are loaded before, who all leave one more segment at the same instant, --wave-at
// seconds after the load began; told are how long they took and how the rest fared from that instant on.
//
// At the end the server is stopped and `fineline verify` computes all memberships anew; exits as it does.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";

const options = { program: "build/fineline", seconds: 180, rate: 20000, batch: 100, segments: 100, customers: 200000, wave: 0, "wave-at": 60 };
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
    process.on("exit", () => child.kill("SIGKILL")); // whatever went wrong here, it does not stay
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

const acknowledged = new Map(); // marker → instant of its acknowledgement
const seen = new Map(); // marker → instant at which the feed told that it entered
const waits = []; // ms from acknowledgement to feed
// of the wave: who left so far, its instant and when the feed told the last one; and what was acknowledged and told (ms)
// from its instant until a second after it is over
const wave = { left: 0, at: Infinity, last: 0, answers: [], waits: [] };
const waves = () => clock() >= wave.at && (wave.left < options.wave || clock() < wave.last + 1000);

// ms since 1970 with fractions, the same in both threads
function clock() {
  return performance.timeOrigin + performance.now();
}

function noteWait(wait) {
  waits.push(wait);
  if (waves()) wave.waits.push(wait);
}

function onEntered({ customer, now }) {
  const at = acknowledged.get(customer);
  if (at === undefined) seen.set(customer, now);
  else noteWait(Math.max(0, now - at));
}

// The thread that reads the feed: tells of each marker that enters, of how far the wave is, and when asked, of all.
function readFeed({ host, port, admin }) {
  const told = { changes: 0, gaps: 0, late: [] }; // late: s between the instant of an exit and its place in the feed
  let lastNumber = null;
  let left = 0;
  const onChange = (change) => {
    const now = clock();
    told.changes += 1;
    told.gaps += lastNumber === null || change.number === lastNumber + 1 ? 0 : 1;
    lastNumber = change.number;
    if (change.segment === "marked" && change.direction === "entered") {
      parentPort.postMessage({ entered: { customer: change.customer, now } });
    } else if (change.segment === "waving" && change.direction === "left") {
      left += 1;
      if (left % 10000 === 0 || left === options.wave) parentPort.postMessage({ left, last: now });
    } else if (change.segment === "recent" && change.direction === "left" && change.cause === "clock") {
      told.late.push((now - Date.parse(change.at)) / 1000);
    }
  };
  http.get({ host, port, path: "/v1/changes/stream", headers: { Authorization: `Bearer ${admin}` } }, (answer) => {
    if (answer.statusCode !== 200) throw new Error(`the feed: ${answer.statusCode}`);
    parentPort.postMessage({ open: true });
    createInterface({ input: answer }).on("line", (line) => {
      if (line.startsWith("data: {\"number\"")) onChange(JSON.parse(line.slice(6)));
    });
    answer.on("error", () => {});
  }).on("error", () => {});
  parentPort.on("message", () => parentPort.postMessage({ told }));
}

// Begins to read the feed beside this thread; resolves once it is open to a function that asks for all that was told.
function follow(server) {
  const reader = new Worker(new URL(import.meta.url), { argv: process.argv.slice(2),
    workerData: { host: server.url.hostname, port: server.url.port, admin: server.admin } });
  return new Promise((resolve, reject) => {
    let answerTold;
    reader.on("error", reject);
    reader.on("message", (message) => {
      if (message.entered) onEntered(message.entered);
      else if (message.left) Object.assign(wave, message);
      else if (message.told) answerTold(message.told);
      else resolve(() => new Promise((tell) => { answerTold = tell; reader.postMessage("tell"); }));
    });
    reader.unref();
  });
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
    const before = clock();
    const { status } = await request(server, "POST", "/v1/batch", body, server.write);
    if (status === 200) {
      const now = clock();
      answers.push(now - before);
      if (waves()) wave.answers.push(now - before);
      stored += options.batch;
      if (seen.has(marked)) {
        noteWait(0);
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

// Loads the customers of the wave, each with one event of the same instant; returns that instant, ms.
function loadWave(folder) {
  const file = path.join(folder, "wave.jsonl");
  const instant = Math.floor(Date.now() / 1000) * 1000;
  const timestamp = new Date(instant).toISOString();
  const lines = [];
  for (let number = 0; number < options.wave; number += 1) {
    lines.push(JSON.stringify({ type: "track", userId: `w${number}`, event: "wave", messageId: `w${number}`, timestamp }));
  }
  writeFileSync(file, `${lines.join("\n")}\n`);
  execFileSync(options.program, ["load", "--data", path.join(folder, "data"), file], { stdio: ["ignore", "ignore", "inherit"] });
  rmSync(file);
  return instant;
}

async function main() {
  const folder = mkdtempSync(path.join(os.tmpdir(), "fineline-load-"));
  const waveSent = options.wave > 0 ? loadWave(folder) : null;
  const server = await start(path.join(folder, "data"));
  const wanted = definitions(options.segments);
  if (waveSent !== null) {
    const seconds = Math.ceil((Date.now() - waveSent) / 1000) + options["wave-at"];
    wanted.unshift(["waving", `did wave last ${seconds} seconds`]);
    wave.at = waveSent + seconds * 1000;
  }
  for (const [name, expression] of wanted) {
    const { status, text } = await request(server, "PUT", `/v1/segments/${name}`, JSON.stringify({ expression }), server.admin);
    if (status !== 200) throw new Error(`${name}: ${expression}: ${status} ${text}`);
  }
  for (const [name] of wanted) {
    for (;;) {
      const { text } = await request(server, "GET", `/v1/segments/${name}`, undefined, server.admin);
      if (JSON.parse(text).state === "ready") break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  if (waveSent !== null && Date.now() > wave.at - 20_000) throw new Error("the segments were not ready in time: give a later --wave-at");
  const tell = await follow(server);
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
  const { changes, gaps, late } = await tell();
  const { events, held_mb } = memory[memory.length - 1];
  const { text } = await request(server, "GET", "/v1/schema", undefined, server.admin);
  const spread = (values) => ({ p50: quantile(values, 0.5), p99: quantile(values, 0.99), max: quantile(values, 1), count: values.length });
  const measured = {
    machine: `${os.cpus()[0].model}, ${os.cpus().length} cores`,
    load_average: os.loadavg().map((one) => Math.round(one * 10) / 10),
    ...options,
    program: undefined,
    events_acknowledged: stored,
    events_counted: JSON.parse(text).events - options.wave,
    events_per_second: Math.round(stored / took),
    requests_refused: refused,
    requests_at_once_max: behind,
    request_to_acknowledgement_ms: spread(answers),
    acknowledgement_to_feed_ms: spread(waits),
    exits_late_s: spread(late),
    ...(waveSent === null ? {} : { wave: {
      left: wave.left,
      drained_s: Math.round(wave.last - wave.at) / 1000,
      request_to_acknowledgement_ms: spread(wave.answers),
      acknowledgement_to_feed_ms: spread(wave.waits),
    } }),
    server_processor_s: processorSeconds(server.child.pid),
    changes,
    gaps_in_the_feed: gaps,
    held_bytes_an_event: { columns: rounded((held_mb.columns * megabyte) / events), log: rounded((held_mb.log * megabyte) / events) },
    held_bytes_a_customer_and_segment: rounded((held_mb.memberships * megabyte) / ((options.customers + marker) * options.segments)),
    memory,
  };
  server.child.removeAllListeners("exit");
  const ended = new Promise((resolve) => server.child.on("exit", resolve));
  server.child.kill("SIGTERM");
  await ended;
  const verified = spawnSync(options.program, ["verify", "--data", path.join(folder, "data"), "--json"], { encoding: "utf8" });
  console.log(JSON.stringify({ ...measured, verify_exit_code: verified.status, verified: JSON.parse(verified.stdout) }));
  rmSync(folder, { recursive: true, force: true });
  process.exit(verified.status ?? 1); // null: a signal ended it
}

if (isMainThread) await main();
else readFeed(workerData);
