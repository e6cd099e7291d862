"""The platform's sealer, with the key from the settings."""

from functools import cache

from django.conf import settings

from wutong.core.sealing import Sealer


@cache
def sealer() -> Sealer:
    """Seals code seeds and traces identity numbers."""
    return Sealer(settings.IDENTITY_KEY)
