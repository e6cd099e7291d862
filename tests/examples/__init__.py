"""The official examples of FHIR R4, vendored (README.md)."""

import tarfile
from collections.abc import Iterator
from pathlib import Path

_ARCHIVE = Path(__file__).with_name("hl7.fhir.r4.examples-4.0.1.tar.xz")


def examples() -> Iterator[tuple[str, bytes]]:
    """The file name and the JSON of each example."""
    with tarfile.open(_ARCHIVE) as archive:
        for member in archive:
            file = archive.extractfile(member)
            assert file is not None
            yield member.name, file.read()
