"""Notices to persons; what was sent, by which channel, when."""

from django.db import models


class Notice(models.Model):
    """One message to one person about one thing: never lost, never doubled."""

    pk = models.CompositePrimaryKey("person_id", "notice_id")
    person_id = models.UUIDField()
    notice_id = models.UUIDField()
    kind = models.CharField(max_length=30)  # "look", "consent", "consent-ending"
    about_id = models.UUIDField()  # the look, or the consent's statement
    channel = models.CharField(max_length=10)
    address = models.TextField()  # of its channel; post: the name, then the lines; empty: to the inbox alone
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notice"
        constraints = [models.UniqueConstraint(fields=["person_id", "kind", "about_id"], name="notice_once")]

    def __str__(self) -> str:
        return self.subject
