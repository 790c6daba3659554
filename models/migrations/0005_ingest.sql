-- What devices send: telemetry (append-only, monthly partitions by id), the last value of each metric, messages that
-- could not be taken, and the end of rows that are past their retention.

-- only postgres
CREATE TABLE telemetry (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    metric TEXT NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    unit TEXT,
    occurred_at TIMESTAMPTZ NOT NULL,
    device_id UUID NOT NULL,
    property_id UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
) PARTITION BY RANGE (id);
CREATE TABLE telemetry_rest PARTITION OF telemetry DEFAULT;
-- only sqlite
CREATE TABLE telemetry (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    metric TEXT NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    unit TEXT,
    occurred_at TIMESTAMPTZ NOT NULL,
    device_id UUID NOT NULL,
    property_id UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
-- both

CREATE TABLE latest_reading (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    metric TEXT NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    unit TEXT,
    occurred_at TIMESTAMPTZ NOT NULL,
    device_id UUID NOT NULL REFERENCES device (id),
    property_id UUID NOT NULL REFERENCES property (id),
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE rejected_message (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    transport TEXT NOT NULL,
    digest TEXT NOT NULL,
    sequence BIGINT,
    payload TEXT NOT NULL,
    code TEXT NOT NULL,
    reason TEXT NOT NULL,
    count INTEGER NOT NULL,
    last_at TIMESTAMPTZ NOT NULL,
    dismissed_at TIMESTAMPTZ,
    dismissed_by_id UUID REFERENCES account (id),
    device_id UUID NOT NULL REFERENCES device (id),
    property_id UUID NOT NULL REFERENCES property (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE INDEX telemetry_device_metric_idx ON telemetry (device_id, metric, occurred_at, id);
CREATE UNIQUE INDEX latest_reading_device_metric_key ON latest_reading (device_id, metric);
CREATE UNIQUE INDEX rejected_message_device_digest_key ON rejected_message (device_id, digest) WHERE dismissed_at IS NULL;
CREATE INDEX rejected_message_property_idx ON rejected_message (property_id, id);
CREATE INDEX rejected_message_property_last_at_idx ON rejected_message (property_id, last_at, id);
CREATE INDEX device_sequence_recorded_at_idx ON device_sequence (recorded_at);

-- only postgres
-- Whole months that lie before an id go at once; what a late job left in the rest goes row by row. Never the audit.
CREATE FUNCTION partitions_drop(parent text, before uuid) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    part record;
    gone bigint;
BEGIN
    IF parent NOT IN ('telemetry', 'access_event') THEN
        RAISE EXCEPTION '% is kept for ever', parent;
    END IF;
    FOR part IN
        SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = parent::regclass AND c.relname ~ '_[0-9]{4}_[0-9]{2}$' ORDER BY c.relname
    LOOP
        CONTINUE WHEN uuid_floor(
            (to_date(right(part.name, 7), 'YYYY_MM')::timestamp + interval '1 month') AT TIME ZONE 'UTC'
        ) > before;
        EXECUTE format('DROP TABLE %I', part.name);
        RETURN NEXT part.name;
    END LOOP;
    EXECUTE format('DELETE FROM %I WHERE id < $1', parent || '_rest') USING before;
    GET DIAGNOSTICS gone = ROW_COUNT;
    IF gone > 0 THEN
        RETURN NEXT parent || '_rest';
    END IF;
END
$$;
REVOKE ALL ON FUNCTION partitions_drop(text, uuid) FROM PUBLIC;
-- both
