-- The ledger: one hash chain a peer (docs/ledger.md). A body is the record in its canonical form; what is
-- hashed is these very bytes, so nothing here is ever changed, only appended.

CREATE TABLE ledger_entry (
    peer     TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    previous TEXT NOT NULL,
    body     TEXT NOT NULL,
    hash     TEXT NOT NULL,
    PRIMARY KEY (peer, seq)
) STRICT, WITHOUT ROWID;

-- Sessions whose start is in the chain and whose end is not yet: after a crash they are closed as lost.
CREATE TABLE ledger_running (
    peer TEXT NOT NULL,
    key  TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (peer, key)
) STRICT, WITHOUT ROWID;

-- Whoever verifies a signature needs the certificate that it was made under.
CREATE TABLE ledger_certificate (
    serial TEXT PRIMARY KEY,
    der    BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The newest signed head of a chain: of this node's own, of its peers' with it, and those that it witnesses.
-- One that contradicts a newer or equal one is kept too, as evidence.
CREATE TABLE ledger_head (
    owner    TEXT NOT NULL,
    peer     TEXT NOT NULL,
    conflict INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (owner, peer, conflict)
) STRICT, WITHOUT ROWID;
