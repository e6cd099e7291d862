"""Copies the demo's patients many times over, straight into the tables: each with ids, numbers, traces of its own."""

import base64
import hashlib
import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID, uuid5

import psycopg

from wutong.core.sealing import Sealer

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TRACE = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_BODY = re.compile(r"\\\\x((?:7b)[0-9a-f]+)")  # in the text of COPY, a body is hexadecimal and begins with a brace
_SOURCES = """
select s.patient_id, s.person_id from control.source_record s join control.provider p using (provider_id)
 where p.code = 'HA' and s.ended_at is null order by 1
"""
# What belongs to a person or a patient: {0} is the person's id, {1} the patient's, {2} the ids of the chosen resources.
_TABLES = {
    "control.person": "person_id = '{0}'",
    "control.joining_version": "person_id = '{0}'",
    "control.identity_document": "person_id = '{0}'",
    "control.source_record": "patient_id = '{1}'",
    "record.directory_reference": "patient_id = '{1}'",
    "record.whereabouts": "patient_id = '{1}' and resource_id in ({2})",
    "record.resource": "patient_id = '{1}' and resource_id in ({2})",
    "record.identity_value": "patient_id = '{1}' and resource_id in ({2})",
    "record.deposit_key": "patient_id = '{1}' and resource_id in ({2})",
}
_CHOSEN = """
select resource_id from record.resource where patient_id = '{0}'
 order by resource_type <> 'Patient', md5(resource_id::text) limit {1}
"""
_AT_ONCE = 500
Lines = Mapping[str, Sequence[str]]  # of COPY, by table


def sealer_of(demo: Path) -> Sealer:
    """The demo's own, by which it reads the copies' identity numbers."""
    settings = dict(line.split("=", 1) for line in (demo / "settings.env").read_text().splitlines())
    return Sealer(base64.b64decode(settings["WUTONG_IDENTITY_KEY"]))


class Copier:
    """Takes each patient of HA in the demo as a pattern, with no more than `resources` resources."""

    def __init__(self, connection: psycopg.Connection, sealer: Sealer, resources: int) -> None:
        self._connection, self._sealer = connection, sealer
        found = connection.execute(_SOURCES).fetchall()
        self._patterns = [self._pattern(person, patient, resources) for patient, person in found]

    def _pattern(self, person: UUID, patient: UUID, resources: int) -> Lines:
        chosen = _CHOSEN.format(patient, resources)
        return {name: self._lines(name, where.format(person, patient, chosen)) for name, where in _TABLES.items()}

    def _lines(self, table: str, where: str) -> list[str]:
        query = f"copy (select * from {table} where {where}) to stdout"
        with self._connection.cursor().copy(query) as copy:
            return b"".join(bytes(block) for block in copy).decode().splitlines()

    def fill(self, numbers: range) -> list[str]:
        """Copies of the patterns in turn; the ids of the patients that they make."""
        began, patients = time.monotonic(), list[str]()
        for first in range(numbers.start, numbers.stop, _AT_ONCE):
            some = range(first, min(first + _AT_ONCE, numbers.stop))
            copies = [self._copied(self._patterns[number % len(self._patterns)], number) for number in some]
            patients += [copied["control.source_record"][0].split("\t")[0] for copied in copies]
            self._store(copies)
            print(f"\r{some.stop} patients, {time.monotonic() - began:.0f} s", end="", flush=True)
        print()
        self._connection.execute("vacuum analyze")
        return patients

    def _store(self, copies: Sequence[Lines]) -> None:
        for table in _TABLES:
            with self._connection.cursor().copy(f"copy {table} from stdin") as copy:
                for copied in copies:
                    copy.write("".join(f"{line}\n" for line in copied[table]))

    def _copied(self, pattern: Lines, number: int) -> Lines:
        fields = [line.split("\t", 3) for line in pattern["record.resource"]]
        own = {each[2] for each in fields} | {line.split("\t")[0] for line in pattern["control.person"]}
        fresh = {each: str(uuid5(UUID(each), str(number))) for each in own}
        return {table: [self._line(line, table, fresh, number) for line in lines] for table, lines in pattern.items()}

    def _line(self, line: str, table: str, fresh: Mapping[str, str], number: int) -> str:
        def named(text: str) -> str:
            text = _UUID.sub(lambda found: fresh.get(found[0], found[0]), text)
            return _TRACE.sub(lambda found: hashlib.sha256(f"{found[0]}{number}".encode()).hexdigest(), text)

        match table:
            case "record.resource":
                line = _BODY.sub(lambda found: "\\\\x" + named(bytes.fromhex(found[1]).decode()).encode().hex(), line)
            case "control.person":
                line = re.sub(r"(?<=\t)\d{12}(?=\t)", f"{100_000_000_000 + number}", line)
            case "record.deposit_key":
                line = re.sub(r"\t=([^\t]*)", rf"\t=\1-{number}", line)
            case "record.identity_value":
                line = self._sealed(line, fresh)
        return named(line)

    def _sealed(self, line: str, fresh: Mapping[str, str]) -> str:
        """A number is sealed for its place in its resource."""
        fields = line.split("\t")
        resource_id, place = fields[2], fields[4]
        number = self._sealer.open(bytes.fromhex(fields[-1][3:]), context=f"identity_value/{resource_id}/{place}")
        sealed = self._sealer.seal(number, context=f"identity_value/{fresh[resource_id]}/{place}")
        return "\t".join([*fields[:-1], f"\\\\x{sealed.hex()}"])
