-- The benchmark's rows: one company with twenty estates, two years of its life, by generate_series. Deterministic.
-- `scale` holds the counts. Constraint triggers are off while it runs; data.py checks foreign keys and books afterwards.
SET session_replication_role = replica;
SET synchronous_commit = off;

-- A UUIDv7 of an instant (milliseconds), a kind and a number: ids ascend with time, then kind, then number.
CREATE FUNCTION pg_temp.v7(ms bigint, kind integer, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex(ms), 12, '0') || '7' || lpad(to_hex(kind), 3, '0') || '8' || lpad(to_hex(n), 15, '0'))::uuid
$$;
CREATE FUNCTION pg_temp.at(ms bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT timestamptz '1970-01-01 00:00:00+00' + ms * interval '1 millisecond'
$$;
CREATE FUNCTION pg_temp.ms(at timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT (extract(epoch FROM at) * 1000)::bigint
$$;
-- What stands still was entered on one day: its ids differ by kind and number.
CREATE FUNCTION pg_temp.place(kind integer, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT pg_temp.v7(1727740800000, kind, n)  -- 2024-10-01
$$;

SELECT partitions_ahead(timestamptz '2026-06-01 00:00:00+00', 8);

INSERT INTO organization (id, slug, name, created_at, updated_at, version)
SELECT pg_temp.place(1, 1), 'bench', '量物业', stamp, stamp, 1 FROM scale;

INSERT INTO property (id, organization_id, code, name, kind, address, latitude, longitude, land_area, building_area,
    time_zone, created_at, updated_at, version)
SELECT pg_temp.place(2, n), pg_temp.place(1, 1), 'P' || n, '第 ' || n || ' 小区', 'RESIDENTIAL', '文三路 ' || n || ' 号',
    30.25, 120.15, 10000000, 20000000, 'Asia/Shanghai', stamp, stamp, 1
FROM scale, generate_series(1, 20) n;

INSERT INTO building (id, organization_id, code, name, floors_above, floors_below, position, property_id, created_at,
    updated_at, version)
SELECT pg_temp.place(3, n), pg_temp.place(1, 1), ((n - 1) % 10 + 1)::text, (n - 1) % 10 + 1 || ' 号楼', 25, 1,
    (n - 1) % 10, pg_temp.place(2, (n - 1) / 10 + 1), stamp, stamp, 1
FROM scale, generate_series(1, 200) n;

INSERT INTO entrance (id, organization_id, code, name, position, building_id, property_id, created_at, updated_at,
    version)
SELECT pg_temp.place(4, n), pg_temp.place(1, 1), ((n - 1) % 2 + 1)::text, (n - 1) % 2 + 1 || ' 单元', (n - 1) % 2,
    pg_temp.place(3, (n - 1) / 2 + 1), pg_temp.place(2, (n - 1) / 20 + 1), stamp, stamp, 1
FROM scale, generate_series(1, 400) n;

-- Units are dealt out to the estates in turn; unit n is door n / 400 of entrance (n - 1) % 400 + 1.
CREATE TEMP TABLE home AS
SELECT n, pg_temp.place(5, n) AS id, (n - 1) / 400 AS door, pg_temp.place(4, (n - 1) % 400 + 1) AS entrance_id,
    pg_temp.place(3, (n - 1) % 400 / 2 + 1) AS building_id, pg_temp.place(2, (n - 1) % 400 / 20 + 1) AS property_id,
    (n - 1) % 400 / 20 + 1 AS estate, 6000 + n * 37 % 160 * 50 AS area, pg_temp.place(6, n) AS owner_id
FROM scale, generate_series(1, units) n;
CREATE UNIQUE INDEX ON home (n);
ANALYZE home;

INSERT INTO unit (id, organization_id, number, floor, layout, built_up_area, inner_area, billing_area_basis, orientation,
    use, status, position, building_id, entrance_id, property_id, created_at, updated_at, version)
SELECT id, pg_temp.place(1, 1), door / 2 + 1 || lpad((door % 2 + 1)::text, 2, '0'), door / 2 + 1, '三室两厅', area,
    area - 1000, 'BUILT_UP', 'SOUTH', 'DWELLING', 'OCCUPIED', door, building_id, entrance_id, property_id, stamp, stamp, 1
FROM scale, home;

-- An owner each, and somebody of the family in each fourth home.
INSERT INTO person (id, organization_id, name, phone, email, created_at, updated_at, version)
SELECT pg_temp.place(6, n), pg_temp.place(1, 1), '住户' || n, '138' || lpad(n::text, 8, '0'), 'p' || n || '@example.com',
    stamp, stamp, 1
FROM scale, generate_series(1, units + units / 4) n;

INSERT INTO occupancy (id, organization_id, kind, share, move_in_on, move_out_on, building_id, person_id, property_id,
    unit_id, created_at, updated_at, version)
SELECT pg_temp.place(7, person), pg_temp.place(1, 1), kind, NULL, date '2020-01-01' + (n % 1000)::integer, NULL, building_id,
    pg_temp.place(6, person), property_id, id, stamp, stamp, 1
FROM scale, (
    SELECT home.*, n AS person, 'OWNER' AS kind FROM home
    UNION ALL SELECT home.*, (SELECT units FROM scale) + n / 4, 'FAMILY' FROM home WHERE n % 4 = 0
) held;

INSERT INTO staff (id, organization_id, number, name, phone, email, title, employed_from, employed_until, created_at,
    updated_at, version)
SELECT pg_temp.place(8, n), pg_temp.place(1, 1), 'S' || n, '员工' || n, '139' || lpad(n::text, 8, '0'), NULL,
    CASE WHEN n <= 2 THEN '经理' ELSE '维修工' END, date '2020-01-01', NULL, stamp, stamp, 1
FROM scale, generate_series(1, 100) n;

-- `manager` for the whole company, `district` for each of the twenty estates by name.
INSERT INTO account (id, organization_id, login, password_hash, locale, staff_id, created_at, updated_at, version)
SELECT pg_temp.place(9, n), pg_temp.place(1, 1), CASE n WHEN 1 THEN 'manager' ELSE 'district' END, password_hash, 'zh',
    pg_temp.place(8, n), stamp, stamp, 1
FROM scale, generate_series(1, 2) n;
INSERT INTO role_assignment (id, organization_id, role, valid_from, account_id, property_id, created_at)
SELECT pg_temp.place(10, n), pg_temp.place(1, 1), 'MANAGER', stamp, pg_temp.place(9, CASE n WHEN 0 THEN 1 ELSE 2 END),
    CASE n WHEN 0 THEN NULL ELSE pg_temp.place(2, n) END, stamp
FROM scale, generate_series(0, 20) n;

-- Tickets, one after the other from 2025-05-01 to 2026-11-21; repairs and complaints have an order.
CREATE TEMP TABLE raised AS
SELECT t.n, ms, pg_temp.at(ms) AS at, home.id AS unit_id, home.building_id, home.property_id, home.owner_id, kind, done,
    to_char(pg_temp.at(ms), 'YYMMDD') || '-' || lpad(upper(to_hex(t.n)), 5, '0') AS number
FROM scale, generate_series(1, tickets) t (n),
LATERAL (SELECT 1746057600000 + (t.n::bigint * 49161600000 / tickets) AS ms, t.n < tickets * 97 / 100 AS done,
    (ARRAY['REPAIR', 'REPAIR', 'COMPLAINT', 'INQUIRY', 'SUGGESTION'])[t.n % 5 + 1] AS kind) x, home
WHERE home.n = t.n::bigint * 7919 % units + 1;

INSERT INTO ticket (id, organization_id, number, kind, category, text, status, priority, appointment_at, building_id,
    property_id, reporter_id, unit_id, created_at, updated_at, version)
SELECT pg_temp.v7(ms, 11, n), pg_temp.place(1, 1), number, kind, (ARRAY['水管', '电路', '门窗', '电梯', '公共照明', '保洁', '停车'])[n % 7 + 1],
    '厨房水管漏水，已经关了总阀，请尽快安排师傅上门查看 ' || n, CASE WHEN done THEN 'CLOSED' ELSE 'OPEN' END,
    CASE n % 10 WHEN 0 THEN 'HIGH' ELSE 'NORMAL' END, CASE n % 3 WHEN 0 THEN at + interval '1 day' END, building_id,
    property_id, owner_id, unit_id, at, CASE WHEN done THEN at + interval '2 days' ELSE at END, CASE WHEN done THEN 4 ELSE 1 END
FROM raised;

INSERT INTO work_order (id, organization_id, number, summary, status, priority, result, assigned_at, accepted_at,
    started_at, completed_at, assignee_id, building_id, property_id, reporter_id, ticket_id, unit_id, created_at,
    updated_at, version)
SELECT pg_temp.v7(ms, 12, n), pg_temp.place(1, 1), number, '漏水', CASE WHEN done THEN 'CLOSED' ELSE 'CREATED' END, 'NORMAL',
    CASE WHEN done THEN '已更换' END, CASE WHEN done THEN at END, CASE WHEN done THEN at END, CASE WHEN done THEN at END,
    CASE WHEN done THEN at + interval '1 day' END, CASE WHEN done THEN pg_temp.place(8, n % 98 + 3) END, building_id,
    property_id, owner_id, pg_temp.v7(ms, 11, n), unit_id, at, CASE WHEN done THEN at + interval '2 days' ELSE at END,
    CASE WHEN done THEN 6 ELSE 1 END
FROM raised WHERE kind IN ('REPAIR', 'COMPLAINT');

-- A bill a month for each home, from 2024-11 on, two lines each. All but the last two months are paid, by one payment.
INSERT INTO charge_item (id, organization_id, code, name, rounding, property_id, created_at, updated_at, version)
SELECT pg_temp.place(13, n), pg_temp.place(1, 1), 'WYF', '物业服务费', 'HALF_UP', pg_temp.place(2, n), stamp, stamp, 1
FROM scale, generate_series(1, 20) n;

CREATE TEMP TABLE owed AS
SELECT month * units::bigint + home.n AS n, ms, pg_temp.at(ms) AS at, first, home.n AS home, home.id AS unit_id,
    building_id, property_id, estate, owner_id, area, area * 28 / 10 AS fee, 1250 AS shared, month < months - 2 AS paid,
    pg_temp.v7(ms, 20, home.n) AS id, pg_temp.v7(ms, 19, home.n) AS receivable_id
FROM scale, generate_series(0, months - 1) month,
LATERAL (SELECT (timestamp '2024-11-01' + make_interval(months => month))::date AS first) m, home,
LATERAL (SELECT pg_temp.ms(first::timestamp AT TIME ZONE 'UTC') + 3600000 + home.n AS ms) x;

INSERT INTO ledger_account (id, organization_id, kind, balance, charge_item_id, person_id, property_id, created_at)
SELECT receivable_id, pg_temp.place(1, 1), 'RECEIVABLE', CASE WHEN paid THEN 0 ELSE fee + shared END, NULL::uuid,
    NULL::uuid, property_id, at FROM owed
UNION ALL SELECT pg_temp.place(14, estate), pg_temp.place(1, 1), 'INCOME', -sum(fee + shared), pg_temp.place(13, estate),
    NULL, pg_temp.place(2, estate), min(at) FROM owed GROUP BY estate
UNION ALL SELECT pg_temp.place(15, estate), pg_temp.place(1, 1), 'CASH', coalesce(sum(fee + shared) FILTER (WHERE paid), 0),
    NULL, NULL, pg_temp.place(2, estate), min(at) FROM owed GROUP BY estate;

INSERT INTO bill (id, organization_id, number, period_from, period_until, due_on, status, amount, issued_at, building_id,
    charge_item_id, payer_id, property_id, receivable_id, unit_id, created_at, updated_at, version)
SELECT id, pg_temp.place(1, 1), to_char(first, 'YYMMDD') || '-' || lpad(upper(to_hex(home)), 5, '0'), first,
    (first + interval '1 month - 1 day')::date, first + 19, CASE WHEN paid THEN 'PAID' ELSE 'OPEN' END, fee + shared, at,
    building_id, pg_temp.place(13, estate), owner_id, property_id, receivable_id, unit_id, at,
    CASE WHEN paid THEN timestamptz '2026-10-05 02:00:00+00' ELSE at END, CASE WHEN paid THEN 2 ELSE 1 END
FROM owed;

INSERT INTO bill_line (id, organization_id, kind, description, quantity, unit_price, amount, bill_id, property_id,
    created_at)
SELECT pg_temp.v7(ms, 21, home), pg_temp.place(1, 1), 'CHARGE', to_char(first, '"物业服务费 "YYYY"年"MM"月"'), area * 100, 28000,
    fee, id, property_id, at FROM owed
UNION ALL SELECT pg_temp.v7(ms, 22, home), pg_temp.place(1, 1), 'CHARGE', to_char(first, '"公共能耗 "YYYY"年"MM"月"'), 10000,
    125000, shared, id, property_id, at FROM owed;

INSERT INTO posting (id, organization_id, kind, account_id, bill_id, payment_id, property_id, created_at)
SELECT pg_temp.v7(ms, 23, home), pg_temp.place(1, 1), 'BILL_ISSUED', NULL, id, NULL, property_id, at FROM owed;
INSERT INTO entry (id, organization_id, amount, ledger_account_id, posting_id, property_id, created_at)
SELECT pg_temp.v7(ms, 24, home), pg_temp.place(1, 1), fee + shared, receivable_id, pg_temp.v7(ms, 23, home), property_id, at
    FROM owed
UNION ALL SELECT pg_temp.v7(ms, 25, home), pg_temp.place(1, 1), -fee - shared, pg_temp.place(14, estate),
    pg_temp.v7(ms, 23, home), property_id, at FROM owed;

-- 2026-10-05 02:00 UTC and as many milliseconds as the home's number.
CREATE TEMP TABLE settled AS
SELECT home, 1791165600000 + home AS ms, pg_temp.at(1791165600000 + home) AS at, estate, property_id, owner_id,
    sum(fee + shared) AS amount
FROM owed WHERE paid GROUP BY home, estate, property_id, owner_id;
INSERT INTO payment (id, organization_id, number, method, amount, prepaid, receipt_number, received_at, payer_id,
    property_id, recorded_by_id, created_at, updated_at, version)
SELECT pg_temp.v7(ms, 30, home), pg_temp.place(1, 1), '261005-' || lpad(upper(to_hex(home)), 5, '0'), 'CASH', amount, 0,
    'R-' || home, at, owner_id, property_id, pg_temp.place(8, 1), at, at, 1 FROM settled;
INSERT INTO allocation (id, organization_id, amount, reversed_at, bill_id, payment_id, property_id, created_at)
SELECT pg_temp.v7(s.ms, 31, o.n), pg_temp.place(1, 1), fee + shared, NULL, o.id, pg_temp.v7(s.ms, 30, home), o.property_id, s.at
FROM owed o JOIN settled s USING (home) WHERE paid;
INSERT INTO posting (id, organization_id, kind, account_id, bill_id, payment_id, property_id, created_at)
SELECT pg_temp.v7(ms, 32, home), pg_temp.place(1, 1), 'PAYMENT_RECORDED', NULL, NULL, pg_temp.v7(ms, 30, home), property_id, at
FROM settled;
INSERT INTO entry (id, organization_id, amount, ledger_account_id, posting_id, property_id, created_at)
SELECT pg_temp.v7(ms, 33, home), pg_temp.place(1, 1), amount, pg_temp.place(15, estate), pg_temp.v7(ms, 32, home), property_id, at
    FROM settled
UNION ALL SELECT pg_temp.v7(s.ms, 34, o.n), pg_temp.place(1, 1), -fee - shared, receivable_id, pg_temp.v7(s.ms, 32, home),
    o.property_id, s.at FROM owed o JOIN settled s USING (home) WHERE paid;

-- Twenty gates an estate; passages one after the other from 2026-06-01 to 2026-11-21.
INSERT INTO gate (id, organization_id, name, kind, state, building_id, device_id, property_id, created_at, updated_at,
    version)
SELECT pg_temp.place(16, n), pg_temp.place(1, 1), '门 ' || (n - 1) % 20 + 1, 'DOOR', 'CLOSED',
    pg_temp.place(3, (n - 1) / 2 + 1), NULL, pg_temp.place(2, (n - 1) / 20 + 1), stamp, stamp, 1
FROM scale, generate_series(1, 400) n;

INSERT INTO access_event (id, organization_id, direction, method, result, reason, occurred_at, gate_id, person_id,
    property_id, created_at)
SELECT pg_temp.v7(ms, 40, n), pg_temp.place(1, 1), CASE n % 2 WHEN 0 THEN 'IN' ELSE 'OUT' END,
    (ARRAY['FACE', 'CARD', 'PIN', 'QR', 'PHONE'])[n % 5 + 1], CASE WHEN denied THEN 'DENIED' ELSE 'GRANTED' END,
    CASE WHEN denied THEN 'expired' END, pg_temp.at(ms) - interval '1 second', pg_temp.place(16, gate),
    CASE WHEN n % 10 < 7 THEN pg_temp.place(6, n * 31 % units + 1) END, pg_temp.place(2, (gate - 1) / 20 + 1), pg_temp.at(ms)
FROM scale, generate_series(1::bigint, passages) n,
LATERAL (SELECT 1780272000000 + n * 14947200000 / passages AS ms, n * 7919 % 400 + 1 AS gate, n % 25 = 3 AS denied) x;

RESET session_replication_role;
