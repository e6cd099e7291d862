"""The embedded database's way of saying no."""

from wutong.core.answers import Problem


class EmbeddedProblem(Problem):
    """The embedded PostgreSQL cannot be found, reached or started; the sentence says how to mend it."""


class AlreadyRunning(EmbeddedProblem):
    """Somebody else's server is running on the same folder."""
