-- Entries are the record. `incidents`, `search` and `evidence` say what the entries and drafts say,
-- in the form that lists and screens ask for, and change in the same transaction.
-- Identifiers and hashes are raw bytes; times are milliseconds since the Unix epoch.

-- What the vault is and the keys it owns: role, signing_seed, identity, recovery.
CREATE TABLE own (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE entries (
    arrival INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    incident BLOB NOT NULL CHECK (length(incident) = 16),
    envelope BLOB NOT NULL
) STRICT;
CREATE INDEX entries_of_incident ON entries (incident, arrival);

-- At most one per incident, changed in place until it becomes entries.
CREATE TABLE drafts (
    incident BLOB PRIMARY KEY CHECK (length(incident) = 16),
    body BLOB NOT NULL,
    title TEXT NOT NULL,
    search_text TEXT NOT NULL,
    saved_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A line of the list. The greater the position, the higher it stands: the latest change first, and
-- whatever has a draft (2^48 and more) before the rest.
CREATE TABLE incidents (
    position INTEGER PRIMARY KEY,
    incident BLOB NOT NULL UNIQUE CHECK (length(incident) = 16),
    title TEXT NOT NULL,
    summary BLOB NOT NULL,
    entries INTEGER NOT NULL,
    evidence INTEGER NOT NULL,
    urgent INTEGER NOT NULL,
    handed_over INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;

-- Row ids are positions, so that matches come out in the order of the list.
CREATE VIRTUAL TABLE search USING fts5 (
    text,
    tokenize = "unicode61 remove_diacritics 2",
    prefix = '1 2 3'
);
-- Words that are deleted leave the index at once, not at some later merge.
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);

-- Sealed objects whose bytes are in blobs/.
CREATE TABLE objects (
    object BLOB PRIMARY KEY CHECK (length(object) = 32),
    size INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Files of blobs/ that nobody was told are kept: being taken in, or discarded. Removed at open.
CREATE TABLE doomed (
    object BLOB PRIMARY KEY CHECK (length(object) = 32)
) STRICT, WITHOUT ROWID;

-- What opens which object. Without an entry it is loose: imported, and part of a draft so far.
CREATE TABLE evidence (
    id INTEGER PRIMARY KEY,
    incident BLOB NOT NULL CHECK (length(incident) = 16),
    object BLOB NOT NULL CHECK (length(object) = 32),
    record BLOB NOT NULL,
    entry BLOB UNIQUE REFERENCES entries (hash)
) STRICT;
CREATE INDEX evidence_of_object ON evidence (object);
CREATE INDEX evidence_loose ON evidence (incident) WHERE entry IS NULL;

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    object BLOB NOT NULL UNIQUE REFERENCES objects (object),
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
CREATE INDEX outbox_waiting ON outbox (rank, size, id) WHERE held_at IS NULL;
CREATE INDEX outbox_held ON outbox (held_at, id) WHERE held_at IS NOT NULL;
CREATE INDEX outbox_of_incident ON outbox (incident);

CREATE TABLE receipts (
    id INTEGER PRIMARY KEY,
    object BLOB NOT NULL CHECK (length(object) = 32),
    receipt BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    UNIQUE (object, receipt)
) STRICT;

-- The last bundle sealed for each destination, and every bundle taken in from each sender.
CREATE TABLE streams_out (
    destination BLOB PRIMARY KEY,
    sequence INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT, WITHOUT ROWID;
CREATE TABLE streams_in (
    sender BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (sender, sequence)
) STRICT, WITHOUT ROWID;

-- Kept because a newer version will understand it.
CREATE TABLE quarantine (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    bytes BLOB NOT NULL,
    reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;
