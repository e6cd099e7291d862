"""The role matrix."""

from wutong.control.people.models import RoleCategory


def known_professions() -> list[str]:
    """Codes of the professions that the matrix in force says something about, in order."""
    in_force = RoleCategory.objects.filter(valid_until=None)
    return list(in_force.order_by("profession").values_list("profession", flat=True).distinct())
