"""`python bench/searches.py`: what a search by patient and code costs, against a read by id of the same run.

Processor time of the server and of PostgreSQL, and time at the client, of requests that take turns. Asserts nothing.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import httpx
from load import BASE, fresh_demo

TURNS = 300
_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Start a fresh demo, and let reads and searches take turns."""
    with fresh_demo() as (folder, demo):
        _compare(folder, demo.pid)


def _compare(folder: Path, pid: int) -> None:
    with signed_in(folder) as client:
        asked = _questions(client)
        for path in asked.values():
            client.get(path).raise_for_status()
        costs = {name: cost(client, path, pid) for name, path in asked.items()}
    read = costs["read by id"]
    for name, (processor, elapsed) in costs.items():
        ratio = read[0] / processor
        print(f"{name}: {processor:.2f} ms of processor, median {elapsed:.2f} ms; read by id ÷ this: {ratio:.2f}")


@contextmanager
def signed_in(folder: Path) -> Iterator[httpx.Client]:
    """A fresh system client of the hospital group, with its token."""
    words = [sys.executable, "-m", "wutong", "client", "create", "--data", str(folder / "demo"), "--provider", "HA"]
    words += ["--name", "bench", "--json"]
    made = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    form = {"grant_type": "client_credentials", "client_id": made["client_id"], "client_secret": made["client_secret"]}
    with httpx.Client(base_url=BASE, trust_env=False, timeout=30) as client:
        token = client.post("/oauth/token", data=form).json()["access_token"]
        client.headers["authorization"] = f"Bearer {token}"
        yield client


def _questions(client: httpx.Client) -> dict[str, str]:
    found = client.get("/fhir/Observation?_count=500").json()["entry"]
    subjects = [entry["resource"]["subject"]["reference"] for entry in found]
    subject = max(set(subjects), key=subjects.count)
    every = client.get(f"/fhir/Observation?patient={subject.partition('/')[2]}&_count=500").json()["entry"]
    codes = [entry["resource"]["code"]["coding"][0]["code"] for entry in every if "coding" in entry["resource"]["code"]]
    code = max(set(codes), key=codes.count)
    print(f"{len(every)} observations of the patient, {codes.count(code)} of the code")
    patient = subject.partition("/")[2]
    asked = {"patient": patient, "code": code, "_sort": "-date", "_count": "20"}
    return {
        "read by id": f"/fhir/Observation/{every[0]['resource']['id']}",
        "search by patient and code": f"/fhir/Observation?{urlencode(asked)}",
        "the same, one hit": f"/fhir/Observation?{urlencode({**asked, '_count': '1'})}",
        "all of the patient, 50 hits": f"/fhir/Observation?{urlencode({'patient': patient, '_count': '50'})}",
    }


def cost(client: httpx.Client, path: str, pid: int, *, turns: int = TURNS) -> tuple[float, float]:
    """Milliseconds of processor (server, worker and PostgreSQL) and at the client, of one request."""
    before, times = used_below(pid), []
    for _ in range(turns):
        began = time.perf_counter()
        answer = client.get(path)
        times.append(time.perf_counter() - began)
        assert answer.status_code == 200, answer.text
    return (used_below(pid) - before) * 1000 / turns, statistics.median(times) * 1000


def used_below(pid: int) -> float:
    """Seconds that a process and all below it have used."""
    return sum(used_by(each) for each in _family(pid))


def _family(pid: int) -> set[int]:
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(path.parent.name)] = int(fields[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def used_by(pid: int) -> float:
    """Seconds of processor that one process has used."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


if __name__ == "__main__":
    main()
