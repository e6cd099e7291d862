"""All makers of questions, each with how often it is asked.

To add an interaction: a maker in one of these files, and its line here; coverage asks for it once it is declared.
"""

from collections.abc import Callable
from dataclasses import replace

from wutong.proving.questions import pages, reading, registry, writing
from wutong.proving.questions.question import About, Question
from wutong.proving.questions.searching import by_number, search

Maker = Callable[[About], Question]
OF_RECORDS: tuple[tuple[int, Maker], ...] = (
    (60, search),
    (8, by_number),
    (14, reading.read),
    (6, reading.vread),
    (6, reading.history),
    (7, reading.type_history),
    (9, reading.everything),
    (4, reading.access),
    (4, reading.inventory),
    (3, reading.open_record),
    (5, reading.batch),
    (1, reading.metadata),
    (5, registry.statements),
    (4, registry.statement),
    (3, writing.create),
    (2, writing.update),
    (2, writing.patch),
    (1, writing.delete),
    (2, writing.validate),
    (2, writing.transaction),
)
_PAGES, _FORMS = 8, 4  # likewise
_TURN = 8  # every so many cases
_MAKERS = [maker for often, maker in OF_RECORDS for _ in range(often)]


def ask(about: About, routes: tuple[str, ...]) -> Question:
    """Somebody asks something; all pages come round in turn."""
    turn, is_turn = divmod(about.case, _TURN)
    if not is_turn:
        return pages.page(about, routes, routes[turn % len(routes)])
    number = about.dice.randrange(len(_MAKERS) + _PAGES + _FORMS)
    if number < len(_MAKERS):
        return _carried(_MAKERS[number](about))
    return (pages.page if number < len(_MAKERS) + _PAGES else pages.form)(about, routes)


def _carried(made: Question) -> Question:
    """With what the caller comes with."""
    bearer = {"authorization": made.caller.bearer} if made.caller.bearer else {}
    return replace(made, headers=made.headers | bearer)
