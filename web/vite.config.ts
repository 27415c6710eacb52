import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// While developing, `npm run dev` passes what is not the console on to a running `fineline serve`.
const server = process.env.FINELINE_URL ?? 'http://127.0.0.1:8080';
const passedOn = Object.fromEntries(
    ['/v1', '/health', '/ready', '/metrics', '/openapi.json'].map((path) => [path, { target: server }]),
);

export default defineConfig({
    plugins: [svelte()],
    server: { proxy: passedOn },
    build: {
        target: 'es2022',
        // The content security policy allows files of this host only: nothing is inlined.
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        chunkSizeWarningLimit: 250,
    },
    test: { include: ['src/**/*.test.ts'] },
});
