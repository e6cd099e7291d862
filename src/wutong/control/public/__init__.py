"""The door that is open to everybody: what is shared, and which profession sees what."""
