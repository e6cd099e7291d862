"""Writes what the reference pages say of the code: `make reference`. A test compares the pages with the code.

A page is written by hand around its blocks. A block begins with `<!-- made: NAME -->` and ends with `<!-- end -->`;
what stands between is made here, and lost when somebody changes it by hand.
"""

import argparse
import base64
import importlib
import os
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sentences import Told, told_by

from wutong import cli
from wutong.commands.start import set_up_django
from wutong.core import clock, ids, json_text, strength
from wutong.core.access import Act, Allowed, decide
from wutong.core.answers import Reason
from wutong.core.care import KINDS, MOST_REASON
from wutong.core.categories import CATEGORIES_OF_TYPE, CATEGORY_NAMES
from wutong.core.facts import Caller, CallerKind, Facts, PersonFacts
from wutong.core.json_patch import MOST_OPERATIONS
from wutong.core.routes import Comers
from wutong.record import app
from wutong.record.fhir import answers, batch, bodies, entries, everything, history
from wutong.record.fhir import conditions as preconditions
from wutong.record.fhir.callers import Rule
from wutong.record.fhir.interactions import TABLE
from wutong.record.fhir.metadata import statement
from wutong.record.flows import changes, patch_record
from wutong.record.flows.repeat_request import KEPT_FOR
from wutong.record.flows.resolve_conditions import MOST_CONDITIONS
from wutong.record.gate.open import LOOK_LASTS
from wutong.record.profiles.issues import MOST_ISSUES
from wutong.record.searching import conditions, cost, reading, results, writing
from wutong.record.searching import entries as indexed
from wutong.record.store.search import MOST_BYTES, along, links, run

HERE = Path(__file__).parent
_BLOCK = re.compile(r"(<!-- made: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_PART = re.compile(r"<\w+:(\w+)>")  # of an address of Django's
_SHARED = 31  # types: a parameter of fewer is not listed
_HIDDEN_LOOK_ALIKE = "403; by id, 404"

# Where a client meets the sentences of which modules; a module that is in none of them comes last.
_REGISTRY = "wutong.control.pcf"
_PLACES: Mapping[str, tuple[str, ...]] = {
    "Any request": (
        "wutong.record.fhir.requests",
        "wutong.record.fhir.bodies",
        "wutong.record.fhir.negotiation",
        "wutong.record.app",
        "wutong.record.fhir.answers",
    ),
    "A body that is no acceptable JSON": ("wutong.core.json_text",),
    "Create, update, delete, transaction": (
        "wutong.record.fhir.checking",
        "wutong.record.fhir.conditions",
        "wutong.record.fhir.entries",
        "wutong.record.fhir.batch",
        "wutong.record.fhir.update",
        "wutong.record.flows.receive_bundle",
        "wutong.record.flows.settling",
        "wutong.record.flows.resolve_conditions",
        "wutong.record.flows.versions",
        "wutong.record.flows.writing",
        "wutong.record.flows.deposit",
        "wutong.record.flows.delete_record",
        "wutong.record.flows.spared",
        "wutong.record.flows.repeat_request",
        "wutong.record.fhir.repeats",
    ),
    "Read": ("wutong.record.fhir.subset",),
    "JSON Patch": ("wutong.core.json_patch", "wutong.record.flows.patch_record"),
    "FHIRPath Patch": ("wutong.record.patches.reading", "wutong.record.patches.apply", "wutong.record.patches.draft"),
    "History": ("wutong.record.fhir.history", "wutong.record.flows.read_history"),
    "The content of a resource": (
        "wutong.record.profiles.check",
        "wutong.record.profiles.structure",
        "wutong.record.profiles.shadows",
        "wutong.record.profiles.values",
        "wutong.record.profiles.rules",
        "wutong.record.profiles.containment",
        "wutong.record.profiles.invariants",
    ),
    "The narrative of a resource": ("wutong.record.profiles.narrative",),
    "Search": (
        "wutong.record.fhir.search",
        "wutong.record.flows.search_records",
        "wutong.record.searching.reading",
        "wutong.record.searching.results",
        "wutong.record.searching.conditions",
        "wutong.record.searching.writing",
    ),
    "$everything": ("wutong.record.fhir.everything", "wutong.record.flows.read_everything"),
    "$validate": ("wutong.record.fhir.validate",),
    "Opening a record": ("wutong.record.fhir.open",),
}
# The framework finds out, and the app says it (wutong.record.app).
_ADDRESSES = (
    Told(404, "not-supported", "There is no such address here."),
    Told(405, "not-supported", "This address does not know that method."),
)


def refusals() -> Iterator[str]:
    """Each reason with its status and sentence."""
    yield from _head("code", "status", "sentence")
    for reason in Reason:
        status = "401" if reason is Reason.NO_TOKEN else _HIDDEN_LOOK_ALIKE
        yield _row(f"`{reason}`", status, answers.SENTENCES[reason])


def problems() -> Iterator[str]:
    """Each other problem, by where a client meets it."""
    _set_up_django()  # for the registry
    found = {name: told for name in _modules() if (told := told_by(name))}
    placed = {name for names in _PLACES.values() for name in names}
    others = sorted(set(found) - placed)
    of_registry = tuple(name for name in others if name.startswith(_REGISTRY))
    places = {**_PLACES, "Consents (`/pcf`)": of_registry, "Elsewhere": tuple(set(others) - set(of_registry))}
    for place, names in places.items():
        told = {each for name in names for each in found.get(name, [])}
        told |= set(_ADDRESSES) if place == "Any request" else set()
        if told:
            yield from (f"### {place}", "")
            yield from _head("status", "issue code", "sentence")
            yield from (_row(str(each.status), f"`{each.code}`", each.sentence) for each in sorted(told))
            yield ""


def interactions() -> Iterator[str]:
    """Interactions and operations, from the CapabilityStatement."""
    rest = _rest()
    yield from _head("interaction", "offered for")
    for code in [each["code"] for each in rest["interaction"]]:
        yield _row(f"`{code}`", "the whole system")
    for name in [each["name"] for each in rest["operation"]]:
        yield _row(f"`${name}` without a type", "the whole system")
    offered = [(each["code"], name["type"]) for name in rest["resource"] for each in name["interaction"]]
    offered += [(f"${each['name']}", name["type"]) for name in rest["resource"] for each in name.get("operation", [])]
    yield from (_row(f"`{code}`", _of_types(names)) for code, names in _gathered(offered).items())


def parameters() -> Iterator[str]:
    """Search parameters that several types share, each with the types that it is offered for; how many there are."""
    offered = [
        ((each["name"], each["type"]), described["type"])
        for described in _rest()["resource"]
        for each in described.get("searchParam", [])
    ]
    gathered = sorted(_gathered(offered).items())
    yield from _head("parameter", "type", "offered for")
    yield from (_row(f"`{name}`", kind, _of_types(names)) for (name, kind), names in gathered if len(names) >= _SHARED)
    yield from ("", f"With those of fewer types: {len(offered):,} parameters of {len(_rest()['resource'])} types.")


def modifiers() -> Iterator[str]:
    """What each type of parameter can have."""
    yield from _head("type of parameter", "modifiers", "prefixes")
    for kind, names in sorted(conditions.MODIFIERS.items()):
        prefixes = ", ".join(f"`{each}`" for each in writing.PREFIXES) if kind in {"date", "number", "quantity"} else ""
        more = [", `:[type]`"] if kind == "reference" else [""]
        yield _row(kind, ", ".join(f"`:{each}`" for each in names) + more[0], prefixes)


def types() -> Iterator[str]:
    """Which types are shared, in which categories; then the others."""
    yield from _head("type", "data categories")
    for name, categories in sorted(CATEGORIES_OF_TYPE.items()):
        yield _row(name, ", ".join(code for code in CATEGORY_NAMES if code in categories))
    others = [each["type"] for each in _rest()["resource"] if each["type"] not in CATEGORIES_OF_TYPE]
    yield from ("", f"Kept for their depositor alone ({len(others)}): {', '.join(others)}.")


def categories() -> Iterator[str]:
    """The data categories in both languages."""
    yield from _head("code", "English", "繁體中文")
    yield from (_row(f"`{code}`", *names) for code, names in CATEGORY_NAMES.items())


def limits() -> Iterator[str]:
    """What is refused for its size, and how long things last."""
    yield from _head("what", "limit")
    yield _row("body of a request", f"{changes.MOST_BYTES // 1024 // 1024} MiB, within {bodies._BODY_SECONDS} seconds")
    yield _row("the same, of a patch", f"{bodies._MAX_PATCH // 1024 // 1024} MiB, {MOST_OPERATIONS:,} operations")
    yield _row("entries of a transaction", f"{entries.MOST_ENTRIES:,}, of which {batch.MOST_IN_BATCH} that read")
    yield _row(
        "entries of a batch", f"{batch.MOST_IN_BATCH}, {batch.MOST_SECONDS:.0f} seconds, then an entry's own 503"
    )
    yield _row("answers to a batch together", f"{changes.MOST_ANSWERED // 1024 // 1024} MiB, then an entry's own 413")
    yield _row("resources that are there already, in an answer", f"{changes.MOST_ANSWERED // 1024 // 1024} MiB")
    yield _row(
        "patches of one request together",
        f"{patch_record.MOST_PATCHED // 1024 // 1024} MiB, {patch_record.MOST_SECONDS:.0f} seconds",
    )
    yield _row("different conditions in a bundle", f"{MOST_CONDITIONS:,}, of {preconditions._LONGEST:,} characters")
    yield _row("an `Idempotency-Key`", f"known for {KEPT_FOR.total_seconds() / 3600:.0f} hours")
    yield _row("versions on a page of a history", f"{history._USUAL} unless asked, {history._MOST} at most")
    yield _row("levels of nesting in JSON", str(json_text.MAX_DEPTH))
    yield _row("values in one body", f"{json_text._MOST_VALUES:,}")
    yield _row("characters of a number", str(json_text._LONGEST_NUMBER))
    yield _row("problems told of one resource", str(MOST_ISSUES))
    yield _row("hits on a page (`_count`)", f"{results.USUAL} unless asked, {results.MOST} at most")
    yield _row("resources on a page of `$everything`", f"{everything.USUAL} unless asked, {everything.MOST:,} at most")
    yield _row("resources on a page together", f"{MOST_BYTES // 1024 // 1024} MiB, or one resource")
    yield _row(
        "resources that come along with a page (`_include`, `_revinclude`)",
        f"{along.MOST:,}, and {MOST_BYTES // 1024 // 1024} MiB together",
    )
    yield _row(
        "time of a search, of a page of a history, of all conditions of a request",
        f"{run.MOST_MILLISECONDS // 1000} seconds",
    )
    yield _row("parameters of a search", f"{links.MOST_QUESTION:,} characters, {cost.MOST} with a value each")
    yield _row("values of a parameter, with commas between", f"{writing.MOST_VALUES}")
    yield _row("types that the chains of a search look at", f"{reading.MOST_FOLLOWED}")
    yield _row(
        "what one resource can be found by",
        f"{indexed.MOST:,} values of search parameters, {indexed.MOST_KEYS:,} identifiers",
    )
    yield _row("a look", f"{LOOK_LASTS.seconds // 60} minutes")
    days = ", ".join(f"`{each.code}` {each.before}/{each.after}" for each in KINDS)
    yield _row("evidence of care (`$open`), days before/after", days)
    yield _row("a stated reason (`$open`)", f"{MOST_REASON} characters")


def commands() -> Iterator[str]:
    """Each command with its arguments."""
    yield from _commands(cli._parser())


def _commands(parser: argparse.ArgumentParser) -> Iterator[str]:
    inner = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
    for group in inner:
        for one in group.choices.values():
            yield from _commands(one)
    if inner:
        return
    yield from (f"## {parser.prog}", "", parser.description or "", "")
    arguments = [each for each in parser._actions if not isinstance(each, argparse._HelpAction)]
    if arguments:
        yield from _head("argument", "what for")
        yield from (_row(f"`{_written(each)}`", _meaning(each)) for each in arguments)
        yield ""


def _written(argument: argparse.Action) -> str:
    name = argument.option_strings[0] if argument.option_strings else argument.metavar or argument.dest
    if not argument.option_strings or argument.nargs == 0:
        return str(name)
    return f"{name} {argument.metavar or argument.dest.upper()}"


def _meaning(argument: argparse.Action) -> str:
    text = (argument.help or "") % {"default": argument.default}
    chosen = f" ({' or '.join(argument.choices)})" if argument.choices else ""
    return f"{text}{chosen}{'; must be given' if argument.required else ''}"


def doors() -> Iterator[str]:
    """Each door of the record plane with its rule."""
    yield from _head("method", "address", "who may come")
    yield from (_row("GET", f"`/fhir{path}`", Comers.ANYBODY) for path in app.PUBLIC)
    yield from (_row(each.method, f"`/fhir{each.path}`", _who(each.rule)) for each in TABLE)


def _who(rule: Rule | None) -> str:
    if rule is None or rule.act is None:
        return "whoever has a live token; what is then asked for is decided by the gate"
    kinds = [kind for kind in CallerKind if _may_ever(kind, rule.act)]
    return f"whom the gate lets `{rule.act}`: a {' or a '.join(kinds)}"


def _may_ever(kind: CallerKind, act: Act) -> bool:
    """Whether there is any rule for such a caller and act; asked of somebody about themselves."""
    person = PersonFacts(ids.NOBODY, is_active=True)
    caller = Caller(kind, ids.NOBODY, person_id=person.person_id, provider_is_active=True, strength=strength.LEVELS[-1])
    facts = Facts(caller, person)
    answer = decide(facts, act=act, categories=frozenset(), now=clock.now())
    return isinstance(answer, Allowed) or answer.reason is not Reason.NO_RULE


def pages() -> Iterator[str]:
    """Each address of the people plane with its rule."""
    _set_up_django()
    from wutong.control.project.rules import rules

    yield from _head("address", "who may come")
    written = {_PART.sub(r"{\1}", address): comers for address, comers in rules().items()}
    yield from (_row(f"`/{address}`", comers) for address, comers in written.items())


def _set_up_django() -> None:
    """Its settings want values: these name nothing that exists."""
    for role in ("CONTROL", "JOBS"):
        os.environ.setdefault(f"WUTONG_{role}_DSN", f"postgresql://wutong_{role.lower()}@localhost/reference")
    os.environ.setdefault("WUTONG_SECRET_KEY", "only-for-the-reference-" * 4)
    os.environ.setdefault("WUTONG_IDENTITY_KEY", base64.b64encode(bytes(32)).decode())
    set_up_django()


_BLOCKS: Mapping[str, Callable[[], Iterator[str]]] = {
    "refusals": refusals,
    "problems": problems,
    "interactions": interactions,
    "parameters": parameters,
    "modifiers": modifiers,
    "types": types,
    "categories": categories,
    "limits": limits,
    "commands": commands,
    "doors": doors,
    "pages": pages,
}


def filled(page: str) -> str:
    """The page with each of its blocks made anew; raises KeyError for a block that nobody can make."""
    return _BLOCK.sub(lambda block: block[1] + "\n".join(_BLOCKS[block[2]]()).strip() + "\n" + block[3], page)


def blocks_of(page: str) -> list[str]:
    """Names of the blocks on a page."""
    return [block[2] for block in _BLOCK.finditer(page)]


def main() -> None:
    """Write every page of this folder."""
    for path in sorted(HERE.glob("*.md")):
        path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")


def _modules() -> list[str]:
    return [*_within("wutong.record"), *_within(_REGISTRY), "wutong.core.json_text", "wutong.core.json_patch"]


def _within(package: str) -> list[str]:
    path = importlib.import_module(package).__path__
    return [each.name for each in pkgutil.walk_packages(path, f"{package}.")]


def _rest() -> dict[str, Any]:
    rest: dict[str, Any] = statement("")["rest"][0]
    return rest


def _gathered(pairs: Iterable[tuple[Any, str]]) -> dict[Any, list[str]]:
    found: dict[Any, list[str]] = {}
    for key, name in pairs:
        found.setdefault(key, []).append(name)
    return found


def _of_types(names: list[str]) -> str:
    """Types in words: all of them, all but some, or some."""
    whole = [each["type"] for each in _rest()["resource"]]
    if len(names) == len(whole):
        return f"all {len(whole)} types"
    if len(names) > len(whole) / 2:
        return f"all but {', '.join(name for name in whole if name not in names)}"
    return ", ".join(names)


def _head(*names: str) -> Iterator[str]:
    yield _row(*names)
    yield "|" + "---|" * len(names)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|').replace('<', '&lt;') for cell in cells)} |"


if __name__ == "__main__":
    main()
