"""Messages to people: wording and channels."""
