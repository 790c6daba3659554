-- Devices with their file and state, cameras, alarms.
-- One active alarm per (source, type) and one live camera or device per name: partial unique keys.

ALTER TABLE device ADD COLUMN building_id UUID REFERENCES building (id);
ALTER TABLE device ADD COLUMN unit_id UUID REFERENCES unit (id);
ALTER TABLE device ADD COLUMN category TEXT;
ALTER TABLE device ADD COLUMN brand TEXT;
ALTER TABLE device ADD COLUMN model TEXT;
ALTER TABLE device ADD COLUMN serial TEXT;
ALTER TABLE device ADD COLUMN location TEXT;
ALTER TABLE device ADD COLUMN supplier TEXT;
ALTER TABLE device ADD COLUMN purchased_on DATE;
ALTER TABLE device ADD COLUMN installed_on DATE;
ALTER TABLE device ADD COLUMN warranty_until DATE;
ALTER TABLE device ADD COLUMN expected_life_months INTEGER;
ALTER TABLE device ADD COLUMN cost BIGINT;
ALTER TABLE device ADD COLUMN notes TEXT;
ALTER TABLE device ADD COLUMN heartbeat_seconds INTEGER NOT NULL DEFAULT 60;
ALTER TABLE device ADD COLUMN status TEXT NOT NULL DEFAULT 'IN_SERVICE';
ALTER TABLE device ADD COLUMN retired_at TIMESTAMPTZ;
ALTER TABLE device ADD COLUMN state TEXT NOT NULL DEFAULT 'UNKNOWN';
ALTER TABLE device ADD COLUMN state_at TIMESTAMPTZ;
ALTER TABLE device ADD COLUMN connection TEXT NOT NULL DEFAULT 'NEVER_SEEN';
ALTER TABLE device ADD COLUMN last_seen_at TIMESTAMPTZ;
ALTER TABLE device ADD COLUMN state_version INTEGER NOT NULL DEFAULT 1;

CREATE TABLE camera (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    location TEXT,
    source_key TEXT,
    archived_at TIMESTAMPTZ,
    building_id UUID REFERENCES building (id),
    device_id UUID NOT NULL REFERENCES device (id),
    property_id UUID NOT NULL REFERENCES property (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE alarm (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    source_key TEXT NOT NULL,
    type TEXT NOT NULL,
    severity INTEGER NOT NULL CHECK (severity BETWEEN 1 AND 5),
    summary TEXT NOT NULL,
    count INTEGER NOT NULL CHECK (count > 0),
    first_at TIMESTAMPTZ NOT NULL,
    last_at TIMESTAMPTZ NOT NULL,
    announced_at TIMESTAMPTZ NOT NULL,
    announced_count INTEGER NOT NULL,
    escalation_level INTEGER NOT NULL DEFAULT 0,
    escalated_at TIMESTAMPTZ,
    acknowledged_at TIMESTAMPTZ,
    acknowledge_note TEXT,
    cleared_at TIMESTAMPTZ,
    clear_reason TEXT,
    acknowledged_by_id UUID REFERENCES staff (id),
    building_id UUID REFERENCES building (id),
    camera_id UUID REFERENCES camera (id),
    cleared_by_id UUID REFERENCES staff (id),
    device_id UUID REFERENCES device (id),
    property_id UUID NOT NULL REFERENCES property (id),
    work_order_id UUID REFERENCES work_order (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE alarm_escalation (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    severity INTEGER NOT NULL CHECK (severity BETWEEN 1 AND 5),
    minutes JSONB NOT NULL,
    effective_from TIMESTAMPTZ NOT NULL,
    property_id UUID REFERENCES property (id),
    created_at TIMESTAMPTZ NOT NULL
);

ALTER TABLE work_order ADD COLUMN alarm_id UUID REFERENCES alarm (id);
ALTER TABLE file ADD COLUMN device_id UUID REFERENCES device (id);
ALTER TABLE file ADD COLUMN alarm_id UUID REFERENCES alarm (id);

DROP INDEX device_property_name_key;
CREATE UNIQUE INDEX device_property_name_key ON device (property_id, name) WHERE retired_at IS NULL;
CREATE UNIQUE INDEX camera_property_name_key ON camera (property_id, name) WHERE archived_at IS NULL;
CREATE UNIQUE INDEX camera_device_source_key ON camera (device_id, source_key) WHERE archived_at IS NULL;
CREATE UNIQUE INDEX alarm_active_key ON alarm (source_key, type) WHERE cleared_at IS NULL;

CREATE INDEX device_property_idx ON device (property_id, id);
CREATE INDEX device_building_idx ON device (building_id, id);
CREATE INDEX device_online_idx ON device (organization_id, id) WHERE connection = 'ONLINE';
CREATE INDEX camera_property_idx ON camera (property_id, id);
CREATE INDEX camera_building_idx ON camera (building_id, id);
CREATE INDEX camera_device_idx ON camera (device_id, id);
CREATE INDEX alarm_property_idx ON alarm (property_id, id);
CREATE INDEX alarm_property_last_at_idx ON alarm (property_id, last_at, id);
CREATE INDEX alarm_property_severity_idx ON alarm (property_id, severity, id);
CREATE INDEX alarm_property_active_idx ON alarm (property_id, id) WHERE cleared_at IS NULL;
CREATE INDEX alarm_waiting_idx ON alarm (organization_id, id) WHERE cleared_at IS NULL AND acknowledged_at IS NULL;
CREATE INDEX alarm_building_idx ON alarm (building_id, id);
CREATE INDEX alarm_device_idx ON alarm (device_id, id);
CREATE INDEX alarm_camera_idx ON alarm (camera_id, id);
CREATE INDEX alarm_escalation_property_idx ON alarm_escalation (property_id, id);
CREATE INDEX alarm_escalation_organization_idx ON alarm_escalation (organization_id, effective_from);
CREATE INDEX work_order_alarm_idx ON work_order (alarm_id, id);
CREATE INDEX file_device_idx ON file (device_id, id);
CREATE INDEX file_alarm_idx ON file (alarm_id, id);
