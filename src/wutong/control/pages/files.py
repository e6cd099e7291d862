"""Addresses of static files: each carries a piece of its content's hash, so that browsers may keep it for good."""

import hashlib
import re
from functools import cache
from pathlib import Path

from django.conf import settings

FOLDER = Path(__file__).parent / "static"
_HASHED = re.compile(r"(?P<stem>.+)\.(?P<hash>[0-9a-f]{12})(?P<suffix>\.\w+)")


def address(name: str) -> str:
    """Where pages find a file: `wutong/wutong.css` is `/static/wutong/wutong.0123456789ab.css`."""
    stem, _, suffix = name.rpartition(".")
    return f"{settings.STATIC_URL}{stem}.{_hashes()[name]}.{suffix}"


def named(path: str) -> tuple[str, bool]:
    """The file that a path below the static address asks for, and whether the path carries its present hash."""
    found = _HASHED.fullmatch(path)
    if found is None:
        return path, False
    name = found["stem"] + found["suffix"]
    return name, _hashes().get(name) == found["hash"]


@cache
def _hashes() -> dict[str, str]:
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    return {path.relative_to(FOLDER).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in files}
