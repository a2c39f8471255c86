-- Keeping less of what is delivered: what was removed on purpose, and what is counted so that a
-- screen can say at once what a seizure would show and what a destroyed vault would lose.

-- Reports from which something was removed. Of one that is gone altogether this is what is listed:
-- the name it was given and the day of its first entry (days since the Unix epoch).
CREATE TABLE thinned (
    incident BLOB PRIMARY KEY CHECK (length(incident) = 16),
    what TEXT NOT NULL CHECK (what IN ('evidence', 'everything')),
    label TEXT NOT NULL,
    made_on INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    answered INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The entries that were removed or forgotten: they are not taken in again when somebody sends them
-- along with an answer, and when all of them are fetched back nothing is thinned any more.
CREATE TABLE thinned_entries (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    incident BLOB NOT NULL CHECK (length(incident) = 16)
) STRICT, WITHOUT ROWID;
CREATE INDEX thinned_entries_of_incident ON thinned_entries (incident);

-- What is still known of evidence whose key was removed.
CREATE TABLE stubs (
    entry BLOB PRIMARY KEY CHECK (length(entry) = 32),
    incident BLOB NOT NULL CHECK (length(incident) = 16),
    object BLOB NOT NULL CHECK (length(object) = 32),
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32)
) STRICT, WITHOUT ROWID;
CREATE INDEX stubs_of_incident ON stubs (incident);

-- How often this device handed it over, how many of its own entries no hand-over has in it, the
-- time of the first entry, and what was removed (0 nothing, 1 evidence, 2 everything).
ALTER TABLE incidents ADD COLUMN sent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN unsent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN made_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN thinned INTEGER NOT NULL DEFAULT 0;
-- All that is counted is in it, so that counting reads no line of the list.
CREATE INDEX incidents_counted ON incidents (unsent, sent, thinned, entries, made_at, incident);
CREATE INDEX evidence_of_incident ON evidence (incident, object);

-- Without the reference to `objects`: a receipt outlives the bytes that it is for.
CREATE TABLE outbox_kept (
    id INTEGER PRIMARY KEY,
    object BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    destination BLOB NOT NULL,
    incident BLOB NOT NULL CHECK (length(incident) = 16),
    what TEXT NOT NULL,
    rank INTEGER NOT NULL,
    sent INTEGER NOT NULL DEFAULT 0,
    upload BLOB,
    held_at INTEGER,
    fault TEXT
) STRICT;
INSERT INTO outbox_kept SELECT * FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_kept RENAME TO outbox;
CREATE INDEX outbox_waiting ON outbox (rank, size, id) WHERE held_at IS NULL;
CREATE INDEX outbox_held ON outbox (held_at, id) WHERE held_at IS NOT NULL;
CREATE INDEX outbox_of_incident ON outbox (incident);
