"""Notices to persons; by which channel, when, and what became of them."""

from django.db import models
from django.db.models import Q


class Notice(models.Model):
    """One message to one person about one thing: never lost, never doubled.

    It waits until it was handed to its channel (`sent_at`) or given up (`failed_at`, a dead letter). A notice by post
    that was sent waits in the print queue until it was posted.
    """

    pk = models.CompositePrimaryKey("person_id", "notice_id")
    person_id = models.UUIDField()
    notice_id = models.UUIDField()
    kind = models.CharField(max_length=30)  # "look", "consent", "consent-ending", "closing", "emergency", ...
    about_id = models.UUIDField()  # the look, or the statement
    channel = models.CharField(max_length=10)
    address = models.TextField()  # of its channel; post: the name, then the lines; empty: to the inbox alone
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    is_urgent = models.BooleanField(default=False)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=30, default="")  # wutong.control.notices.channels.NotTaken
    attempts = models.PositiveSmallIntegerField(default=0)  # before it was given up
    posted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notice"
        constraints = [
            models.UniqueConstraint(fields=["person_id", "kind", "about_id"], name="notice_once"),
            models.CheckConstraint(condition=Q(sent_at=None) | Q(failed_at=None), name="notice_sent_or_failed"),
            models.CheckConstraint(condition=Q(failed_at=None) | ~Q(failure=""), name="notice_failed_for_a_reason"),
            models.CheckConstraint(
                condition=Q(posted_at=None) | Q(channel="post", sent_at__isnull=False), name="notice_posted_by_post"
            ),
        ]
        indexes = [
            models.Index("failed_at", "notice_id", condition=Q(failed_at__isnull=False), name="notice_dead"),
            models.Index(
                "sent_at",
                "notice_id",
                condition=Q(channel="post", sent_at__isnull=False, posted_at=None),
                name="notice_to_print",
            ),
            models.Index("posted_at", "notice_id", condition=Q(posted_at__isnull=False), name="notice_posted"),
        ]

    def __str__(self) -> str:
        return self.subject
