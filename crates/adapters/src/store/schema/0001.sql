CREATE TABLE records (
    seq BIGINT PRIMARY KEY CHECK (seq > 0),
    hash TEXT NOT NULL UNIQUE,
    incident_id TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX records_of_incident ON records (incident_id, seq);

CREATE TABLE incidents (
    id TEXT PRIMARY KEY,
    cluster TEXT NOT NULL,
    title TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE UNIQUE INDEX incidents_open ON incidents (cluster, fingerprint)
    WHERE state NOT IN ('resolved', 'abandoned');
CREATE INDEX incidents_newest ON incidents (opened_at, id);

CREATE TABLE letters (
    incident_id TEXT NOT NULL REFERENCES incidents (id),
    remedy_key TEXT NOT NULL,
    letter TEXT NOT NULL,
    PRIMARY KEY (incident_id, remedy_key),
    UNIQUE (incident_id, letter)
);

CREATE TABLE plans (
    id TEXT PRIMARY KEY,
    incident_id TEXT NOT NULL,
    letter TEXT NOT NULL,
    cluster TEXT NOT NULL,
    digest TEXT NOT NULL,
    state TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    saved_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    FOREIGN KEY (incident_id, letter) REFERENCES letters (incident_id, letter)
);
CREATE INDEX plans_of_incident ON plans (incident_id, saved_at);
CREATE INDEX plans_by_state ON plans (cluster, state);

CREATE TABLE targets (
    plan_id TEXT NOT NULL REFERENCES plans (id),
    object TEXT NOT NULL,
    PRIMARY KEY (plan_id, object)
);

CREATE TABLE approvals (
    plan_id TEXT NOT NULL REFERENCES plans (id),
    place BIGINT NOT NULL,
    identity TEXT NOT NULL,
    role TEXT NOT NULL,
    verdict TEXT NOT NULL,
    digest TEXT NOT NULL,
    letter TEXT NOT NULL,
    nonce TEXT NOT NULL,
    decided_at BIGINT NOT NULL,
    proof TEXT NOT NULL,
    PRIMARY KEY (plan_id, identity)
);

CREATE TABLE spent_nonces (
    nonce TEXT PRIMARY KEY,
    plan_id TEXT NOT NULL REFERENCES plans (id),
    spent_at BIGINT NOT NULL
);

CREATE TABLE executions (
    plan_id TEXT PRIMARY KEY REFERENCES plans (id),
    cluster TEXT NOT NULL,
    owner TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    begun_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL
);
CREATE INDEX executions_begun ON executions (cluster, begun_at);

CREATE TABLE steps (
    plan_id TEXT NOT NULL REFERENCES executions (plan_id),
    n BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    state TEXT NOT NULL,
    object TEXT,
    request TEXT NOT NULL,
    outcome TEXT,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (plan_id, n)
);

CREATE TABLE mutations (
    plan_id TEXT NOT NULL,
    n BIGINT NOT NULL,
    cluster TEXT NOT NULL,
    object TEXT NOT NULL,
    happened_at BIGINT NOT NULL,
    PRIMARY KEY (plan_id, n),
    FOREIGN KEY (plan_id, n) REFERENCES steps (plan_id, n)
);
CREATE INDEX mutations_of_object ON mutations (cluster, object, happened_at);

CREATE TABLE pauses (
    id BIGINT PRIMARY KEY,
    reason TEXT NOT NULL,
    paused_by TEXT NOT NULL,
    resume_asked_by TEXT,
    lifted_by TEXT
);

CREATE TABLE beats (
    id BIGINT PRIMARY KEY,
    count BIGINT NOT NULL
);
