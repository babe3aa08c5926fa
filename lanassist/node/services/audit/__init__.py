"""The ledger as its user sees it, and its signed heads, which peers keep for each other."""
