-- Consents to sensitive personal data, their texts, face references, and what is to be erased.

ALTER TABLE person ADD COLUMN face_cipher TEXT;
ALTER TABLE person ADD COLUMN erased_at TIMESTAMPTZ;

CREATE TABLE consent_text (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    kind TEXT NOT NULL,
    edition TEXT NOT NULL,
    body TEXT NOT NULL,
    effective_from TIMESTAMPTZ NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE consent (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    kind TEXT NOT NULL,
    act TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    edition TEXT NOT NULL,
    purpose TEXT NOT NULL,
    channel TEXT NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    account_id UUID REFERENCES account (id),
    person_id UUID NOT NULL REFERENCES person (id),
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE erasure (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    scope TEXT NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    erased_at TIMESTAMPTZ,
    done_at TIMESTAMPTZ,
    account_id UUID REFERENCES account (id),
    person_id UUID NOT NULL REFERENCES person (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

-- The consents that came with imported ID numbers begin the history.
INSERT INTO consent
    (id, organization_id, kind, act, number, edition, purpose, channel, occurred_at, person_id, created_at)
-- only postgres
SELECT id, organization_id, 'ID_NUMBER', 'GIVEN', 1, COALESCE(id_number_consent_version, '-'),
    COALESCE(id_number_purpose, '-'), 'IMPORT',
    CASE WHEN id_number_consent_on IS NULL THEN created_at
        ELSE id_number_consent_on::timestamp AT TIME ZONE 'UTC' END,
    id, created_at
FROM person WHERE id_number_cipher IS NOT NULL;
-- only sqlite
SELECT id, organization_id, 'ID_NUMBER', 'GIVEN', 1, COALESCE(id_number_consent_version, '-'),
    COALESCE(id_number_purpose, '-'), 'IMPORT',
    COALESCE(id_number_consent_on || ' 00:00:00+00:00', created_at),
    id, created_at
FROM person WHERE id_number_cipher IS NOT NULL;
-- both

CREATE UNIQUE INDEX consent_text_edition_key ON consent_text (organization_id, kind, edition);
CREATE UNIQUE INDEX consent_person_key ON consent (person_id, kind, number);
CREATE UNIQUE INDEX erasure_open_key ON erasure (person_id, scope) WHERE erased_at IS NULL;
CREATE INDEX consent_text_organization_idx ON consent_text (organization_id, id);
CREATE INDEX consent_person_idx ON consent (person_id, id);
CREATE INDEX erasure_person_idx ON erasure (person_id, id);
CREATE INDEX erasure_organization_idx ON erasure (organization_id, id);
CREATE INDEX erasure_due_idx ON erasure (id) WHERE done_at IS NULL;
