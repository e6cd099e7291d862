"""Makes the vendored archive of examples from the official package.

    npm pack hl7.fhir.r4.examples@4.0.1
    python tests/examples/vendor.py hl7.fhir.r4.examples-4.0.1.tgz

Left out: what the vendored definitions hold already under the same name (4,578 definitions), and what is over 2 MB: the
eleven files of `LEFT_OUT`, which hold those definitions once more.
"""

import io
import sys
import tarfile
from importlib.resources import files
from pathlib import Path

from wutong.record import definitions

TARGET = Path(__file__).with_name("hl7.fhir.r4.examples-4.0.1.tar.xz")
_MOST = 2_000_000
# What is over that, and what the server says of it at POST [base]/[type]; empty where it accepts it.
LEFT_OUT = {
    "Bundle-dataelements.json": "422: two of its entries have one fullUrl (bdl-7)",
    "Bundle-extensions.json": "",
    "Bundle-profiles-others.json": "",
    "Bundle-resources.json": "413: 35 MB, and an upload may have 20 MiB",
    "Bundle-searchParams.json": "",
    "Bundle-types.json": "",
    "Bundle-v2-valuesets.json": "",
    "Bundle-v3-valuesets.json": "",
    "Bundle-valueset-expansions.json": "",
    "Bundle-valuesets.json": "",
    "ImplementationGuide-fhir.json": "422: name and status are required and missing",
}


def _names_of_definitions() -> set[str]:
    with (files(definitions) / definitions.PACKAGE).open("rb") as stream, tarfile.open(fileobj=stream) as archive:
        return {member.name.rpartition("/")[2] for member in archive}


def _examples(package: Path) -> dict[str, bytes]:
    known, found, large = _names_of_definitions(), dict[str, bytes](), set[str]()
    with tarfile.open(package) as archive:
        for member in archive:
            name = member.name.rpartition("/")[2]
            if "-" not in name or not name[0].isupper() or name in known:
                continue
            if member.size > _MOST:
                large.add(name)
                continue
            file = archive.extractfile(member)
            assert file is not None
            found[name] = file.read()
    assert large == set(LEFT_OUT)
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
