"""What became of a message or of background work, in plain words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

CHANNELS = {"email": gettext_noop("E-mail"), "sms": gettext_noop("SMS"), "post": gettext_noop("Post")}
_KINDS = {
    "look": gettext_noop("Notice of a look"),
    "consent": gettext_noop("Confirmation of a consent"),
    "consent-ending": gettext_noop("Reminder of a consent that ends"),
    "emergency": gettext_noop("Notice of an emergency access"),
    "emergency-reviewed": gettext_noop("Outcome of the review of an emergency access"),
}
_TASKS = {
    "tell_patient_of_look": gettext_noop("Write the notice of a look"),
    "send_notice": gettext_noop("Send a message"),
    "tell_officer": gettext_noop("Tell a privacy officer of an emergency access"),
    "remind_of_ending_consents": gettext_noop("Remind of consents that end"),
    "forget_expired_tokens": gettext_noop("Delete what has ended long ago"),
    "retry_stalled_jobs": gettext_noop("Look for work that was left undone"),
}
_CODE_OVER = gettext_noop("The one-time code that the message brings was over before it could be sent.")
# By channel and by what happened; `%(status)s` is the receiver's number for it.
_REASONS = {
    ("email", "refused"): gettext_noop("The mail relay refused the address (%(status)s)."),
    ("email", "answered"): gettext_noop("The mail relay answered %(status)s at every attempt."),
    ("email", "no-answer"): gettext_noop("The mail relay did not answer at any attempt."),
    ("email", "bad-address"): gettext_noop("The address is none that mail can be sent to."),
    ("sms", "refused"): gettext_noop("The SMS gateway refused the message (%(status)s)."),
    ("sms", "answered"): gettext_noop("The SMS gateway answered %(status)s at every attempt."),
    ("sms", "no-answer"): gettext_noop("The SMS gateway did not answer at any attempt."),
    ("email", "code-over"): _CODE_OVER,
    ("sms", "code-over"): _CODE_OVER,
}
_ADVICE = {
    "refused": gettext_noop(
        "If it is one person, the address or number may be wrong; where the receiver said so, the person is asked in "
        "the portal to check it. "
        "If they are many, look at the settings of the relay or the gateway first."
    ),
    "bad-address": gettext_noop("The person is asked in the portal to mend it."),
    "not-offered": gettext_noop("Put the setting of the channel back first."),
    "code-over": gettext_noop("There is nothing to do: the professional asks anew where the code is still needed."),
}
_WHEN_WELL = gettext_noop("Is the relay or the gateway well again? Then send them again.")


def channel_name(channel: str) -> str:
    """By which way."""
    return _(CHANNELS.get(channel, channel))


def kind_name(kind: str) -> str:
    """What a message was about."""
    return _(_KINDS[kind]) if kind in _KINDS else _("Message")


def task_name(task: str) -> str:
    """What work was to be done."""
    return _(_TASKS[task]) if task in _TASKS else task


def reason(channel: str, failure: str) -> str:
    """Why a message was not taken. `failure`: as NotTaken has it."""
    what, status = _parts(failure)
    if what == "not-offered":
        return _("This channel is not offered any more.")
    sentence = _REASONS.get((channel, what))
    return _(sentence) % {"status": status} if sentence else failure


def advice(failure: str) -> str:
    """What to do before it is sent again."""
    what, _status = _parts(failure)
    return _(_ADVICE.get(what, _WHEN_WELL))


def number_told(text: str) -> int | None:
    """How many, as an address of ours tells the page that follows; None where it tells nothing."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _parts(failure: str) -> tuple[str, str]:
    what, _dash, status = failure.rpartition("-")
    return (what, status) if status.isdigit() else (failure, "")
