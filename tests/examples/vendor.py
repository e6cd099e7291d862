"""Makes the vendored archive of examples from the official package.

    npm pack hl7.fhir.r4.examples@4.0.1
    python tests/examples/vendor.py hl7.fhir.r4.examples-4.0.1.tgz

Left out: what the vendored definitions hold already under the same name (4,578 definitions), and what is over 2 MB (eleven
files, which hold those definitions once more).
"""

import io
import sys
import tarfile
from importlib.resources import files
from pathlib import Path

from wutong.record import definitions

TARGET = Path(__file__).with_name("hl7.fhir.r4.examples-4.0.1.tar.xz")
_MOST = 2_000_000


def _names_of_definitions() -> set[str]:
    with (files(definitions) / definitions.PACKAGE).open("rb") as stream, tarfile.open(fileobj=stream) as archive:
        return {member.name.rpartition("/")[2] for member in archive}


def _examples(package: Path) -> dict[str, bytes]:
    known, found = _names_of_definitions(), {}
    with tarfile.open(package) as archive:
        for member in archive:
            name = member.name.rpartition("/")[2]
            if "-" in name and name[0].isupper() and name not in known and member.size <= _MOST:
                file = archive.extractfile(member)
                assert file is not None
                found[name] = file.read()
    return found


def main() -> None:
    """Write the archive beside this file."""
    examples = _examples(Path(sys.argv[1]))
    with tarfile.open(TARGET, "w:xz", preset=9) as archive:
        for name in sorted(examples):
            entry = tarfile.TarInfo(name)
            entry.size = len(examples[name])
            archive.addfile(entry, io.BytesIO(examples[name]))
    print(f"{len(examples)} examples, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
