"""Settings: environment variables, read once at start by strict readers.

A missing, malformed or unsafe one stops the process with a sentence. `SETTINGS` is the whole list; the reference
page docs/reference/settings.md is compared with it by a test.
"""

import base64
import binascii
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from wutong.core import strength
from wutong.core.answers import Problem

T = TypeVar("T")


class SettingProblem(Problem):
    """A setting is missing, malformed or unsafe."""


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, what it is for, and its default (None: it must be given)."""

    name: str
    purpose: str
    default: str | None = None
    is_secret: bool = False


OWNER_DSN = Setting(
    "WUTONG_OWNER_DSN", "The owner's connection, used by `wutong migrate` alone; direct, not pooled.", is_secret=True
)
CONTROL_DSN = Setting("WUTONG_CONTROL_DSN", "Role `wutong_control`: accounts, consent, the registers.", is_secret=True)
PDP_DSN = Setting("WUTONG_PDP_DSN", "Role `wutong_pdp`: reads the facts, writes the ticket.", is_secret=True)
FINDER_DSN = Setting("WUTONG_FINDER_DSN", "Role `wutong_finder`: index tables without bodies.", is_secret=True)
PLANE_DSN = Setting("WUTONG_PLANE_DSN", "Role `wutong_plane`: records, under a committed ticket.", is_secret=True)
JOBS_DSN = Setting("WUTONG_JOBS_DSN", "Role `wutong_jobs`: the queue; a direct connection, not pooled.", is_secret=True)
KEEPER_DSN = Setting(
    "WUTONG_KEEPER_DSN",
    "Role `wutong_keeper`: reads all records; for `wutong reindex` and `wutong check --deep` alone. Empty: neither.",
    "",
    is_secret=True,
)
SECRET_KEY = Setting("WUTONG_SECRET_KEY", "Signs sessions and forms; at least 50 characters.", is_secret=True)
IDENTITY_KEY = Setting(
    "WUTONG_IDENTITY_KEY", "Seals identity numbers and code seeds: 32 bytes in base64.", is_secret=True
)
PUBLIC_URL = Setting("WUTONG_PUBLIC_URL", "Where people's browsers reach the pages.", "http://127.0.0.1:8000")
RECORD_URL = Setting("WUTONG_RECORD_URL", "Where the pages reach the record plane.", "http://127.0.0.1:8000/fhir")
SMTP_URL = Setting("WUTONG_SMTP_URL", "The mail relay, smtp://host:port.", "smtp://127.0.0.1:25")
MAIL_FROM = Setting("WUTONG_MAIL_FROM", "The sender of notices.", "notices@wutong.example")
SMS_URL = Setting(
    "WUTONG_SMS_URL",
    "The HTTP gateway that takes notices as SMS, with its user and password if it has them; empty: not offered.",
    "",
    is_secret=True,
)
PRINTS_LETTERS = Setting(
    "WUTONG_PRINTS_LETTERS",
    "Whether the eHR office prints and posts notices as letters (`true`, `false`: not offered).",
    "false",
)
IS_DEMO = Setting("WUTONG_IS_DEMO", "`true` in the demo alone: pages say that every person is invented.", "false")
PLANE = Setting("WUTONG_PLANE", "`record` or `control` to run one plane alone; empty: both.", "")
DEMO_DATA = Setting("WUTONG_DATA", "The demo's data folder; empty: chosen by the installation.", "")
POSTGRES_BIN = Setting("WUTONG_POSTGRES_BIN", "A directory holding bin/postgres for the embedded database.", "")
DEPOSIT_REQUIRES_CONSENT = Setting(
    "WUTONG_DEPOSIT_REQUIRES_SHARING_CONSENT",
    "Whether an upload needs the patient's sharing consent (true, the rule of 2019) or joining is enough (false).",
    "true",
)
EMERGENCY_ACCESS = Setting(
    "WUTONG_EMERGENCY_ACCESS",
    "Whether professionals may open a record in an emergency without asking the patient (docs/decisions/0014).",
    "false",
)
EMERGENCY_NEEDS = Setting(
    "WUTONG_EMERGENCY_NEEDS",
    "How strongly a professional must have signed in for emergency access: `otp` (a one-time code), `phr` (a factor "
    "that resists phishing, such as a passkey) or `phrh` (one in hardware).",
    strength.ONE_TIME_CODE,
)
EMERGENCY_REVIEW_DAYS = Setting(
    "WUTONG_EMERGENCY_REVIEW_DAYS",
    "Within how many working days a privacy officer closes each emergency access; 1 to 30.",
    "3",
)
AUTHORISATION_MINUTES = Setting(
    "WUTONG_AUTHORISATION_MINUTES",
    "For how many minutes a patient's one-time code opens restricted parts (docs/decisions/0040); 5 to 240.",
    "30",
)

SETTINGS = (
    OWNER_DSN,
    CONTROL_DSN,
    PDP_DSN,
    FINDER_DSN,
    PLANE_DSN,
    JOBS_DSN,
    KEEPER_DSN,
    SECRET_KEY,
    IDENTITY_KEY,
    PUBLIC_URL,
    RECORD_URL,
    SMTP_URL,
    MAIL_FROM,
    SMS_URL,
    PRINTS_LETTERS,
    IS_DEMO,
    PLANE,
    DEMO_DATA,
    POSTGRES_BIN,
    DEPOSIT_REQUIRES_CONSENT,
    EMERGENCY_ACCESS,
    EMERGENCY_NEEDS,
    EMERGENCY_REVIEW_DAYS,
    AUTHORISATION_MINUTES,
)

_SAFE_HTTP_HOSTS = {"127.0.0.1", "localhost", "::1"}


def read(setting: Setting, reader: Callable[[str], T]) -> T:
    """The setting's value through `reader`; raises SettingProblem with a sentence that names the setting."""
    text = os.environ.get(setting.name, setting.default)
    if text is None:
        raise SettingProblem(f"{setting.name} is not set. {setting.purpose} See docs/reference/settings.md.")
    try:
        return reader(text)
    except ValueError as wrong:
        raise SettingProblem(f"{setting.name} is wrong: {wrong}. {setting.purpose}") from wrong


def text(value: str) -> str:
    """Any text."""
    return value


def dsn(value: str) -> str:
    """A PostgreSQL connection string, as a URL or as key=value pairs."""
    if not value.startswith(("postgresql://", "postgres://")) and "=" not in value:
        raise ValueError("a PostgreSQL connection string is expected, such as postgresql://user:password@host/name")
    return value


def key_32_bytes(value: str) -> bytes:
    """32 bytes, written in base64."""
    try:
        key = base64.b64decode(value, validate=True)
    except binascii.Error as wrong:
        raise ValueError("32 bytes in base64 are expected") from wrong
    if len(key) != 32:
        raise ValueError(f"32 bytes in base64 are expected, not {len(key)}")
    return key


def long_secret(value: str) -> str:
    """A secret of at least 50 characters."""
    if len(value) < 50:
        raise ValueError("at least 50 characters are expected")
    return value


def safe_url(value: str) -> str:
    """An https address, or http on this machine alone; without a slash at the end."""
    parts = urlsplit(value)
    if parts.scheme == "https" and parts.hostname:
        return value.rstrip("/")
    if parts.scheme == "http" and parts.hostname in _SAFE_HTTP_HOSTS:
        return value.rstrip("/")
    raise ValueError("an https:// address is expected (http:// only for 127.0.0.1 and localhost)")


def gateway(value: str) -> str:
    """Empty, or a safe address as it was written: a slash at its end may matter to who listens there."""
    if value:
        safe_url(value)
    return value


def plane(value: str) -> str:
    """`record`, `control`, or empty for both."""
    if value not in {"", "record", "control"}:
        raise ValueError("`record`, `control` or nothing is expected")
    return value


def boolean(value: str) -> bool:
    """`true` or `false`, nothing else."""
    if value not in {"true", "false"}:
        raise ValueError("`true` or `false` is expected")
    return value == "true"


def working_days(value: str) -> int:
    """A whole number of days, 1 to 30."""
    return _whole(value, 1, 30)


def minutes(value: str) -> int:
    """A whole number of minutes, 5 to 240."""
    return _whole(value, 5, 240)


def _whole(value: str, least: int, most: int) -> int:
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise ValueError(f"a whole number from {least} to {most} is expected")
    return int(value)


def host_and_port(value: str) -> tuple[str, int]:
    """The host and port of an smtp:// address."""
    parts = urlsplit(value)
    if parts.scheme != "smtp" or not parts.hostname:
        raise ValueError("smtp://host:port is expected")
    return parts.hostname, parts.port or 25
