// Long work on the server: begun, followed until it ends, its result kept while the page is open.
import { ApiError, api, toApiError } from './api/client';
import type { Study, StudyBody } from './api/types';

const pollEveryMs = 700;
const results = new Map<string, Study>();

export function isOver(study: { state: string }): boolean {
    return study.state !== 'queued' && study.state !== 'running';
}

/** One study that somebody looks at. */
export class StudyWatch {
    study = $state.raw<Study | undefined>();
    error = $state.raw<ApiError | undefined>();
    #following = '';

    get running(): boolean {
        return this.study !== undefined && !isOver(this.study);
    }

    async begin(body: StudyBody): Promise<string> {
        this.error = undefined;
        try {
            const begun = await api('POST /v1/studies', { body });
            void this.follow(begun.id);
            return begun.id;
        } catch (thrown) {
            this.error = toApiError(thrown);
            return '';
        }
    }

    /** Shows a study, and asks again until it is over. */
    async follow(id: string): Promise<void> {
        this.#following = id;
        const kept = results.get(id);
        if (kept) {
            this.study = kept;
            return;
        }
        while (this.#following === id) {
            try {
                const study = await api('GET /v1/studies/{id}', { path: { id } });
                if (this.#following !== id) {
                    return;
                }
                this.study = study;
                this.error = undefined;
                if (isOver(study)) {
                    results.set(id, study);
                    return;
                }
            } catch (thrown) {
                this.error = toApiError(thrown);
                if (this.error.status !== 0) {
                    return;
                }
            }
            await new Promise((resolve) => setTimeout(resolve, pollEveryMs));
        }
    }

    async cancel(): Promise<void> {
        const id = this.study?.id;
        if (id !== undefined) {
            try {
                await api('DELETE /v1/studies/{id}', { path: { id } });
            } catch (thrown) {
                this.error = toApiError(thrown);
            }
        }
    }

    leave(): void {
        this.#following = '';
    }
}

/** The newest study of a kind that ended well, with its result; nothing where there is none. */
export async function newestResult(purpose: string, kind: Study['kind'], signal?: AbortSignal): Promise<Study | null> {
    const asked = signal ? { signal } : {};
    const { studies } = await api('GET /v1/studies', { query: { purpose, kind }, ...asked });
    const done = studies.find((study) => study.state === 'done');
    if (!done) {
        return null;
    }
    const study = results.get(done.id) ?? (await api('GET /v1/studies/{id}', { path: { id: done.id }, ...asked }));
    results.set(done.id, study);
    return study;
}

/** The study of a purpose that is still going on, if any. */
export async function runningStudy(purpose: string, kind: Study['kind'], signal?: AbortSignal): Promise<string | null> {
    const { studies } = await api('GET /v1/studies', { query: { purpose, kind }, ...(signal ? { signal } : {}) });
    return studies.find((study) => !isOver(study))?.id ?? null;
}
