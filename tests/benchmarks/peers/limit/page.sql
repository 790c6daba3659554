-- $1 property
SELECT '{"data":{"tickets":{"nodes":[' || coalesce(string_agg(row, ','), '') || ']}}}' FROM (
    SELECT '{"id":"' || t.id || '","number":"' || t.number || '","kind":"' || t.kind || '","category":' || to_json(t.category) || ',"text":' || to_json(t.text) || ',"status":"' || t.status || '","priority":"' || t.priority
    || '","appointmentAt":' || coalesce(to_json(t.appointment_at)::text, 'null') || ',' || substr('","createdAt":' || to_json(t.created_at) || ',"updatedAt":' || to_json(t.updated_at), 3)
    || ',"property":{"id":"' || p.id || '","name":' || to_json(p.name) || '},"unit":' || coalesce('{"id":"' || u.id
    || '","number":' || to_json(u.number) || '}', 'null') || ',"reporter":' || coalesce('{"id":"' || r.id || '","name":'
    || to_json(r.name) || '}', 'null') || '}' AS row FROM (SELECT * FROM ticket WHERE property_id = $1 ORDER BY id DESC LIMIT 50) t JOIN property p ON p.id = t.property_id LEFT JOIN unit u ON u.id = t.unit_id LEFT JOIN person r ON r.id = t.reporter_id ORDER BY t.id DESC) x
