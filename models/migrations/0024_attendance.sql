-- Who came to work and when, and what was corrected; for how long one may be late, and when a check-out is forgotten.

ALTER TABLE property ADD COLUMN attendance_tolerance_minutes INTEGER NOT NULL DEFAULT 5 CHECK (attendance_tolerance_minutes BETWEEN 0 AND 120);
ALTER TABLE property ADD COLUMN attendance_ahead_minutes INTEGER NOT NULL DEFAULT 60 CHECK (attendance_ahead_minutes BETWEEN 0 AND 240);
ALTER TABLE property ADD COLUMN attendance_close_minutes INTEGER NOT NULL DEFAULT 240 CHECK (attendance_close_minutes BETWEEN 0 AND 720);

-- When it was looked at after its end: whether anybody came. What was over before nobody could check in for.
ALTER TABLE shift_assignment ADD COLUMN settled_at TIMESTAMPTZ;
UPDATE shift_assignment SET settled_at = ends_at WHERE ends_at <= CURRENT_TIMESTAMP;

CREATE TABLE attendance (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    status TEXT NOT NULL,
    day DATE NOT NULL,
    checked_in_at TIMESTAMPTZ NOT NULL,
    checked_out_at TIMESTAMPTZ,
    close_at TIMESTAMPTZ NOT NULL,
    minutes INTEGER CHECK (minutes >= 0),
    late_minutes INTEGER NOT NULL CHECK (late_minutes >= 0),
    early_minutes INTEGER NOT NULL CHECK (early_minutes >= 0),
    in_client_at TIMESTAMPTZ,
    in_latitude DOUBLE PRECISION,
    in_longitude DOUBLE PRECISION,
    in_device TEXT,
    out_client_at TIMESTAMPTZ,
    out_latitude DOUBLE PRECISION,
    out_longitude DOUBLE PRECISION,
    out_device TEXT,
    corrected_at TIMESTAMPTZ,
    property_id UUID NOT NULL REFERENCES property (id),
    shift_assignment_id UUID REFERENCES shift_assignment (id),
    staff_id UUID NOT NULL REFERENCES staff (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL,
    CHECK (checked_out_at >= checked_in_at),
    CHECK ((status = 'OPEN') = (checked_out_at IS NULL)),
    CHECK ((status = 'OPEN') = (minutes IS NULL)),
    CHECK (status <> 'MISSED' OR shift_assignment_id IS NOT NULL)
);

CREATE TABLE attendance_correction (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    reason TEXT NOT NULL,
    from_status TEXT NOT NULL,
    from_checked_in_at TIMESTAMPTZ,
    from_checked_out_at TIMESTAMPTZ,
    to_checked_in_at TIMESTAMPTZ NOT NULL,
    to_checked_out_at TIMESTAMPTZ,
    account_id UUID NOT NULL REFERENCES account (id),
    attendance_id UUID NOT NULL REFERENCES attendance (id),
    corrected_by_id UUID REFERENCES staff (id),
    property_id UUID NOT NULL REFERENCES property (id),
    staff_id UUID NOT NULL REFERENCES staff (id),
    created_at TIMESTAMPTZ NOT NULL,
    CHECK (to_checked_out_at > to_checked_in_at)
);

ALTER TABLE file ADD COLUMN attendance_id UUID REFERENCES attendance (id);

CREATE UNIQUE INDEX attendance_open_key ON attendance (staff_id) WHERE checked_out_at IS NULL;
CREATE UNIQUE INDEX attendance_missed_key ON attendance (shift_assignment_id) WHERE status = 'MISSED';
CREATE INDEX attendance_property_idx ON attendance (property_id, day, id);
CREATE INDEX attendance_staff_idx ON attendance (staff_id, day, id);
CREATE INDEX attendance_shift_assignment_idx ON attendance (shift_assignment_id, id);
CREATE INDEX attendance_present_idx ON attendance (property_id, id) WHERE checked_out_at IS NULL;
CREATE INDEX attendance_close_idx ON attendance (organization_id, close_at) WHERE checked_out_at IS NULL;
CREATE INDEX attendance_correction_attendance_idx ON attendance_correction (attendance_id, id);
CREATE INDEX shift_assignment_settle_idx ON shift_assignment (organization_id, ends_at) WHERE settled_at IS NULL AND cancelled_at IS NULL;
CREATE INDEX file_attendance_idx ON file (attendance_id, id);
