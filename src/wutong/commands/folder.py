"""The demo's data folder: its settings, its code seeds, its mail and SMS. Only `wutong demo` writes it."""

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from wutong.core import env
from wutong.core.answers import Problem
from wutong.embedded import PORT, default_data_dir
from wutong.schema.roles import LOGIN_ROLES

OWNER = "wutong_owner"
DATABASE = "wutong"
_SETTING_OF_ROLE = {
    OWNER: env.OWNER_DSN,
    "wutong_control": env.CONTROL_DSN,
    "wutong_pdp": env.PDP_DSN,
    "wutong_finder": env.FINDER_DSN,
    "wutong_plane": env.PLANE_DSN,
    "wutong_jobs": env.JOBS_DSN,
    "wutong_keeper": env.KEEPER_DSN,
}


class DemoProblem(Problem):
    """The demo cannot do what was asked."""


@dataclass(frozen=True)
class Loaded:
    """What of the district is in, once the shipped part is in whole.

    `registers`: what the server calls each provider's places and staff. `more_people`: how many came besides, in
    `batches`; one that was broken off counts as a batch, so that its seed is not used again.
    """

    registers: dict[str, dict[str, str]] = field(default_factory=dict)
    more_people: int = 0
    batches: int = 0


@dataclass(frozen=True)
class Folder:
    """Paths and files of one demo."""

    path: Path

    @property
    def postgres(self) -> Path:
        """The embedded PostgreSQL's data directory."""
        return self.path / "postgres"

    @property
    def mail(self) -> Path:
        """Where the local mail sink keeps messages."""
        return self.path / "mail"

    @property
    def texts(self) -> Path:
        """Where the local SMS gateway keeps messages, a folder a number."""
        return self.path / "sms"

    @property
    def _settings(self) -> Path:
        return self.path / "settings.env"

    @property
    def _secrets(self) -> Path:
        return self.path / "secrets.json"

    @property
    def _seeds(self) -> Path:
        return self.path / "otp-seeds.json"

    @property
    def _district(self) -> Path:
        return self.path / "district.json"

    def refuse_foreign(self) -> None:
        """Raise DemoProblem where something else is in the folder already; nothing is written."""
        if self.path.exists() and not self.path.is_dir():
            raise DemoProblem(f"{self.path} is a file; the demo needs a folder. Name another with --data.")
        is_demo = any(each.exists() for each in (self._secrets, self._settings, self._district))
        is_begun = not self.path.exists() or all(self._is_database(each) for each in self.path.iterdir())
        if is_demo or is_begun:
            return
        raise DemoProblem(
            f"The folder {self.path} holds other things than a demo, so nothing was written there. Name an empty or a "
            f"new one with --data (or {env.DEMO_DATA.name}), such as {self.path / 'wutong-demo'}."
        )

    def _is_database(self, file: Path) -> bool:
        """A demo that was stopped in its first seconds has left the database's beginnings alone."""
        return file.name == self.postgres.name or file.name.startswith(f"{self.postgres.name}.")

    def loaded(self) -> Loaded | None:
        """What was kept of the district's loading; None where it did not come to its end."""
        return Loaded(**json.loads(self._district.read_text())) if self._district.exists() else None

    def keep_loaded(self, loaded: Loaded) -> None:
        """Remember what is in."""
        write_private(self._district, json.dumps(asdict(loaded), indent=1))

    def passwords(self) -> dict[str, str]:
        """The generated passwords and keys, made on first use; of a role that came later, then."""
        kept = dict(json.loads(self._secrets.read_text())) if self._secrets.exists() else {}
        made = {role: secrets.token_urlsafe(24) for role in (OWNER, *LOGIN_ROLES)}
        made["secret_key"] = secrets.token_urlsafe(48)
        made["identity_key"] = base64.b64encode(secrets.token_bytes(32)).decode()
        if kept.keys() != made.keys():
            write_private(self._secrets, json.dumps(made | kept, indent=1))
        return made | kept

    def write_settings(self, *, host: str, port: int, smtp_port: int, sms_url: str) -> dict[str, str]:
        """The demo's settings as environment variables, also kept for the other commands."""
        passwords = self.passwords()
        made = {
            setting.name: f"host={host} port={PORT} dbname={DATABASE} user={role} password={passwords[role]}"
            for role, setting in _SETTING_OF_ROLE.items()
        }
        public = f"http://127.0.0.1:{port}"
        made |= {
            env.SECRET_KEY.name: passwords["secret_key"],
            env.IDENTITY_KEY.name: passwords["identity_key"],
            env.PUBLIC_URL.name: public,
            env.RECORD_URL.name: f"{public}/fhir",
            env.SMTP_URL.name: f"smtp://127.0.0.1:{smtp_port}",
            env.MAIL_FROM.name: "notices@wutong.example",
            env.SMS_URL.name: sms_url,
            env.PRINTS_LETTERS.name: "true",
            env.IS_DEMO.name: "true",
            env.EMERGENCY_ACCESS.name: "true",
        }
        write_private(self._settings, "".join(f"{name}={value}\n" for name, value in made.items()))
        return made

    def settings(self) -> dict[str, str]:
        """What `write_settings` kept; empty where no demo ever ran."""
        if not self._settings.exists():
            return {}
        lines = self._settings.read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def keep_seed(self, sign_in_name: str, seed: str) -> None:
        """Remember an account's code seed, so that `wutong otp` can stand in for the token."""
        write_private(self._seeds, json.dumps({**self.seeds(), sign_in_name: seed}, indent=1))

    def seeds(self) -> dict[str, str]:
        """Code seeds (base32) by sign-in name."""
        return dict(json.loads(self._seeds.read_text())) if self._seeds.exists() else {}


def find(data: Path | None) -> Folder:
    """The demo's folder: as given, or as WUTONG_DATA says, or the installation's own."""
    named = data or (Path(text) if (text := env.read(env.DEMO_DATA, env.text)) else None)
    return Folder((named or default_data_dir()).absolute())


def attach(data: Path | None) -> Folder:
    """Use the demo's settings where no database is set otherwise; raises DemoProblem where there is no demo either."""
    folder = find(data)
    if env.CONTROL_DSN.name in os.environ:
        return folder
    settings = folder.settings()
    if not settings:
        raise DemoProblem(
            f"No demo was ever started in {folder.path}. Start one with `wutong demo`, or name its --data."
        )
    os.environ.update(settings)
    return folder


def attach_demo(data: Path | None, command: str) -> Folder:
    """The demo's folder, for what exists in the demo alone; raises DemoProblem on a database of one's own."""
    folder = find(data)
    is_own = env.CONTROL_DSN.name in os.environ
    if is_own and os.environ[env.CONTROL_DSN.name] != folder.settings().get(env.CONTROL_DSN.name):
        raise DemoProblem(
            f"`wutong {command}` exists in the demo alone, and {env.CONTROL_DSN.name} names a database of your own. "
            f"There, people have their own code generators and mail. For the demo, unset {env.CONTROL_DSN.name}."
        )
    return attach(data)


def write_private(file: Path, text: str) -> None:
    """Write a file that nobody else may read, whole or not at all."""
    fresh = file.with_suffix(".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.write(text)
    fresh.replace(file)
