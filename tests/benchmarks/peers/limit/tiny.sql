-- $1 ticket
SELECT '{"data":{"ticket":{"id":"' || t.id || '","number":"' || t.number || '","status":"' || t.status || '"'
    || ',"property":{"id":"' || p.id || '","name":' || to_json(p.name) || '},"unit":' || coalesce('{"id":"' || u.id
    || '","number":' || to_json(u.number) || '}', 'null') || ',"reporter":' || coalesce('{"id":"' || r.id || '","name":'
    || to_json(r.name) || '}', 'null') || '}' || '}}' FROM ticket t JOIN property p ON p.id = t.property_id LEFT JOIN unit u ON u.id = t.unit_id LEFT JOIN person r ON r.id = t.reporter_id WHERE t.id = $1
