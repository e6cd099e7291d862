"""`python bench/everything.py`: what all of a record costs, against a read by id of the same run.

Processor time of the server and of PostgreSQL, and time at the client, of requests that take turns: of a system that
deposited the record, plain and compressed, and page by page. Asserts nothing.
"""

import subprocess
from pathlib import Path

import httpx
from load import fresh_demo
from searches import cost, signed_in

RESOURCES = 500
TURNS = 60


def main() -> None:
    """Start a fresh demo, and let reads and whole records take turns."""
    with fresh_demo() as (folder, demo):
        _compare(folder, demo)


def _compare(folder: Path, demo: "subprocess.Popen[str]") -> None:
    with signed_in(folder) as client:
        client.headers["accept-encoding"] = "identity"
        patient, read = _patient(client)
        whole = f"/fhir/Patient/{patient}/$everything?_count={RESOURCES}"
        page = client.get(whole)
        print(f"{len(page.json()['entry'])} resources, {len(page.content) // 1024} KiB")
        asked = {"read by id": (read, "identity"), "$everything": (whole, "identity"), "compressed": (whole, "gzip")}
        asked["a page of 50"] = (whole.replace(f"={RESOURCES}", "=50"), "identity")
        costs = {}
        for name, (path, coding) in asked.items():
            client.headers["accept-encoding"] = coding
            client.get(path).raise_for_status()
            costs[name] = cost(client, path, demo.pid, turns=TURNS)
    base = costs["read by id"]
    for name, (processor, elapsed) in costs.items():
        ratios = f"÷ read by id: {processor / base[0]:.1f} of processor, {elapsed / base[1]:.1f} of time"
        print(f"{name}: {processor:.2f} ms of processor, median {elapsed:.2f} ms; {ratios}")


def _patient(client: httpx.Client) -> tuple[str, str]:
    """The patient with the longest record of those with the most observations, and the address of one of their rows."""
    found = client.get("/fhir/Observation?_count=500").json()["entry"]
    patients = [entry["resource"]["subject"]["reference"].partition("/")[2] for entry in found]
    longest = max(set(patients), key=lambda each: (_length(client, each), each))
    row = next(e for e in found if e["resource"]["subject"]["reference"] == f"Patient/{longest}")
    return longest, f"/fhir/Observation/{row['resource']['id']}"


def _length(client: httpx.Client, patient: str) -> int:
    return len(client.get(f"/fhir/Patient/{patient}/$everything?_count={RESOURCES}").json()["entry"])


if __name__ == "__main__":
    main()
