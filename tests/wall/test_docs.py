"""The docs are part of the product: what the code has, the pages name."""

from pathlib import Path

from wutong.core import env

ROOT = Path(__file__).parents[2]


def test_every_setting_stands_on_its_page() -> None:
    page = (ROOT / "docs" / "reference" / "settings.md").read_text()
    for setting in env.SETTINGS:
        assert f"| `{setting.name}` | {setting.purpose}" in page


def test_every_flow_has_its_page() -> None:
    pages = {page.stem for page in (ROOT / "docs" / "flows").glob("*.md")}
    for plane in ("control", "record"):
        for flow in (ROOT / "src" / "wutong" / plane / "flows").glob("*.py"):
            text = flow.read_text()
            named = [word.split(".md")[0] for word in text.split("docs/flows/")[1:]]
            assert all(name in pages for name in named), (flow.name, named)
