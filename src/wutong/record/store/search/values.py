"""The values of one statement, each under a name of its own."""

from typing import Any

from psycopg import sql


class Values(dict[str, Any]):
    """Gathers values and gives their placeholders; no value is ever written into the text of a statement."""

    def put(self, value: Any) -> sql.Placeholder:
        """A placeholder for the value."""
        name = f"v{len(self)}"
        self[name] = value
        return sql.Placeholder(name)
