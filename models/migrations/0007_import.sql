-- Vehicles, ID numbers of people (encrypted, found by a keyed hash), imports of sheets and what was wrong in them.

ALTER TABLE person ADD COLUMN id_number_cipher TEXT;
ALTER TABLE person ADD COLUMN id_number_hash TEXT;
ALTER TABLE person ADD COLUMN id_number_purpose TEXT;
ALTER TABLE person ADD COLUMN id_number_consent_on DATE;
ALTER TABLE person ADD COLUMN id_number_consent_version TEXT;

CREATE TABLE vehicle (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    plate TEXT NOT NULL,
    kind TEXT NOT NULL,
    brand TEXT,
    colour TEXT,
    archived_at TIMESTAMPTZ,
    owner_id UUID REFERENCES person (id),
    property_id UUID NOT NULL REFERENCES property (id),
    unit_id UUID REFERENCES unit (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE data_import (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    kind TEXT NOT NULL,
    mode TEXT NOT NULL,
    dry_run BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    file_name TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    storage_key TEXT,
    rows_total INTEGER,
    rows_read INTEGER NOT NULL,
    rows_created INTEGER NOT NULL,
    rows_changed INTEGER NOT NULL,
    rows_unchanged INTEGER NOT NULL,
    rows_bad INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    locked_until TIMESTAMPTZ,
    started_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ,
    account_id UUID REFERENCES account (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE import_fault (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    row_number INTEGER,
    column_name TEXT,
    code TEXT NOT NULL,
    params JSONB NOT NULL,
    data_import_id UUID NOT NULL REFERENCES data_import (id),
    created_at TIMESTAMPTZ NOT NULL
);

CREATE UNIQUE INDEX person_id_number_key ON person (organization_id, id_number_hash) WHERE id_number_hash IS NOT NULL;
CREATE UNIQUE INDEX vehicle_property_plate_key ON vehicle (property_id, plate) WHERE archived_at IS NULL;

CREATE INDEX vehicle_property_idx ON vehicle (property_id, id);
CREATE INDEX vehicle_owner_idx ON vehicle (owner_id, id);
CREATE INDEX vehicle_unit_idx ON vehicle (unit_id, id);
CREATE INDEX data_import_organization_idx ON data_import (organization_id, id);
CREATE INDEX data_import_account_idx ON data_import (account_id, id);
CREATE INDEX data_import_open_idx ON data_import (id) WHERE ended_at IS NULL OR storage_key IS NOT NULL;
CREATE INDEX import_fault_import_idx ON import_fault (data_import_id, id);
