"""Who asks: a system, a professional who has opened a record, and a stranger; and the server that is watched."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def server_apart(cast: Any) -> Iterator[Any]:
    """One server (fuzz.watched.Watched) for all that is asked."""
    from fuzz.watched import watched

    with watched() as server:
        yield server


@pytest.fixture
def broken(cast: Any) -> Iterator[Any]:
    """A server with three doors that must not be."""
    from fuzz.watched import watched

    with watched(str(Path(__file__).with_name("broken.py"))) as server:
        yield server


@pytest.fixture(scope="session")
def whom(cast: Any) -> Any:
    """A person with something of several categories."""
    from record.resources import of_category

    made = cast.register(family="WONG", given="Siu Ming")
    cast.allow(made)
    for category in ("ALG", "DX", "PX", "MED", "ENC", "CNS", "IMM", "LAB", "RAD", "OBS"):
        resource = of_category(category, made.patient_id)
        assert cast.fhir(cast.ha, "POST", resource["resourceType"], json=resource).status_code == 201
    return made


@pytest.fixture(scope="session")
def tokens(cast: Any, whom: Any) -> Mapping[str, str]:
    """The bearer tokens of the three."""
    professional = cast.session_token(cast.doctor)
    assert cast.open(professional, whom.person_id).status_code == 200
    return {"system": cast.ha, "professional": professional, "stranger": ""}
