"""The host's operator registers a healthcare provider. Page: docs/flows/register_provider.md."""

from uuid import UUID

from django.db import IntegrityError

from wutong.control.audit.append import HOST
from wutong.control.people.actions import providers
from wutong.core.answers import Problem


class ProviderProblem(Problem):
    """The provider cannot be registered."""


def register_provider(code: str, name_en: str, *, name_zh: str, kind: str, is_deemed: bool) -> UUID:
    """Add a provider; raises ProviderProblem where the kind is unknown or the code is taken."""
    if kind not in providers.Kind.values:
        raise ProviderProblem(f"There is no kind of provider {kind!r}. Choose: {', '.join(providers.Kind.values)}.")
    try:
        return providers.register_provider(
            actor=HOST, code=code, name_en=name_en, name_zh=name_zh, kind=kind, is_deemed=is_deemed
        )
    except IntegrityError as taken:
        raise ProviderProblem(f"The code {code} is taken already. `wutong provider list` lists them.") from taken
