-- Stock: warehouses, items, balances that never go below zero, movements, batches, counts, materials of work orders.
-- Quantities are integers of 1/1,000, values of 1/10,000 yuan; the product of the two bounds stays within 64 bits.

CREATE TABLE warehouse (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    address TEXT,
    archived_at TIMESTAMPTZ,
    property_id UUID REFERENCES property (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE stock_item (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    decimals INTEGER NOT NULL CHECK (decimals BETWEEN 0 AND 3),
    category TEXT,
    barcode TEXT,
    keywords TEXT,
    search_text TEXT NOT NULL,
    archived_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE stock_balance (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    quantity BIGINT NOT NULL CHECK (quantity BETWEEN 0 AND 1000000000),
    value BIGINT NOT NULL CHECK (CASE WHEN quantity = 0 THEN value = 0 ELSE value >= 0 END),
    average_cost BIGINT CHECK (average_cost >= 0),
    warning_level BIGINT CHECK (warning_level >= 0),
    low_at TIMESTAMPTZ,
    property_id UUID REFERENCES property (id),
    warehouse_id UUID NOT NULL REFERENCES warehouse (id),
    item_id UUID NOT NULL REFERENCES stock_item (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE stock_batch (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    received_at TIMESTAMPTZ NOT NULL,
    supplier TEXT,
    expires_on DATE NOT NULL,
    unit_cost BIGINT NOT NULL CHECK (unit_cost >= 0),
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    quantity_left BIGINT NOT NULL CHECK (quantity_left BETWEEN 0 AND quantity),
    property_id UUID REFERENCES property (id),
    warehouse_id UUID NOT NULL REFERENCES warehouse (id),
    item_id UUID NOT NULL REFERENCES stock_item (id),
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE stocktake (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    status TEXT NOT NULL,
    note TEXT,
    finished_at TIMESTAMPTZ,
    property_id UUID REFERENCES property (id),
    warehouse_id UUID NOT NULL REFERENCES warehouse (id),
    started_by_id UUID REFERENCES account (id),
    finished_by_id UUID REFERENCES account (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE stock_movement (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    kind TEXT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity <> 0),
    value BIGINT NOT NULL CHECK (CASE WHEN quantity > 0 THEN value >= 0 ELSE value <= 0 END),
    quantity_after BIGINT NOT NULL CHECK (quantity_after >= 0),
    note TEXT,
    property_id UUID REFERENCES property (id),
    warehouse_id UUID NOT NULL REFERENCES warehouse (id),
    item_id UUID NOT NULL REFERENCES stock_item (id),
    account_id UUID REFERENCES account (id),
    work_order_id UUID REFERENCES work_order (id),
    stocktake_id UUID REFERENCES stocktake (id),
    origin_id UUID REFERENCES stock_movement (id),
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE stock_pick (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    quantity BIGINT NOT NULL CHECK (quantity <> 0),
    property_id UUID REFERENCES property (id),
    movement_id UUID NOT NULL REFERENCES stock_movement (id),
    batch_id UUID NOT NULL REFERENCES stock_batch (id),
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE stocktake_line (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    expected BIGINT NOT NULL CHECK (expected >= 0),
    counted BIGINT CHECK (counted >= 0),
    counted_at TIMESTAMPTZ,
    property_id UUID REFERENCES property (id),
    stocktake_id UUID NOT NULL REFERENCES stocktake (id),
    item_id UUID NOT NULL REFERENCES stock_item (id),
    counted_by_id UUID REFERENCES account (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE work_order_material (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    taken BIGINT NOT NULL CHECK (taken > 0),
    returned BIGINT NOT NULL CHECK (returned BETWEEN 0 AND taken),
    cost BIGINT NOT NULL CHECK (cost >= 0),
    property_id UUID NOT NULL REFERENCES property (id),
    work_order_id UUID NOT NULL REFERENCES work_order (id),
    warehouse_id UUID NOT NULL REFERENCES warehouse (id),
    item_id UUID NOT NULL REFERENCES stock_item (id),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);

CREATE UNIQUE INDEX warehouse_organization_code_key ON warehouse (organization_id, code) WHERE archived_at IS NULL;
CREATE UNIQUE INDEX stock_item_organization_code_key ON stock_item (organization_id, code) WHERE archived_at IS NULL;
CREATE UNIQUE INDEX stock_item_organization_barcode_key ON stock_item (organization_id, barcode) WHERE archived_at IS NULL;
CREATE UNIQUE INDEX stock_balance_warehouse_item_key ON stock_balance (warehouse_id, item_id);
CREATE UNIQUE INDEX stocktake_open_key ON stocktake (warehouse_id) WHERE status = 'OPEN';
CREATE UNIQUE INDEX stocktake_line_item_key ON stocktake_line (stocktake_id, item_id);
CREATE UNIQUE INDEX work_order_material_key ON work_order_material (work_order_id, warehouse_id, item_id);

CREATE INDEX warehouse_organization_idx ON warehouse (organization_id, id);
CREATE INDEX warehouse_property_idx ON warehouse (property_id, id);
CREATE INDEX stock_item_organization_idx ON stock_item (organization_id, id);
CREATE INDEX stock_item_organization_category_idx ON stock_item (organization_id, category, id);
CREATE INDEX stock_balance_warehouse_idx ON stock_balance (warehouse_id, id);
CREATE INDEX stock_balance_low_idx ON stock_balance (warehouse_id, id) WHERE low_at IS NOT NULL;
CREATE INDEX stock_balance_item_idx ON stock_balance (item_id, id);
CREATE INDEX stock_batch_warehouse_idx ON stock_batch (warehouse_id, id);
CREATE INDEX stock_batch_expiry_idx ON stock_batch (warehouse_id, expires_on, id);
CREATE INDEX stock_batch_item_idx ON stock_batch (warehouse_id, item_id, id);
CREATE INDEX stock_batch_left_idx ON stock_batch (warehouse_id, item_id, expires_on, received_at, id) WHERE quantity_left > 0;
CREATE INDEX stock_movement_warehouse_idx ON stock_movement (warehouse_id, id);
CREATE INDEX stock_movement_item_idx ON stock_movement (warehouse_id, item_id, id);
CREATE INDEX stock_movement_kind_idx ON stock_movement (warehouse_id, kind, id);
CREATE INDEX stock_movement_work_order_idx ON stock_movement (work_order_id, id) WHERE work_order_id IS NOT NULL;
CREATE INDEX stock_movement_stocktake_idx ON stock_movement (stocktake_id, id) WHERE stocktake_id IS NOT NULL;
CREATE INDEX stock_movement_origin_idx ON stock_movement (origin_id, id) WHERE origin_id IS NOT NULL;
CREATE INDEX stock_pick_movement_idx ON stock_pick (movement_id, id);
CREATE INDEX stock_pick_batch_idx ON stock_pick (batch_id, id);
CREATE INDEX stocktake_warehouse_idx ON stocktake (warehouse_id, id);
CREATE INDEX stocktake_line_stocktake_idx ON stocktake_line (stocktake_id, id);
CREATE INDEX work_order_material_work_order_idx ON work_order_material (work_order_id, id);
