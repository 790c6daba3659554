-- Where API clients may act and which secret they use; credentials of devices are bound to a Property and overlap.

ALTER TABLE api_client ADD COLUMN property_ids JSONB;
ALTER TABLE api_client_secret ADD COLUMN last_used_at TIMESTAMPTZ;

-- only postgres
ALTER TABLE device_credential ADD COLUMN expires_at TIMESTAMPTZ;
ALTER TABLE device_credential ADD COLUMN last_used_on DATE;
ALTER TABLE device_credential ADD COLUMN property_id UUID REFERENCES property (id);
UPDATE device_credential SET property_id = (SELECT d.property_id FROM device d WHERE d.id = device_credential.device_id);
ALTER TABLE device_credential ALTER COLUMN property_id SET NOT NULL;
-- only sqlite
-- A column that must not be null cannot be added to rows that are there.
CREATE TABLE device_credential_placed (
    id UUID PRIMARY KEY,
    organization_id UUID NOT NULL REFERENCES organization (id),
    secret_hash TEXT NOT NULL,
    expires_at TIMESTAMPTZ,
    last_used_on DATE,
    revoked_at TIMESTAMPTZ,
    device_id UUID NOT NULL REFERENCES device (id),
    property_id UUID NOT NULL REFERENCES property (id),
    created_at TIMESTAMPTZ NOT NULL
);
INSERT INTO device_credential_placed (id, organization_id, secret_hash, revoked_at, device_id, property_id, created_at)
SELECT c.id, c.organization_id, c.secret_hash, c.revoked_at, c.device_id, d.property_id, c.created_at
FROM device_credential c JOIN device d ON d.id = c.device_id;
DROP TABLE device_credential;
ALTER TABLE device_credential_placed RENAME TO device_credential;
CREATE INDEX device_credential_device_idx ON device_credential (device_id);
-- both
CREATE INDEX device_credential_property_idx ON device_credential (property_id);
