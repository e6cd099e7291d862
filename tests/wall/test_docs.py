"""The docs are part of the product: what the code has, the pages name."""

import re
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
            named = re.findall(r"docs/flows/(\w+)\.md", flow.read_text())
            assert set(named) <= pages, (flow.name, named)
