"""What every flow of the plane stands on."""

from dataclasses import dataclass

from wutong.record.gate.open import Gate
from wutong.record.store.session import Store


@dataclass(frozen=True)
class Plane:
    """The gate and the store of a running record plane, and its address, without a slash at the end."""

    gate: Gate
    store: Store
    base: str
