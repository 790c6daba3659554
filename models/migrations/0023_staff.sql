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
