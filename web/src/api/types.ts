// Printed by scripts/generate_types.mjs from openapi.json; changes belong into the table of routes.

export type None = Record<string, never>;

export type Accepted = {
    success: boolean;
};

export type Answer = {
    expression: string;
    at: string;
    warnings: Array<string>;
    count: number;
    customers?: number;
    occasions?: number;
    unknown: number;
    members: Array<string | {
        customer: string;
        at: string;
    }>;
    freshness: Freshness;
};

export type Any = Record<string, unknown>;

export type Change = {
    number: number;
    customer: string;
    segment: string;
    version: number;
    direction: 'entered' | 'left';
    at: string;
    cause: 'event' | 'clock' | 'definition' | 'thresholds' | 'settings' | 'merge' | 'erasure' | 'catch_up';
};

export type ChangePage = {
    changes: Array<Change>;
    last: number;
    oldest_kept: number;
    freshness: Freshness;
};

export type Customer = {
    customer: string;
    identities: Array<string>;
    traits: Array<{
        trait: string;
        value: unknown;
        since: string | null;
        current: boolean;
        source: string;
    }>;
    accounts: Array<{
        account: string;
        since: string | null;
        traits: Record<string, unknown>;
    }>;
    consents: Array<{
        purpose: string;
        granted: boolean | null;
        since: string | null;
    }>;
    events: number;
    future_events: number;
    timeline: Array<TimedEvent>;
    at: string;
    freshness: Freshness;
};

export type CustomerSegments = {
    customer: string;
    segments: Array<{
        segment: string;
        version: number;
        since: string;
    }>;
    as_of: string;
    holds_until: string;
    freshness: Freshness;
};

export type DeadLetterList = {
    dead_letters: Array<{
        id: number;
        first: number;
        last: number;
        given_up_at: string;
        error: string;
    }>;
};

export type Defined = {
    name: string;
    version: number;
    expression: string;
    unchanged: boolean;
    warnings: Array<string>;
    freshness: Freshness;
};

export type ErasureReceipt = {
    receipt: string;
    erased_at: string;
    identities: Array<string>;
    log_records: number;
    log_batches: number;
    set_aside: number;
    events: Array<{
        event: string;
        count: number;
    }>;
    trait_values: number;
    not_reached: Array<string>;
};

export type Error = {
    code: 'invalid_argument' | 'not_found' | 'conflict' | 'limit_exceeded' | 'forbidden' | 'corrupt' | 'io' | 'unavailable' | 'internal';
    message: string;
    begin?: number;
    end?: number;
    dependants?: Array<string>;
};

export type ExplainBody = {
    expression: string;
    customer: string;
    at?: string;
    purpose?: string;
};

export type Explained = {
    text: string;
    value: string;
    truth: Truth;
    reason: string;
    holds_until: string;
    evidence: Array<string>;
    parts: Array<Explained>;
};

export type Explanation = {
    expression: string;
    at: string;
    warnings: Array<string>;
    customer: string;
    truth: Truth;
    holds_until: string;
    explanation: Explained;
    freshness: Freshness;
};

export type ExpressionBody = {
    expression: string;
};

export type FieldList = Array<{
    name: string;
    kinds: Record<string, number>;
}>;

export type Freshness = {
    as_of: string;
    position: number;
    last_change: number;
    watermark: string | null;
    lag_seconds: number | null;
    due_lag_seconds: number;
};

export type Health = {
    status: 'ok' | 'failed';
    failure: string;
    columns_mended: number;
};

export type KeyBody = {
    name: string;
    kind: 'write' | 'admin';
    source?: string;
};

export type KeyList = {
    keys: Array<{
        id: string;
        kind: 'write' | 'admin';
        name: string;
        source: string;
        created_at: string;
        revoked_at: string | null;
    }>;
};

export type KeyRevoked = {
    id: string;
    revoked: boolean;
};

export type MemberPage = {
    name: string;
    version: number;
    size: number;
    members: Array<{
        customer: string;
        since: string;
    }>;
    next: string | null;
    freshness: Freshness;
};

export type NewKey = {
    id: string;
    kind: 'write' | 'admin';
    name: string;
    source: string;
    created_at: string;
    revoked_at: string | null;
    secret: string;
};

export type NewWebhook = {
    id: string;
    url: string;
    segments: Array<string>;
    created_at: string;
    delivered: number;
    failures: number;
    retry_at: string | null;
    last_error: string;
    secret: string;
};

export type Purpose = {
    name: string;
    version: number;
    text: string;
    defined_at: string;
    freshness: Freshness;
};

export type PurposeBody = {
    text: string;
};

export type PurposeList = {
    purposes: Array<{
        name: string;
        version: number;
        text: string;
        defined_at: string;
    }>;
    freshness: Freshness;
};

export type PurposeRemoved = {
    name: string;
    removed: boolean;
};

export type PurposeStored = {
    name: string;
    version: number;
    unchanged: boolean;
    freshness: Freshness;
};

export type QuarantinePage = {
    items: Array<{
        id: number;
        received_at: string;
        source: string;
        reason: string;
        message: string;
        text: string;
    }>;
    totals: Array<{
        source: string;
        reason: string;
        items: number;
    }>;
    next_before: number | null;
    freshness: Freshness;
};

export type Question = {
    expression: string;
    at?: string;
    purpose?: string;
    limit?: number;
};

export type Ready = {
    status: 'ready' | 'not ready';
    queue_batches: number;
    due_backlog: number;
};

export type Removal = {
    name: string;
    members: number;
    dependants: Array<string>;
    removed: boolean;
    freshness: Freshness;
};

export type ReplayBody = {
    after: number;
};

export type Schema = {
    events: number;
    customers: number;
    customers_without_events: number;
    merged_identities: number;
    future_events: number;
    event_names: Array<{
        name: string;
        count: number;
        first_seen: string;
        last_seen: string;
        properties: FieldList;
    }>;
    traits: FieldList;
    account_traits: FieldList;
    purposes: Array<string>;
    oddities: Array<{
        where: string;
        what: string;
    }>;
    freshness: Freshness;
};

export type SdkSettings = {
    integrations: Record<string, unknown>;
};

export type Segment = {
    name: string;
    version: number;
    newest_version: number;
    expression: string;
    size: number;
    state: 'ready' | 'backfilling' | 'failed';
    progress_percent: number;
    error: string;
    since: string | null;
    thresholds_at: string | null;
    refers_to: Array<string>;
    dependants: Array<string>;
    warnings: Array<string>;
    freshness: Freshness;
};

export type SegmentList = {
    segments: Array<{
        name: string;
        version: number;
        newest_version: number;
        expression: string;
        size: number;
        state: 'ready' | 'backfilling' | 'failed';
        progress_percent: number;
        error: string;
        since: string | null;
        thresholds_at: string | null;
        refers_to: Array<string>;
        dependants: Array<string>;
        warnings: Array<string>;
    }>;
    portfolio_version: number;
    freshness: Freshness;
};

export type SegmentSizes = {
    name: string;
    sizes: Array<{
        at: string;
        size: number;
    }>;
    freshness: Freshness;
};

export type SegmentVersions = {
    name: string;
    versions: Array<{
        version: number;
        expression: string;
        defined_at: string;
        archived: boolean;
        warnings: Array<string>;
    }>;
    freshness: Freshness;
};

export type SettingBody = {
    value: string;
};

export type SettingList = {
    settings: Array<{
        name: string;
        value: string;
        default: string;
        summary: string;
    }>;
    freshness: Freshness;
};

export type SettingStored = {
    name: string;
    value: string;
    version: number;
    unchanged: boolean;
    freshness: Freshness;
};

export type TimedEvent = {
    event: string;
    time: string;
    properties: Record<string, unknown>;
};

export type Timeline = {
    customer: string;
    events: Array<TimedEvent>;
    next_before: string | null;
    freshness: Freshness;
};

export type TrackingBatch = {
    batch: Array<TrackingMessage>;
    writeKey?: string;
    sentAt?: string;
    context?: Record<string, unknown>;
    integrations?: Record<string, unknown>;
};

export type TrackingMessage = {
    type?: 'track' | 'identify' | 'page' | 'screen' | 'group' | 'alias';
    userId?: string;
    anonymousId?: string;
    event?: string;
    properties?: Record<string, unknown>;
    traits?: Record<string, unknown>;
    groupId?: string;
    previousId?: string;
    messageId?: string;
    timestamp?: string;
    writeKey?: string;
};

export type Truth = 'yes' | 'no' | 'unknown';

export type WebhookBody = {
    url: string;
    segments?: Array<string>;
    after?: number;
};

export type WebhookList = {
    webhooks: Array<{
        id: string;
        url: string;
        segments: Array<string>;
        created_at: string;
        delivered: number;
        failures: number;
        retry_at: string | null;
        last_error: string;
    }>;
};

export type WebhookRemoved = {
    id: string;
    removed: boolean;
};

export type WebhookReplay = {
    id: string;
    after: number;
};

export type ApplyBody = {
    yaml: string;
    plan?: string;
};

export type CheckBody = {
    expression: string;
    purpose?: string;
};

export type Checked = {
    canonical: string;
    json: unknown;
    sql: {
        duckdb: string | null;
        why_not: string | null;
    };
    reads: {
        events: Array<string>;
        any_event: boolean;
        traits: Array<string>;
        account_traits: Array<string>;
        consents: Array<string>;
        segments: Array<string>;
        context: Array<string>;
        population: boolean;
        clock: boolean;
    };
    warnings: Array<{
        message: string;
        begin: number;
        end: number;
    }>;
};

export type Language = {
    functions: Array<{
        name: string;
        takes: string;
        summary: string;
        example: string;
    }>;
    keywords: Array<string>;
};

export type Moved = {
    since: string;
    complete: boolean;
    segments: Array<{
        name: string;
        size: number;
        entered: number;
        left: number;
    }>;
    freshness: Freshness;
};

export type Overlaps = {
    customers: number;
    in_none: number;
    left_out: number;
    segments: Array<{
        name: string;
        size: number;
    }>;
    pairs: Array<{
        a: string;
        b: string;
        both: number;
        jaccard: number;
        share_of_a_in_b: number;
        share_of_b_in_a: number;
    }>;
    freshness: Freshness;
};

export type PlanBody = {
    yaml?: string;
    version?: number;
};

export type Portfolio = {
    version: number;
    purposes: Array<{
        purpose: string;
        yaml: string;
        error: string | null;
        segments: Array<string>;
    }>;
    segments: Array<{
        name: string;
        expression: string;
        purpose: string | null;
        because: string | null;
        action: string | null;
    }>;
    freshness: Freshness;
};

export type PortfolioApplied = {
    plan: string;
    at: string;
    customers: number;
    base_version: number;
    nothing_to_change: boolean;
    definitions: Array<{
        kind: 'purpose' | 'segment';
        name: string;
        change: 'added' | 'changed' | 'unchanged' | 'gone' | 'follows';
        fields: Array<{
            field: string;
            before: string;
            after: string;
        }>;
        warnings: Array<string>;
        expression?: string;
        size_before?: number;
        size_after?: number;
        unknown_after?: number;
        entering?: number;
        entering_examples?: Array<string>;
        leaving?: number;
        leaving_examples?: Array<string>;
    }>;
    overlaps: Array<{
        first: string;
        second: string;
        first_size: number;
        second_size: number;
        both: number;
        jaccard: number;
        containment: number;
    }>;
    warnings: Array<string>;
    version: number;
    freshness: Freshness;
};

export type PortfolioHistory = {
    versions: Array<{
        version: number;
        at: string;
        note: string;
        definitions: Array<{
            kind: string;
            name: string;
            what: 'added' | 'changed' | 'archived' | 'restored';
            definition_version: number;
            text: string;
        }>;
    }>;
    freshness: Freshness;
};

export type PortfolioPlan = {
    plan: string;
    at: string;
    customers: number;
    base_version: number;
    nothing_to_change: boolean;
    definitions: Array<{
        kind: 'purpose' | 'segment';
        name: string;
        change: 'added' | 'changed' | 'unchanged' | 'gone' | 'follows';
        fields: Array<{
            field: string;
            before: string;
            after: string;
        }>;
        warnings: Array<string>;
        expression?: string;
        size_before?: number;
        size_after?: number;
        unknown_after?: number;
        entering?: number;
        entering_examples?: Array<string>;
        leaving?: number;
        leaving_examples?: Array<string>;
    }>;
    overlaps: Array<{
        first: string;
        second: string;
        first_size: number;
        second_size: number;
        both: number;
        jaccard: number;
        containment: number;
    }>;
    warnings: Array<string>;
    freshness: Freshness;
};

export type RollbackBody = {
    version: number;
};

export type SegmentCard = {
    name: string;
    size: number;
    members_sampled: number;
    rest_sampled: number;
    rows: Array<{
        what: string;
        unit: 'share' | 'days' | 'number';
        members: number;
        rest: number;
        index: number | null;
        low: number;
        high: number;
    }>;
    freshness: Freshness;
};

export type SegmentFlow = {
    name: string;
    from: string;
    to: string;
    complete: boolean;
    entered: number;
    left: number;
    came_from: Array<{
        segment: string | null;
        count: number;
    }>;
    went_to: Array<{
        segment: string | null;
        count: number;
    }>;
    freshness: Freshness;
};

export type Session = {
    csrf: string;
    expires_at: string;
};

export type SessionBody = {
    key: string;
};

export type Status = {
    at: string;
    started_at: string;
    uptime_s: number;
    log_position: number;
    customers: number;
    events: number;
    segments: number;
    quarantined: number;
    watermark: string | null;
    lag_s: number | null;
    writing: boolean;
    queue_batches: number;
    sources: Array<{
        source: string;
        kept: number;
        duplicates: number;
        rejected: number;
    }>;
};

export type Study = {
    id: string;
    kind: 'audit' | 'curve' | 'discover';
    purpose: string;
    method: string;
    state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
    step: string;
    fraction: number | null;
    asked_at: string;
    ended_at: string | null;
    error: string | null;
    result: Record<string, unknown> | null;
};

export type StudyBody = {
    kind: 'audit' | 'curve' | 'discover';
    purpose: string;
    method?: 'tree' | 'kmeans' | 'kmedoids' | 'lca' | 'rfm' | 'value' | 'occasions';
    capacity?: number;
    segments?: number;
    seed?: number;
    at?: string;
};

export type StudyList = {
    studies: Array<StudySummary>;
};

export type StudySummary = {
    id: string;
    kind: 'audit' | 'curve' | 'discover';
    purpose: string;
    method: string;
    state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
    step: string;
    fraction: number | null;
    asked_at: string;
    ended_at: string | null;
    error: string | null;
};

export interface Routes {
    'POST /v1/batch': {
        path: None;
        query: None;
        body: TrackingBatch;
        answer: Accepted;
    };
    'POST /v1/import': {
        path: None;
        query: None;
        body: TrackingBatch;
        answer: Accepted;
    };
    'POST /v1/b': {
        path: None;
        query: None;
        body: TrackingBatch;
        answer: Accepted;
    };
    'POST /v1/track': {
        path: None;
        query: None;
        body: TrackingMessage;
        answer: Accepted;
    };
    'POST /v1/identify': {
        path: None;
        query: None;
        body: TrackingMessage;
        answer: Accepted;
    };
    'POST /v1/page': {
        path: None;
        query: None;
        body: TrackingMessage;
        answer: Accepted;
    };
    'POST /v1/screen': {
        path: None;
        query: None;
        body: TrackingMessage;
        answer: Accepted;
    };
    'POST /v1/group': {
        path: None;
        query: None;
        body: TrackingMessage;
        answer: Accepted;
    };
    'POST /v1/alias': {
        path: None;
        query: None;
        body: TrackingMessage;
        answer: Accepted;
    };
    'POST /v1/t': {
        path: None;
        query: None;
        body: TrackingMessage;
        answer: Accepted;
    };
    'POST /v1/i': {
        path: None;
        query: None;
        body: TrackingMessage;
        answer: Accepted;
    };
    'POST /v1/p': {
        path: None;
        query: None;
        body: TrackingMessage;
        answer: Accepted;
    };
    'POST /v1/s': {
        path: None;
        query: None;
        body: TrackingMessage;
        answer: Accepted;
    };
    'POST /v1/g': {
        path: None;
        query: None;
        body: TrackingMessage;
        answer: Accepted;
    };
    'POST /v1/a': {
        path: None;
        query: None;
        body: TrackingMessage;
        answer: Accepted;
    };
    'POST /v1/m': {
        path: None;
        query: None;
        body: Any;
        answer: Accepted;
    };
    'GET /v1/pixel/{method}': {
        path: { method: string };
        query: { data?: string };
        body: null;
        answer: null;
    };
    'POST /v1/pixel/{method}': {
        path: { method: string };
        query: { data?: string };
        body: null;
        answer: null;
    };
    'GET /v1/projects/{write_key}/settings': {
        path: { write_key: string };
        query: None;
        body: null;
        answer: SdkSettings;
    };
    'GET /v1/customers/{id}': {
        path: { id: string };
        query: { at?: string; events?: number };
        body: null;
        answer: Customer;
    };
    'DELETE /v1/customers/{id}': {
        path: { id: string };
        query: None;
        body: null;
        answer: ErasureReceipt;
    };
    'GET /v1/customers/{id}/segments': {
        path: { id: string };
        query: None;
        body: null;
        answer: CustomerSegments;
    };
    'GET /v1/customers/{id}/timeline': {
        path: { id: string };
        query: { before?: string; limit?: number };
        body: null;
        answer: Timeline;
    };
    'GET /v1/segments': {
        path: None;
        query: None;
        body: null;
        answer: SegmentList;
    };
    'GET /v1/segments/{name}': {
        path: { name: string };
        query: None;
        body: null;
        answer: Segment;
    };
    'PUT /v1/segments/{name}': {
        path: { name: string };
        query: None;
        body: ExpressionBody;
        answer: Defined;
    };
    'DELETE /v1/segments/{name}': {
        path: { name: string };
        query: { dry_run?: boolean };
        body: null;
        answer: Removal;
    };
    'GET /v1/segments/{name}/versions': {
        path: { name: string };
        query: None;
        body: null;
        answer: SegmentVersions;
    };
    'GET /v1/segments/{name}/members': {
        path: { name: string };
        query: { cursor?: string; limit?: number };
        body: null;
        answer: MemberPage;
    };
    'GET /v1/segments/{name}/sizes': {
        path: { name: string };
        query: None;
        body: null;
        answer: SegmentSizes;
    };
    'GET /v1/segments/{name}/card': {
        path: { name: string };
        query: None;
        body: null;
        answer: SegmentCard;
    };
    'POST /v1/check': {
        path: None;
        query: None;
        body: CheckBody;
        answer: Checked;
    };
    'GET /v1/language': {
        path: None;
        query: None;
        body: null;
        answer: Language;
    };
    'POST /v1/ask': {
        path: None;
        query: None;
        body: Question;
        answer: Answer;
    };
    'POST /v1/preview': {
        path: None;
        query: None;
        body: Question;
        answer: Answer;
    };
    'POST /v1/explain': {
        path: None;
        query: None;
        body: ExplainBody;
        answer: Explanation;
    };
    'GET /v1/schema': {
        path: None;
        query: { at?: string };
        body: null;
        answer: Schema;
    };
    'GET /v1/changes': {
        path: None;
        query: { after?: number; limit?: number };
        body: null;
        answer: ChangePage;
    };
    'GET /v1/changes/stream': {
        path: None;
        query: { after?: number };
        body: null;
        answer: null;
    };
    'GET /v1/webhooks': {
        path: None;
        query: None;
        body: null;
        answer: WebhookList;
    };
    'POST /v1/webhooks': {
        path: None;
        query: None;
        body: WebhookBody;
        answer: NewWebhook;
    };
    'DELETE /v1/webhooks/{id}': {
        path: { id: string };
        query: None;
        body: null;
        answer: WebhookRemoved;
    };
    'POST /v1/webhooks/{id}/replay': {
        path: { id: string };
        query: None;
        body: ReplayBody;
        answer: WebhookReplay;
    };
    'GET /v1/webhooks/{id}/dead-letters': {
        path: { id: string };
        query: None;
        body: null;
        answer: DeadLetterList;
    };
    'POST /v1/webhooks/{id}/dead-letters/{letter}/replay': {
        path: { id: string; letter: string };
        query: None;
        body: null;
        answer: WebhookRemoved;
    };
    'GET /v1/purposes': {
        path: None;
        query: None;
        body: null;
        answer: PurposeList;
    };
    'GET /v1/purposes/{name}': {
        path: { name: string };
        query: None;
        body: null;
        answer: Purpose;
    };
    'PUT /v1/purposes/{name}': {
        path: { name: string };
        query: None;
        body: PurposeBody;
        answer: PurposeStored;
    };
    'DELETE /v1/purposes/{name}': {
        path: { name: string };
        query: None;
        body: null;
        answer: PurposeRemoved;
    };
    'GET /v1/portfolio': {
        path: None;
        query: None;
        body: null;
        answer: Portfolio;
    };
    'POST /v1/portfolio/plan': {
        path: None;
        query: None;
        body: PlanBody;
        answer: PortfolioPlan;
    };
    'POST /v1/portfolio/apply': {
        path: None;
        query: None;
        body: ApplyBody;
        answer: PortfolioApplied;
    };
    'GET /v1/portfolio/history': {
        path: None;
        query: None;
        body: null;
        answer: PortfolioHistory;
    };
    'POST /v1/portfolio/rollback': {
        path: None;
        query: None;
        body: RollbackBody;
        answer: PortfolioApplied;
    };
    'POST /v1/studies': {
        path: None;
        query: None;
        body: StudyBody;
        answer: StudySummary;
    };
    'GET /v1/studies': {
        path: None;
        query: { purpose?: string; kind?: string };
        body: null;
        answer: StudyList;
    };
    'GET /v1/studies/{id}': {
        path: { id: string };
        query: None;
        body: null;
        answer: Study;
    };
    'DELETE /v1/studies/{id}': {
        path: { id: string };
        query: None;
        body: null;
        answer: null;
    };
    'GET /v1/status': {
        path: None;
        query: None;
        body: null;
        answer: Status;
    };
    'GET /v1/moved': {
        path: None;
        query: { since?: string };
        body: null;
        answer: Moved;
    };
    'GET /v1/segments/{name}/flow': {
        path: { name: string };
        query: { from?: string; to?: string };
        body: null;
        answer: SegmentFlow;
    };
    'GET /v1/portfolio/overlaps': {
        path: None;
        query: None;
        body: null;
        answer: Overlaps;
    };
    'GET /v1/settings': {
        path: None;
        query: None;
        body: null;
        answer: SettingList;
    };
    'PUT /v1/settings/{name}': {
        path: { name: string };
        query: None;
        body: SettingBody;
        answer: SettingStored;
    };
    'GET /v1/quarantine': {
        path: None;
        query: { before?: number; limit?: number };
        body: null;
        answer: QuarantinePage;
    };
    'GET /v1/keys': {
        path: None;
        query: None;
        body: null;
        answer: KeyList;
    };
    'POST /v1/keys': {
        path: None;
        query: None;
        body: KeyBody;
        answer: NewKey;
    };
    'DELETE /v1/keys/{id}': {
        path: { id: string };
        query: None;
        body: null;
        answer: KeyRevoked;
    };
    'POST /v1/session': {
        path: None;
        query: None;
        body: SessionBody;
        answer: Session;
    };
    'GET /v1/session': {
        path: None;
        query: None;
        body: null;
        answer: Session;
    };
    'DELETE /v1/session': {
        path: None;
        query: None;
        body: null;
        answer: null;
    };
    'DELETE /v1/sessions': {
        path: None;
        query: None;
        body: null;
        answer: null;
    };
    'GET /health': {
        path: None;
        query: None;
        body: null;
        answer: Health;
    };
    'GET /ready': {
        path: None;
        query: None;
        body: null;
        answer: Ready;
    };
    'GET /metrics': {
        path: None;
        query: None;
        body: null;
        answer: null;
    };
    'GET /openapi.json': {
        path: None;
        query: None;
        body: null;
        answer: Any;
    };
}
