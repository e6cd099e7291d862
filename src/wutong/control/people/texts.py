"""Whether what somebody typed fits the column that it is for, said kindly before the database says it curtly."""

from django.db.models import CharField, Model

from wutong.core.answers import Problem

_CALLED = {"sign_in_name": "sign-in name", "name_en": "English name", "name_zh": "Chinese name"}


class TextProblem(Problem):
    """A text is blank or too long."""


def refuse_unfit(model: type[Model], **values: str) -> None:
    """Raise TextProblem where a value is blank that must not be, or longer than its column."""
    for name, value in values.items():
        field = model._meta.get_field(name)  # noqa: SLF001  # Django's documented way in, whatever its name
        if not isinstance(field, CharField):
            raise TypeError(f"{name} is no text")
        called = _CALLED.get(name, field.verbose_name)
        if not (value.strip() or field.blank):
            raise TextProblem(f"The {called} must not be blank.")
        if field.max_length is not None and len(value) > field.max_length:
            raise TextProblem(f"The {called} has {len(value)} characters; {field.max_length} are the most.")


def refuse_spaces(what: str, value: str) -> None:
    """Raise TextProblem where there is white space in a name that people type to be found by."""
    if any(sign.isspace() for sign in value):
        raise TextProblem(f"The {what} must not have spaces in it.")
