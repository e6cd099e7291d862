"""What the role matrix and its changes say, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wutong.control.people.queries.role_changes import Stale
from wutong.core.access import RoleAccess
from wutong.core.role_change import APPROVED, DECLINED, WITHDRAWN

ACCESSES: Mapping[RoleAccess, Promise] = {
    RoleAccess.GENERAL: _("general access"),
    RoleAccess.RESTRICTED: _("restricted access"),
    RoleAccess.NONE: _("no access"),
}
# The same in a table or a list, where there is little room.
SHORT: Mapping[RoleAccess, Promise] = {
    RoleAccess.GENERAL: _("general"),
    RoleAccess.RESTRICTED: _("restricted"),
    RoleAccess.NONE: _("none"),
}
OUTCOMES: Mapping[str, Promise] = {
    APPROVED: _("Approved"),
    DECLINED: _("Declined"),
    WITHDRAWN: _("Withdrawn by its author"),
}
STALE: Mapping[Stale, Promise] = {
    Stale.DAY_PASSED: _("Its day has passed, and what was is not rewritten."),
    Stale.MATRIX_CHANGED: _("The matrix that it starts from was changed meanwhile."),
}
