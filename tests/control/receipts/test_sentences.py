"""A receipt has a sentence for every rule and every reason, for every reader, in every language."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.utils.translation import override
from markupsafe import Markup

from wutong.control.consent.queries import ConsentFacts
from wutong.control.receipts.receipt import Receipt
from wutong.control.receipts.sentences import Reader, sentence
from wutong.core import ids
from wutong.core.access import Ground
from wutong.core.answers import Reason
from wutong.core.care import ATTESTATION

LANGUAGES = ("en", "zh-hant", "zh-hans")
_WORD = re.compile(r"[A-Za-z]{2,}")
GIVEN = ConsentFacts(
    person_id=ids.new(),
    provider_id=ids.new(),
    version=3,
    is_given=True,
    kind="one-year",
    stated_at=datetime(2026, 3, 3, 2, tzinfo=UTC),
    valid_until=date(2027, 3, 3),
    stated_by=ids.new(),
    stated_as="",
)
FULL = Receipt(
    provider="海港",
    consent=GIVEN,
    care="attendance",
    day=date(2026, 3, 9),
    relation="parent",
    categories=("ALG",),
    authorisations=("1",),
)


def _receipts(grounds: Iterable[str], reasons: Iterable[str]) -> Iterator[Receipt]:
    """Each with all that it can rest on, on the professional's word, and with nothing."""
    for bare in (FULL, replace(FULL, care="attestation", said="The patient is here now", scope="group"), Receipt()):
        yield from (replace(bare, ground=each) for each in grounds)
        yield from (replace(bare, reason=each) for each in reasons)


def wordless(grounds: Iterable[str], reasons: Iterable[str]) -> set[str]:
    """The codes that some reader, in some language, is told nothing of, or not in words of that language."""
    receipts, found = list(_receipts(grounds, reasons)), set()
    for language in LANGUAGES:
        with override(language):
            unknown = sentence(Receipt(reason=Reason.NO_RULE), Reader.PROFESSIONAL)
            for receipt in receipts:
                code = receipt.ground or receipt.reason
                for reader in Reader:
                    said = sentence(receipt, reader)
                    is_guess = said.startswith(unknown) and code != Reason.NO_RULE
                    is_foreign = language != "en" and _WORD.search(said)
                    if not said or is_guess or is_foreign or (receipt.reason and code in said):
                        found.add(code)
    return found


def test_every_rule_and_every_reason_has_its_words() -> None:
    assert wordless(Ground, Reason) == set()


@pytest.mark.parametrize("added", ["a-later-reason", "a-later-ground"])
def test_one_that_is_added_without_words_is_noticed(added: str) -> None:
    is_reason = "reason" in added
    grounds = Ground if is_reason else [*Ground, added]
    assert wordless(grounds, [*Reason, added] if is_reason else Reason) == {added}


SAID = {
    Reader.PERSON: (
        "Allowed because you allowed 海港 to look on 3 March 2026 (statement 3, until 3 March 2027), and the"
        " record showed care: you were there (9 March 2026)."
    ),
    Reader.REPRESENTATIVE: (
        "Allowed because 海港 was allowed to look on 3 March 2026 (statement 3, until 3 March 2027), and the"
        " record showed care: the patient was there (9 March 2026)."
    ),
    Reader.PROFESSIONAL: (
        "You see this because the patient allowed 海港 to look on 3 March 2026 (statement 3, until 3 March 2027), and"
        " the record showed care: the patient was there (9 March 2026)."
    ),
    Reader.OFFICER: (
        "Allowed because 海港 was allowed to look on 3 March 2026 (statement 3, until 3 March 2027), and the"
        " record showed care: the patient was there (9 March 2026)."
    ),
}


@pytest.mark.parametrize("reader", Reader)
def test_it_names_the_statement_its_day_and_the_relationship(reader: Reader) -> None:
    assert sentence(replace(FULL, ground=Ground.CARE, categories=(), authorisations=()), reader) == SAID[reader]


SAID_OF_CODE = {
    Reader.PERSON: "a one-time code that was sent to you, or to who decides for you, opened what is restricted,",
    Reader.REPRESENTATIVE: "the patient's one-time code opened what is restricted,",
    Reader.PROFESSIONAL: "the patient's one-time code opened what is restricted for you,",
    Reader.OFFICER: "the patient's one-time code opened what is restricted (0190),",
}


@pytest.mark.parametrize("reader", Reader)
def test_it_names_the_code_that_opened_what_is_restricted_and_only_where_one_did(reader: Reader) -> None:
    said = [sentence(replace(FULL, ground=Ground.CARE, authorisations=each), reader) for each in (("0190",), ())]
    assert f", and {SAID_OF_CODE[reader]} and the role opens:" in said[0]
    assert "one-time code" not in said[1]


def test_who_did_not_state_it_themselves_is_not_told_that_they_did() -> None:
    """At 16 the consents of a parent go on."""
    by_parent = replace(
        FULL, ground=Ground.CARE, consent=replace(GIVEN, stated_as="parent"), categories=(), authorisations=()
    )
    assert sentence(by_parent, Reader.PERSON).startswith("Allowed because 海港 was allowed to look on 3 March 2026")


def test_a_consent_without_an_end_says_so() -> None:
    open_ended = replace(FULL, ground=Ground.CARE, consent=replace(GIVEN, valid_until=None))
    assert "(statement 3, until withdrawn)" in sentence(open_ended, Reader.PERSON)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reader", [Reader.PROFESSIONAL, Reader.OFFICER])
def test_a_reason_in_own_words_is_marked_as_such_and_never_markup(reader: Reader, language: str) -> None:
    attested = replace(FULL, ground=Ground.CARE, care=ATTESTATION, provider="<i>", said="<b>Her son & I</b>")
    with override(language):
        said = Markup.escape(sentence(attested, reader))
    assert '<span translate="no">&lt;b&gt;Her son &amp; I&lt;/b&gt;</span>' in said
    assert "&lt;i&gt;" in said
    assert {"<b>", "<i>"}.isdisjoint(re.findall("<.>", said))


def test_it_says_to_whom_the_record_was_closed() -> None:
    said = [
        sentence(Receipt(reason=Reason.WITHHELD, closed_to=each), Reader.OFFICER)
        for each in ("provider", "professional")
    ]
    assert said == [
        "Refused: the person closed the record to this provider.",
        "Refused: the person closed the record to this professional.",
    ]


def test_to_the_professional_it_does_not() -> None:
    """The gate's refusal tells "to you or to your clinic"."""
    said = {
        sentence(Receipt(reason=Reason.WITHHELD, closed_to=each), Reader.PROFESSIONAL)
        for each in ("provider", "professional")
    }
    assert said == {"The patient has closed this record to you or to your clinic. Speak with the patient."}
