"""`wutong client`, `user`, and the demo's `otp`."""

import argparse
import json
import time
from datetime import date
from pathlib import Path

from wutong.commands import folder, start
from wutong.commands.folder import DemoProblem, Folder
from wutong.control.people import one_time_code
from wutong.core import clock


def create_client(asked: argparse.Namespace) -> None:
    """Make a system client and print its id and secret, this once."""
    attach(asked.data)
    from wutong.control.flows.create_account import create_client as make

    client_id, secret = make(asked.provider, asked.name, may_register_patients=asked.register_patients)
    if asked.json:
        print(json.dumps({"client_id": str(client_id), "client_secret": secret, "provider": asked.provider}))
        return
    print(f"client_id      {client_id}\nclient_secret  {secret}")
    print("The secret is shown this once. Get a token with it: POST /oauth/token, grant_type=client_credentials.")


def list_users(asked: argparse.Namespace) -> None:
    """Print sign-in names and whose they are."""
    attach(asked.data)
    from wutong.control.people.queries.accounts import listed_accounts

    for each in listed_accounts():
        places = [f"{place.role} at {place.provider_name}" for place in each.workplaces]
        print(f"{each.sign_in_name:24} {each.display_name:24} {', '.join(['patient'] * each.is_patient + places)}")


def create_user(asked: argparse.Namespace) -> None:
    """Make an account of somebody who works at a provider, and print its password and code seed, this once."""
    attach(asked.data)
    from wutong.control.flows.create_account import NewProfessional, create_professional

    is_clinician = asked.role == "clinician"
    if is_clinician and None in {asked.profession, asked.registration, asked.registered_until}:
        raise DemoProblem("A clinician needs --profession, --registration and --registered-until.")
    new = NewProfessional(
        sign_in_name=asked.sign_in_name,
        display_name=asked.display_name,
        name_zh="",
        provider_code=asked.provider,
        profession=asked.profession if is_clinician else None,
        registration_number=asked.registration or "",
        registered_until=_until(asked.registered_until) if is_clinician else clock.today(),
        role=asked.role,
        email=asked.email,
    )
    made = create_professional(new)
    print(f"password   {made.password}\ncode seed  {made.seed}")
    print("Both are shown this once. Enter the seed in a code generator (TOTP, 6 digits, 30 seconds).")


def _until(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise DemoProblem("--registered-until must be a date such as 2027-12-31.") from wrong


def one_time_code_of(place: Folder, user: str) -> str:
    """The code that the account's generator shows now."""
    seed = place.seeds().get(user)
    if seed is None:
        raise DemoProblem(
            f"The demo in {place.path} knows no code generator of {user}. `wutong user list` lists names."
        )
    return one_time_code.code_at(seed, one_time_code.step_at(clock.now()))


def one_time_code_command(asked: argparse.Namespace) -> None:
    """Print the current code; a code about to end is waited for, since nobody types that fast."""
    place = folder.attach_demo(asked.data, "otp")
    left = one_time_code.STEP_SECONDS - clock.now().timestamp() % one_time_code.STEP_SECONDS
    if left < 3:
        time.sleep(left)
    print(one_time_code_of(place, asked.user))


def attach(data: Path | None) -> Folder:
    """Make the people plane usable on the database of the settings, or of the demo."""
    place = folder.attach(data)
    start.refuse_unsafe()
    start.set_up_django()
    return place
