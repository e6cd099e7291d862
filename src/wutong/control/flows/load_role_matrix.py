"""The role matrix is loaded once, when the database is made. Page: docs/flows/load_role_matrix.md."""

from wutong.control.audit.append import HOST
from wutong.control.people.actions import roles


def load_role_matrix() -> int:
    """Load the matrix if there is none; how many rows."""
    return roles.load_role_matrix(actor=HOST)
