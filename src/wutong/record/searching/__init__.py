"""From search parameters to what is indexed, and to the question that the store is asked (README.md)."""
