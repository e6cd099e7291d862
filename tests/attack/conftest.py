"""The attackers, and the judge at the suite's own server."""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module", autouse=True)
def closed_afterwards(superuser: Any) -> Iterator[None]:
    """The clinics that are made for attacks are in nobody's list afterwards."""
    yield
    superuser.execute("update control.provider set state = 'suspended' where code like 'ATTACK%'")


@pytest.fixture(scope="module")
def attackers(cast: Any, superuser: Any) -> Any:
    """Everybody who may not see the hidden record."""
    from attack.attackers import attackers as made

    return made(cast, superuser)


@pytest.fixture(scope="session")
def judge(server: str, superuser: Any) -> Iterator[Any]:
    """One connection for all that is asked."""
    from attack.judge import Judge, Wire

    wire = Wire(server)
    yield Judge(wire, superuser)
    wire.close()
