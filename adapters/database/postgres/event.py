"""The statements that give events their positions, as the last act of a transaction."""

_COLUMNS = "stream_id, position, organization_id, type, version, subject_id, occurred_at, audience, data"
_EVENT = (
    "{0} ->> 'type', ({0} ->> 'version')::integer, ({0} ->> 'subject_id')::uuid,"
    " ({0} ->> 'occurred_at')::timestamptz, {0} -> 'audience', {0} -> 'data'"
)
# $1 the stream, $2 the Organization, $3 how many, $4 the events.
APPEND = f"""
WITH head AS (
    INSERT INTO event_stream AS s (id, organization_id, position) VALUES ($1, $2, $3)
    ON CONFLICT (id) DO UPDATE SET position = s.position + $3 RETURNING position
)
INSERT INTO event ({_COLUMNS})
SELECT $1, head.position - $3 + e.n, $2, {_EVENT.format("e.item")}
FROM head, jsonb_array_elements($4::jsonb) WITH ORDINALITY AS e (item, n)
RETURNING position
"""
# $1 the Organization, $2 the events with their streams. The counters are taken in the order of the streams' ids.
APPEND_MANY = f"""
WITH item AS (
    SELECT (e.item ->> 'stream')::uuid AS stream, e.item -> 'event' AS event,
           row_number() OVER (PARTITION BY e.item ->> 'stream' ORDER BY e.n) AS n
    FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS e (item, n)
), share AS (
    SELECT stream, count(*) AS count FROM item GROUP BY stream
), head AS (
    INSERT INTO event_stream AS s (id, organization_id, position)
    SELECT stream, $1, count FROM share ORDER BY stream
    ON CONFLICT (id) DO UPDATE SET position = s.position + excluded.position RETURNING id, position
)
INSERT INTO event ({_COLUMNS})
SELECT item.stream, head.position - share.count + item.n, $1, {_EVENT.format("item.event")}
FROM item JOIN share ON share.stream = item.stream JOIN head ON head.id = item.stream
RETURNING stream_id, position
"""
