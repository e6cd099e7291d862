"""Appends to the trail through the one database function, and answers "who opened my record?"."""
