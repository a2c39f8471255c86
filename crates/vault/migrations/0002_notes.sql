-- The ordinary notebook, which every vault has: what a cover shows, and what a second passphrase
-- opens instead of the rest.
CREATE TABLE notes (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX notes_by_change ON notes (changed_at, id);
