"""How much a record holds, by data category: asked of the record plane, which tells numbers and no content."""

from uuid import UUID

from wutong.control.charts import client


def fetch_inventory(token: str, person_id: UUID) -> dict[str, int] | None:
    """The number of items in each data category; None where the record plane does not say."""
    answer = client.ask(token, f"Patient/{person_id}/$inventory")
    if not isinstance(answer, dict):
        return None
    found = {}
    for parameter in answer.get("parameter", []):
        parts = {part["name"]: part for part in parameter["part"]}
        found[str(parts["code"]["valueCode"])] = int(parts["items"]["valueUnsignedInt"])
    return found
