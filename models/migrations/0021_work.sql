-- The whole life of a work order, and of the ticket over it: every step with actor and place, photos before and after,
-- a checklist, labour, contractors; categories, ratings, a timeline, closing by itself, reopening within a window.

ALTER TABLE property ADD COLUMN reopen_days INTEGER NOT NULL DEFAULT 7 CHECK (reopen_days BETWEEN 0 AND 365);
ALTER TABLE property ADD COLUMN close_days INTEGER NOT NULL DEFAULT 7 CHECK (close_days BETWEEN 1 AND 365);

CREATE TABLE ticket_category (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    kind TEXT,
    name TEXT NOT NULL,
    icon TEXT,
    skill TEXT,
    department TEXT,
    before_photo BOOLEAN NOT NULL,
    after_photo BOOLEAN NOT NULL,
    reopen_days INTEGER CHECK (reopen_days BETWEEN 0 AND 365),
    close_days INTEGER CHECK (close_days BETWEEN 1 AND 365),
    keywords JSONB NOT NULL,
    checklist JSONB NOT NULL,
    position INTEGER NOT NULL,
    archived_at TIMESTAMPTZ,
    handler_id UUID REFERENCES staff (id),
    parent_id UUID REFERENCES ticket_category (id),
    property_id UUID NOT NULL REFERENCES property (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);
CREATE UNIQUE INDEX ticket_category_top_key ON ticket_category (property_id, name) WHERE parent_id IS NULL AND archived_at IS NULL;
CREATE UNIQUE INDEX ticket_category_below_key ON ticket_category (parent_id, name) WHERE archived_at IS NULL;
CREATE INDEX ticket_category_property_idx ON ticket_category (property_id, position, id);
CREATE INDEX ticket_category_parent_idx ON ticket_category (parent_id, position, id);

ALTER TABLE ticket ADD COLUMN department TEXT;
ALTER TABLE ticket ADD COLUMN resolved_at TIMESTAMPTZ;
ALTER TABLE ticket ADD COLUMN closed_at TIMESTAMPTZ;
ALTER TABLE ticket ADD COLUMN cancelled_at TIMESTAMPTZ;
ALTER TABLE ticket ADD COLUMN close_at TIMESTAMPTZ;
ALTER TABLE ticket ADD COLUMN reopen_until TIMESTAMPTZ;
ALTER TABLE ticket ADD COLUMN reopen_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN stars INTEGER CHECK (stars BETWEEN 1 AND 5);
ALTER TABLE ticket ADD COLUMN rating_text TEXT;
ALTER TABLE ticket ADD COLUMN rated_at TIMESTAMPTZ;
ALTER TABLE ticket ADD COLUMN handler_id UUID REFERENCES staff (id);
ALTER TABLE ticket ADD COLUMN ticket_category_id UUID REFERENCES ticket_category (id);
CREATE INDEX ticket_category_idx ON ticket (ticket_category_id, id);
CREATE INDEX ticket_close_idx ON ticket (organization_id, close_at) WHERE close_at IS NOT NULL;

ALTER TABLE work_order ADD COLUMN skill TEXT;
ALTER TABLE work_order ADD COLUMN needs_before_photo BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE work_order ADD COLUMN needs_after_photo BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE work_order ADD COLUMN declined_at TIMESTAMPTZ;
ALTER TABLE work_order ADD COLUMN departed_at TIMESTAMPTZ;
ALTER TABLE work_order ADD COLUMN waiting_at TIMESTAMPTZ;
ALTER TABLE work_order ADD COLUMN verified_at TIMESTAMPTZ;
ALTER TABLE work_order ADD COLUMN closed_at TIMESTAMPTZ;
ALTER TABLE work_order ADD COLUMN cancelled_at TIMESTAMPTZ;
ALTER TABLE work_order ADD COLUMN reopened_at TIMESTAMPTZ;
ALTER TABLE work_order ADD COLUMN rework_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE work_order ADD COLUMN close_at TIMESTAMPTZ;
ALTER TABLE work_order ADD COLUMN reopen_until TIMESTAMPTZ;
ALTER TABLE work_order ADD COLUMN labour_minutes INTEGER NOT NULL DEFAULT 0 CHECK (labour_minutes >= 0);
ALTER TABLE work_order ADD COLUMN labour_cost BIGINT NOT NULL DEFAULT 0 CHECK (labour_cost >= 0);
ALTER TABLE work_order ADD COLUMN contractor_name TEXT;
ALTER TABLE work_order ADD COLUMN contractor_phone TEXT;
ALTER TABLE work_order ADD COLUMN contractor_cost BIGINT CHECK (contractor_cost >= 0);
CREATE INDEX work_order_close_idx ON work_order (organization_id, close_at) WHERE close_at IS NOT NULL;

-- A step may be the house's own.
-- only postgres
ALTER TABLE work_order_step ALTER COLUMN account_id DROP NOT NULL;
ALTER TABLE work_order_step ADD COLUMN latitude DOUBLE PRECISION;
ALTER TABLE work_order_step ADD COLUMN longitude DOUBLE PRECISION;
ALTER TABLE work_order_step ADD COLUMN assignee_id UUID REFERENCES staff (id);
ALTER TABLE work_order_step ADD COLUMN person_id UUID REFERENCES person (id);
ALTER TABLE work_order_step ADD COLUMN staff_id UUID REFERENCES staff (id);
-- only sqlite
CREATE TABLE work_order_step_next (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    verb TEXT NOT NULL,
    from_status TEXT NOT NULL,
    to_status TEXT NOT NULL,
    note TEXT,
    latitude DOUBLE PRECISION,
    longitude DOUBLE PRECISION,
    account_id UUID REFERENCES account (id),
    assignee_id UUID REFERENCES staff (id),
    person_id UUID REFERENCES person (id),
    property_id UUID NOT NULL REFERENCES property (id),
    staff_id UUID REFERENCES staff (id),
    work_order_id UUID NOT NULL REFERENCES work_order (id),
    created_at TIMESTAMPTZ NOT NULL
);
INSERT INTO work_order_step_next (
    id, organization_id, verb, from_status, to_status, note, account_id, property_id, work_order_id, created_at
) SELECT
    id, organization_id, verb, from_status, to_status, note, account_id, property_id, work_order_id, created_at
FROM work_order_step;
DROP TABLE work_order_step;
ALTER TABLE work_order_step_next RENAME TO work_order_step;
CREATE INDEX work_order_step_work_order_idx ON work_order_step (work_order_id, id);
-- both

CREATE TABLE work_order_item (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    done_at TIMESTAMPTZ,
    done_by_id UUID REFERENCES staff (id),
    property_id UUID NOT NULL REFERENCES property (id),
    work_order_id UUID NOT NULL REFERENCES work_order (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);
CREATE UNIQUE INDEX work_order_item_position_key ON work_order_item (work_order_id, position);
CREATE INDEX work_order_item_work_order_idx ON work_order_item (work_order_id, position, id);

CREATE TABLE work_order_labour (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    minutes INTEGER NOT NULL CHECK (minutes <> 0),
    cost BIGINT NOT NULL,
    note TEXT,
    account_id UUID NOT NULL REFERENCES account (id),
    property_id UUID NOT NULL REFERENCES property (id),
    staff_id UUID NOT NULL REFERENCES staff (id),
    work_order_id UUID NOT NULL REFERENCES work_order (id),
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX work_order_labour_work_order_idx ON work_order_labour (work_order_id, id);

CREATE TABLE ticket_entry (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    kind TEXT NOT NULL,
    internal BOOLEAN NOT NULL,
    text TEXT,
    status TEXT NOT NULL,
    stars INTEGER CHECK (stars BETWEEN 1 AND 5),
    outcome TEXT,
    account_id UUID REFERENCES account (id),
    person_id UUID REFERENCES person (id),
    property_id UUID NOT NULL REFERENCES property (id),
    reporter_id UUID REFERENCES person (id),
    staff_id UUID REFERENCES staff (id),
    ticket_id UUID NOT NULL REFERENCES ticket (id),
    work_order_step_id UUID REFERENCES work_order_step (id),
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX ticket_entry_ticket_idx ON ticket_entry (ticket_id, id);

ALTER TABLE file ADD COLUMN moment TEXT;
