"""The role matrix."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from django.db.models import Q

from wutong.control.people.models import RoleCategory


def known_professions() -> list[str]:
    """Codes of the professions that the matrix in force says something about, in order."""
    in_force = RoleCategory.objects.filter(valid_until=None)
    return list(in_force.order_by("profession").values_list("profession", flat=True).distinct())


def roles_on(day: date) -> Mapping[str, Mapping[str, str]]:
    """The matrix in force on a day: for each profession, access by category ("G", "R", "-")."""
    in_force = RoleCategory.objects.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for profession, category, access in in_force.values_list("profession", "category", "access"):
        found[profession][category] = access
    return found


def access_of(profession: str, day: date) -> dict[str, str]:
    """What a profession's role says about each category on a day: "G", "R" or "-"."""
    in_force = RoleCategory.objects.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)
    return dict(in_force.filter(profession=profession).values_list("category", "access"))
