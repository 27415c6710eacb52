// What holds for every page: the accessibility rules in both themes, the keyboard, a phone's width; pictures of each.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { enter, settle, until, violations } from './browser.mjs';
import { admin, root, track } from './serving.mjs';

/** The pages by the name of their picture. */
const addresses = {
    home: '/',
    purpose: '/purposes/next-quarter',
    map: '/map',
    segment: '/segments/recent',
    discover: '/discover?purpose=next-quarter',
    customers: '/customers/12347',
    data: '/data',
    code: '/code',
};
const others = ['/new-purpose', '/new-segment?expression=did%20purchase', '/customers', '/segments/big?tab=edit',
    '/segments/big?tab=members', '/segments/big?tab=versions', '/segments/big?tab=sql', '/data?tab=schema',
    '/data?tab=rejected', '/data?tab=keys', '/code?tab=history'];
const picturesMax = 2_000_000;

async function study(server, kind) {
    const { id } = await admin(server, 'POST', '/v1/studies', { kind, purpose: 'next-quarter' });
    for (;;) {
        const now = await admin(server, 'GET', `/v1/studies/${id}`);
        if (now.state !== 'queued' && now.state !== 'running') {
            assert.equal(now.state, 'done', `${kind}: ${now.error}`);
            return id;
        }
        await new Promise((resolve) => setTimeout(resolve, 300));
    }
}

/** Lets a few customers who had lapsed buy again, so that something moves. */
async function buyAgain(server, howMany) {
    const { members } = await admin(server, 'POST', '/v1/ask', { expression: 'segment lapsed', limit: howMany });
    for (const customer of members) {
        await track(server, customer, 'purchase', { invoice: `8${customer}`, product: '85123A', quantity: 12, amount: 30.6 });
    }
}

async function obeys(page, address) {
    await page.goto(address);
    await settle(page);
    const found = await violations(page);
    assert.deepEqual(found, [], address);
}

function themed(scheme) {
    return [`no page breaks an accessibility rule, ${scheme}`, async ({ browser, server, discovered }) => {
        const page = await browser.open({ colorScheme: scheme, bypassCSP: true });
        await page.goto('/');
        await page.getByLabel('Admin key').waitFor();
        assert.deepEqual(await violations(page), [], 'the log-in');
        await enter(page, server.keys.admin);
        await settle(page);
        for (const address of [...Object.values(addresses), ...others, discovered()]) {
            await obeys(page, address);
        }
        await page.context().close();
    }];
}

export const pages = (folder) => [
    ['the demo\'s portfolio is applied and measured', async ({ server, show }) => {
        const yaml = readFileSync(`${root}docs/tutorials/next-quarter.yaml`, 'utf8');
        await admin(server, 'POST', '/v1/portfolio/apply', { yaml });
        await study(server, 'audit');
        show(await study(server, 'discover'));
    }],
    themed('light'),
    themed('dark'),
    ['every page fits a phone, without scrolling sideways', async ({ browser, server, discovered }) => {
        const page = await browser.open({ viewport: { width: 390, height: 800 } });
        await enter(page, server.keys.admin);
        for (const address of [...Object.values(addresses), ...others, discovered()]) {
            await page.goto(address);
            await settle(page);
            const width = await page.evaluate(() => document.documentElement.scrollWidth);
            assert.ok(width <= 390, `${address} is ${width} wide`);
        }
        await page.context().close();
    }],
    ['the keyboard reaches the content, every link of the navigation, and shows where it is', async ({ browser, server }) => {
        const page = await browser.open();
        await enter(page, server.keys.admin);
        await settle(page);
        await page.goto('/');
        await settle(page);
        await page.keyboard.press('Tab');
        assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the content');
        const seen = new Set();
        for (let press = 0; press < 60; press += 1) {
            await page.keyboard.press('Tab');
            const at = await page.evaluate(() => {
                const element = document.activeElement;
                const style = getComputedStyle(element);
                return { text: element.textContent.trim(), shown: style.outlineStyle !== 'none' || element.tagName === 'BODY' };
            });
            assert.ok(at.shown, `no outline on '${at.text}'`);
            seen.add(at.text);
        }
        for (const name of ['Home', 'Portfolio map', 'Discover', 'Customers', 'Data', 'Portfolio as code', 'Log out', 'New purpose']) {
            assert.ok(seen.has(name), `the keyboard does not reach '${name}'`);
        }
        await page.context().close();
    }],
    ['the script is small, and nothing is fetched that is not shown', async ({ browser, server, measured }) => {
        const page = await browser.open();
        await enter(page, server.keys.admin);
        await settle(page);
        let script = 0;
        const bodies = [];
        page.on('response', async (response) => {
            if (response.url().endsWith('.js')) {
                script += Number(response.headers()['content-length'] ?? 0);
            }
            bodies.push(response.url());
        });
        await page.goto('/', { waitUntil: 'load' });
        await settle(page);
        const readyMs = await page.evaluate(() => performance.now());
        assert.ok(script > 0 && script <= 250_000, `${script} bytes of script`);
        assert.ok(!bodies.some((url) => url.includes('/members')), 'a list of members was fetched');
        measured(`script ${Math.round(script / 1000)} kB compressed, home ready after ${Math.round(readyMs)} ms`);
        await page.context().close();
    }],
    ['ten thousand transitions a second do not freeze it; it says that it shows a sample', async ({ browser, server, measured }) => {
        const page = await browser.open();
        await page.addInitScript(() => {
            // A feed of ten thousand changes a second in place of the server's.
            window.EventSource = class extends EventTarget {
                static CLOSED = 2;
                readyState = 1;
                constructor() {
                    super();
                    let number = 0;
                    const timer = setInterval(() => {
                        for (let index = 0; index < 100; index += 1) {
                            number += 1;
                            const change = { number, customer: `c${number}`, segment: 'recent', version: 1, direction: number % 2 ? 'entered' : 'left', at: new Date().toISOString(), cause: 'event' };
                            this.dispatchEvent(new MessageEvent('change', { data: JSON.stringify(change) }));
                        }
                    }, 10);
                    this.close = () => clearInterval(timer);
                    setTimeout(() => this.dispatchEvent(new Event('open')));
                }
            };
        });
        await enter(page, server.keys.admin);
        await settle(page);
        await page.getByText('a sample is shown').waitFor();
        const { frames, longest } = await page.evaluate(() => new Promise((resolve) => {
            const began = performance.now();
            let [last, longest, frames] = [began, 0, 0];
            const step = (now) => {
                longest = Math.max(longest, now - last);
                last = now;
                frames += 1;
                if (now - began < 3000) {
                    requestAnimationFrame(step);
                } else {
                    resolve({ frames, longest });
                }
            };
            requestAnimationFrame(step);
        }));
        assert.ok(frames > 20, `${frames} frames in 3 s`);
        assert.ok((await page.getByTestId('feed').locator('li').count()) <= 12);
        await page.getByRole('link', { name: 'Customers' }).click();
        await page.getByRole('heading', { name: 'Customers', level: 1 }).waitFor();
        measured(`under 10,000 changes a second: ${frames} frames in 3 s, the longest ${Math.round(longest)} ms`);
        await page.context().close();
    }],
    ['pictures of every page, light and dark', async ({ browser, server, discovered }) => {
        mkdirSync(folder, { recursive: true });
        for (const scheme of ['light', 'dark']) {
            const page = await browser.open({ colorScheme: scheme, viewport: { width: 1160, height: 720 } });
            await enter(page, server.keys.admin);
            await settle(page);
            for (const [name, address] of Object.entries(addresses)) {
                await page.goto(name === 'discover' ? discovered() : address);
                await settle(page);
                if (name === 'home' || name === 'data') {
                    await page.getByText('Live', { exact: true }).waitFor();
                    await buyAgain(server, 5);
                    await until(async () => (await page.getByTestId('feed').locator('li').count()) >= 5, 'something moves');
                }
                await page.waitForTimeout(1000);
                await page.screenshot({ path: `${folder}/console-${name}-${scheme}.png` });
            }
            await page.context().close();
        }
        const bytes = readdirSync(folder).filter((name) => name.endsWith('.png')).reduce((sum, name) => sum + statSync(`${folder}/${name}`).size, 0);
        assert.ok(bytes <= picturesMax, `${bytes} bytes of pictures`);
    }],
];
