"""Which antigens of the childhood programme a recorded vaccine holds.

By its code of CVX, the US list of vaccines (http://hl7.org/fhir/sid/cvx; CDC, "IIS: HL7 Standard Code Set, CVX"; the
meanings below are from general knowledge of that list [GK]), which is what international systems and the demo send; by
its name where no such code is known, in English or Chinese, as senders in Hong Kong write it. What holds none of them
(influenza, hepatitis A, rotavirus) is another vaccine, and stays in the list.
"""

import re
from typing import Any

from wutong.control.charts import elements

BCG, HEPB, DTAP, IPV, PCV, MMR, VAR, HPV = "BCG", "HEPB", "DTAP", "IPV", "PCV", "MMR", "VAR", "HPV"

CVX = "http://hl7.org/fhir/sid/cvx"
_BY_CODE: dict[str, tuple[str, ...]] = {
    "19": (BCG,),
    **dict.fromkeys(("08", "43", "45", "44", "189"), (HEPB,)),
    "104": (HEPB,),  # with hepatitis A
    **dict.fromkeys(("20", "106", "107", "01", "115"), (DTAP,)),
    **dict.fromkeys(("10", "89", "02"), (IPV,)),
    **dict.fromkeys(("130", "120"), (DTAP, IPV)),
    **dict.fromkeys(("110", "146"), (DTAP, IPV, HEPB)),
    **dict.fromkeys(("133", "100", "152", "177", "215", "216"), (PCV,)),
    "03": (MMR,),
    "94": (MMR, VAR),
    "21": (VAR,),
    **dict.fromkeys(("62", "118", "137", "165"), (HPV,)),
}
# Codes that name a vaccine outside the programme, whatever its words may look like (tetanus and diphtheria for adults,
# zoster, pneumococcal polysaccharide, Hib, meningococcal, hepatitis A, rotavirus, influenza).
_OTHERS = frozenset(
    {"113", "09", "138", "139", "196", "121", "187", "33", "49", "114", "119", "116", "52", "83", "140"}
)

_BY_NAME: tuple[tuple[str, str], ...] = (
    (BCG, r"\bBCG\b|卡介苗"),
    (HEPB, r"\bhep(?:atitis|\.)?[ -]?B\b|\bHBV\b|乙型肝炎"),
    (DTAP, r"\bd?Tap\b|\bDTP\b|\bDTaP|diphtheria.*pertussis|白喉.*百日咳"),
    (IPV, r"\b[IO]PV\b|polio|小兒麻痺|脊髓灰質炎"),
    (PCV, r"\bPCV ?\d*\b|pneumococcal conjugate|肺炎球菌結合|結合肺炎球菌"),
    (MMR, r"\bMMRV?\b|measles|麻疹"),
    (VAR, r"\bMMRV\b|varicella|chickenpox|水痘"),
    (HPV, r"\bHPV|papilloma|人類乳頭瘤|子宮頸癌"),
)
_NAMES = tuple((antigen, re.compile(pattern, re.IGNORECASE)) for antigen, pattern in _BY_NAME)
_NOT_BY_NAME = re.compile(r"zoster|shingles|帶狀疱疹|polysaccharide|多醣|immunoglobulin|免疫球蛋白", re.IGNORECASE)
_LONGEST_NAME = 500


def antigens(vaccine: Any) -> tuple[str, ...]:
    """What a `vaccineCode` holds of the programme; empty for another vaccine."""
    codes = set(elements.codes(vaccine, CVX))
    if known := sorted(codes & _BY_CODE.keys()):
        return _BY_CODE[known[0]]
    return () if codes & _OTHERS else _by_name(elements.text(vaccine)[:_LONGEST_NAME])


def name(vaccine: Any) -> str:
    """What a `vaccineCode` calls it."""
    return elements.text(vaccine)


def _by_name(name: str) -> tuple[str, ...]:
    if _NOT_BY_NAME.search(name):
        return ()
    return tuple(antigen for antigen, pattern in _NAMES if pattern.search(name))
