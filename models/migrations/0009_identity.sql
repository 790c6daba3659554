-- Sessions with short access tokens and refresh tokens, roles that a company makes, and partners' API clients.

CREATE TABLE custom_role (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    permissions JSONB NOT NULL,
    archived_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

ALTER TABLE role_assignment ADD COLUMN custom_role_id UUID REFERENCES custom_role (id);

CREATE TABLE api_client (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    name TEXT NOT NULL,
    scopes JSONB NOT NULL,
    rate_per_minute INTEGER CHECK (rate_per_minute > 0),
    expires_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ,
    account_id UUID NOT NULL REFERENCES account (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE api_client_secret (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    secret_hash TEXT NOT NULL,
    expires_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ,
    api_client_id UUID NOT NULL REFERENCES api_client (id),
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE access_token (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    token_hash TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    session_id UUID NOT NULL REFERENCES session (id),
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE refresh_token (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    token_hash TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    session_id UUID NOT NULL REFERENCES session (id),
    created_at TIMESTAMPTZ NOT NULL
);

INSERT INTO access_token (id, organization_id, token_hash, expires_at, session_id, created_at)
SELECT id, organization_id, token_hash, expires_at, id, created_at FROM session;

DROP INDEX session_token_hash_key;
ALTER TABLE session DROP COLUMN token_hash;
ALTER TABLE session ADD COLUMN method TEXT NOT NULL DEFAULT 'PASSWORD';
ALTER TABLE session ADD COLUMN address TEXT;
ALTER TABLE session ADD COLUMN agent TEXT;
ALTER TABLE session ADD COLUMN refreshed_at TIMESTAMPTZ;

CREATE UNIQUE INDEX custom_role_name_key ON custom_role (organization_id, name) WHERE archived_at IS NULL;
CREATE UNIQUE INDEX api_client_account_key ON api_client (account_id);
CREATE UNIQUE INDEX api_client_name_key ON api_client (organization_id, name) WHERE revoked_at IS NULL;
CREATE UNIQUE INDEX access_token_hash_key ON access_token (token_hash);
CREATE UNIQUE INDEX refresh_token_hash_key ON refresh_token (token_hash);
CREATE INDEX custom_role_organization_idx ON custom_role (organization_id, id);
CREATE INDEX role_assignment_custom_role_idx ON role_assignment (custom_role_id);
CREATE INDEX api_client_organization_idx ON api_client (organization_id, id);
CREATE INDEX api_client_secret_client_idx ON api_client_secret (api_client_id, id);
CREATE INDEX access_token_session_idx ON access_token (session_id);
CREATE INDEX access_token_expires_at_idx ON access_token (expires_at);
CREATE INDEX refresh_token_session_idx ON refresh_token (session_id);
