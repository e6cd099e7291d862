"""The README in both languages: the same commands, pictures, links and words of code, each leading to the other."""

import re
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_ENGLISH, _CHINESE = ((_ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-Hant.md"))
_BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
_COMMENT = re.compile(r"\s+#.*")
_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_PICTURE = re.compile(r'<img src="([^"]+)" width="(\d+)"')
_LINK = re.compile(r"\]\(([^)]+)\)")


def _commands(page: str) -> list[str]:
    lines = "".join(_BLOCK.findall(page)).splitlines()
    return [_COMMENT.sub("", line) for line in lines]


def _headings(page: str) -> list[str]:
    return re.findall(r"^(#+) ", page, re.MULTILINE)


def test_both_say_the_same() -> None:
    assert _commands(_ENGLISH) == _commands(_CHINESE)
    assert _PICTURE.findall(_ENGLISH) == _PICTURE.findall(_CHINESE)
    assert _headings(_ENGLISH) == _headings(_CHINESE)
    assert sorted(_CODE.findall(_ENGLISH)) == sorted(_CODE.findall(_CHINESE))
    assert len(_commands(_ENGLISH)) > 5
    assert re.findall(r"^\d\. ", _ENGLISH, re.MULTILINE) == re.findall(r"^\d\. ", _CHINESE, re.MULTILINE)


def test_each_leads_to_the_other_and_both_to_the_same_pages() -> None:
    english, chinese = _LINK.findall(_ENGLISH), _LINK.findall(_CHINESE)
    assert (english[0], chinese[0]) == ("README.zh-Hant.md", "README.md")
    assert english[1:] == chinese[1:]
    for link in english:
        assert (_ROOT / link).exists(), link
