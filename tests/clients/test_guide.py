"""What the guide shows of client libraries works as it is written there, page after page."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from cast import Cast

from clients import javascript
from clients.invented import temperature
from clients.sender import Sender

_GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "connect.md"
_SNIPPET = re.compile(r"\[([\w@/-]+)\]\(\S+\):\n\n```(python|js)\n(.*?)```", re.DOTALL)
_SNIPPETS = {name: (language, text) for name, language, text in _SNIPPET.findall(_GUIDE.read_text(encoding="utf-8"))}


def _python(text: str) -> str:
    told = subprocess.run([sys.executable, "-"], input=text, capture_output=True, text=True, timeout=60)
    assert told.returncode == 0, told.stderr
    return told.stdout


_RUN = {"python": _python, "js": javascript.run_text}


@pytest.fixture(scope="module")
def patient(cast: Cast) -> str:
    """Somebody with three observations."""
    patient = str(cast.register().patient_id)
    for day in range(1, 4):
        assert cast.fhir(cast.ha, "POST", "Observation", json=temperature(patient, day)).status_code == 201
    return patient


@pytest.mark.parametrize("name", ["fhirclient", "fhirpy", "fhir-kit-client", "@medplum/core"])
def test_a_snippet_prints_every_observation(cast: Cast, sender: Sender, patient: str, name: str) -> None:
    language, text = _SNIPPETS[name]
    mine = {
        "50": "2",  # so that there are pages
        "http://127.0.0.1:8000": cast.server,
        "CLIENT_ID": sender.client_id,
        "CLIENT_SECRET": sender.secret,
        "PATIENT_ID": patient,
    }
    for shown, put in mine.items():
        assert shown in text or shown == "50"
        text = text.replace(shown, put)
    printed = sorted(_RUN[language](text).splitlines())
    bundle = cast.fhir(cast.ha, "GET", f"Observation?patient={patient}").json()
    assert len(printed) >= 3
    assert printed == sorted(f"{entry['resource']['id']} {entry['resource']['status']}" for entry in bundle["entry"])


def test_there_are_no_others() -> None:
    assert len(_SNIPPETS) == 4
