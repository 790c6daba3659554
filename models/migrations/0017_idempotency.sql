-- What a client asked under an Idempotency-Key, and the sealed answer: in the transaction of the verb that it tells of.

CREATE TABLE idempotency_key (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    account_id UUID NOT NULL REFERENCES account (id),
    key TEXT NOT NULL,
    answer TEXT,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE UNIQUE INDEX idempotency_key_key ON idempotency_key (account_id, key);
CREATE INDEX idempotency_key_created_at_idx ON idempotency_key (created_at);
CREATE INDEX idempotency_key_organization_idx ON idempotency_key (organization_id, id);
