-- What somebody fetched back, and when: it is not removed again by itself as if it had never been
-- away. It goes when the report is removed again.
CREATE TABLE fetched (
    incident BLOB PRIMARY KEY CHECK (length(incident) = 16),
    fetched_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Whether the owner of this vault wrote the entry. When all that they wrote is back, the report is
-- whole again; what others said of it may never come again.
ALTER TABLE thinned_entries ADD COLUMN mine INTEGER NOT NULL DEFAULT 1;
