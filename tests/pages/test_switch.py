"""The switch of languages in a real browser, by keyboard; and a visit in Chinese."""

import pytest
from cast import HARBOUR, Cast
from playwright.sync_api import Browser

from pages.browser import WIDTHS, assert_accessible
from pages.walker import Walker

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_changes_its_language_and_keeps_it(browser: Browser, server: str, width: int) -> None:
    walker = Walker(browser, server, width)
    walker.press("繁體中文")
    assert walker.page.get_attribute("html", "lang") == "zh-Hant-HK"
    assert walker.page.title() == "登入 – Wutong"
    walker.press("繼續")
    assert walker.page.title() == "錯誤：登入 – Wutong"
    walker.press("English")
    assert walker.page.title() == "Sign in – Wutong"
    walker.page.goto(f"{server}/nothing/")
    walker.press("繁體中文")
    assert "沒有這個頁面" in walker.text


@pytest.mark.parametrize("width", WIDTHS)
def test_a_visit_in_chinese(cast: Cast, browser: Browser, server: str, width: int) -> None:
    who = cast.register()
    at_home = Walker(browser, server, width, language="zh-hant")
    at_home.sign_in(cast.patient_account(who))
    at_home.press("誰可取覽")
    assert "誰可取覽我的紀錄" in at_home.text
    cast.allow(who)

    at_clinic = Walker(browser, server, width, language="zh-hant")
    at_clinic.sign_in(cast.professional("DOC", HARBOUR))
    at_clinic.type_into("香港身份證號碼", who.hkid)
    at_clinic.press("以身份證號碼尋找")
    at_clinic.choose("病人現正在場")
    at_clinic.press("開啟紀錄")
    assert "敏感及藥物不良反應" in at_clinic.text
    at_home.press("取覽紀錄")
    assert "紀錄沒有顯示在該處的就診、預約或轉介。" in at_home.text
    assert "目的：為你診治" in at_home.text
    assert "對方說明：病人現正在場" in at_home.text
    at_home.press("登出")
    assert_accessible(at_home.page)
    assert "用戶名稱" in at_home.text
