-- A File is a photo or a sheet (CSV, Excel): only a photo has pixels. `shown` says of which rows it is a part.
-- Monthly partitions: every table that is partitioned by id gets them, whichever migration made it.

-- only postgres
ALTER TABLE file ALTER COLUMN width DROP NOT NULL;
ALTER TABLE file ALTER COLUMN height DROP NOT NULL;
ALTER TABLE file ADD COLUMN kind TEXT NOT NULL DEFAULT 'PHOTO';
ALTER TABLE file ADD COLUMN name TEXT;

CREATE OR REPLACE FUNCTION partitions_ahead(at timestamptz, months integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    parent text;
    first timestamptz;
    name text;
BEGIN
    FOR n IN 0 .. months LOOP
        first := (date_trunc('month', at AT TIME ZONE 'UTC') + make_interval(months => n)) AT TIME ZONE 'UTC';
        FOR parent IN
            SELECT c.relname FROM pg_partitioned_table p JOIN pg_class c ON c.oid = p.partrelid
            WHERE c.relnamespace = current_schema()::regnamespace ORDER BY c.relname
        LOOP
            name := parent || to_char(first AT TIME ZONE 'UTC', '_YYYY_MM');
            IF to_regclass(name) IS NULL THEN
                EXECUTE format(
                    'CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                    name, parent, uuid_floor(first),
                    uuid_floor((first AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC')
                );
            END IF;
        END LOOP;
    END LOOP;
END
$$;
-- only sqlite
CREATE TABLE file_next (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    kind TEXT NOT NULL DEFAULT 'PHOTO',
    name TEXT,
    media_type TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    width INTEGER,
    height INTEGER,
    sha256 TEXT NOT NULL,
    storage_key TEXT NOT NULL,
    account_id UUID NOT NULL REFERENCES account (id),
    property_id UUID REFERENCES property (id),
    reporter_id UUID REFERENCES person (id),
    ticket_id UUID REFERENCES ticket (id),
    work_order_id UUID REFERENCES work_order (id),
    created_at TIMESTAMPTZ NOT NULL
);
INSERT INTO file_next (
    id, organization_id, media_type, size_bytes, width, height, sha256, storage_key,
    account_id, property_id, reporter_id, ticket_id, work_order_id, created_at
) SELECT
    id, organization_id, media_type, size_bytes, width, height, sha256, storage_key,
    account_id, property_id, reporter_id, ticket_id, work_order_id, created_at
FROM file;
DROP TABLE file;
ALTER TABLE file_next RENAME TO file;
CREATE INDEX file_ticket_idx ON file (ticket_id, id);
CREATE INDEX file_work_order_idx ON file (work_order_id, id);
-- both
