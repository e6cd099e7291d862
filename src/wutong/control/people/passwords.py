"""Compares passwords, a few at a time: each takes a processor and 100 MB for a quarter of a second (Argon2).

Without turns, whoever sends many sign-ins at once, with any name, takes both from everybody else.
"""

import os
import threading

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection

_TURNS = threading.BoundedSemaphore(os.cpu_count() or 1)
_OF_NOBODY = make_password("an account that does not exist")


def is_right(password: str, stored: str | None) -> bool:
    """Whether `password` is the one that `stored` was made from; None (no such account) takes the same time."""
    connection.close()  # to the pool: pages must not wait for connections that wait for their turn here
    with _TURNS:
        return check_password(password, stored or _OF_NOBODY)
