-- Orders that the house gives: a Property's rule, each decision with its reasons, what the house is about with an order.

CREATE TABLE dispatch_rule (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    enabled BOOLEAN NOT NULL,
    needs_presence BOOLEAN NOT NULL,
    skill_weight INTEGER NOT NULL CHECK (skill_weight BETWEEN 0 AND 100),
    place_weight INTEGER NOT NULL CHECK (place_weight BETWEEN 0 AND 100),
    load_weight INTEGER NOT NULL CHECK (load_weight BETWEEN 0 AND 100),
    fairness_weight INTEGER NOT NULL CHECK (fairness_weight BETWEEN 0 AND 100),
    accept_low INTEGER NOT NULL CHECK (accept_low BETWEEN 1 AND 1440),
    accept_normal INTEGER NOT NULL CHECK (accept_normal BETWEEN 1 AND 1440),
    accept_high INTEGER NOT NULL CHECK (accept_high BETWEEN 1 AND 1440),
    accept_urgent INTEGER NOT NULL CHECK (accept_urgent BETWEEN 1 AND 1440),
    rounds INTEGER NOT NULL CHECK (rounds BETWEEN 1 AND 10),
    property_id UUID NOT NULL REFERENCES property (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

-- Never changed once it is written.
CREATE TABLE dispatch_decision (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    outcome TEXT NOT NULL,
    reason TEXT,
    round INTEGER NOT NULL CHECK (round >= 0),
    score INTEGER,
    candidates JSONB NOT NULL,
    property_id UUID NOT NULL REFERENCES property (id),
    work_order_id UUID NOT NULL REFERENCES work_order (id),
    staff_id UUID REFERENCES staff (id),
    decided_by_id UUID REFERENCES staff (id),
    created_at TIMESTAMPTZ NOT NULL
);

-- Only added and taken away, never changed: whoever writes one waits for nobody.
CREATE TABLE dispatch_call (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    property_id UUID NOT NULL REFERENCES property (id),
    created_at TIMESTAMPTZ NOT NULL
);

ALTER TABLE work_order ADD COLUMN dispatch_state TEXT;
ALTER TABLE work_order ADD COLUMN dispatch_reason TEXT;
ALTER TABLE work_order ADD COLUMN dispatch_round INTEGER NOT NULL DEFAULT 0;
ALTER TABLE work_order ADD COLUMN dispatch_due_at TIMESTAMPTZ;
ALTER TABLE work_order ADD COLUMN escalated_at TIMESTAMPTZ;
ALTER TABLE work_order ADD COLUMN dispatch_decision_id UUID REFERENCES dispatch_decision (id);
ALTER TABLE ticket_category ADD COLUMN opens_work_order BOOLEAN NOT NULL DEFAULT FALSE;

CREATE UNIQUE INDEX dispatch_rule_property_key ON dispatch_rule (property_id);
CREATE INDEX dispatch_rule_organization_idx ON dispatch_rule (organization_id, id);
CREATE INDEX dispatch_decision_work_order_idx ON dispatch_decision (work_order_id, id);
CREATE INDEX dispatch_call_property_idx ON dispatch_call (property_id);
CREATE INDEX work_order_queue_idx ON work_order (property_id, id) WHERE dispatch_state IN ('STUCK', 'ESCALATED');
CREATE INDEX work_order_due_idx ON work_order (organization_id, dispatch_due_at) WHERE dispatch_due_at IS NOT NULL;
CREATE INDEX work_order_given_idx ON work_order (assignee_id, assigned_at);
CREATE INDEX work_order_open_idx ON work_order (assignee_id)
    WHERE status IN ('ASSIGNED', 'ACCEPTED', 'EN_ROUTE', 'IN_PROGRESS', 'WAITING_FOR_PARTS');
