"""The README's pictures: each is there, none lies about unused, all are light."""

import re
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_MOST_BYTES = 600_000


def test_the_readme_shows_each_picture_of_the_journey_at_both_widths() -> None:
    shown = re.findall(r"docs/journey/([\w-]+)\.png", (_ROOT / "README.md").read_text(encoding="utf-8"))
    kept = {path.stem: path.stat().st_size for path in (_ROOT / "docs/journey").iterdir()}
    assert sorted(shown) == sorted(kept)
    steps = {name.rpartition("-")[0] for name in shown}
    assert len(steps) == 6
    assert set(shown) == {f"{step}-{width}" for step in steps for width in (360, 1280)}
    assert sum(kept.values()) <= _MOST_BYTES
