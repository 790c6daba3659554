-- When a Property works, what it promises, and how far each ticket and order is towards it.

CREATE TABLE business_calendar (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    monday JSONB NOT NULL,
    tuesday JSONB NOT NULL,
    wednesday JSONB NOT NULL,
    thursday JSONB NOT NULL,
    friday JSONB NOT NULL,
    saturday JSONB NOT NULL,
    sunday JSONB NOT NULL,
    property_id UUID REFERENCES property (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);
CREATE UNIQUE INDEX business_calendar_property_key ON business_calendar (property_id);
CREATE UNIQUE INDEX business_calendar_organization_key ON business_calendar (organization_id) WHERE property_id IS NULL;

CREATE TABLE holiday (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    day DATE NOT NULL,
    name TEXT NOT NULL,
    hours JSONB NOT NULL,
    archived_at TIMESTAMPTZ,
    property_id UUID REFERENCES property (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);
CREATE UNIQUE INDEX holiday_property_key ON holiday (property_id, day) WHERE archived_at IS NULL;
CREATE UNIQUE INDEX holiday_organization_key ON holiday (organization_id, day) WHERE property_id IS NULL AND archived_at IS NULL;
CREATE INDEX holiday_day_idx ON holiday (organization_id, day, id);

CREATE TABLE sla_target (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    priority TEXT NOT NULL,
    response_minutes INTEGER CHECK (response_minutes > 0),
    resolution_minutes INTEGER CHECK (resolution_minutes > 0),
    warn_percent INTEGER NOT NULL CHECK (warn_percent BETWEEN 1 AND 99),
    around_the_clock BOOLEAN NOT NULL,
    shown BOOLEAN NOT NULL,
    archived_at TIMESTAMPTZ,
    property_id UUID NOT NULL REFERENCES property (id),
    ticket_category_id UUID REFERENCES ticket_category (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);
CREATE UNIQUE INDEX sla_target_any_key ON sla_target (property_id, priority)
    WHERE ticket_category_id IS NULL AND archived_at IS NULL;
CREATE UNIQUE INDEX sla_target_category_key ON sla_target (ticket_category_id, priority) WHERE archived_at IS NULL;
CREATE INDEX sla_target_property_idx ON sla_target (property_id, id);

CREATE TABLE sla_clock (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    day DATE NOT NULL,
    target_minutes INTEGER NOT NULL CHECK (target_minutes > 0),
    warn_percent INTEGER NOT NULL CHECK (warn_percent BETWEEN 1 AND 99),
    around_the_clock BOOLEAN NOT NULL,
    shown BOOLEAN NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    warn_at TIMESTAMPTZ NOT NULL,
    counted_from TIMESTAMPTZ,
    elapsed_seconds INTEGER NOT NULL CHECK (elapsed_seconds >= 0),
    paused_at TIMESTAMPTZ,
    warned_at TIMESTAMPTZ,
    breached_at TIMESTAMPTZ,
    stopped_at TIMESTAMPTZ,
    property_id UUID NOT NULL REFERENCES property (id),
    reporter_id UUID REFERENCES person (id),
    staff_id UUID REFERENCES staff (id),
    team_id UUID REFERENCES team (id),
    ticket_category_id UUID REFERENCES ticket_category (id),
    ticket_id UUID REFERENCES ticket (id),
    work_order_id UUID REFERENCES work_order (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL,
    CHECK (ticket_id IS NOT NULL OR work_order_id IS NOT NULL),
    CHECK ((stopped_at IS NULL) = (state NOT IN ('MET', 'MISSED', 'CANCELLED'))),
    CHECK ((counted_from IS NULL) = (state IN ('PAUSED', 'MET', 'MISSED', 'CANCELLED')))
);
-- One of a kind counts for a ticket, and for an order without one.
CREATE UNIQUE INDEX sla_clock_ticket_key ON sla_clock (ticket_id, kind) WHERE stopped_at IS NULL;
CREATE UNIQUE INDEX sla_clock_work_order_key ON sla_clock (work_order_id, kind) WHERE stopped_at IS NULL AND ticket_id IS NULL;
CREATE INDEX sla_clock_ticket_idx ON sla_clock (ticket_id, id);
CREATE INDEX sla_clock_work_order_idx ON sla_clock (work_order_id, id);
CREATE INDEX sla_clock_live_idx ON sla_clock (property_id, due_at, id) WHERE stopped_at IS NULL;
-- What is to be warned of, and what is late: few rows at any time.
CREATE INDEX sla_clock_warn_idx ON sla_clock (organization_id, warn_at) WHERE state = 'RUNNING';
CREATE INDEX sla_clock_due_idx ON sla_clock (organization_id, due_at) WHERE state IN ('RUNNING', 'WARNED');
-- Statistics read nothing but this.
CREATE INDEX sla_clock_figure_idx ON sla_clock (organization_id, property_id, day, kind, state, breached_at, elapsed_seconds, ticket_category_id, team_id);

ALTER TABLE ticket ADD COLUMN awaiting_since TIMESTAMPTZ;
