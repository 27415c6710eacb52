// Debian's Chromium, driven by playwright-core; what every page must obey is watched from the outside.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
export const patienceMs = 30000;

/** Opens a browser; `complaints` collects what no page may do. */
export async function openBrowser(server) {
    const browser = await chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: ['--no-sandbox', '--disable-dev-shm-usage'],
    });
    const complaints = [];
    const open = async (options = {}) => {
        const context = await browser.newContext({
            baseURL: server.url,
            viewport: { width: 1280, height: 860 },
            locale: 'en-GB',
            timezoneId: 'Europe/London',
            // The axe rules are evaluated inside the page, which its own policy would forbid.
            bypassCSP: options.bypassCSP ?? false,
            ...options,
        });
        const page = await context.newPage();
        page.setDefaultTimeout(patienceMs);
        watch(page, server, complaints);
        return page;
    };
    return { open, complaints, close: () => browser.close() };
}

function watch(page, server, complaints) {
    const host = new URL(server.url).host;
    page.on('request', (request) => {
        const url = new URL(request.url());
        if (!['data:', 'blob:'].includes(url.protocol) && url.host !== host) {
            complaints.push(`a request left the host: ${request.url()}`);
        }
        for (const secret of Object.values(server.keys)) {
            if (request.url().includes(secret)) {
                complaints.push('a key stands in a URL');
            }
        }
    });
    page.on('pageerror', (error) => complaints.push(`an error in ${page.url()}: ${error.message}`));
    page.on('console', (message) => {
        if (/Content Security Policy|Content-Security-Policy/.test(message.text())) {
            complaints.push(`the policy was broken in ${page.url()}: ${message.text()}`);
        }
    });
}

/** Logs in by the form. */
export async function logIn(page, key) {
    await page.goto('/');
    await page.getByLabel('Admin key').fill(key);
    await page.getByRole('button', { name: 'Log in' }).click();
}

/** Logs in with a key that opens the door, and waits until it is open. */
export async function enter(page, key) {
    await logIn(page, key);
    await page.getByRole('button', { name: 'Log out' }).waitFor();
}

/** Asks again until the answer is yes; the page's policy forbids the driver's own way of waiting for one. */
export async function until(check, what) {
    const end = Date.now() + patienceMs;
    while (!(await check())) {
        if (Date.now() > end) {
            throw new Error(`not within ${patienceMs / 1000} s: ${what}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

/** Waits until nothing on the page is still being waited for. */
export async function settle(page) {
    await page.locator('main h1').waitFor();
    await until(async () => (await page.locator('[aria-busy="true"]').count()) === 0, 'the page is still waiting');
}

/** Serious and critical violations of the accessibility rules, as lines. */
export async function violations(page) {
    await page.evaluate(axeSource);
    const found = await page.evaluate(async () => {
        const { violations: all } = await window.axe.run(document, { resultTypes: ['violations'] });
        return all
            .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
            .flatMap((violation) => violation.nodes.slice(0, 3).map((node) => `${violation.id}: ${node.html.slice(0, 160)} ${node.failureSummary?.split('\n')[1] ?? ''}`));
    });
    return found;
}
