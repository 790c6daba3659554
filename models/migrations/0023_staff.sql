-- What staff are able to do and in which teams they work.

CREATE TABLE skill (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    archived_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE staff_skill (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 3),
    ended_at TIMESTAMPTZ,
    staff_id UUID NOT NULL REFERENCES staff (id),
    skill_id UUID NOT NULL REFERENCES skill (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE team (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    name TEXT NOT NULL,
    archived_at TIMESTAMPTZ,
    property_id UUID NOT NULL REFERENCES property (id),
    leader_id UUID REFERENCES staff (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE team_member (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    joined_on DATE NOT NULL,
    left_on DATE CHECK (left_on >= joined_on),
    property_id UUID NOT NULL REFERENCES property (id),
    team_id UUID NOT NULL REFERENCES team (id),
    staff_id UUID NOT NULL REFERENCES staff (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE UNIQUE INDEX skill_organization_code_key ON skill (organization_id, code) WHERE archived_at IS NULL;
CREATE UNIQUE INDEX staff_skill_live_key ON staff_skill (staff_id, skill_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX team_property_name_key ON team (property_id, name) WHERE archived_at IS NULL;
CREATE UNIQUE INDEX team_member_live_key ON team_member (team_id, staff_id) WHERE left_on IS NULL;

CREATE INDEX skill_organization_idx ON skill (organization_id, id);
CREATE INDEX staff_skill_staff_idx ON staff_skill (staff_id, id) WHERE ended_at IS NULL;
CREATE INDEX staff_skill_skill_idx ON staff_skill (skill_id, id) WHERE ended_at IS NULL;
CREATE INDEX team_property_idx ON team (property_id, id);
CREATE INDEX team_member_team_idx ON team_member (team_id, id);
CREATE INDEX team_member_staff_idx ON team_member (staff_id, id) WHERE left_on IS NULL;

-- Patterns in the Property's local time, and who works which; the instants are UTC.
CREATE TABLE shift (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    name TEXT NOT NULL,
    starts_at TEXT NOT NULL CHECK (length(starts_at) = 5),
    ends_at TEXT NOT NULL CHECK (length(ends_at) = 5),
    break_minutes INTEGER NOT NULL CHECK (break_minutes >= 0),
    rest_minutes INTEGER NOT NULL CHECK (rest_minutes BETWEEN 0 AND 2880),
    archived_at TIMESTAMPTZ,
    property_id UUID NOT NULL REFERENCES property (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE shift_assignment (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    day DATE NOT NULL,
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL CHECK (ends_at > starts_at),
    cancelled_at TIMESTAMPTZ,
    property_id UUID NOT NULL REFERENCES property (id),
    shift_id UUID NOT NULL REFERENCES shift (id),
    staff_id UUID NOT NULL REFERENCES staff (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE UNIQUE INDEX shift_property_name_key ON shift (property_id, name) WHERE archived_at IS NULL;
CREATE INDEX shift_property_idx ON shift (property_id, id);
CREATE INDEX shift_assignment_property_idx ON shift_assignment (property_id, day, id);
CREATE INDEX shift_assignment_staff_idx ON shift_assignment (staff_id, day, id);
CREATE INDEX shift_assignment_live_idx ON shift_assignment (staff_id, starts_at, ends_at) WHERE cancelled_at IS NULL;

-- Nobody works two shifts at once, whoever writes. By trigger, not by EXCLUDE: that needs the extension btree_gist,
-- which the owner of a hosted database may not be allowed to make. The lock makes two writers take turns.
-- only postgres
CREATE FUNCTION shift_overlaps() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM 1 FROM staff WHERE id = NEW.staff_id FOR UPDATE;
    IF EXISTS (
        SELECT 1 FROM shift_assignment o WHERE o.staff_id = NEW.staff_id AND o.cancelled_at IS NULL AND o.id <> NEW.id
        AND o.starts_at < NEW.ends_at AND o.ends_at > NEW.starts_at
    ) THEN
        RAISE EXCEPTION 'shifts overlap' USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER shift_assignment_overlaps BEFORE INSERT ON shift_assignment
    FOR EACH ROW WHEN (NEW.cancelled_at IS NULL) EXECUTE FUNCTION shift_overlaps();
CREATE TRIGGER shift_assignment_moves BEFORE UPDATE OF starts_at, ends_at, staff_id, cancelled_at ON shift_assignment
    FOR EACH ROW WHEN (NEW.cancelled_at IS NULL) EXECUTE FUNCTION shift_overlaps();
-- only sqlite
CREATE TRIGGER shift_assignment_overlaps BEFORE INSERT ON shift_assignment WHEN NEW.cancelled_at IS NULL AND EXISTS (SELECT 1 FROM shift_assignment o WHERE o.staff_id = NEW.staff_id AND o.cancelled_at IS NULL AND o.id <> NEW.id AND o.starts_at < NEW.ends_at AND o.ends_at > NEW.starts_at) BEGIN SELECT RAISE(ABORT, 'shifts overlap'); END;
CREATE TRIGGER shift_assignment_moves BEFORE UPDATE OF starts_at, ends_at, staff_id, cancelled_at ON shift_assignment WHEN NEW.cancelled_at IS NULL AND EXISTS (SELECT 1 FROM shift_assignment o WHERE o.staff_id = NEW.staff_id AND o.cancelled_at IS NULL AND o.id <> NEW.id AND o.starts_at < NEW.ends_at AND o.ends_at > NEW.starts_at) BEGIN SELECT RAISE(ABORT, 'shifts overlap'); END;
