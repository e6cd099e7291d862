"""Who stands at a door of the people plane: the session behind a request, and who may pass."""
