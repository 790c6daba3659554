-- Which kept answers of keyed mutations show what an erasure empties: they are blanked with it. Of those that are there
-- already nobody knows.
ALTER TABLE idempotency_key ADD COLUMN personal BOOLEAN NOT NULL DEFAULT TRUE;
