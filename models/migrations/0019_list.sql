-- Lists stay flat as data grows: what a page reads does not depend on how long its list is (tests/flat).

-- An Organization's lists in their order: by the key alone other Organizations' rows were read with them.
CREATE INDEX role_assignment_organization_idx ON role_assignment (organization_id, id);
CREATE INDEX session_organization_idx ON session (organization_id, id);
CREATE INDEX forum_word_organization_idx ON forum_word (organization_id, id);
CREATE INDEX alarm_escalation_organization_id_idx ON alarm_escalation (organization_id, id);

-- Filters that few rows pass.
CREATE INDEX role_assignment_role_idx ON role_assignment (organization_id, role, account_id);
CREATE INDEX unit_property_status_idx ON unit (property_id, status, id);
CREATE INDEX occupancy_property_ended_idx ON occupancy (property_id, id) WHERE move_out_on IS NOT NULL;
CREATE INDEX vehicle_property_plate_idx ON vehicle (property_id, plate, id);
CREATE INDEX alarm_property_type_idx ON alarm (property_id, type, id);

-- People of a Property are those of its occupancies: found in their order, the page ends where it is full.
CREATE INDEX occupancy_property_person_idx ON occupancy (property_id, person_id);
