-- $1 property
SELECT '{"data":{"units":{"nodes":[' || coalesce(string_agg(row, ','), '') || ']}}}' FROM (
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
    WHERE u.property_id = $1 ORDER BY u.id LIMIT 20) x
