"""The role matrix, as dated versions of its cells, and the changes that two officers made of it. Only ever added to."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThanOrEqual

from wutong.core import ids
from wutong.core.role_change import APPROVED, DECLINED, LEAST_WORDS, OUTCOMES, WITHDRAWN


class Access(models.TextChoices):
    """What a cell says."""

    GENERAL = "G"
    RESTRICTED = "R"
    NONE = "-"


class RoleChange(models.Model):
    """What one officer proposes: some cells, from a day on, and why. Never changed: another proposal is another row."""

    role_change_id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    valid_from = models.DateField()
    reason = models.TextField()
    drafted_by = models.ForeignKey("people.Account", models.PROTECT, related_name="+", db_column="drafted_by")
    drafted_at = models.DateTimeField()

    class Meta:
        db_table = "role_change"
        constraints = [
            models.CheckConstraint(
                condition=GreaterThanOrEqual(Length(Trim("reason")), LEAST_WORDS), name="role_change_says_why"
            ),
            models.UniqueConstraint(fields=["role_change_id", "drafted_by"], name="role_change_of_its_author"),
        ]

    def __str__(self) -> str:
        return str(self.role_change_id)


class RoleChangeCell(models.Model):
    """One cell of a proposal: what it said when that was drafted, in which version (0: none), and what it shall say."""

    pk = models.CompositePrimaryKey("role_change_id", "profession", "category")
    role_change = models.ForeignKey(RoleChange, models.PROTECT, related_name="cells")
    profession = models.CharField(max_length=5)
    category = models.CharField(max_length=5)
    old_access = models.CharField(max_length=1, choices=Access.choices)
    access = models.CharField(max_length=1, choices=Access.choices)
    seen_version = models.PositiveIntegerField()

    class Meta:
        db_table = "role_change_cell"
        constraints = [
            models.CheckConstraint(condition=Q(access__in=Access.values), name="role_change_cell_is_an_access"),
            models.CheckConstraint(condition=~Q(access=F("old_access")), name="role_change_cell_changes"),
        ]

    def __str__(self) -> str:
        return f"{self.profession} {self.category} {self.access}"


class RoleDecision(models.Model):
    """How a proposal ended: once, by the key; and never by its author, who can but withdraw it.

    `drafted_by` is the proposal's own, by a foreign key of both columns: so the constraint compares the right people.
    """

    role_change = models.OneToOneField(RoleChange, models.PROTECT, primary_key=True, related_name="decision")
    drafted_by = models.UUIDField()
    decided_by = models.ForeignKey("people.Account", models.PROTECT, related_name="+", db_column="decided_by")
    outcome = models.CharField(max_length=10)  # core.role_change.OUTCOMES
    note = models.TextField(blank=True)
    decided_at = models.DateTimeField()

    class Meta:
        db_table = "role_decision"
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=OUTCOMES), name="role_decision_has_an_outcome"),
            models.CheckConstraint(
                condition=Q(outcome=WITHDRAWN, decided_by=F("drafted_by"))
                | (Q(outcome__in=(APPROVED, DECLINED)) & ~Q(decided_by=F("drafted_by"))),
                name="role_decision_by_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=DECLINED) | Q(GreaterThanOrEqual(Length(Trim("note")), LEAST_WORDS)),
                name="role_decision_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.outcome


class RoleCategory(models.Model):
    """One version of one cell of the role matrix, with where it comes from (domain dossier 4.2).

    In force from its day until a later version's day begins; of two versions of one day, the one that came last.
    """

    role_category_id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    profession = models.CharField(max_length=5)
    category = models.CharField(max_length=5)
    version = models.PositiveIntegerField()
    access = models.CharField(max_length=1, choices=Access.choices)
    source = models.CharField(max_length=20)  # "published", "reconstructed"; "decided" by two officers
    valid_from = models.DateField()
    entered_at = models.DateTimeField()
    decision = models.ForeignKey(RoleDecision, models.PROTECT, null=True, db_column="role_change_id")

    class Meta:
        db_table = "role_category"
        constraints = [
            models.UniqueConstraint(fields=["profession", "category", "version"], name="role_category_version"),
            # What was loaded is first; whatever comes after it was decided.
            models.CheckConstraint(
                condition=Q(version=1, decision=None) | Q(source="decided", decision__isnull=False),
                name="role_category_is_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profession} {self.category} {self.access} v{self.version}"
