"""The gate: facts, decision, audit entry, ticket. Nobody touches a record without what it returns."""
