-- What each Account was told, how it wants to be told, and the ways out of the house: rows that workers claim.

CREATE TABLE notification (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    kind TEXT NOT NULL,
    subject_type TEXT NOT NULL,
    subject_id UUID NOT NULL,
    params JSONB NOT NULL,
    read_at TIMESTAMPTZ,
    account_id UUID NOT NULL REFERENCES account (id),
    property_id UUID REFERENCES property (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);
CREATE INDEX notification_account_idx ON notification (account_id, id);
CREATE INDEX notification_unread_idx ON notification (account_id, id) WHERE read_at IS NULL;
CREATE INDEX notification_subject_idx ON notification (subject_id, kind);

CREATE TABLE notification_preference (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    kind TEXT,
    channels JSONB NOT NULL,
    quiet_from TEXT CHECK (length(quiet_from) = 5),
    quiet_until TEXT CHECK (length(quiet_until) = 5),
    account_id UUID NOT NULL REFERENCES account (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL,
    CHECK ((quiet_from IS NULL) = (quiet_until IS NULL))
);
CREATE UNIQUE INDEX notification_preference_kind_key ON notification_preference (account_id, kind) WHERE kind IS NOT NULL;
CREATE UNIQUE INDEX notification_preference_all_key ON notification_preference (account_id) WHERE kind IS NULL;
CREATE INDEX notification_preference_account_idx ON notification_preference (account_id, id);

CREATE TABLE push_device (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    platform TEXT NOT NULL,
    token TEXT NOT NULL,
    removed_at TIMESTAMPTZ,
    account_id UUID NOT NULL REFERENCES account (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);
CREATE UNIQUE INDEX push_device_token_key ON push_device (organization_id, token) WHERE removed_at IS NULL;
CREATE INDEX push_device_account_idx ON push_device (account_id, id);

CREATE TABLE notification_delivery (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    channel TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    due_at TIMESTAMPTZ NOT NULL,
    locked_until TIMESTAMPTZ,
    once_key TEXT,
    provider_key TEXT,
    error TEXT,
    sent_at TIMESTAMPTZ,
    account_id UUID NOT NULL REFERENCES account (id),
    notification_id UUID NOT NULL REFERENCES notification (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);
CREATE UNIQUE INDEX notification_delivery_channel_key ON notification_delivery (notification_id, channel);
CREATE INDEX notification_delivery_notification_idx ON notification_delivery (notification_id, id);
CREATE INDEX notification_delivery_account_idx ON notification_delivery (account_id, sent_at);
CREATE INDEX notification_delivery_waiting_idx ON notification_delivery (due_at) WHERE state = 'WAITING';
