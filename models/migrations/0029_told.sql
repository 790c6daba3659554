-- Who is to be reminded of an appointment and when; what became of news on its way out, for who runs the company; when
-- each kind of scheduled work was last done.

ALTER TABLE property ADD COLUMN remind_minutes INTEGER NOT NULL DEFAULT 60 CHECK (remind_minutes BETWEEN 0 AND 1440);
ALTER TABLE ticket ADD COLUMN remind_at TIMESTAMPTZ;
ALTER TABLE ticket ADD COLUMN reminded_at TIMESTAMPTZ;
CREATE INDEX ticket_handler_idx ON ticket (handler_id, id) WHERE handler_id IS NOT NULL;
CREATE INDEX ticket_remind_idx ON ticket (organization_id, remind_at) WHERE remind_at IS NOT NULL;

ALTER TABLE notification_delivery ADD COLUMN kind TEXT;
UPDATE notification_delivery SET kind = (SELECT n.kind FROM notification n WHERE n.id = notification_delivery.notification_id);
CREATE INDEX notification_delivery_organization_idx ON notification_delivery (organization_id, id);
CREATE INDEX notification_delivery_state_idx ON notification_delivery (organization_id, state, id);

ALTER TABLE job ADD COLUMN last_done_at TIMESTAMPTZ;
