// Measures the console over many customers, and prints a section of docs/benchmarks.md: how soon a page is
// ready, and how soon the preview of an expression answers.
//
// usage: node large.mjs --program FILE --folder DIR [--customers 1000000] [--events 5000000] [--segments 50]
//        [--rounds 7]
//
// FOLDER keeps the data that were made. The browser, the server and this program share the machine.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { enter, openBrowser, settle } from '../../tests/console/browser.mjs';
import { admin, startServer } from '../../tests/console/serving.mjs';

const { values } = parseArgs({
  options: {
    program: { type: 'string' },
    folder: { type: 'string' },
    customers: { type: 'string', default: '1000000' },
    events: { type: 'string', default: '5000000' },
    segments: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '7' },
  },
});
const rounds = Number(values.rounds);
const now = '2024-12-31T00:00:00Z';

function run(command, ...words) {
  const done = spawnSync(command, words, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${command} ${words.join(' ')}: ${done.stderr || done.error}`);
}

const generator = fileURLToPath(new URL('../segbench/generate.mjs', import.meta.url));
if (!existsSync(`${values.folder}/events.csv`)) {
  run(process.execPath, generator, '--customers', values.customers, '--events', values.events, '--out', values.folder);
}
const data = `${values.folder}/data`;
rmSync(data, { recursive: true, force: true });
run(values.program, 'load', '--data', data, `${values.folder}/events.csv`);
run(values.program, 'load', '--data', data, '--traits', `${values.folder}/customers.csv`);

const countries = ['FR', 'DE', 'GB', 'US', 'ES', 'IT', 'NL', 'PL', 'SE', 'BE'];
const forms = [
  (step) => `did purchase last ${10 + 5 * step} days`,
  (step) => `count(purchase, last 90 days) >= ${1 + step}`,
  (step) => `sum(purchase.amount) > ${100 * (step + 1)}`,
  (step) => `did purchase and did not app_open last ${10 + step} days`,
  (step) => `count(product_view where category = 'cat${step}', last 180 days) >= 2`,
  (step) => `country = '${countries[step % 10]}' and age < ${60 - step}`,
  (step) => `distinct(product_view.category, last 180 days) >= ${3 + step}`,
  (step) => `sequence(add_to_cart -> no purchase within 1 day, last ${7 + step} days)`,
  (step) => `share(purchase where weekend) > 0.${3 + step}`,
  (step) => `since_last(app_open) > ${30 + 10 * step} days`,
];

const server = await startServer(data, { program: values.program, clock: now });
for (let number = 0; number < Number(values.segments); number += 1) {
  const expression = forms[number % forms.length](Math.floor(number / forms.length));
  await admin(server, 'PUT', `/v1/segments/s${number}`, { expression });
}
for (;;) {
  const { segments } = await admin(server, 'GET', '/v1/segments');
  if (segments.every((segment) => segment.state === 'ready')) break;
  await new Promise((resolve) => setTimeout(resolve, 200));
}

const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];
const spread = (all) => `${Math.round(median(all))} (${Math.round(Math.min(...all))}–${Math.round(Math.max(...all))})`;

const browser = await openBrowser(server);
const page = await browser.open();
await enter(page, server.keys.admin);
async function ready(path) {
  const times = [];
  for (let round = 0; round < rounds; round += 1) {
    await page.goto(path, { waitUntil: 'load' });
    await settle(page);
    times.push(await page.evaluate(() => performance.now()));
  }
  return times;
}
const pages = [];
for (const [name, path] of [['Home', '/'], ['Portfolio map', '/map'], ['Segment', '/segments/s2']]) {
  pages.push([name, await ready(path)]);
}

// The request alone: the editor waits another 120 ms after the last key before it asks.
const previews = [];
for (const form of forms) {
  const asked = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    await admin(server, 'POST', '/v1/preview', { expression: form(round + 2), limit: 8 });
    asked.push(performance.now() - began);
  }
  previews.push([form(2), asked]);
}
await browser.close();
server.stop();

console.log(`${Number(values.customers).toLocaleString('en')} customers drawn, ${Number(values.events).toLocaleString('en')} events, ${values.segments} live segments; the browser shares the
machine's cores with the server. Milliseconds, ${rounds} times each: median (least–most).

| page | ready after |
|---|---:|
${pages.map(([name, times]) => `| ${name} | ${spread(times)} |`).join('\n')}

| a preview: the exact count and a sample, the constant another one each time | answered after |
|---|---:|
${previews.map(([text, times]) => `| \`${text}\` | ${spread(times)} |`).join('\n')}`);
process.exit(0);
