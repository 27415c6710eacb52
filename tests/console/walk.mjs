// The walk: what somebody does with the console, from logging in to erasing a customer. Each step needs those before.
import assert from 'node:assert/strict';
import { logIn, settle, until } from './browser.mjs';
import { track } from './serving.mjs';

const studyMs = 240000;
const wholesale = '12346';

async function planAndApply(page) {
    await page.getByTestId('plan').waitFor();
    await page.getByRole('button', { name: 'Apply the plan' }).click();
}

export const walk = [
    ['a wrong key and a write key open nothing', async ({ page, server }) => {
        for (const key of ['fla_wrong', server.keys.write]) {
            await logIn(page, key);
            await page.getByRole('alert').waitFor();
            assert.match(await page.getByRole('alert').innerText(), /no admin key/);
        }
    }],
    ['the admin key opens the console, and stays nowhere a script could read it', async ({ page, server }) => {
        await logIn(page, server.keys.admin);
        await page.getByRole('heading', { name: 'Purposes', level: 1 }).waitFor();
        const kept = await page.evaluate(() => document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage }));
        assert.ok(!kept.includes(server.keys.admin) && !kept.includes('fineline_session'));
        const cookies = await page.context().cookies();
        const session = cookies.find((cookie) => cookie.name === 'fineline_session');
        assert.ok(session?.httpOnly && session.sameSite === 'Strict');
        await page.reload();
        await page.getByRole('heading', { name: 'Purposes', level: 1 }).waitFor();
    }],
    ['an empty home says what to do first, and a purpose is created by plan and apply', async ({ page }) => {
        await page.getByText('Begin with a purpose').waitFor();
        await page.getByRole('link', { name: 'New purpose' }).first().click();
        await page.getByLabel('Name', { exact: true }).fill('next-quarter');
        await page.getByLabel('Question').fill('Who will spend how much in the next 90 days?');
        await page.getByLabel(/^Metric/).fill('sum(purchase.amount, next 90 days)');
        await page.getByLabel(/^Who is eligible/).fill('did purchase');
        await page.getByLabel('Owner').fill('growth');
        for (const segment of ['loyal', 'recent', 'one_order', 'lapsed', 'abroad', 'christmas', 'variety']) {
            await page.getByLabel(segment, { exact: true }).check();
        }
        await page.getByRole('button', { name: 'Show the plan' }).click();
        await planAndApply(page);
        await page.getByRole('heading', { name: 'next-quarter', level: 1 }).waitFor();
    }],
    ['measuring it shows progress, then the sentence, the Fine Line and the findings', async ({ page }) => {
        await page.getByRole('button', { name: 'Measure it' }).first().click();
        await page.getByRole('progressbar').waitFor();
        await page.getByRole('img', { name: /Value captured by number of segments/ }).waitFor({ timeout: studyMs });
        await page.getByText(/Your 7 segments tell/).waitFor();
        await page.getByRole('heading', { name: /findings?$/ }).waitFor();
        await page.getByText('The portfolio at').waitFor();
    }],
    ['the keyboard moves along the line, and the address follows', async ({ page }) => {
        const slider = page.getByLabel('Number of segments to look at');
        await slider.focus();
        await page.keyboard.press('Home');
        await page.keyboard.press('ArrowRight');
        await page.waitForURL(/[?&]k=2/);
        await page.getByRole('heading', { name: 'The portfolio at 2 segments' }).waitFor();
        await page.goBack();
        await page.goForward();
    }],
    ['one press turns the recommendation into a plan, a second applies it', async ({ page }) => {
        await page.goto('/purposes/next-quarter');
        await page.getByRole('button', { name: 'Turn it into a plan' }).click();
        await planAndApply(page);
        await page.getByText(/Applied: this is version/).waitFor();
    }],
    ['a segment is archived after asking, and is on the map no more', async ({ page }) => {
        await page.goto('/segments/lapsed_big?tab=edit');
        await page.getByRole('button', { name: 'Archive', exact: true }).click();
        await page.getByRole('button', { name: 'Archive it' }).click();
        await page.getByRole('heading', { name: 'Portfolio map' }).waitFor();
        await page.getByRole('link', { name: 'lapsed', exact: true }).waitFor();
        assert.equal(await page.getByRole('link', { name: 'lapsed_big', exact: true }).count(), 0);
    }],
    ['discovery proposes segments; one is renamed, one dropped, the rest planned and applied', async ({ page }) => {
        await page.goto('/purposes/next-quarter');
        await page.getByRole('link', { name: 'Discover segments' }).first().click();
        await page.getByLabel('Exactly').fill('4');
        await page.getByRole('button', { name: 'Discover', exact: true }).click();
        await page.getByRole('button', { name: 'Plan with 4 segments' }).waitFor({ timeout: studyMs });
        await page.waitForURL(/study=/);
        await page.locator('article').first().getByLabel('Name').fill('big_spenders');
        await page.locator('article').last().getByRole('button', { name: /Drop/ }).click();
        await page.getByRole('button', { name: 'Plan with 3 segments' }).click();
        await page.getByTestId('plan').getByText('big_spenders').first().waitFor();
        await planAndApply(page);
        await page.waitForURL(/\/purposes\/next-quarter/);
    }],
    ['an event that is posted appears as a transition, without reload', async ({ page, server }) => {
        await page.goto('/segments/big');
        await settle(page);
        await page.getByText('Live', { exact: true }).waitFor();
        const size = async () => Number((await page.getByTestId('size').innerText()).replaceAll(',', ''));
        const before = await size();
        await track(server, 'walker', 'purchase', { invoice: '700001', product: '85123A', quantity: 900, amount: 9900 });
        const entry = page.getByTestId('feed').getByText('walker');
        await entry.first().waitFor();
        await until(async () => (await size()) === before + 1, 'one more member');
    }],
    ['a new segment is counted as one types, and completed by the keyboard', async ({ page }) => {
        await page.goto('/map');
        await page.getByRole('link', { name: 'New segment' }).click();
        const editor = page.getByLabel('Expression');
        await editor.pressSequentially('count(pur');
        await page.getByRole('option', { name: /^purchase/ }).first().waitFor();
        await page.keyboard.press('Enter');
        await editor.pressSequentially(') >= 100');
        assert.equal(await editor.inputValue(), 'count(purchase) >= 100');
        await page.getByText('exact,').waitFor();
        assert.match(await page.locator('.count strong').innerText(), /^[\d,]+$/);
        await page.getByLabel('Name').fill('a_hundred_lines');
        await page.getByRole('button', { name: 'Store the segment' }).click();
        await page.getByRole('heading', { name: 'a_hundred_lines', level: 1 }).waitFor();
    }],
    ['a mistake is shown under the caret', async ({ page }) => {
        await page.getByRole('link', { name: 'Edit' }).first().click();
        const editor = page.getByLabel('Expression');
        await editor.fill('count(purchase) >= 100 andd did refund');
        await page.getByTestId('mistake').waitFor();
        const [text, carets] = (await page.getByTestId('mistake').locator('pre').innerText()).split('\n');
        assert.equal(text.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1), 'andd');
        assert.ok(await page.getByRole('button', { name: 'Store as the next version' }).isDisabled());
        await editor.fill('count(purchase) >= 100 and did refund');
        await page.getByText('exact,').waitFor();
        await page.getByRole('button', { name: 'Store as the next version' }).click();
        await page.getByText('Stored as version 2').waitFor();
        await page.getByRole('link', { name: 'Versions' }).click();
        await page.locator('ins', { hasText: 'and did refund' }).waitFor();
    }],
    ['members are explained, and a segment is there as SQL', async ({ page }) => {
        await page.getByRole('link', { name: 'Members' }).click();
        await page.getByRole('button', { name: /^Why/ }).first().click();
        await page.getByText(/conditions hold/).first().waitFor();
        await page.getByRole('link', { name: 'SQL' }).click();
        await page.getByText('SELECT customer_id').first().waitFor();
    }],
    ['the map shows sizes, overlaps and who is in none', async ({ page }) => {
        await page.goto('/map');
        await page.getByText('In no segment').waitFor();
        await page.getByRole('link', { name: /^a_hundred_lines, / }).waitFor();
        await page.getByRole('link', { name: 'Of the one inside the other' }).click();
        await page.waitForURL(/measure=containment/);
        await page.getByRole('img', { name: /share of the row/ }).waitFor();
        await page.goBack();
        await page.getByRole('img', { name: /share of those in either/ }).waitFor();
    }],
    ['the portfolio is edited as code, applied, and rolled back', async ({ page }) => {
        await page.goto('/code');
        const file = page.getByLabel('Portfolio file');
        await until(async () => (await file.inputValue()).includes('purpose:'), 'the file is there');
        const text = await file.inputValue();
        await file.fill(text.replace('owner: "growth"', 'owner: "retention"').replace('owner: growth', 'owner: retention'));
        await page.getByRole('button', { name: 'Show the plan' }).click();
        await page.getByTestId('plan').getByText('retention').waitFor();
        await planAndApply(page);
        await page.getByText(/Applied: this is version/).waitFor();
        await file.fill('purpose: x\nsegments:\n  - name: y\n    when: did (\n');
        await page.getByRole('button', { name: 'Show the plan' }).click();
        await page.getByRole('alert').waitFor();
        await page.getByRole('link', { name: 'History' }).click();
        await page.getByRole('button', { name: /^Roll back to this/ }).first().click();
        await planAndApply(page);
        await page.getByText(/Applied: this is version/).waitFor();
    }],
    ['the data page shows what arrived, its shape, what was rejected, and makes a key', async ({ page, server }) => {
        await page.goto('/data');
        await page.getByText('Log position').waitFor();
        await page.getByRole('cell', { name: 'messages' }).waitFor();
        await page.getByRole('link', { name: 'Schema' }).click();
        await page.getByRole('heading', { name: 'purchase' }).waitFor();
        await page.getByText('are zero').waitFor();
        await page.getByRole('link', { name: 'Rejected' }).click();
        await page.getByText('Nothing was rejected').waitFor();
        await page.getByRole('link', { name: 'Keys' }).click();
        await page.getByLabel('Name').fill('shop front');
        await page.getByRole('button', { name: 'Make a key' }).click();
        const secret = await page.locator('.secret').innerText();
        assert.match(secret, /^flw_/);
        server.keys.shop = secret;
    }],
    ['a customer is looked up, explained, and erased with a receipt', async ({ page }) => {
        await page.goto('/customers');
        await page.getByLabel('Any id of the customer').fill('nobody-like-this');
        await page.getByRole('button', { name: 'Look up' }).click();
        await page.getByText('No customer has the id').waitFor();
        await page.getByLabel('Any id of the customer').fill(wholesale);
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { name: wholesale, level: 1 }).waitFor();
        await page.getByText('United Kingdom').first().waitFor();
        await page.getByRole('button', { name: /^Why/ }).first().click();
        await page.getByText(/is in the segment/).first().waitFor();
        await page.getByRole('button', { name: 'Erase' }).click();
        const go = page.getByRole('button', { name: 'Erase for ever' });
        assert.ok(await go.isDisabled());
        await page.getByLabel(/^Type /).fill(wholesale);
        await go.click();
        await page.getByTestId('receipt').waitFor();
        assert.match(await page.getByTestId('receipt').innerText(), /purchase \d+/);
        await page.goto('/customers/' + wholesale);
        await page.getByRole('alert').first().waitFor();
    }],
    ['an unknown address is told so, and logging out closes the door', async ({ page }) => {
        await page.goto('/nowhere/at/all');
        await page.getByRole('heading', { name: 'Nothing is here' }).waitFor();
        await page.getByRole('button', { name: 'Log out' }).click();
        await page.getByLabel('Admin key').waitFor();
        await page.goto('/map');
        await page.getByLabel('Admin key').waitFor();
    }],
];
