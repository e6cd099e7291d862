"""The Consent Registry (/pcf): what people stated, asked for by themselves, by providers and by others."""

from urllib.parse import urlencode

from wutong.proving.questions.question import About, Pairs, Question

_ASKED: Pairs = [
    ("status", "active"),
    ("status", "inactive"),
    ("_count", "1"),
    ("_count", "2"),
    ("_offset", "1"),
    ("_summary", "count"),
]


def statements(about: About) -> Question:
    """A search, mostly of one person."""
    pairs = [("patient", about.patient_id(about.person()))] if about.dice.randrange(5) else []
    pairs += about.dice.sample(_ASKED, about.dice.randrange(3))
    return Question(about.caller(), "GET", f"/pcf/Consent?{urlencode(pairs)}", "search-type")


def statement(about: About) -> Question:
    """One, a version of it, or all of them."""
    wanted = about.dice.choice(about.world.statements or [about.row().row_id])
    more = about.dice.choice(["", "", "/_history", "/_history/1", "/_history/2"])
    return Question(about.caller(), about.dice.choice(["GET", "GET", "HEAD"]), f"/pcf/Consent/{wanted}{more}", "read")
