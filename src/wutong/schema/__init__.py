"""The SQL both planes stand on, and the one migration ledger."""
