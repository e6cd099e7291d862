"""Emergency access to records: what was granted, who was told, and how it was reviewed."""
