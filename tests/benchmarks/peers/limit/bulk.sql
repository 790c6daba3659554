-- $1 property
SELECT '{"data":{"tickets":{"nodes":[' || coalesce(string_agg(row, ','), '') || ']}}}' FROM (
    SELECT '{"id":"' || t.id || '","number":"' || t.number || '","kind":"' || t.kind || '","category":' || to_json(t.category) || ',"status":"' || t.status || '","priority":"' || t.priority || '","createdAt":' || to_json(t.created_at) || ',"updatedAt":' || to_json(t.updated_at) || '}' AS row
    FROM ticket t WHERE t.property_id = $1 ORDER BY t.id DESC LIMIT 500) x
