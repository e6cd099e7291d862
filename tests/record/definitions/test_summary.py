"""What is shipped of the summaries is what the official package says."""

import gzip
import importlib.resources

from wutong.record.definitions import summary as module
from wutong.record.definitions.summary import SUMMARY, compiled, summary


def test_the_shipped_summaries_are_the_packages_own() -> None:
    shipped = (importlib.resources.files("wutong.record.definitions") / SUMMARY).read_bytes()
    # Compared unpacked: another zlib may pack the same content into other bytes.
    assert gzip.decompress(shipped) == gzip.decompress(compiled()), f"Run python -m {module.__name__}"


def test_a_summary_keeps_what_the_specification_marks() -> None:
    kept = summary().kept
    assert {"identifier", "active", "name", "deceasedBoolean", "link"} <= kept["Patient"]
    assert not {"photo", "contact", "text", "contained"} & kept["Patient"]
    assert {"code", "valueQuantity"} <= kept["Observation.component"]
    assert "referenceRange" not in kept["Observation.component"]
    assert {"status", "code"} <= summary().always["Observation"]
    assert "modifierExtension" in summary().always["Observation"]
