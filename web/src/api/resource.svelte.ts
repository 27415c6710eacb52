// What was asked of the server and what came back: the state that Panel shows.
import { isAbort, toApiError, type ApiError } from './client';

/** One answer that may be on its way, there, wrong, or older than it should be. */
export class Resource<T> {
    value = $state.raw<T | undefined>();
    error = $state.raw<ApiError | undefined>();
    loading = $state(false);

    #running: AbortController | undefined;

    /** Asks; an earlier question that is still open is called off. What was there stays until the answer. */
    async load(ask: (signal: AbortSignal) => Promise<T>): Promise<void> {
        this.#running?.abort();
        const running = new AbortController();
        this.#running = running;
        this.loading = true;
        try {
            const value = await ask(running.signal);
            if (this.#running === running) {
                this.value = value;
                this.error = undefined;
                this.loading = false;
            }
        } catch (thrown) {
            if (!isAbort(thrown) && this.#running === running) {
                this.error = toApiError(thrown);
                this.loading = false;
            }
        }
    }

    /** Forgets everything, for a page that now shows something else. */
    clear(): void {
        this.#running?.abort();
        this.#running = undefined;
        this.value = undefined;
        this.error = undefined;
        this.loading = false;
    }
}
