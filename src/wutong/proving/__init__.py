"""Proves that what somebody may not see changes no answer to them (docs/decisions/0046)."""
