-- Months lie side by side, and an open end on each side takes what none of them does. PostgreSQL then reads a list month
-- by month and stops when it has its page; beside a DEFAULT partition it must open every month and merge them.

-- only postgres
CREATE OR REPLACE FUNCTION partitions_ahead(at timestamptz, months integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    parent text;
    side text;
    part text;
    month timestamp;
    low timestamp;
    high timestamp;
    first timestamp := date_trunc('month', at AT TIME ZONE 'UTC');
    last timestamp := first + make_interval(months => months);
BEGIN
    FOR parent IN
        SELECT c.relname FROM pg_partitioned_table p JOIN pg_class c ON c.oid = p.partrelid
        WHERE c.relnamespace = current_schema()::regnamespace ORDER BY c.relname
    LOOP
        SELECT min(to_date(right(c.relname, 7), 'YYYY_MM')), max(to_date(right(c.relname, 7), 'YYYY_MM')) INTO low, high
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = parent::regclass AND c.relname ~ '_[0-9]{4}_[0-9]{2}$';
        CONTINUE WHEN low <= first AND high >= last AND to_regclass(parent || '_rest') IS NULL;
        low := least(low, first);
        high := greatest(high, last);
        FOREACH side IN ARRAY ARRAY['_before', '_after', '_rest'] LOOP
            CONTINUE WHEN to_regclass(parent || side) IS NULL;
            EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, parent || side);
            EXECUTE format('ALTER TABLE %I RENAME TO %I', parent || side, parent || side || '_old');
        END LOOP;
        month := low;
        WHILE month <= high LOOP
            part := parent || to_char(month, '_YYYY_MM');
            IF to_regclass(part) IS NULL THEN
                EXECUTE format(
                    'CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', part, parent,
                    uuid_floor(month AT TIME ZONE 'UTC'), uuid_floor((month + interval '1 month') AT TIME ZONE 'UTC')
                );
            END IF;
            month := month + interval '1 month';
        END LOOP;
        EXECUTE format(
            'CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (MINVALUE) TO (%L)',
            parent || '_before', parent, uuid_floor(low AT TIME ZONE 'UTC')
        );
        EXECUTE format(
            'CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (MAXVALUE)',
            parent || '_after', parent, uuid_floor(month AT TIME ZONE 'UTC')
        );
        FOREACH side IN ARRAY ARRAY['_before_old', '_after_old', '_rest_old'] LOOP
            CONTINUE WHEN to_regclass(parent || side) IS NULL;
            EXECUTE format('INSERT INTO %I SELECT * FROM %I', parent, parent || side);
            EXECUTE format('DROP TABLE %I', parent || side);
        END LOOP;
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION partitions_drop(parent text, before uuid) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    part text;
    side text;
    ends uuid;
    low uuid;
    gone bigint;
BEGIN
    IF parent NOT IN ('telemetry', 'access_event') THEN
        RAISE EXCEPTION '% is kept for ever', parent;
    END IF;
    FOR part IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = parent::regclass AND c.relname ~ '_[0-9]{4}_[0-9]{2}$' ORDER BY c.relname
    LOOP
        ends := uuid_floor((to_date(right(part, 7), 'YYYY_MM')::timestamp + interval '1 month') AT TIME ZONE 'UTC');
        CONTINUE WHEN ends > before;
        EXECUTE format('DROP TABLE %I', part);
        low := ends;
        RETURN NEXT part;
    END LOOP;
    FOREACH side IN ARRAY ARRAY['_before', '_after'] LOOP
        EXECUTE format('DELETE FROM %I WHERE id < $1', parent || side) USING before;
        GET DIAGNOSTICS gone = ROW_COUNT;
        IF gone > 0 THEN
            RETURN NEXT parent || side;
        END IF;
    END LOOP;
    IF low IS NOT NULL THEN -- the open end reaches to the oldest month that is left; it is empty now
        EXECUTE format('DROP TABLE %I', parent || '_before');
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (MINVALUE) TO (%L)', parent || '_before', parent, low);
    END IF;
END
$$;
-- both
