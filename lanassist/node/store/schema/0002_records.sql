-- What a service's core keeps over restarts: one row a record, as JSON, under its kind and key. Times in the
-- bodies are wall-clock seconds since 1970.

CREATE TABLE record (
    service TEXT NOT NULL,
    kind    TEXT NOT NULL,
    key     TEXT NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (service, kind, key)
) STRICT, WITHOUT ROWID;

-- The agent's own status is one of these records now.
DROP TABLE own_status;
