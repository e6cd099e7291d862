"""The pictures in docs/: each is one that a test takes and stands where it is shown, and all are light."""

import re
from pathlib import Path

from wutong.control.pages.gallery import by_room

_ROOT = Path(__file__).parents[2]
_MOST_BYTES = 100_000  # of one picture: a long page on a wide screen
_OF_THE_README = re.compile(r"\d-[\w-]+")
_STALE = "run `make screenshots`, look at the pictures, and commit them"


def _kept(folder: str) -> set[str]:
    return {path.stem for path in (_ROOT / "docs" / folder).glob("*.png")}


def test_the_readme_shows_each_picture_of_the_journey_at_both_widths() -> None:
    shown = re.findall(r"docs/journey/([\w-]+)\.png", (_ROOT / "README.md").read_text(encoding="utf-8"))
    numbered = [name for name in _kept("journey") if _OF_THE_README.fullmatch(name) and "-zh-" not in name]
    assert sorted(shown) == sorted(numbered)
    steps = {name.rpartition("-")[0] for name in shown}
    assert len(steps) == 6
    assert set(shown) == {f"{step}-{width}" for step in steps for width in (360, 1280)}


def test_every_picture_of_a_journey_is_taken_by_a_test_at_both_widths() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (_ROOT / "tests" / "pages").rglob("*.py"))
    taken = set(re.findall(r'"journey/([\w-]+)"', source))
    assert {name.rpartition("-")[0].removesuffix("-zh") for name in _kept("journey")} == taken, _STALE
    assert {f"{name}-{width}" for name in taken for width in (360, 1280)} <= _kept("journey"), _STALE


def test_every_component_has_its_picture() -> None:
    shown = {f"{room}-{each.name}-640" for room, held in by_room().items() for each in held}
    assert _kept("gallery") == shown, _STALE


def test_every_picture_is_light() -> None:
    sizes = {path.name: path.stat().st_size for path in (_ROOT / "docs").rglob("*.png")}
    assert {name: size for name, size in sizes.items() if size > _MOST_BYTES} == {}
