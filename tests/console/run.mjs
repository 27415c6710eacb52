// Walks the console in a browser over the demo's data. The last line is `N passed, N failed`.
//
//   FINELINE=build/fineline node tests/console/run.mjs [types] [walk]    both, if neither is named
//
// FINELINE_PICTURES=docs/images writes the pictures of the documentation; else they lie in build/console/.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { openBrowser } from './browser.mjs';
import { pages } from './pages.mjs';
import { prepareData, root, startServer } from './serving.mjs';
import { walk } from './walk.mjs';

const folder = `${root}build/console`;
const pictures = process.env.FINELINE_PICTURES ?? `${folder}/pictures`;
mkdirSync(folder, { recursive: true });
let passed = 0;
let failed = 0;

async function attempt(name, run, page) {
    const began = performance.now();
    try {
        await run();
        passed += 1;
        console.log(`ok     ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
        return true;
    } catch (error) {
        failed += 1;
        console.log(`FAILED ${name}\n${error.stack ?? error}`);
        if (page) {
            const picture = `${folder}/failed-${failed}.png`;
            await page.screenshot({ path: picture, fullPage: true }).catch(() => undefined);
            console.log(`       at ${page.url()}, seen in ${picture}`);
        }
        return false;
    }
}

/** Runs a command of the console's package; returns what it printed. */
function npm(...words) {
    const done = spawnSync('npm', ['run', '--silent', ...words], { cwd: `${root}web`, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
    if (done.status !== 0) {
        throw new Error(`npm run ${words.join(' ')}:\n${done.stdout}${done.stderr}`);
    }
    return done.stdout;
}

const wanted = process.argv.slice(2);
const asked = (group) => wanted.length === 0 || wanted.includes(group);
const checks = [
    ['the console has no type error', () => npm('check')],
    ['the models do what their tests say', testModels],
];
function testModels() {
    const { numPassedTests, numFailedTests } = JSON.parse(npm('test', '--', '--reporter=json'));
    if (numFailedTests > 0 || numPassedTests === 0) {
        throw new Error(`${numPassedTests} passed, ${numFailedTests} failed`);
    }
    passed += numPassedTests - 1;
}
for (const [name, check] of asked('types') ? checks : []) {
    await attempt(name, check);
}
if (!asked('walk')) {
    console.log(`${passed} passed, ${failed} failed`);
    process.exit(failed === 0 ? 0 : 1);
}

const data = prepareData(folder);
const server = await startServer(data);
const browser = await openBrowser(server);
const measured = (text) => console.log(`measured: ${text}`);

await attempt('the types are those of the routes', async () => {
    writeFileSync(`${folder}/openapi.json`, await (await fetch(`${server.url}/openapi.json`)).text());
    const checked = spawnSync('node', [`${root}web/scripts/generate_types.mjs`, `${folder}/openapi.json`, '--check'], { encoding: 'utf8' });
    if (checked.status !== 0) {
        throw new Error(checked.stderr);
    }
});

const page = await browser.open();
let study = '';
page.on('framenavigated', () => {
    study = new URL(page.url()).searchParams.get('study') ?? study;
});
const show = (id) => {
    study = id;
};
const context = { page, server, browser, measured, show, discovered: () => `/discover?purpose=next-quarter&study=${study}` };
let walked = true;
for (const [name, step] of walk) {
    walked &&= await attempt(name, () => step(context), page);
}
if (walked) {
    for (const [name, step] of pages(pictures)) {
        await attempt(name, () => step(context));
    }
}
await attempt('no request left the host, no key stood in a URL, no error, the policy held', async () => {
    if (browser.complaints.length > 0) {
        throw new Error([...new Set(browser.complaints)].join('\n'));
    }
});
await browser.close();
server.stop();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
