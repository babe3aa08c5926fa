"""The two-sided, tamper-evident ledger: its format, its chains, and how it is verified. No I/O."""
