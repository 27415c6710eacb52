// Who is in: the admin key is exchanged for a cookie that scripts cannot read.
import { ApiError, api, toApiError, useCsrf, whenSessionIsLost } from './api/client';

class Session {
    state = $state<'asking' | 'in' | 'out' | 'unreachable'>('asking');
    error = $state.raw<ApiError | undefined>();

    constructor() {
        whenSessionIsLost(() => {
            this.state = 'out';
        });
    }

    /** Asks whether the cookie still opens the door. */
    async ask(): Promise<void> {
        try {
            const { csrf } = await api('GET /v1/session', {});
            useCsrf(csrf);
            this.state = 'in';
        } catch (thrown) {
            this.state = toApiError(thrown).status === 0 ? 'unreachable' : 'out';
        }
    }

    async logIn(key: string): Promise<void> {
        try {
            const { csrf } = await api('POST /v1/session', { body: { key } });
            useCsrf(csrf);
            this.error = undefined;
            this.state = 'in';
        } catch (thrown) {
            this.error = toApiError(thrown);
        }
    }

    async logOut(where: 'here' | 'everywhere'): Promise<void> {
        try {
            await api(where === 'here' ? 'DELETE /v1/session' : 'DELETE /v1/sessions', {});
        } catch (thrown) {
            this.error = toApiError(thrown);
        }
        useCsrf('');
        this.state = 'out';
    }
}

export const session = new Session();
