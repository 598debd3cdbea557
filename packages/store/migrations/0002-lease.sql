-- One sequencer per log: a lease with a token that grows at each take-over, and what read-back needs.

SET ROLE countersign_owner;

-- class: operational. Who sequences a log, until when by the server's clock; whoever takes over has a greater token.
CREATE TABLE countersign.lease (
  organization text PRIMARY KEY,
  token        bigint NOT NULL CHECK (token > 0),
  holder       text   NOT NULL,
  expires_at   timestamptz NOT NULL
);
ALTER TABLE countersign.lease ENABLE ROW LEVEL SECURITY;
ALTER TABLE countersign.lease FORCE ROW LEVEL SECURITY;
CREATE POLICY organization ON countersign.lease
  USING (organization = current_setting('countersign.organization', true))
  WITH CHECK (organization = current_setting('countersign.organization', true));
GRANT SELECT, INSERT, UPDATE ON countersign.lease TO countersign_app;

-- The leaf hash is taken where the record is written, of the bytes in memory: what is read back later is held against it.
-- The owner passes row-level security for this one statement; no other session sees the tables meanwhile.
ALTER TABLE countersign.pending ADD COLUMN leaf_hash bytea CHECK (octet_length(leaf_hash) = 32);
ALTER TABLE countersign.pending NO FORCE ROW LEVEL SECURITY;
ALTER TABLE countersign.record NO FORCE ROW LEVEL SECURITY;
UPDATE countersign.pending p SET leaf_hash = sha256('\x00'::bytea || convert_to(r.entry, 'UTF8'))
  FROM countersign.record r WHERE r.organization = p.organization AND r.id = p.id;
ALTER TABLE countersign.record FORCE ROW LEVEL SECURITY;
ALTER TABLE countersign.pending FORCE ROW LEVEL SECURITY;
ALTER TABLE countersign.pending ALTER COLUMN leaf_hash SET NOT NULL;

-- Before a checkpoint is signed each entry is read back with its record's bytes; this checked one row at a time that there
-- is a record, and locked it, for most of the time that a batch took.
ALTER TABLE countersign.log_entry DROP CONSTRAINT log_entry_organization_id_fkey;

-- Whether the clock said an earlier time than for the checkpoint before: its times are then not those of an even clock.
ALTER TABLE countersign.checkpoint ADD COLUMN clock_went_back boolean NOT NULL DEFAULT false;

-- State names the record that set it; what the record says is read from the record, and not kept twice.
ALTER TABLE countersign.state DROP COLUMN value;

RESET ROLE;
