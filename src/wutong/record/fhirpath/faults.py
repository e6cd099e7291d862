"""What can be wrong with an expression, or with asking it of a resource."""


class CannotCompile(Exception):
    """The expression is no FHIRPath, or uses what this compiler does not know; `at`: the character where."""

    def __init__(self, message: str, at: int | None = None) -> None:
        super().__init__(message if at is None else f"{message} (character {at + 1})")


class CannotEvaluate(Exception):
    """The expression cannot be asked of this value, such as a comparison of a text with a number."""


class TooCostly(CannotEvaluate):
    """The value is so large that the expression would take too long."""
