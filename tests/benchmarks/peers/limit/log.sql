-- $1 gate, $2 the passage before
SELECT '{"data":{"accessEvents":{"nodes":[' || coalesce(string_agg(row, ','), '') || ']}}}' FROM (
    SELECT '{"id":"' || id || '","direction":"' || direction || '","method":"' || method || '","result":"' || result
    || '","reason":' || coalesce(to_json(reason)::text, 'null') || ',"occurredAt":' || to_json(occurred_at) || '}' AS row
    FROM access_event WHERE gate_id = $1 AND id > $2 ORDER BY id LIMIT 100) x
