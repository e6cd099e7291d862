"""Base templates and page components, with their gallery."""
