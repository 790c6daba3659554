-- Signing in by somebody else's word: identity providers, bound identities, codes by short message.

CREATE TABLE identity_provider (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    kind TEXT NOT NULL CHECK (kind IN ('OIDC', 'WECHAT')),
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    secret_cipher TEXT NOT NULL,
    login_claim TEXT,
    redirect_uris JSONB NOT NULL,
    archived_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL,
    CHECK ((kind = 'OIDC') = (login_claim IS NOT NULL))
);

CREATE TABLE oidc_state (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    provider_id UUID NOT NULL REFERENCES identity_provider (id),
    state_hash TEXT NOT NULL,
    nonce TEXT NOT NULL,
    verifier_cipher TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE account_identity (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    account_id UUID NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL CHECK (kind IN ('OIDC', 'WECHAT')),
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    used_at TIMESTAMPTZ,
    removed_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE bind_ticket (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    ticket_hash TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE sms_code (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    phone_hash TEXT NOT NULL,
    code_hash TEXT NOT NULL,
    tries INTEGER NOT NULL CHECK (tries BETWEEN 0 AND 5),
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE UNIQUE INDEX identity_provider_kind_key ON identity_provider (organization_id, kind) WHERE archived_at IS NULL;
CREATE UNIQUE INDEX account_identity_subject_key ON account_identity (organization_id, issuer, subject) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX account_identity_account_key ON account_identity (account_id, issuer) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX oidc_state_hash_key ON oidc_state (state_hash);
CREATE UNIQUE INDEX bind_ticket_hash_key ON bind_ticket (ticket_hash);
CREATE INDEX identity_provider_organization_idx ON identity_provider (organization_id, id);
CREATE INDEX account_identity_account_idx ON account_identity (account_id, id);
CREATE INDEX oidc_state_provider_idx ON oidc_state (provider_id);
CREATE INDEX oidc_state_expires_at_idx ON oidc_state (expires_at);
CREATE INDEX bind_ticket_expires_at_idx ON bind_ticket (expires_at);
CREATE INDEX sms_code_phone_idx ON sms_code (organization_id, phone_hash, id);
CREATE INDEX sms_code_expires_at_idx ON sms_code (expires_at);
CREATE INDEX staff_phone_idx ON staff (organization_id, phone);
