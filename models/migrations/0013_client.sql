-- Where API clients may act and which secret they use; credentials of devices are bound to a Property and overlap.

ALTER TABLE api_client ADD COLUMN property_ids JSONB;
ALTER TABLE api_client_secret ADD COLUMN last_used_at TIMESTAMPTZ;

ALTER TABLE device_credential ADD COLUMN expires_at TIMESTAMPTZ;
ALTER TABLE device_credential ADD COLUMN last_used_on DATE;
ALTER TABLE device_credential ADD COLUMN property_id UUID REFERENCES property (id);
UPDATE device_credential SET property_id = (SELECT d.property_id FROM device d WHERE d.id = device_credential.device_id);

-- only postgres
ALTER TABLE device_credential ALTER COLUMN property_id SET NOT NULL;
-- both
CREATE INDEX device_credential_property_idx ON device_credential (property_id);
