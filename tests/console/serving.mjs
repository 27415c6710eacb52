// The demo's data in a directory of its own, and `fineline serve` over it.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const program = process.env.FINELINE ?? `${root}build/fineline`;
/** The day after the last order of the data: the demo's now. */
export const now = '2011-12-10T00:00:00Z';

function run(command, ...words) {
    const done = spawnSync(command, words, { encoding: 'utf8', env: { ...process.env, FINELINE: program } });
    if (done.status !== 0) {
        throw new Error(`${command} ${words.join(' ')}: ${done.stderr || done.error}`);
    }
    return done.stdout;
}

/** Loads what the demo loads; what this very program prepared before is copied, so that each run begins alike. */
export function prepareData(folder) {
    const prepared = `${folder}/prepared`;
    const data = `${folder}/data`;
    const done = `${prepared}.done`;
    if (!existsSync(done) || statSync(done).mtimeMs < statSync(program).mtimeMs) {
        rmSync(prepared, { recursive: true, force: true });
        mkdirSync(folder, { recursive: true });
        run(`${root}examples/online-retail/run`, prepared);
        writeFileSync(done, '');
    }
    rmSync(data, { recursive: true, force: true });
    run('cp', '-r', prepared, data);
    return data;
}

/** Starts the server on a free port; resolves once it serves. */
export async function startServer(data, { program: file = program, clock = now } = {}) {
    const child = spawn(file, ['serve', '--data', data, '--listen', '127.0.0.1:0', '--clock', clock, '--json'], {
        stdio: ['ignore', 'pipe', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (chunk) => {
        errors = (errors + chunk).slice(-20000);
    });
    const server = { keys: {}, url: '', log: () => errors, stop: () => child.kill('SIGTERM') };
    process.on('exit', () => child.kill('SIGKILL'));
    for await (const line of createInterface({ input: child.stdout })) {
        const said = JSON.parse(line);
        if (said.secret) {
            server.keys[said.kind] = said.secret;
        } else if (said.serving) {
            server.url = said.serving;
            return server;
        }
    }
    throw new Error(`the server did not start: ${errors}`);
}

/** Calls a route with the admin key; returns what its JSON says. */
export async function admin(server, method, path, body) {
    const answer = await fetch(server.url + path, {
        method,
        headers: { Authorization: `Bearer ${server.keys.admin}`, 'Content-Type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
    });
    const said = await answer.json();
    if (!answer.ok) {
        throw new Error(`${method} ${path}: ${answer.status} ${said.message}`);
    }
    return said;
}

/** Sends an event as an SDK would. */
export async function track(server, userId, event, properties) {
    const answer = await fetch(`${server.url}/v1/track`, {
        method: 'POST',
        headers: {
            Authorization: `Basic ${Buffer.from(`${server.keys.write}:`).toString('base64')}`,
            'Content-Type': 'application/json',
        },
        body: JSON.stringify({ userId, event, properties }),
    });
    if (answer.status !== 200) {
        throw new Error(`/v1/track: ${answer.status} ${await answer.text()}`);
    }
}
