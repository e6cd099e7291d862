"""The role matrix."""

from datetime import date

from django.db.models import Q

from wutong.control.people.models import RoleCategory


def known_professions() -> list[str]:
    """Codes of the professions that the matrix in force says something about, in order."""
    in_force = RoleCategory.objects.filter(valid_until=None)
    return list(in_force.order_by("profession").values_list("profession", flat=True).distinct())


def access_of(profession: str, day: date) -> dict[str, str]:
    """What a profession's role says about each category on a day: "G", "R" or "-"."""
    in_force = RoleCategory.objects.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)
    return dict(in_force.filter(profession=profession).values_list("category", "access"))
