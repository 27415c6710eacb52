// What may stand in an expression: names of the data, segments, functions. Loaded once for all editors.
import { api, toApiError, type ApiError } from './api/client';
import { quoteName, type Candidate } from './models/expression';

class Vocabulary {
    candidates = $state.raw<Candidate[]>([]);
    error = $state.raw<ApiError | undefined>();
    #asked = false;

    async load(): Promise<void> {
        if (this.#asked) {
            return;
        }
        this.#asked = true;
        try {
            const [schema, segments, language] = await Promise.all([
                api('GET /v1/schema', {}),
                api('GET /v1/segments', {}),
                api('GET /v1/language', {}),
            ]);
            const events = schema.event_names;
            this.candidates = [
                ...events.map(({ name }): Candidate => ({ text: quoteName(name), kind: 'event', detail: '' })),
                ...events.flatMap(({ name, properties }) =>
                    properties.map(
                        (property): Candidate => ({ text: quoteName(property.name), kind: 'property', detail: name }),
                    ),
                ),
                ...schema.traits.map(({ name }): Candidate => ({ text: quoteName(name), kind: 'trait', detail: '' })),
                ...segments.segments.map(
                    ({ name }): Candidate => ({ text: quoteName(name), kind: 'segment', detail: '' }),
                ),
                ...language.functions.map(
                    ({ name, takes, summary }): Candidate => ({
                        text: name,
                        kind: 'function',
                        detail: `${takes} ${summary}`.trim(),
                    }),
                ),
                ...language.keywords.map((text): Candidate => ({ text, kind: 'keyword', detail: '' })),
            ];
        } catch (thrown) {
            this.#asked = false;
            this.error = toApiError(thrown);
        }
    }
}

export const vocabulary = new Vocabulary();
