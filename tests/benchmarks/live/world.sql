-- The rows of `make bench-live`: one estate where everybody lives and works, a hundred others that give members of staff
-- different rights. `scale` holds the counts. Constraint triggers are off while it runs; world.py checks foreign keys.
SET session_replication_role = replica;

-- A UUIDv7 of one day, a kind and a number; world.py makes the same.
CREATE FUNCTION pg_temp.place(kind integer, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT ('01924560-6c00-7' || lpad(to_hex(kind), 3, '0') || '-8000-' || lpad(to_hex(n), 12, '0'))::uuid
$$;

INSERT INTO organization (id, slug, name, created_at, updated_at, version)
SELECT pg_temp.place(1, 1), 'live', '量物业', stamp, stamp, 1 FROM scale;

-- Number 1 is the estate that is listened to.
INSERT INTO property (id, organization_id, code, name, kind, address, time_zone, created_at, updated_at, version)
SELECT pg_temp.place(2, n), pg_temp.place(1, 1), 'P' || n, '第 ' || n || ' 小区', 'RESIDENTIAL', '文三路 ' || n || ' 号',
    'Asia/Shanghai', stamp, stamp, 1
FROM scale, generate_series(1, 1 + signatures) n;
INSERT INTO building (id, organization_id, code, name, floors_above, floors_below, position, property_id, created_at,
    updated_at, version)
SELECT pg_temp.place(3, 1), pg_temp.place(1, 1), '1', '1 号楼', 25, 1, 0, pg_temp.place(2, 1), stamp, stamp, 1 FROM scale;
INSERT INTO entrance (id, organization_id, code, name, position, building_id, property_id, created_at, updated_at, version)
SELECT pg_temp.place(4, 1), pg_temp.place(1, 1), '1', '1 单元', 0, pg_temp.place(3, 1), pg_temp.place(2, 1), stamp, stamp, 1
FROM scale;

-- Residents: a unit, a person, an occupancy and an order each.
INSERT INTO unit (id, organization_id, number, floor, layout, built_up_area, billing_area_basis, use, status, position,
    building_id, entrance_id, property_id, created_at, updated_at, version)
SELECT pg_temp.place(5, n), pg_temp.place(1, 1), lpad(n::text, 6, '0'), 1 + n % 25, '三室两厅', 9000, 'BUILT_UP', 'DWELLING',
    'OCCUPIED', n, pg_temp.place(3, 1), pg_temp.place(4, 1), pg_temp.place(2, 1), stamp, stamp, 1
FROM scale, generate_series(1, residents) n;
INSERT INTO person (id, organization_id, name, created_at, updated_at, version)
SELECT pg_temp.place(6, n), pg_temp.place(1, 1), '住户' || n, stamp, stamp, 1 FROM scale, generate_series(1, residents) n;
INSERT INTO occupancy (id, organization_id, kind, move_in_on, building_id, person_id, property_id, unit_id, created_at,
    updated_at, version)
SELECT pg_temp.place(7, n), pg_temp.place(1, 1), 'OWNER', date '2020-01-01', pg_temp.place(3, 1), pg_temp.place(6, n),
    pg_temp.place(2, 1), pg_temp.place(5, n), stamp, stamp, 1
FROM scale, generate_series(1, residents) n;
INSERT INTO work_order (id, organization_id, number, summary, status, priority, building_id, property_id, reporter_id,
    unit_id, created_at, updated_at, version)
SELECT pg_temp.place(8, n), pg_temp.place(1, 1), '241001-' || lpad(n::text, 5, '0'), '厨房水管漏水', 'CREATED', 'NORMAL',
    pg_temp.place(3, 1), pg_temp.place(2, 1), pg_temp.place(6, n), pg_temp.place(5, n), stamp, stamp, 1
FROM scale, generate_series(1, residents) n;

-- Accounts: `resident` 1.., `control` 1.. with one role here, `district` 1.. with one more in one of the other estates.
CREATE TEMP TABLE who AS
SELECT kind, n, k * 100000 + n AS key, kind || n AS login FROM scale,
LATERAL (VALUES ('resident', 0, residents), ('control', 1, controllers), ('district', 2, districts)) v (kind, k, most),
generate_series(1, most) n;
INSERT INTO staff (id, organization_id, number, name, title, employed_from, created_at, updated_at, version)
SELECT pg_temp.place(9, key), pg_temp.place(1, 1), 'S' || key, '员工' || key, '监控员', date '2020-01-01', stamp, stamp, 1
FROM scale, who WHERE kind <> 'resident';
INSERT INTO account (id, organization_id, login, password_hash, locale, person_id, staff_id, created_at, updated_at, version)
SELECT pg_temp.place(10, key), pg_temp.place(1, 1), login, '', 'zh',
    CASE WHEN kind = 'resident' THEN pg_temp.place(6, n) END, CASE WHEN kind <> 'resident' THEN pg_temp.place(9, key) END,
    stamp, stamp, 1
FROM scale, who;
INSERT INTO role_assignment (id, organization_id, role, valid_from, account_id, property_id, created_at)
SELECT pg_temp.place(11, key), pg_temp.place(1, 1), 'CONTROL_ROOM', stamp, pg_temp.place(10, key), pg_temp.place(2, 1), stamp
FROM scale, who WHERE kind <> 'resident'
UNION ALL
SELECT pg_temp.place(12, key), pg_temp.place(1, 1), 'CONTROL_ROOM', stamp, pg_temp.place(10, key),
    pg_temp.place(2, 2 + n % signatures), stamp
FROM scale, who WHERE kind = 'district';
INSERT INTO session (id, organization_id, expires_at, account_id, created_at)
SELECT pg_temp.place(13, key), pg_temp.place(1, 1), now() + interval '1 day', pg_temp.place(10, key), now() FROM who;
INSERT INTO access_token (id, organization_id, token_hash, expires_at, session_id, created_at)
SELECT pg_temp.place(14, key), pg_temp.place(1, 1), encode(sha256(convert_to('live-' || login, 'UTF8')), 'hex'),
    now() + interval '1 day', pg_temp.place(13, key), now()
FROM who;

-- A post of the house to which everybody listens.
INSERT INTO forum_board (id, organization_id, property_id, name, description, posting, position, created_at, updated_at,
    version)
SELECT pg_temp.place(15, 1), pg_temp.place(1, 1), pg_temp.place(2, 1), '通知', '', 'EVERYBODY', 0, stamp, stamp, 1 FROM scale;
INSERT INTO forum_post (id, organization_id, property_id, board_id, author_id, staff_id, author_name, title, text, status,
    official, reply_count, like_count, active_at, created_at, updated_at, version)
SELECT pg_temp.place(16, 1), pg_temp.place(1, 1), pg_temp.place(2, 1), pg_temp.place(15, 1), pg_temp.place(10, 100001),
    pg_temp.place(9, 100001), '监控室', '停水通知', '周三停水', 'VISIBLE', true, 0, 0, stamp, stamp, stamp, 1 FROM scale;
