-- Times are wall-clock seconds since 1970: they are kept over restarts, and nothing is ordered by them
-- that matters. Lists are JSON.

CREATE TABLE known_node (
    node      TEXT PRIMARY KEY,
    name      TEXT NOT NULL,
    email     TEXT NOT NULL,
    roles     TEXT NOT NULL,
    teams     TEXT NOT NULL,
    addresses TEXT NOT NULL,
    last_seen REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE static_peer (
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    PRIMARY KEY (host, port)
) STRICT, WITHOUT ROWID;

CREATE TABLE signed_document (
    kind   TEXT PRIMARY KEY,
    number INTEGER NOT NULL,
    text   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE own_status (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    status   TEXT NOT NULL,
    reason   TEXT NOT NULL,
    since    REAL NOT NULL
) STRICT;
