"""Why a notice could not be sent, to its reader: what they can mend is asked of them, and nothing else."""

from django.utils.translation import gettext as _

_BAD_NUMBER = {"refused-400", "refused-404", "refused-410", "refused-422"}  # a gateway's word on the message alone


def why_not_sent(channel: str, failure: str) -> str:
    """In words. `failure`: as channels.NotTaken has it; a receiver that is down or wrongly set up is the office's."""
    if channel == "email" and (failure == "bad-address" or failure.startswith("refused-5")):
        return _("could not be sent by e-mail; please check that we have your right address")
    if channel == "sms" and (failure == "bad-address" or failure in _BAD_NUMBER):
        return _("could not be sent by SMS; please check that we have your right number")
    if failure == "code-over":
        return _("not sent: the code was over before it could be")
    return _("could not be sent; the office is looking at it")
