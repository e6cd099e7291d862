"""All rows, and what they are found by, for whoever keeps the database (docs/decisions/0022)."""
