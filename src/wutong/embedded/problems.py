"""The embedded database's way of saying no."""

from wutong.core.answers import Problem


class EmbeddedProblem(Problem):
    """The embedded PostgreSQL cannot be found, reached or started; the sentence says how to mend it."""
