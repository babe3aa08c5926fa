-- Sessions whose start is in a chain: a name counts once with one peer, or whoever verifies would take the
-- second start for a repetition of the first.

CREATE TABLE ledger_begun (
    peer TEXT NOT NULL,
    key  TEXT NOT NULL,
    seq  INTEGER NOT NULL,
    PRIMARY KEY (peer, key)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO ledger_begun (peer, key, seq)
SELECT
    peer,
    json_extract(body, '$.service') || '/' || json_extract(body, '$.session')
        || CASE json_extract(body, '$.asked') WHEN 1 THEN '/asked' ELSE '/watched' END,
    seq
FROM ledger_entry
WHERE CASE WHEN json_valid(body) THEN json_extract(body, '$.kind') END = 'start'
ORDER BY seq;
