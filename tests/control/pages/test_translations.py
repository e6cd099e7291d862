"""The catalogues: whole, in step with the pages, and written as Hong Kong writes."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.utils.translation import gettext, ngettext, override

from wutong.control.notices.wording import PROFESSIONS
from wutong.control.pages import translations
from wutong.core.categories import CATEGORY_NAMES

_ROOT = Path(__file__).parents[3]
_CHINESE = "\u3400-\u9fff"
_HALF_WIDTH = re.compile(rf"[{_CHINESE}][,;:?!()]|[,;:?!(][{_CHINESE}]|[{_CHINESE}]\.(?:\s|$)")
_SPACED = re.compile(rf"[{_CHINESE}，。、：；？！）」] |[\w)] [{_CHINESE}]| [（「]")
_PLACEHOLDER = re.compile(r"%\(\w+\)s")
# Written in Hong Kong, and not in the Big5 of Taiwan.
_HONG_KONG = "衞裏啓着峯羣粧綫"
_STATUTORY = {
    "DOC": "醫生",
    "NUR": "護士",
    "MID": "助產士",
    "DEN": "牙醫",
    "PHA": "藥劑師",
    "MLT": "醫務化驗師",
    "OT": "職業治療師",
    "OPT": "視光師",
    "RAD": "放射技師",
    "PT": "物理治療師",
    "CMP": "中醫",
    "DHY": "牙齒衞生員",
    "CHI": "脊醫",
}


def _texts(language: str) -> list[str]:
    return [text for each in translations.catalogue(language) if each.id for text in translations.strings(each)]


def _is_traditional(sign: str) -> bool:
    """Whether Big5 has it, which has no simplified characters (but for a few that are older than those)."""
    if sign in _HONG_KONG:
        return True
    try:
        sign.encode("big5")
    except UnicodeEncodeError:
        return False
    return True


def test_every_language_is_whole_and_has_the_placeholders_of_the_english() -> None:
    assert translations.check() == []
    assert translations.languages() == ["zh_Hans", "zh_Hant"]


def test_hong_kong_writes_no_simplified_characters() -> None:
    signs = {sign for text in _texts("zh_Hant") for sign in text if re.match(f"[{_CHINESE}]", sign)}
    assert len(signs) > 300
    assert {sign for sign in signs if not _is_traditional(sign)} == set()
    assert [sign for sign in "医疗记录为衞裏" if _is_traditional(sign)] == ["衞", "裏"]


def test_punctuation_is_full_width_and_no_space_stands_beside_a_chinese_character() -> None:
    assert [text for text in _texts("zh_Hant") if _HALF_WIDTH.search(text)] == []
    plain = [(_PLACEHOLDER.sub("x", text), text) for text in _texts("zh_Hant")]
    assert [text for shown, text in plain if _SPACED.search(shown)] == []
    assert _HALF_WIDTH.search("紀錄, 通知")
    assert _SPACED.search("共 3 項")
    assert not _SPACED.search("直至x，共3項")


def test_categories_and_professions_are_called_as_the_law_and_the_office_call_them() -> None:
    with override("zh-hant"):
        assert {code: gettext(english) for code, (english, _) in CATEGORY_NAMES.items()} == {
            code: chinese for code, (_, chinese) in CATEGORY_NAMES.items()
        }
        assert {code: gettext(english) for code, english in PROFESSIONS.items()} == _STATUTORY


def test_one_form_serves_one_and_many() -> None:
    with override("zh-hant"):
        told = [ngettext("%(count)s time", "%(count)s times", count) % {"count": count} for count in (1, 3)]
    assert told == ["1次", "3次"]


def test_the_draft_is_what_opencc_makes_of_the_traditional() -> None:
    path = translations.LOCALE / "zh_Hans/LC_MESSAGES/django.po"
    kept = path.read_text(encoding="utf-8")
    assert kept == translations.as_text(translations.drafted(), "zh_Hans")
    assert "a draft" in kept.splitlines()[0]
    with override("zh-hans"):
        assert gettext("Sign out") == "登出"
        assert gettext("Who looked") == "取览纪录"


def test_a_text_is_added_by_name_and_nothing_else_is() -> None:
    assert translations.missing(translations.updated("zh_Hant")) == []
    added = translations.filled({"Sign out": "離開", "a day": "每%(count)s天"})
    assert added["Sign out"].string == "離開"  # type: ignore[union-attr]
    assert "每%(count)s天" in translations.as_text(added, "zh_Hant")
    with pytest.raises(KeyError, match="No page says: Nobody says this"):
        translations.filled({"Nobody says this": "沒有人說"})


def test_a_new_text_waits_for_its_translation_and_an_old_one_goes() -> None:
    source = translations.extracted()
    source.add("A new text with %(placeholder)s")
    source.delete("Sign out")
    catalog = translations.catalogue("zh_Hant")
    catalog.update(source, no_fuzzy_matching=True)
    assert translations.missing(catalog) == ["A new text with %(placeholder)s"]
    assert 'msgid "Sign out"' not in translations.as_text(catalog, "zh_Hant")
    assert list(translations.troubles(source, catalog, "zh_Hant")) == [
        "zh_Hant misses: A new text with %(placeholder)s"
    ]
    catalog["A new text with %(placeholder)s"].string = "新的%(place)s"  # type: ignore[union-attr]
    assert list(translations.troubles(source, catalog, "zh_Hant")) == [
        "zh_Hant has other placeholders in: A new text with %(placeholder)s"
    ]


def test_a_text_that_is_marked_as_doubtful_is_missing_until_it_is_filled_in() -> None:
    catalog = translations.catalogue("zh_Hant")
    catalog["Sign out"].flags.add("fuzzy")  # type: ignore[union-attr]
    assert translations.missing(catalog) == ["Sign out"]
    assert list(translations.troubles(translations.extracted(), catalog, "zh_Hant")) == ["zh_Hant misses: Sign out"]


def test_a_file_is_read_back_as_it_was_written() -> None:
    path = translations.LOCALE / "zh_Hant/LC_MESSAGES/django.po"
    with path.open("rb") as file:
        again = translations.as_text(read_po(file, locale="zh_Hant"), "zh_Hant")
    assert again == path.read_text(encoding="utf-8")


def test_a_wheel_brings_the_compiled_texts(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=_ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    held = zipfile.ZipFile(wheel).namelist()
    for language in translations.languages():
        assert f"wutong/control/locale/{language}/LC_MESSAGES/django.mo" in held
