-- Rights are counted: every change of what somebody of an Organization may do moves its version on, by trigger, so that
-- no path can forget it. A new session or token bumps nothing: nobody has loaded it yet. The row stays locked until the
-- commit, as that of event_stream does, and is always locked before it.

CREATE TABLE rights_version (
    organization_id UUID PRIMARY KEY REFERENCES organization (id),
    version BIGINT NOT NULL
);

-- only postgres
-- One statement, one bump, however many rows it changes (an import adds 40,000 occupancies). A trigger with a
-- transition table takes no list of columns, so the functions compare the columns that rights are made of. They run as
-- whoever writes: row-level security keeps the bump within the writer's Organization.
CREATE FUNCTION rights_bump(organizations uuid[]) RETURNS void LANGUAGE sql SET search_path FROM CURRENT AS $$
    INSERT INTO rights_version AS v (organization_id, version)
    SELECT DISTINCT id, 1 FROM unnest(organizations) AS id ORDER BY id
    ON CONFLICT (organization_id) DO UPDATE SET version = v.version + 1
$$;

CREATE FUNCTION rights_added() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM rights_bump(ARRAY(SELECT DISTINCT organization_id FROM fresh));
    RETURN NULL;
END
$$;

-- The arguments are the columns that count.
CREATE FUNCTION rights_changed() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    changed uuid[];
    differs text := '';
BEGIN
    FOR n IN 0 .. TG_NARGS - 1 LOOP
        differs := differs || format(' OR o.%1$I IS DISTINCT FROM n.%1$I', TG_ARGV[n]);
    END LOOP;
    EXECUTE 'SELECT array_agg(DISTINCT n.organization_id) FROM stale o JOIN fresh n ON n.id = o.id WHERE false' || differs
    INTO changed;
    IF changed IS NOT NULL THEN
        PERFORM rights_bump(changed);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER role_assignment_added AFTER INSERT ON role_assignment
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION rights_added();
CREATE TRIGGER occupancy_added AFTER INSERT ON occupancy
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION rights_added();
CREATE TRIGGER api_client_added AFTER INSERT ON api_client
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION rights_added();
CREATE TRIGGER session_changed AFTER UPDATE ON session
    REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT
    EXECUTE FUNCTION rights_changed('revoked_at', 'expires_at', 'totp_at');
CREATE TRIGGER account_changed AFTER UPDATE ON account
    REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT
    EXECUTE FUNCTION rights_changed('disabled_at', 'person_id', 'staff_id');
CREATE TRIGGER role_assignment_changed AFTER UPDATE ON role_assignment
    REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT
    EXECUTE FUNCTION rights_changed('account_id', 'role', 'custom_role_id', 'property_id', 'valid_from', 'valid_until');
CREATE TRIGGER custom_role_changed AFTER UPDATE ON custom_role
    REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT
    EXECUTE FUNCTION rights_changed('permissions', 'archived_at');
CREATE TRIGGER occupancy_changed AFTER UPDATE ON occupancy
    REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT
    EXECUTE FUNCTION rights_changed('property_id', 'building_id', 'unit_id', 'person_id', 'move_in_on', 'move_out_on');
CREATE TRIGGER api_client_changed AFTER UPDATE ON api_client
    REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT
    EXECUTE FUNCTION rights_changed('account_id', 'scopes', 'rate_per_minute', 'expires_at', 'revoked_at');
CREATE TRIGGER property_changed AFTER UPDATE ON property
    REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT
    EXECUTE FUNCTION rights_changed('time_zone');
-- only sqlite
-- One writer at a time, and no triggers of a statement: a bump a row.
CREATE TRIGGER role_assignment_added AFTER INSERT ON role_assignment
BEGIN INSERT INTO rights_version (organization_id, version) VALUES (NEW.organization_id, 1)
    ON CONFLICT (organization_id) DO UPDATE SET version = version + 1; END;
CREATE TRIGGER occupancy_added AFTER INSERT ON occupancy
BEGIN INSERT INTO rights_version (organization_id, version) VALUES (NEW.organization_id, 1)
    ON CONFLICT (organization_id) DO UPDATE SET version = version + 1; END;
CREATE TRIGGER api_client_added AFTER INSERT ON api_client
BEGIN INSERT INTO rights_version (organization_id, version) VALUES (NEW.organization_id, 1)
    ON CONFLICT (organization_id) DO UPDATE SET version = version + 1; END;
CREATE TRIGGER session_changed AFTER UPDATE OF revoked_at, expires_at, totp_at ON session
WHEN (OLD.revoked_at, OLD.expires_at, OLD.totp_at) IS NOT
    (NEW.revoked_at, NEW.expires_at, NEW.totp_at)
BEGIN INSERT INTO rights_version (organization_id, version) VALUES (NEW.organization_id, 1)
    ON CONFLICT (organization_id) DO UPDATE SET version = version + 1; END;
CREATE TRIGGER account_changed AFTER UPDATE OF disabled_at, person_id, staff_id ON account
WHEN (OLD.disabled_at, OLD.person_id, OLD.staff_id) IS NOT
    (NEW.disabled_at, NEW.person_id, NEW.staff_id)
BEGIN INSERT INTO rights_version (organization_id, version) VALUES (NEW.organization_id, 1)
    ON CONFLICT (organization_id) DO UPDATE SET version = version + 1; END;
CREATE TRIGGER role_assignment_changed AFTER UPDATE OF account_id, role, custom_role_id, property_id, valid_from, valid_until ON role_assignment
WHEN (OLD.account_id, OLD.role, OLD.custom_role_id, OLD.property_id, OLD.valid_from, OLD.valid_until) IS NOT
    (NEW.account_id, NEW.role, NEW.custom_role_id, NEW.property_id, NEW.valid_from, NEW.valid_until)
BEGIN INSERT INTO rights_version (organization_id, version) VALUES (NEW.organization_id, 1)
    ON CONFLICT (organization_id) DO UPDATE SET version = version + 1; END;
CREATE TRIGGER custom_role_changed AFTER UPDATE OF permissions, archived_at ON custom_role
WHEN (OLD.permissions, OLD.archived_at) IS NOT
    (NEW.permissions, NEW.archived_at)
BEGIN INSERT INTO rights_version (organization_id, version) VALUES (NEW.organization_id, 1)
    ON CONFLICT (organization_id) DO UPDATE SET version = version + 1; END;
CREATE TRIGGER occupancy_changed AFTER UPDATE OF property_id, building_id, unit_id, person_id, move_in_on, move_out_on ON occupancy
WHEN (OLD.property_id, OLD.building_id, OLD.unit_id, OLD.person_id, OLD.move_in_on, OLD.move_out_on) IS NOT
    (NEW.property_id, NEW.building_id, NEW.unit_id, NEW.person_id, NEW.move_in_on, NEW.move_out_on)
BEGIN INSERT INTO rights_version (organization_id, version) VALUES (NEW.organization_id, 1)
    ON CONFLICT (organization_id) DO UPDATE SET version = version + 1; END;
CREATE TRIGGER api_client_changed AFTER UPDATE OF account_id, scopes, rate_per_minute, expires_at, revoked_at ON api_client
WHEN (OLD.account_id, OLD.scopes, OLD.rate_per_minute, OLD.expires_at, OLD.revoked_at) IS NOT
    (NEW.account_id, NEW.scopes, NEW.rate_per_minute, NEW.expires_at, NEW.revoked_at)
BEGIN INSERT INTO rights_version (organization_id, version) VALUES (NEW.organization_id, 1)
    ON CONFLICT (organization_id) DO UPDATE SET version = version + 1; END;
CREATE TRIGGER property_changed AFTER UPDATE OF time_zone ON property
WHEN OLD.time_zone IS NOT NEW.time_zone
BEGIN INSERT INTO rights_version (organization_id, version) VALUES (NEW.organization_id, 1)
    ON CONFLICT (organization_id) DO UPDATE SET version = version + 1; END;
-- both
