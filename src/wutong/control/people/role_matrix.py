"""The role matrix as it is loaded first: which profession sees which category. Source: domain dossier 4.2.

G general, R restricted (needs the patient's extra authorisation), - none. The pharmacist's row is published; every
other is reconstructed and labelled so. It is dated data: a change is a new row with its own `valid_from`.
"""

from collections.abc import Iterator

COLUMNS = ["PID", "ALG", "DX", "PX", "MED", "ENC", "CNS", "BIRTH", "IMM", "LAB", "RAD", "OIR", "REF", "OBS"]
_ROWS = {
    "PHA": ("published", "G G G G G G G R G G R R G G"),
    "DEN": ("reconstructed", "G G G G G G G G G G G G G G"),
    "DOC": ("reconstructed", "G G G G G G G G G G G G G G"),
    "NUR": ("reconstructed", "G G G G G G G G G G G G G G"),
    "MID": ("reconstructed", "G G G G G G G G G G G G G G"),
    "OT": ("reconstructed", "G G G G G G G R R R G G G G"),
    "PT": ("reconstructed", "G G G G G G G R R R G G G G"),
    "OPT": ("reconstructed", "G G G G G G G R R R R G G G"),
    "RAD": ("reconstructed", "G G G G R G G R R G G G G R"),
    "MLT": ("reconstructed", "G G G G G G R R R G R R G R"),
    "CMP": ("reconstructed", "G G R R R G R - R R R R G R"),
    "DHY": ("reconstructed", "- - - - - - - - - - - - - -"),
    "CHI": ("reconstructed", "- - - - - - - - - - - - - -"),
}


def rows() -> Iterator[tuple[str, str, str, str]]:
    """(profession, category, access, source)."""
    for profession, (source, accesses) in _ROWS.items():
        for category, access in zip(COLUMNS, accesses.split(), strict=True):
            yield profession, category, access, source
