"""Receipts: why a decision fell as it did, as one plain sentence for whoever reads it."""
