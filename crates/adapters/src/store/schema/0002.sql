CREATE TABLE installations (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL
);

CREATE TABLE rechecks (
    plan_id TEXT NOT NULL REFERENCES plans (id),
    n BIGINT NOT NULL,
    incident_id TEXT NOT NULL,
    cluster TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    done_at BIGINT,
    PRIMARY KEY (plan_id, n)
);
CREATE INDEX rechecks_due ON rechecks (cluster, due_at) WHERE done_at IS NULL;
