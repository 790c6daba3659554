-- Thumbnails of photos; exports of lists as jobs of their own, kept until their file is old.

ALTER TABLE file ADD COLUMN thumbnail_key TEXT;

CREATE TABLE data_export (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    name TEXT NOT NULL,
    format TEXT NOT NULL,
    state TEXT NOT NULL,
    document TEXT NOT NULL,
    variables TEXT NOT NULL,
    headings TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    row_count INTEGER NOT NULL CHECK (row_count >= 0),
    error TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    locked_until TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    account_id UUID NOT NULL REFERENCES account (id),
    file_id UUID REFERENCES file (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE INDEX data_export_account_idx ON data_export (account_id, id);
CREATE INDEX data_export_file_idx ON data_export (file_id);
CREATE INDEX data_export_open_idx ON data_export (created_at) WHERE state IN ('WAITING', 'RUNNING');
CREATE INDEX data_export_ended_at_idx ON data_export (ended_at);
CREATE INDEX file_account_created_at_idx ON file (account_id, created_at);
CREATE INDEX file_created_at_idx ON file (created_at);
