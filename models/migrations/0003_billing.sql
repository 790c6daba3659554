-- Charge items, bills, payments and the double-entry ledger. Amounts are whole fen; quantities and unit prices are
-- integers of 1/10,000. A balance lives in ledger_account alone: debits are positive, credits negative.
-- Bill lines, postings and entries are history: the application role adds to them and changes nothing.

CREATE TABLE charge_item (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    rounding TEXT NOT NULL,
    archived_at TIMESTAMPTZ,
    property_id UUID NOT NULL REFERENCES property (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

-- On its natural side (debit for cash and receivables, credit for income and prepayments) no balance is below zero.
CREATE TABLE ledger_account (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    kind TEXT NOT NULL CHECK (kind IN ('CASH', 'RECEIVABLE', 'INCOME', 'PREPAYMENT')),
    balance BIGINT NOT NULL CHECK (CASE WHEN kind IN ('CASH', 'RECEIVABLE') THEN balance >= 0 ELSE balance <= 0 END),
    charge_item_id UUID REFERENCES charge_item (id),
    person_id UUID REFERENCES person (id),
    property_id UUID NOT NULL REFERENCES property (id),
    created_at TIMESTAMPTZ NOT NULL,
    CHECK ((kind = 'INCOME') = (charge_item_id IS NOT NULL)),
    CHECK ((kind = 'PREPAYMENT') = (person_id IS NOT NULL))
);

CREATE TABLE bill (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    number TEXT NOT NULL,
    period_from DATE NOT NULL,
    period_until DATE NOT NULL CHECK (period_until >= period_from),
    due_on DATE NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('OPEN', 'PARTLY_PAID', 'PAID', 'CREDITED')),
    amount BIGINT NOT NULL CHECK (amount >= 0),
    issued_at TIMESTAMPTZ NOT NULL,
    building_id UUID NOT NULL REFERENCES building (id),
    charge_item_id UUID NOT NULL REFERENCES charge_item (id),
    payer_id UUID NOT NULL REFERENCES person (id),
    property_id UUID NOT NULL REFERENCES property (id),
    receivable_id UUID NOT NULL REFERENCES ledger_account (id),
    unit_id UUID NOT NULL REFERENCES unit (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE bill_line (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    kind TEXT NOT NULL,
    description TEXT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    unit_price BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    bill_id UUID NOT NULL REFERENCES bill (id),
    property_id UUID NOT NULL REFERENCES property (id),
    created_at TIMESTAMPTZ NOT NULL,
    CHECK ((kind = 'CHARGE' AND amount >= 0) OR (kind = 'CREDIT' AND amount < 0))
);

CREATE TABLE payment (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    number TEXT NOT NULL,
    method TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    prepaid BIGINT NOT NULL CHECK (prepaid BETWEEN 0 AND amount),
    receipt_number TEXT,
    received_at TIMESTAMPTZ NOT NULL,
    reversed_at TIMESTAMPTZ,
    reverse_reason TEXT,
    payer_id UUID NOT NULL REFERENCES person (id),
    property_id UUID NOT NULL REFERENCES property (id),
    recorded_by_id UUID REFERENCES staff (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE allocation (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    amount BIGINT NOT NULL CHECK (amount > 0),
    reversed_at TIMESTAMPTZ,
    bill_id UUID NOT NULL REFERENCES bill (id),
    payment_id UUID NOT NULL REFERENCES payment (id),
    property_id UUID NOT NULL REFERENCES property (id),
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE posting (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    kind TEXT NOT NULL,
    account_id UUID REFERENCES account (id),
    bill_id UUID REFERENCES bill (id),
    payment_id UUID REFERENCES payment (id),
    property_id UUID NOT NULL REFERENCES property (id),
    created_at TIMESTAMPTZ NOT NULL,
    CHECK ((bill_id IS NULL) <> (payment_id IS NULL))
);

CREATE TABLE entry (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    amount BIGINT NOT NULL CHECK (amount <> 0),
    ledger_account_id UUID NOT NULL REFERENCES ledger_account (id),
    posting_id UUID NOT NULL REFERENCES posting (id),
    property_id UUID NOT NULL REFERENCES property (id),
    created_at TIMESTAMPTZ NOT NULL
);

CREATE UNIQUE INDEX charge_item_code_key ON charge_item (property_id, code) WHERE archived_at IS NULL;
CREATE UNIQUE INDEX ledger_account_cash_key ON ledger_account (property_id) WHERE kind = 'CASH';
CREATE UNIQUE INDEX ledger_account_income_key ON ledger_account (charge_item_id) WHERE kind = 'INCOME';
CREATE UNIQUE INDEX ledger_account_prepayment_key ON ledger_account (person_id, property_id) WHERE kind = 'PREPAYMENT';
CREATE UNIQUE INDEX bill_number_key ON bill (organization_id, number);
CREATE UNIQUE INDEX bill_period_key ON bill (unit_id, charge_item_id, period_from, period_until)
    WHERE status <> 'CREDITED';
CREATE UNIQUE INDEX bill_receivable_key ON bill (receivable_id);
CREATE UNIQUE INDEX payment_number_key ON payment (organization_id, number);
CREATE UNIQUE INDEX payment_receipt_number_key ON payment (property_id, receipt_number) WHERE receipt_number IS NOT NULL;
CREATE UNIQUE INDEX allocation_bill_payment_key ON allocation (bill_id, payment_id);

CREATE INDEX charge_item_property_idx ON charge_item (property_id, id);
CREATE INDEX ledger_account_property_idx ON ledger_account (property_id, id);
CREATE INDEX ledger_account_property_kind_idx ON ledger_account (property_id, kind, id);
CREATE INDEX ledger_account_person_idx ON ledger_account (person_id, id);
CREATE INDEX bill_property_idx ON bill (property_id, id);
CREATE INDEX bill_property_status_idx ON bill (property_id, status, id);
CREATE INDEX bill_property_due_on_idx ON bill (property_id, due_on, id);
CREATE INDEX bill_property_updated_at_idx ON bill (property_id, updated_at, id);
CREATE INDEX bill_building_idx ON bill (building_id, id);
CREATE INDEX bill_unit_idx ON bill (unit_id, id);
CREATE INDEX bill_payer_idx ON bill (payer_id, id);
CREATE INDEX bill_line_bill_idx ON bill_line (bill_id, id);
CREATE INDEX bill_line_property_idx ON bill_line (property_id, id);
CREATE INDEX payment_property_idx ON payment (property_id, id);
CREATE INDEX payment_property_updated_at_idx ON payment (property_id, updated_at, id);
CREATE INDEX payment_payer_idx ON payment (payer_id, id);
CREATE INDEX allocation_payment_idx ON allocation (payment_id, id);
CREATE INDEX allocation_property_idx ON allocation (property_id, id);
CREATE INDEX posting_property_idx ON posting (property_id, id);
CREATE INDEX posting_bill_idx ON posting (bill_id, id);
CREATE INDEX posting_payment_idx ON posting (payment_id, id);
CREATE INDEX entry_ledger_account_idx ON entry (ledger_account_id, id);
CREATE INDEX entry_posting_idx ON entry (posting_id, id);
CREATE INDEX entry_property_idx ON entry (property_id, id);

-- only postgres
-- Each posting balances to zero when its transaction commits. SQLite has no deferred triggers: there the rule in
-- models/rules/ledger.py stands alone, and ledgerCheck counts what would not balance.
CREATE FUNCTION posting_balances() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF (SELECT sum(amount) FROM entry WHERE posting_id = NEW.posting_id) <> 0 THEN
        RAISE EXCEPTION 'posting % does not balance', NEW.posting_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER entry_posting_balances AFTER INSERT ON entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION posting_balances();
-- both
