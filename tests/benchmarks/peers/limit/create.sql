-- $1 property, $2 unit, $3 category, $4 text
WITH home AS (SELECT u.*, p.name AS estate FROM unit u JOIN property p ON p.id = u.property_id WHERE u.id = $2
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
        || '},"unit":{"id":"' || home.id || '","number":' || to_json(home.number) || '}}}}}' FROM raised t, home
