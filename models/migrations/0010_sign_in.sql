-- Attempts to sign in, counted before an Organization is known; activation codes; TOTP; Organizations found by host.

CREATE TABLE attempt (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT,
    address TEXT,
    failed BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE account_totp (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    secret_cipher TEXT NOT NULL,
    removed_at TIMESTAMPTZ,
    last_step BIGINT NOT NULL,
    account_id UUID NOT NULL REFERENCES account (id),
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE recovery_code (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    code_hash TEXT NOT NULL,
    used_at TIMESTAMPTZ,
    totp_id UUID NOT NULL REFERENCES account_totp (id),
    created_at TIMESTAMPTZ NOT NULL
);

ALTER TABLE organization ADD COLUMN host TEXT;
ALTER TABLE account ADD COLUMN activation_hash TEXT;
ALTER TABLE account ADD COLUMN activation_expires_at TIMESTAMPTZ;
ALTER TABLE account ADD COLUMN totp_at TIMESTAMPTZ;
ALTER TABLE session ADD COLUMN totp_at TIMESTAMPTZ;

CREATE INDEX attempt_subject_idx ON attempt (kind, subject, created_at);
CREATE INDEX attempt_address_idx ON attempt (kind, address, created_at);
CREATE INDEX attempt_created_at_idx ON attempt (created_at);
CREATE UNIQUE INDEX account_totp_account_key ON account_totp (account_id) WHERE removed_at IS NULL;
CREATE INDEX recovery_code_totp_idx ON recovery_code (totp_id);
CREATE UNIQUE INDEX organization_host_key ON organization (host);
CREATE INDEX session_revoked_at_idx ON session (revoked_at);
CREATE INDEX session_expires_at_idx ON session (expires_at);
