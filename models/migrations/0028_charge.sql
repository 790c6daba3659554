-- A bill may charge a work order to a resident: one live bill for an order, whose number it shows to who does not see
-- the order. A Unit may have several such bills of one charge item and day.

ALTER TABLE bill ADD COLUMN work_order_id UUID REFERENCES work_order (id);
ALTER TABLE bill ADD COLUMN work_order_number TEXT;
CREATE UNIQUE INDEX bill_work_order_key ON bill (work_order_id) WHERE work_order_id IS NOT NULL AND status <> 'CREDITED';
CREATE INDEX bill_work_order_idx ON bill (work_order_id, id) WHERE work_order_id IS NOT NULL;
DROP INDEX bill_period_key;
CREATE UNIQUE INDEX bill_period_key ON bill (unit_id, charge_item_id, period_from, period_until)
    WHERE status <> 'CREDITED' AND work_order_id IS NULL;

-- What work cost is counted when it is done.
CREATE INDEX work_order_completed_idx ON work_order (property_id, completed_at) WHERE completed_at IS NOT NULL;
