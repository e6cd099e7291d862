"""The environment of every page: components of nhsuk-frontend under our own base, texts through gettext."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader

from wutong.control.pages import dates, files, forms, languages, names


def environment(**options: Any) -> Environment:
    """The environment that Django asks for."""
    options["undefined"] = ChainableUndefined  # the components look into parameters that may not be there
    options["extensions"] = ["jinja2.ext.i18n"]
    options["trim_blocks"] = options["lstrip_blocks"] = True
    loader = options.pop("loader")
    components = PackageLoader("nhsuk_frontend_jinja", "templates")
    made = Environment(loader=ChoiceLoader([loader, components]), **options)  # noqa: S701 - Django sets autoescape
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # by the extension
    made.globals.update(url=_url, static=files.address, is_demo=settings.IS_DEMO)
    made.globals.update(
        named=names.named,
        term=names.term,
        colon=names.colon,
        problem=forms.problem,
        language_tag=languages.tag,
        other_languages=languages.others,
    )
    made.filters.update(listed=names.listed, joined=names.joined, sentences=names.sentences)
    made.filters.update(day=dates.day, moment=dates.moment, ages=dates.ages)
    return made


def _url(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)
