"""The `wutong` command: reads the arguments, calls one function, turns problems into a sentence and an exit code.

Exit codes: 0 done, 1 a problem (said in a sentence), 2 wrong arguments, 130 interrupted.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from wutong.commands import accounts, check, demo, ending, groups, inbox, migrate, providers, reindex, serve
from wutong.commands.ending import Stopped
from wutong.core.answers import Problem


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.run(asked) or 0)
    except Problem as problem:
        ending.say(problem.sentence)
        return 1
    except Stopped as stopped:
        return stopped.exit_code
    except KeyboardInterrupt:
        ending.say("interrupted.")
        return 130
    except BrokenPipeError:  # whoever read our output has seen enough
        ending.forget_stdout()
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="wutong", description="Wutong (互通): health records, shared safely.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_running(commands)
    _add_providers(commands)
    _add_groups(commands)
    _add_clients(commands)
    _add_users(commands)
    _add_demo_only(commands)
    return parser


def _add_running(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = _command(commands, "demo", "Start everything on this machine with an invented district.", demo.run)
    _data(one)
    one.add_argument("--port", type=_port, default=8000, help="where to listen on 127.0.0.1 (default: %(default)s)")
    one.add_argument(
        "--people",
        type=_count,
        default=0,
        help="have this many more invented people (made once; a larger number later adds the difference)",
    )
    one = _command(commands, "serve", "Serve the pages and the FHIR API, and keep one worker running.", serve.run)
    one.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    one.add_argument("--port", type=_port, default=8000, help="the port (default: %(default)s)")
    one.add_argument("--plane", choices=["record", "control"], help="run this plane alone")
    one.add_argument("--without-worker", action="store_true", help="do not start a worker beside it")
    _command(commands, "worker", "Work off background jobs: notices, clean-up.", serve.run_worker)
    one = _command(commands, "migrate", "Bring the database up to date (needs WUTONG_OWNER_DSN).", migrate.run)
    one = _command(
        commands,
        "check",
        "Verify settings, database, migrations, roles, grants, and who is told of emergencies.",
        check.run,
    )
    _data(one)
    one.add_argument(
        "--deep", action="store_true", help="read every stored row too, and compare it with what it is found by"
    )
    one = _command(
        commands,
        "reindex",
        "Work out anew what records are found by (needs WUTONG_KEEPER_DSN); beside a running server.",
        reindex.run,
    )
    _data(one)
    one.add_argument("--type", metavar="TYPE", help="resources of this type alone, such as Observation")
    one.add_argument("--after", metavar="PLACE", type=reindex.place, help="go on from where the progress said it was")


def _add_providers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    inner = _group(commands, "provider", "Make and list healthcare providers.")
    one = _command(inner, "create", "Register a healthcare provider.", providers.create)
    _data(one)
    one.add_argument("code", metavar="CODE", help="a short code of its own, such as HA")
    one.add_argument("--name", required=True, help="its name in English")
    one.add_argument("--name-zh", default="", help="its name in Chinese")
    one.add_argument("--kind", required=True, help="hospital-group, hospital, clinic, laboratory, …")
    one.add_argument("--deemed", action="store_true", help="joining the system is consent to this provider")
    one = _command(inner, "list", "List the providers.", providers.show)
    _data(one)


def _add_groups(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    inner = _group(commands, "group", "Make groups of providers and programmes, and say who belongs to them.")
    one = _command(inner, "create", "Make a group of providers or a programme.", groups.create)
    _data(one)
    one.add_argument("code", metavar="CODE", help="a short code of its own, such as HARBOURGROUP")
    one.add_argument("--name", required=True, help="its name in English")
    one.add_argument("--name-zh", default="", help="its name in Chinese")
    one.add_argument("--kind", required=True, help="group (a chain of clinics), or programme")
    for name, help_text, run in (
        ("join", "Enter that a provider belongs to it; who allowed it is told.", groups.join),
        ("leave", "Enter that a provider belongs to it no more.", groups.leave),
    ):
        one = _command(inner, name, help_text, run)
        _data(one)
        one.add_argument("code", metavar="CODE", help="the group's code")
        one.add_argument("provider", metavar="PROVIDER", help="the provider's code")
    one = _command(inner, "list", "List groups, programmes and who belongs to them.", groups.show)
    _data(one)


def _add_clients(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    inner = _group(commands, "client", "Make system clients.")
    one = _command(inner, "create", "Make a system client; its secret is shown once.", accounts.create_client)
    _data(one)
    one.add_argument("--provider", required=True, metavar="CODE", help="the provider it belongs to, such as HA")
    one.add_argument("--name", required=True, help="what to call it")
    one.add_argument("--register-patients", action="store_true", help="its uploads may register people")
    one.add_argument("--json", action="store_true", help="print JSON")


def _add_users(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    inner = _group(commands, "user", "List and make accounts.")
    one = _command(inner, "list", "List the accounts.", accounts.list_users)
    _data(one)
    one = _command(inner, "create", "Make a professional's account; its secrets are shown once.", accounts.create_user)
    _data(one)
    one.add_argument("sign_in_name", help="the name to sign in with, such as dr.lee")
    one.add_argument("--display-name", required=True, help="the person's name")
    one.add_argument("--provider", required=True, metavar="CODE", help="where the person works")
    one.add_argument(
        "--role",
        choices=("clinician", "registration", "privacy-officer"),
        default="clinician",
        help="what the person does",
    )
    one.add_argument("--email", default="", help="a privacy officer is told there of emergency access")
    one.add_argument("--profession", metavar="CODE", help="of a clinician: DOC, NUR, PHA, … as in the role matrix")
    one.add_argument("--registration", metavar="NUMBER", help="of a clinician: professional registration number")
    one.add_argument("--registered-until", metavar="DATE", help="of a clinician: YYYY-MM-DD")


def _add_demo_only(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    for name, text, run in (
        ("otp", "Demo only: the current one-time code of an account.", accounts.one_time_code_command),
        ("inbox", "Demo only: e-mails, SMS and letters to an account and its person.", inbox.run),
    ):
        one = _command(commands, name, text, run)
        _data(one)
        one.add_argument("user", help="the sign-in name")


def _group(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, text: str
) -> "argparse._SubParsersAction[argparse.ArgumentParser]":
    parser = commands.add_parser(name, help=text, description=text)
    return parser.add_subparsers(title="actions", required=True, metavar="ACTION")


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, text: str, run: object
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(run=run)
    return parser


def _data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, help="the demo's data folder (default: chosen by the installation)")


def _port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError("a port is 1 to 65535")
    return number


def _count(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 10_000:
        raise argparse.ArgumentTypeError("0 to 10000 people")
    return number
