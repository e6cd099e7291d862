"""A system of the hospital group's, as whoever writes its client knows it."""

from dataclasses import asdict, dataclass
from typing import Any

from cast import HA, Cast

from wutong.control.flows.create_account import create_client


@dataclass(frozen=True)
class Sender:
    """Where the server is, what the operator handed over, and a patient whose records are sent."""

    base: str
    token_address: str
    client_id: str
    secret: str
    token: str
    patient: str

    @property
    def told(self) -> dict[str, Any]:
        """The same for a script in another language."""
        return asdict(self)


def registered(cast: Cast) -> Sender:
    """One that may register people, with a token from the token door."""
    client_id, secret = create_client(HA, "somebody else's client", may_register_patients=True)
    form = {"grant_type": "client_credentials"}
    answer = cast.http.post("/oauth/token", data=form, auth=(str(client_id), secret))
    return Sender(
        base=f"{cast.server}/fhir",
        token_address=f"{cast.server}/oauth/token",
        client_id=str(client_id),
        secret=secret,
        token=answer.json()["access_token"],
        patient=str(cast.register().patient_id),
    )
