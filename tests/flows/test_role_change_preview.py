"""What a second officer is shown of a change of the role matrix before it is approved."""

import re
from datetime import timedelta

import psycopg
import pytest
from cast import HARBOUR, Cast, Somebody
from doors import Browser
from role_changes import LAB, REASON, address_of, change_matrix, decide, propose_change

from wutong.core import clock

pytestmark = pytest.mark.usefixtures("matrix_as_it_was")


def test_r05_the_preview_shows_both_matrices_and_marks_in_words_what_changes(
    cast: Cast, second: Browser, author: Somebody
) -> None:
    day = clock.today() + timedelta(days=30)
    change = propose_change(author, {LAB: "R", ("PHA", "BIRTH"): "G", ("CHI", "IMM"): "R"}, day)
    page = second.get(address_of(change))
    for told in (
        "Pharmacist: Laboratory reports – from general access to restricted access (closes more)",
        "Pharmacist: Birth records – from restricted access to general access (opens more)",
        "Chiropractor: Immunisation records – from no access to restricted access (opens more)",
        REASON,
    ):
        assert told in page
    without, _, with_it = page.source.partition("With the change</h3>")
    for table, lab in ((without, "general"), (with_it, "restricted")):
        assert table.count('class="wt-matrix__changed">changed<') == 3
        line = table.partition("Pharmacist</th>")[2].partition("</tr>")[0]
        cells = re.findall(r'visually-hidden">(\w+)</span>(?: <span class="wt-matrix__changed">(\w+)<)?', line)
        assert cells[9] == (lab, "changed")
        assert cells[0] == ("general", "")
        assert len(cells) == 14
    from wutong.control.pages.dates import day as written

    assert written(day) in page


def test_r05_the_preview_says_how_many_active_accounts_it_touches(
    cast: Cast, second: Browser, author: Somebody, superuser: psycopg.Connection
) -> None:
    def touched() -> int:
        change = propose_change(author, {("OPT", "PID"): "R", ("CHI", "ALG"): "R"}, clock.today())
        found = re.search(r"Whom it touches ([\d,]+) active account", second.get(address_of(change)).text)
        assert found
        return int(found[1].replace(",", ""))

    before = touched()
    made = [cast.professional(profession, HARBOUR) for profession in ("OPT", "CHI", "CHI")]
    cast.professional("PHA", HARBOUR)
    cast.professional("OPT", HARBOUR, until=clock.today() - timedelta(days=1))
    cast.professional("OPT", HARBOUR, role="administrator")
    assert touched() == before + 3
    superuser.execute("update control.account set is_active = false where account_id = %s", [made[0].account_id])
    superuser.execute("update control.affiliation set ended_at = now() where account_id = %s", [made[1].account_id])
    assert touched() == before + 1


def test_r05_a_change_that_was_decided_is_shown_as_it_was(cast: Cast, second: Browser, author: Somebody) -> None:
    change = propose_change(author, {LAB: "R"}, clock.today())
    decide(second, change)
    change_matrix(cast, {LAB: "-"}, clock.today())
    page = second.get(address_of(change))
    assert "from general access to restricted access" in page
    for table, lab in zip(page.source.split("With the change</h3>"), ("general", "restricted"), strict=True):
        line = table.partition("Pharmacist</th>")[2].partition("</tr>")[0]
        assert f'">{lab}</span> <span class="wt-matrix__changed">' in line


def test_the_preview_is_in_chinese_too(cast: Cast, server: str, author: Somebody) -> None:
    change = propose_change(author, {LAB: "R"}, clock.today())
    for language, told in (
        ("zh-hant", "藥劑師：化驗報告，由一般取覽改為特殊取覽限制（收緊）"),
        ("zh-hans", "药剂师：化验报告，由一般取览改为特殊取览限制（收紧）"),
    ):
        browser = Browser(server, cast.officer(), language)
        assert told in browser.get(address_of(change))
        browser.close()
