-- The ledger, its tree, and the state that its records fold into. Run once, as a role that may create roles.
--
-- Two roles: countersign_owner owns every object and signs in nowhere; countersign_app reads and appends, owns nothing,
-- is no superuser and cannot pass row-level security. Each connection does SET ROLE countersign_app.

CREATE SCHEMA countersign AUTHORIZATION countersign_owner;
SET ROLE countersign_owner;

-- class: ledger. One row per log: how far it is sequenced.
CREATE TABLE countersign.log (
  organization text PRIMARY KEY,
  origin       text   NOT NULL,
  size         bigint NOT NULL DEFAULT 0 CHECK (size >= 0),
  created_at   timestamptz NOT NULL
);

-- class: ledger. Records as they were written, in canonical JSON; never updated, never deleted.
CREATE TABLE countersign.record (
  organization text   NOT NULL,
  position     bigint GENERATED ALWAYS AS IDENTITY,
  id           text   NOT NULL,
  type         text   NOT NULL,
  entry        text   NOT NULL CHECK (octet_length(entry) <= 65535),
  PRIMARY KEY (organization, id)
);

-- class: operational. Records that wait for an index; can be rebuilt from record and log_entry.
CREATE TABLE countersign.pending (
  organization text   NOT NULL,
  position     bigint NOT NULL,
  id           text   NOT NULL,
  PRIMARY KEY (organization, position)
);

-- class: ledger. The order of the log.
CREATE TABLE countersign.log_entry (
  organization text   NOT NULL,
  index        bigint NOT NULL CHECK (index >= 0),
  id           text   NOT NULL,
  leaf_hash    bytea  NOT NULL CHECK (octet_length(leaf_hash) = 32),
  PRIMARY KEY (organization, index),
  UNIQUE (organization, id),
  FOREIGN KEY (organization, id) REFERENCES countersign.record (organization, id)
);

-- class: projection. Complete subtrees of the tree, 256 hashes a row: level 0 holds leaves, level 1 subtrees of 256, and so on.
CREATE TABLE countersign.tile (
  organization text   NOT NULL,
  level        int    NOT NULL CHECK (level BETWEEN 0 AND 7),
  number       bigint NOT NULL CHECK (number >= 0),
  hashes       bytea  NOT NULL CHECK (octet_length(hashes) BETWEEN 32 AND 8192 AND octet_length(hashes) % 32 = 0),
  PRIMARY KEY (organization, level, number)
);

-- class: ledger. What was signed.
CREATE TABLE countersign.checkpoint (
  organization text   NOT NULL,
  size         bigint NOT NULL,
  root         bytea  NOT NULL CHECK (octet_length(root) = 32),
  note         text   NOT NULL,
  published_at timestamptz NOT NULL,
  PRIMARY KEY (organization, size)
);

-- class: projection. What the records fold into (packages/records: fold.ts).
CREATE TABLE countersign.state (
  organization text NOT NULL,
  kind         text NOT NULL,
  key          text NOT NULL,
  record       text NOT NULL,
  position     bigint NOT NULL,
  value        jsonb NOT NULL,
  PRIMARY KEY (organization, kind, key)
);

-- class: projection. Names by opaque id, from the directory's blobs.
CREATE TABLE countersign.person (
  organization text NOT NULL,
  id           text NOT NULL,
  entry        jsonb NOT NULL,
  PRIMARY KEY (organization, id)
);

-- class: secret. The key that opaque person ids are made with; without it an id cannot be guessed from an address.
CREATE TABLE countersign.directory_key (
  organization text PRIMARY KEY,
  key          bytea NOT NULL CHECK (octet_length(key) = 32)
);

RESET ROLE;

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['log','record','pending','log_entry','tile','checkpoint','state','person','directory_key'] LOOP
    EXECUTE format('ALTER TABLE countersign.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE countersign.%I FORCE ROW LEVEL SECURITY', name);
    -- With no organization set, current_setting gives NULL or the empty string, and no row matches.
    EXECUTE format(
      'CREATE POLICY organization ON countersign.%I
         USING (organization = current_setting(''countersign.organization'', true))
         WITH CHECK (organization = current_setting(''countersign.organization'', true))', name);
  END LOOP;
END $$;

GRANT USAGE ON SCHEMA countersign TO countersign_app;
GRANT SELECT, INSERT ON countersign.record, countersign.log_entry, countersign.checkpoint TO countersign_app;
GRANT SELECT, INSERT, UPDATE ON countersign.log, countersign.tile TO countersign_app;
GRANT SELECT, INSERT, DELETE ON countersign.pending TO countersign_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON countersign.state, countersign.person TO countersign_app;
GRANT SELECT, INSERT ON countersign.directory_key TO countersign_app;
