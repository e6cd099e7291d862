"""The role matrix."""

from datetime import date

from django.db import transaction

from wutong.control.audit.append import Actor, append
from wutong.control.people.models import RoleCategory
from wutong.control.people.role_matrix import rows
from wutong.core.events import Event

_FIRST_DAY = date(2016, 3, 13)  # the system's launch month; the reconstructed rows claim no finer date


@transaction.atomic
def load_role_matrix(*, actor: Actor) -> int:
    """Load the matrix into an empty table; how many rows (0 where there is one already)."""
    if RoleCategory.objects.exists():
        return 0
    made = [
        RoleCategory(profession=profession, category=category, access=access, source=source, valid_from=_FIRST_DAY)
        for profession, category, access, source in rows()
    ]
    RoleCategory.objects.bulk_create(made)
    append(Event.ROLES_LOAD, actor=actor, detail={"rows": len(made)})
    return len(made)
