"""What a search costs each row that it looks at, so that one which asks too much of all is refused before it is run."""

from wutong.record.searching.query import AnyOf, Chain, Condition, Has, Held, Like, Not

MOST = 30  # looks at a row: of a record of some thousand rows, the second that an answer may take
# Comparing with what is held is cheap, with a pattern less so, and a range is a look by itself.
_HELD_A_LOOK, _PATTERNS_A_LOOK = 50, 4


def cost(condition: Condition) -> int:
    """How many looks a condition is."""
    match condition:
        case Held():
            return 1 + len(condition.every) // _HELD_A_LOOK
        case Like(_, patterns):
            return 1 + len(patterns) // _PATTERNS_A_LOOK
        case AnyOf(conditions):
            return sum(map(cost, conditions))
        case Not(inner):
            return cost(inner)
        case Chain() | Has():
            return 1 + cost(condition.condition)
    return 1
