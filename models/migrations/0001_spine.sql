-- The spine. One text for both databases: SQLite takes PostgreSQL's type names as they are.
-- Blocks between "-- only <dialect>" and "-- both" are for that database alone.
-- Partial unique keys are over live rows; each foreign key that is looked up has an index.

CREATE TABLE organization (
    id UUID PRIMARY KEY,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE property (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    latitude DOUBLE PRECISION,
    longitude DOUBLE PRECISION,
    land_area BIGINT,
    building_area BIGINT,
    time_zone TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE building (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    floors_above INTEGER NOT NULL,
    floors_below INTEGER NOT NULL,
    position INTEGER NOT NULL,
    property_id UUID NOT NULL REFERENCES property (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE entrance (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    building_id UUID NOT NULL REFERENCES building (id),
    property_id UUID NOT NULL REFERENCES property (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE unit (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    number TEXT NOT NULL,
    floor INTEGER NOT NULL,
    layout TEXT NOT NULL,
    built_up_area BIGINT NOT NULL CHECK (built_up_area > 0),
    inner_area BIGINT CHECK (inner_area > 0),
    billing_area_basis TEXT NOT NULL,
    orientation TEXT,
    use TEXT NOT NULL,
    status TEXT NOT NULL,
    position INTEGER NOT NULL,
    building_id UUID NOT NULL REFERENCES building (id),
    entrance_id UUID NOT NULL REFERENCES entrance (id),
    property_id UUID NOT NULL REFERENCES property (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE person (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    name TEXT NOT NULL,
    phone TEXT,
    email TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE occupancy (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    kind TEXT NOT NULL,
    share INTEGER CHECK (share BETWEEN 1 AND 10000),
    move_in_on DATE NOT NULL,
    move_out_on DATE CHECK (move_out_on >= move_in_on),
    building_id UUID NOT NULL REFERENCES building (id),
    person_id UUID NOT NULL REFERENCES person (id),
    property_id UUID NOT NULL REFERENCES property (id),
    unit_id UUID NOT NULL REFERENCES unit (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE staff (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    number TEXT NOT NULL,
    name TEXT NOT NULL,
    phone TEXT,
    email TEXT,
    title TEXT NOT NULL,
    employed_from DATE NOT NULL,
    employed_until DATE,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE account (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    login TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    locale TEXT NOT NULL,
    disabled_at TIMESTAMPTZ,
    person_id UUID REFERENCES person (id),
    staff_id UUID REFERENCES staff (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE role_assignment (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    role TEXT NOT NULL,
    valid_from TIMESTAMPTZ NOT NULL,
    valid_until TIMESTAMPTZ,
    account_id UUID NOT NULL REFERENCES account (id),
    property_id UUID REFERENCES property (id),
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE session (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    token_hash TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ,
    account_id UUID NOT NULL REFERENCES account (id),
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE ticket (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    number TEXT NOT NULL,
    kind TEXT NOT NULL,
    category TEXT NOT NULL,
    text TEXT NOT NULL,
    status TEXT NOT NULL,
    priority TEXT NOT NULL,
    appointment_at TIMESTAMPTZ,
    building_id UUID REFERENCES building (id),
    property_id UUID NOT NULL REFERENCES property (id),
    reporter_id UUID REFERENCES person (id),
    unit_id UUID REFERENCES unit (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE work_order (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    number TEXT NOT NULL,
    summary TEXT NOT NULL,
    status TEXT NOT NULL,
    priority TEXT NOT NULL,
    result TEXT,
    assigned_at TIMESTAMPTZ,
    accepted_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ,
    completed_at TIMESTAMPTZ,
    assignee_id UUID REFERENCES staff (id),
    building_id UUID REFERENCES building (id),
    property_id UUID NOT NULL REFERENCES property (id),
    reporter_id UUID REFERENCES person (id),
    ticket_id UUID REFERENCES ticket (id),
    unit_id UUID REFERENCES unit (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE work_order_step (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    verb TEXT NOT NULL,
    from_status TEXT NOT NULL,
    to_status TEXT NOT NULL,
    note TEXT,
    account_id UUID NOT NULL REFERENCES account (id),
    property_id UUID NOT NULL REFERENCES property (id),
    work_order_id UUID NOT NULL REFERENCES work_order (id),
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE file (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    media_type TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    storage_key TEXT NOT NULL,
    account_id UUID NOT NULL REFERENCES account (id),
    property_id UUID REFERENCES property (id),
    reporter_id UUID REFERENCES person (id),
    ticket_id UUID REFERENCES ticket (id),
    work_order_id UUID REFERENCES work_order (id),
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE device (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    property_id UUID NOT NULL REFERENCES property (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE device_credential (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    secret_hash TEXT NOT NULL,
    revoked_at TIMESTAMPTZ,
    device_id UUID NOT NULL REFERENCES device (id),
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE device_sequence (
    organization_id UUID NOT NULL REFERENCES organization (id),
    sequence BIGINT NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    device_id UUID NOT NULL REFERENCES device (id),
    PRIMARY KEY (device_id, sequence)
);

CREATE TABLE gate (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    building_id UUID REFERENCES building (id),
    device_id UUID REFERENCES device (id),
    property_id UUID NOT NULL REFERENCES property (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

-- only postgres
CREATE TABLE access_event (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    direction TEXT NOT NULL,
    method TEXT NOT NULL,
    result TEXT NOT NULL,
    reason TEXT,
    occurred_at TIMESTAMPTZ NOT NULL,
    gate_id UUID NOT NULL,
    person_id UUID,
    property_id UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
) PARTITION BY RANGE (id);
CREATE TABLE access_event_rest PARTITION OF access_event DEFAULT;
-- only sqlite
CREATE TABLE access_event (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    direction TEXT NOT NULL,
    method TEXT NOT NULL,
    result TEXT NOT NULL,
    reason TEXT,
    occurred_at TIMESTAMPTZ NOT NULL,
    gate_id UUID NOT NULL,
    person_id UUID,
    property_id UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
-- both

-- only postgres
CREATE TABLE audit_entry (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    actor TEXT NOT NULL,
    verb TEXT NOT NULL,
    subject_type TEXT NOT NULL,
    subject_id UUID NOT NULL,
    before JSONB,
    after JSONB,
    account_id UUID,
    property_id UUID,
    created_at TIMESTAMPTZ NOT NULL
) PARTITION BY RANGE (id);
CREATE TABLE audit_entry_rest PARTITION OF audit_entry DEFAULT;
-- only sqlite
CREATE TABLE audit_entry (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    actor TEXT NOT NULL,
    verb TEXT NOT NULL,
    subject_type TEXT NOT NULL,
    subject_id UUID NOT NULL,
    before JSONB,
    after JSONB,
    account_id UUID,
    property_id UUID,
    created_at TIMESTAMPTZ NOT NULL
);
-- both

CREATE TABLE event_stream (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    position BIGINT NOT NULL,
    pruned BIGINT NOT NULL DEFAULT 0,
    epoch BIGINT NOT NULL DEFAULT 1
);

CREATE TABLE event (
    organization_id UUID NOT NULL,
    position BIGINT NOT NULL,
    type TEXT NOT NULL,
    version INTEGER NOT NULL,
    subject_id UUID NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    audience JSONB NOT NULL,
    data JSONB NOT NULL,
    stream_id UUID NOT NULL REFERENCES event_stream (id),
    PRIMARY KEY (stream_id, position)
);

CREATE TABLE job (
    kind TEXT PRIMARY KEY,
    run_at TIMESTAMPTZ NOT NULL,
    locked_until TIMESTAMPTZ,
    attempts INTEGER NOT NULL,
    last_error TEXT
);

CREATE UNIQUE INDEX organization_slug_key ON organization (slug);
CREATE UNIQUE INDEX property_code_key ON property (organization_id, code);
CREATE UNIQUE INDEX building_property_code_key ON building (property_id, code);
CREATE UNIQUE INDEX entrance_building_code_key ON entrance (building_id, code);
CREATE UNIQUE INDEX unit_entrance_number_key ON unit (entrance_id, number);
CREATE UNIQUE INDEX occupancy_unit_person_kind_key ON occupancy (unit_id, person_id, kind) WHERE move_out_on IS NULL;
CREATE UNIQUE INDEX staff_number_key ON staff (organization_id, number);
CREATE UNIQUE INDEX account_login_key ON account (organization_id, login);
CREATE UNIQUE INDEX account_person_key ON account (person_id) WHERE person_id IS NOT NULL;
CREATE UNIQUE INDEX account_staff_key ON account (staff_id) WHERE staff_id IS NOT NULL;
CREATE UNIQUE INDEX session_token_hash_key ON session (token_hash);
CREATE UNIQUE INDEX ticket_number_key ON ticket (organization_id, number);
CREATE UNIQUE INDEX work_order_number_key ON work_order (organization_id, number);
CREATE UNIQUE INDEX gate_property_name_key ON gate (property_id, name);
CREATE UNIQUE INDEX device_property_name_key ON device (property_id, name);

CREATE INDEX property_organization_idx ON property (organization_id, id);
CREATE INDEX building_property_position_idx ON building (property_id, position, id);
CREATE INDEX building_property_idx ON building (property_id, id);
CREATE INDEX entrance_property_idx ON entrance (property_id, id);
CREATE INDEX entrance_building_position_idx ON entrance (building_id, position, id);
CREATE INDEX unit_property_idx ON unit (property_id, id);
CREATE INDEX unit_entrance_position_idx ON unit (entrance_id, position, id);
CREATE INDEX unit_building_idx ON unit (building_id, id);
CREATE INDEX occupancy_property_idx ON occupancy (property_id, id);
CREATE INDEX occupancy_unit_idx ON occupancy (unit_id, id);
CREATE INDEX occupancy_person_idx ON occupancy (person_id, id);
CREATE INDEX person_organization_idx ON person (organization_id, id);
CREATE INDEX person_organization_phone_idx ON person (organization_id, phone);
CREATE INDEX staff_organization_idx ON staff (organization_id, id);
CREATE INDEX account_organization_idx ON account (organization_id, id);
CREATE INDEX role_assignment_account_idx ON role_assignment (account_id);
CREATE INDEX session_account_idx ON session (account_id);
CREATE INDEX ticket_property_idx ON ticket (property_id, id);
CREATE INDEX ticket_property_status_idx ON ticket (property_id, status, id);
CREATE INDEX ticket_property_updated_at_idx ON ticket (property_id, updated_at, id);
CREATE INDEX ticket_reporter_idx ON ticket (reporter_id, id);
CREATE INDEX ticket_unit_idx ON ticket (unit_id, id);
CREATE INDEX work_order_property_idx ON work_order (property_id, id);
CREATE INDEX work_order_property_status_idx ON work_order (property_id, status, id);
CREATE INDEX work_order_property_updated_at_idx ON work_order (property_id, updated_at, id);
CREATE INDEX work_order_assignee_idx ON work_order (assignee_id, id);
CREATE INDEX work_order_ticket_idx ON work_order (ticket_id, id);
CREATE INDEX work_order_reporter_idx ON work_order (reporter_id, id);
CREATE INDEX work_order_step_work_order_idx ON work_order_step (work_order_id, id);
CREATE INDEX file_ticket_idx ON file (ticket_id, id);
CREATE INDEX file_work_order_idx ON file (work_order_id, id);
CREATE INDEX device_credential_device_idx ON device_credential (device_id);
CREATE INDEX gate_property_idx ON gate (property_id, id);
CREATE INDEX gate_device_idx ON gate (device_id);
CREATE INDEX access_event_property_idx ON access_event (property_id, id);
CREATE INDEX access_event_gate_idx ON access_event (gate_id, id);
CREATE INDEX access_event_person_idx ON access_event (person_id, id);
CREATE INDEX audit_entry_organization_idx ON audit_entry (organization_id, id);
CREATE INDEX audit_entry_subject_idx ON audit_entry (subject_id, id);
CREATE INDEX event_occurred_at_idx ON event (occurred_at);
CREATE INDEX event_stream_organization_idx ON event_stream (organization_id);

-- only postgres
-- The second wall (design.md section 2): a connection sees the Organization it was set to; unset sees nothing.
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT c.table_name FROM information_schema.columns c
        JOIN pg_class r ON r.relname = c.table_name AND r.relkind IN ('r', 'p') AND NOT r.relispartition
        WHERE c.table_schema = current_schema() AND c.column_name = 'organization_id'
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY wall ON %I'
            ' USING (organization_id = NULLIF(current_setting(''app.organization'', true), '''')::uuid)',
            name
        );
    END LOOP;
    ALTER TABLE organization ENABLE ROW LEVEL SECURITY;
    CREATE POLICY wall ON organization
        USING (id = NULLIF(current_setting('app.organization', true), '')::uuid);
END
$$;

-- Monthly partitions by id: a UUIDv7 starts with its instant in milliseconds.
CREATE FUNCTION uuid_floor(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid
$$;

CREATE FUNCTION partitions_ahead(at timestamptz, months integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    parent text;
    first timestamptz;
    name text;
BEGIN
    FOR n IN 0 .. months LOOP
        first := (date_trunc('month', at AT TIME ZONE 'UTC') + make_interval(months => n)) AT TIME ZONE 'UTC';
        FOREACH parent IN ARRAY ARRAY['access_event', 'audit_entry'] LOOP
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
-- both
