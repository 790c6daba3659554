"""One statement an operation: it writes the response by concatenation. `to_json` only where a text may need escapes."""

ROW = (
    """'{"id":"' || t.id || '","number":"' || t.number || '","kind":"' || t.kind || '","category":' || to_json(t.category)"""
)
STAMPS = """'","createdAt":' || to_json(t.created_at) || ',"updatedAt":' || to_json(t.updated_at)"""
NAMES = """',"property":{"id":"' || p.id || '","name":' || to_json(p.name) || '},"unit":' || coalesce('{"id":"' || u.id
    || '","number":' || to_json(u.number) || '}', 'null') || ',"reporter":' || coalesce('{"id":"' || r.id || '","name":'
    || to_json(r.name) || '}', 'null') || '}'"""
JOINS = "JOIN property p ON p.id = t.property_id LEFT JOIN unit u ON u.id = t.unit_id LEFT JOIN person r ON r.id = t.reporter_id"

STATEMENTS = {
    "tiny": (
        f"""SELECT '{{"data":{{"ticket":{{"id":"' || t.id || '","number":"' || t.number || '","status":"' || t.status || '"'
        || {NAMES} || '}}}}' FROM ticket t {JOINS} WHERE t.id = $1""",
        ("id",),
    ),
    "page": (
        f"""SELECT '{{"data":{{"tickets":{{"nodes":[' || coalesce(string_agg(row, ','), '') || ']}}}}}}' FROM (
        SELECT {ROW} || ',"text":' || to_json(t.text) || ',"status":"' || t.status || '","priority":"' || t.priority
        || '","appointmentAt":' || coalesce(to_json(t.appointment_at)::text, 'null') || ',' || substr({STAMPS}, 3)
        || {NAMES} AS row FROM ticket t {JOINS} WHERE t.property_id = $1 ORDER BY t.id DESC LIMIT 50) x""",
        ("property",),
    ),
    "nested": (
        """SELECT '{"data":{"units":{"nodes":[' || coalesce(string_agg(row, ','), '') || ']}}}' FROM (
        SELECT '{"id":"' || u.id || '","number":' || to_json(u.number) || ',"floor":' || u.floor || ',"status":"' || u.status
        || '","occupancies":{"nodes":[' || coalesce(o.rows, '') || ']},"bills":{"nodes":[' || coalesce(b.rows, '') || ']}}' AS row
        FROM unit u
        LEFT JOIN LATERAL (SELECT string_agg('{"kind":"' || kind || '","person":' || coalesce('{"id":"' || r.id || '","name":'
            || to_json(r.name) || '}', 'null') || '}', ',') AS rows
            FROM (SELECT * FROM occupancy WHERE unit_id = u.id ORDER BY id LIMIT 5) c
            LEFT JOIN person r ON r.id = c.person_id) o ON true
        LEFT JOIN LATERAL (SELECT string_agg('{"id":"' || c.id || '","number":"' || c.number || '","periodFrom":"'
            || c.period_from || '","dueOn":"' || c.due_on || '","status":"' || c.status || '","amount":' || c.amount
            || ',"lines":{"nodes":[' || coalesce(l.rows, '') || ']}}', ',') AS rows
            FROM (SELECT * FROM bill WHERE unit_id = u.id ORDER BY id DESC LIMIT 12) c
            LEFT JOIN LATERAL (SELECT string_agg('{"description":' || to_json(description) || ',"amount":' || amount || '}', ',')
                AS rows FROM (SELECT * FROM bill_line WHERE bill_id = c.id ORDER BY id LIMIT 10) d) l ON true) b ON true
        WHERE u.property_id = $1 ORDER BY u.id LIMIT 20) x""",
        ("property",),
    ),
    "bulk": (
        f"""SELECT '{{"data":{{"tickets":{{"nodes":[' || coalesce(string_agg(row, ','), '') || ']}}}}}}' FROM (
        SELECT {ROW} || ',"status":"' || t.status || '","priority":"' || t.priority || {STAMPS} || '}}' AS row
        FROM ticket t WHERE t.property_id = $1 ORDER BY t.id DESC LIMIT 500) x""",
        ("property",),
    ),
    "log": (
        """SELECT '{"data":{"accessEvents":{"nodes":[' || coalesce(string_agg(row, ','), '') || ']}}}' FROM (
        SELECT '{"id":"' || id || '","direction":"' || direction || '","method":"' || method || '","result":"' || result
        || '","reason":' || coalesce(to_json(reason)::text, 'null') || ',"occurredAt":' || to_json(occurred_at) || '}' AS row
        FROM access_event WHERE gate_id = $1 AND id > $2 ORDER BY id LIMIT 100) x""",
        ("gate", "after"),
    ),
    "create": (
        """WITH home AS (SELECT u.*, p.name AS estate FROM unit u JOIN property p ON p.id = u.property_id WHERE u.id = $2
            AND p.id = $1),
        raised AS (INSERT INTO ticket (id, organization_id, number, kind, category, text, status, priority, building_id,
            property_id, unit_id, created_at, updated_at, version)
            SELECT uuidv7(), organization_id, 'B' || nextval('peer_number'), 'REPAIR', $3, $4, 'OPEN', 'NORMAL', building_id,
                property_id, id, now(), now(), 1 FROM home RETURNING *),
        ordered AS (INSERT INTO work_order (id, organization_id, number, summary, status, priority, building_id, property_id,
            ticket_id, unit_id, created_at, updated_at, version)
            SELECT uuidv7(), organization_id, number, category, 'CREATED', priority, building_id, property_id, id, unit_id,
                created_at, updated_at, 1 FROM raised)
        SELECT '{"data":{"ticketCreate":{"ticket":{"category":' || to_json(t.category) || ',"text":' || to_json(t.text)
            || ',"status":"' || t.status || '","property":{"id":"' || home.property_id || '","name":' || to_json(home.estate)
            || '},"unit":{"id":"' || home.id || '","number":' || to_json(home.number) || '}}}}}' FROM raised t, home""",
        ("property", "unit", "category", "text"),
    ),
}
