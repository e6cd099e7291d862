"""`python bench/bundles.py`: what it costs to take in bundles of 50 resources, beside a COPY of the same bytes.

The resources are those that the demo's hospital group uploads. Everything is on: token, decision, committed ticket,
checks, entries for searches, sealing. Prints figures of this machine; asserts nothing. Compare figures of one run only.
"""

import http.client
import json
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from alone import Alone, alone, processor

from wutong import district

SIZE = 50
CONNECTIONS = 3
LENGTHS = (10, 50, 200, 500)
COPIES = 3
_URN = re.compile(r"urn:uuid:[0-9a-f-]{36}")
_STATEMENT = re.compile(r"^(\w*)\|LOG:  (?:statement|execute \S+): (?:\s|--.*\n)*(\w+)", re.MULTILINE)
_SIZES = """
select c.relname, pg_relation_size(c.oid), coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0),
       pg_indexes_size(c.oid)
  from pg_class c where c.relnamespace = 'record'::regnamespace and c.relkind = 'r' order by 2 desc
"""
_ROWS = "select (select count(*) from record.resource) + (select count(*) from record.directory)"

Entry = dict[str, Any]
Names = dict[str, str]  # urn inside a bundle: Type/id on the server


def main() -> None:
    """Take in the hospital group's records once to warm up and once to measure; then count and weigh."""
    with tempfile.TemporaryDirectory(prefix="wutong-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with alone(folder) as running:
            known, people = _warmed(running)
            bundles = [_text(entries, known) for person in people for entries in _fifties(person)]
            rate = _take_in(running, bundles)
            _copy(running, [entry["resource"] for person in people for entry in person], rate)
            _weigh(running)
            longest = max(people, key=len)
            for length in LENGTHS:
                _count(running, longest[:length], known)


def _warmed(running: Alone) -> tuple[Names, list[list[Entry]]]:
    """The names on the server of all that was sent in order, and what there is to send of each person."""
    known = Names()
    uploads = [each for each in district.shipped().uploads if each.provider_code == "HA"]
    people = list[list[Entry]]()
    for key, group in groupby(uploads, key=lambda each: each.person_key):
        entries = [entry for upload in group for entry in upload.bundle["entry"]]
        for some in _fifties(entries):
            answer = _send(running, _text(some, known))
            places = [entry["response"]["location"].partition("/_history")[0] for entry in answer["entry"]]
            known |= dict(zip((entry["fullUrl"] for entry in some), places, strict=True))
        if key:
            people.append(entries)
    return known, people


def _fifties(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    return (entries[place : place + SIZE] for place in range(0, len(entries), SIZE))


def _text(entries: Sequence[Entry], known: Names) -> bytes:
    """A transaction of these entries; what they name outside of it by its name on the server."""
    names = {urn: name for urn, name in known.items() if urn not in {entry["fullUrl"] for entry in entries}}
    text = json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries}, ensure_ascii=False)
    return _URN.sub(lambda urn: names.get(urn[0], urn[0]), text).encode()


def _send(running: Alone, body: bytes, connection: http.client.HTTPConnection | None = None) -> dict[str, Any]:
    to = urlsplit(running.base)
    connection = connection or http.client.HTTPConnection(to.netloc)
    headers = {"authorization": f"Bearer {running.token}", "content-type": "application/fhir+json"}
    connection.request("POST", to.path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{answer.status}: {content[:2000].decode()}")
    read: dict[str, Any] = json.loads(content)
    return read


def _take_in(running: Alone, bundles: Sequence[bytes]) -> float:
    """Resources a second."""
    pids = {"server": running.server, "PostgreSQL": running.postgres.pid}
    before, own = {name: processor(pid) for name, pid in pids.items()}, time.process_time()
    began = time.monotonic()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        answers = list(pool.map(_sender(running), (bundles[number::CONNECTIONS] for number in range(CONNECTIONS))))
    seconds = time.monotonic() - began
    count, times = sum(each for each, _ in answers), [took for _, every in answers for took in every]
    used = {name: processor(pid) - before[name] for name, pid in pids.items()}
    used["load generator"] = time.process_time() - own
    print(f"{len(bundles)} bundles, {count} resources, {CONNECTIONS} connections: {count / seconds:.0f} resources/s")
    print(f"a bundle at the client: median {statistics.median(times) * 1000:.0f} ms, most {max(times) * 1000:.0f} ms")
    for name, each in used.items():
        print(f"processor of {name}: {each * 1000 / count:.3f} ms a resource")
    return count / seconds


def _sender(running: Alone) -> Any:
    def send(bundles: Sequence[bytes]) -> tuple[int, list[float]]:
        connection, count, times = http.client.HTTPConnection(urlsplit(running.base).netloc), 0, list[float]()
        for body in bundles:
            began = time.monotonic()
            count += len(_send(running, body, connection)["entry"])
            times.append(time.monotonic() - began)
        connection.close()
        return count, times

    return send


def _copy(running: Alone, resources: Sequence[dict[str, Any]], rate: float) -> None:
    """The same bytes into one table without an index, in binary, by one connection."""
    bodies = [json.dumps(each, ensure_ascii=False).encode() for each in resources]
    rates = list[float]()
    with psycopg.connect(running.dsn, autocommit=True) as connection:
        for _ in range(COPIES):
            connection.execute("create table copied (body bytea)")
            began = time.monotonic()
            with connection.cursor().copy("copy copied from stdin (format binary)") as copy:
                copy.set_types(["bytea"])
                for body in bodies:
                    copy.write_row([body])
            rates.append(len(bodies) / (time.monotonic() - began))
            connection.execute("drop table copied")
    best, mean = max(rates), sum(map(len, bodies)) / len(bodies)
    print(f"COPY of the same {len(bodies)} rows ({mean:.0f} bytes each): {best:.0f} rows/s; ratio {rate / best:.4f}")


def _weigh(running: Alone) -> None:
    with psycopg.connect(running.dsn, autocommit=True) as connection:
        connection.execute("vacuum")
        [(rows,)] = connection.execute(_ROWS).fetchall()
        sizes = connection.execute(_SIZES).fetchall()
    for table, heap, toast, indexes in sizes:
        parts = [f"{name} {each / rows:.0f}" for name, each in (("rows", heap), ("toast", toast), ("indexes", indexes))]
        print(f"disk of {table}: {', '.join(parts)} bytes a resource")
    whole = sum(heap + toast + indexes for _, heap, toast, indexes in sizes)
    print(f"disk in all: {whole / rows / 1024:.2f} KiB a resource, of {rows} resources")


def _count(running: Alone, entries: Sequence[Entry], known: Names) -> None:
    """The statements of a bundle that creates, and of one that updates, as PostgreSQL logs them: all, with BEGIN."""
    updates = [
        {"request": {"method": "PUT", "url": known[each["fullUrl"]]}, "resource": _named(each, known)}
        for each in entries
    ]
    for what, sent in (("create", entries), ("update", updates)):
        counts, words = _logged(running, _text_of(sent, known))
        print(f"{len(sent)} entries, {what}: {sum(counts.values())} statements ({_listed(counts)})")
        if "-v" in sys.argv:
            print(" ", _listed(words))


def _named(entry: Entry, known: Names) -> dict[str, Any]:
    return entry["resource"] | {"id": known[entry["fullUrl"]].partition("/")[2]}


def _text_of(entries: Sequence[Entry], known: Names) -> bytes:
    return _text([{"fullUrl": f"urn:x:{number}", **entry} for number, entry in enumerate(entries)], known)


def _logged(running: Alone, body: bytes) -> tuple[Counter[str], Counter[str]]:
    log = running.postgres.folder.log
    with _logging(running):
        begin = log.stat().st_size
        _send(running, body)
        text = log.read_bytes()[begin:].decode()
    found = _STATEMENT.findall(text)
    return Counter(role for role, _ in found), Counter(f"{role} {word}" for role, word in found)


@contextmanager
def _logging(running: Alone) -> Iterator[None]:
    _say(running, "alter system set log_statement = 'all'", "alter system set log_line_prefix = '%u|'")
    yield
    _say(running, "alter system reset log_statement", "alter system reset log_line_prefix")


def _say(running: Alone, *statements: str) -> None:
    with psycopg.connect(running.dsn, autocommit=True) as connection:
        for each in (*statements, "select pg_reload_conf()"):
            connection.execute(each)
    time.sleep(0.3)  # until every connection has heard of it


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(counts.items()))


if __name__ == "__main__":
    main()
