-- From where and by what an audit entry came and whom it is about, the Organization's hash chain over the entries
-- (docs/audit.md), and a key per Person under which personal values in them are sealed.

ALTER TABLE audit_entry ADD COLUMN person_id UUID;
ALTER TABLE audit_entry ADD COLUMN session_id UUID;
ALTER TABLE audit_entry ADD COLUMN api_client_id UUID;
ALTER TABLE audit_entry ADD COLUMN device_id UUID;
ALTER TABLE audit_entry ADD COLUMN address TEXT;
ALTER TABLE audit_entry ADD COLUMN agent TEXT;

CREATE TABLE audit_seal (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    sequence BIGINT NOT NULL CHECK (sequence > 0),
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE audit_waiting (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE person_key (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    wrapped TEXT,
    destroyed_at TIMESTAMPTZ,
    person_id UUID NOT NULL REFERENCES person (id),
    created_at TIMESTAMPTZ NOT NULL,
    CHECK (wrapped IS NULL OR destroyed_at IS NULL)
);

CREATE UNIQUE INDEX person_key_person_key ON person_key (person_id);
CREATE UNIQUE INDEX audit_seal_sequence_key ON audit_seal (organization_id, sequence);
CREATE INDEX audit_waiting_organization_idx ON audit_waiting (organization_id, id);
CREATE INDEX audit_entry_account_idx ON audit_entry (account_id, id);
CREATE INDEX audit_entry_person_idx ON audit_entry (person_id, id);
CREATE INDEX audit_entry_property_idx ON audit_entry (property_id, id);
CREATE INDEX audit_entry_address_idx ON audit_entry (organization_id, address, id);
CREATE INDEX audit_entry_verb_idx ON audit_entry (organization_id, verb, id);
CREATE INDEX audit_entry_subject_type_idx ON audit_entry (organization_id, subject_type, id);
CREATE INDEX audit_entry_actor_idx ON audit_entry (organization_id, actor, id);

-- Whoever adds an entry, it waits for its seal: ids are made before the commit, so no watermark finds a late one.
-- only postgres
CREATE FUNCTION audit_waits() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO audit_waiting (id, organization_id, created_at)
    SELECT id, organization_id, created_at FROM written;
    RETURN NULL;
END
$$;
CREATE TRIGGER audit_waits AFTER INSERT ON audit_entry
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION audit_waits();
-- only sqlite
CREATE TRIGGER audit_waits AFTER INSERT ON audit_entry BEGIN INSERT INTO audit_waiting (id, organization_id, created_at) VALUES (NEW.id, NEW.organization_id, NEW.created_at); END;
-- both
INSERT INTO audit_waiting (id, organization_id, created_at) SELECT id, organization_id, created_at FROM audit_entry;
