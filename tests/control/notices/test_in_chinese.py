"""Who is written to in Chinese is written to in Chinese alone: by e-mail, by SMS and by letter, and in the inbox."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cast import HARBOUR, Cast, Registered
from django.test import override_settings
from doors import Browser, mail_to, run_jobs
from paper import pages
from sms import Gateway
from spoken import words

from wutong.control.audit.append import HOST
from wutong.control.flows.post_letters import print_letters
from wutong.control.notices.queries import letters_of
from wutong.control.people.actions import persons

_ADDRESS = "九龍油尖旺荔枝閣5座4樓G室"
_MOMENT = r"\d{4}年\d{1,2}月\d{1,2}日[上下]午\d{1,2}時\d{2}分"


@pytest.fixture
def who(cast: Cast) -> Registered:
    """Somebody who chose Chinese, and can be reached by every channel."""
    made = cast.register(family="SUNG", given="Sze Wan")
    persons.set_contact(
        actor=HOST, person_id=made.person_id, language="zh-HK", phone="+852 5123 4567", address=_ADDRESS
    )
    cast.allow(made)
    run_jobs()
    return made


@pytest.fixture
def _office_prints() -> Iterator[None]:
    """An office prints."""
    with override_settings(PRINTS_LETTERS=True):
        yield


def _look(cast: Cast, who: Registered, channel: str) -> None:
    persons.set_contact(actor=HOST, person_id=who.person_id, channel=channel)
    assert cast.open(cast.session_token(cast.professional("PHA", HARBOUR)), who.person_id).status_code == 200
    run_jobs()


def test_an_e_mail(cast: Cast, who: Registered, mail_folder: Path) -> None:
    _look(cast, who, "email")
    cast.withdraw(who)
    run_jobs()
    consent, look, withdrawn = mail_to(mail_folder, who.email)
    assert look["subject"] == "有人取覽了你的健康紀錄"
    body = look.get_content().replace("\r\n", "\n")
    assert re.search(f"時間：香港時間{_MOMENT}\n地點：海港家庭診所\n取覽者：藥劑師\n", body)
    assert "「取覽紀錄」" in body
    assert re.search(r"直至\d{4}年\d{1,2}月\d{1,2}日，或直至你撤銷同意為止。", consent.get_content())
    assert "由現在起，該醫護提供者不可取覽你的紀錄。" in withdrawn.get_content()
    for message in (consent, look, withdrawn):
        assert words(message["subject"], message.get_content()) == set()


def test_an_sms(cast: Cast, who: Registered) -> None:
    with Gateway(200) as gateway, override_settings(SMS_URL=gateway.url):
        _look(cast, who, "sms")
        cast.withdraw(who)
        run_jobs()
        opened, changed = (each["text"] for each in gateway.asked)
    assert re.fullmatch(
        f"香港時間{_MOMENT}，海港家庭診所的一名藥劑師取覽了你的健康紀錄。"
        "你的紀錄沒有顯示你曾到該處就診；對方說明的原因載於病人平台。"
        "如有懷疑，請通知電子健康紀錄統籌處，或如常登入病人平台。",
        opened,
    )
    assert changed.startswith("你更改了誰可取覽你的健康紀錄：海港家庭診所。由現在起，")
    assert words(opened, changed) == set()


@pytest.mark.usefixtures("_office_prints")
def test_a_letter(cast: Cast, who: Registered) -> None:
    _look(cast, who, "post")
    [letter] = letters_of(who.person_id)
    assert words(letter.subject, letter.body) == set()
    printed = print_letters(HOST, [letter.key])
    assert isinstance(printed, bytes)
    [text] = ["".join(page.split()) for page in pages(printed)]
    for shown in (_ADDRESS, "先生／女士：", "有人取覽了你的健康紀錄", "地點：海港家庭診所"):
        assert shown in text
    assert re.search(r"\d{4}年\d{1,2}月\d{1,2}日", text)


def test_the_inbox_shows_what_was_sent(cast: Cast, server: str, who: Registered) -> None:
    _look(cast, who, "email")
    patient = Browser(server, cast.patient_account(who), "zh-HK")
    page = patient.get("/portal/messages/")
    patient.close()
    assert "有人取覽了你的健康紀錄" in page
    assert re.search(f"{_MOMENT}，已以電郵發出", page.text)
