"""Identity card numbers against the dossier's vectors (5.2)."""

import pytest

from wutong.core import hkid


@pytest.mark.parametrize(
    "number",
    [
        "A123456(3)", "AB987654(3)", "E364912(5)", "AB123456(9)", "D288754(2)", "YD129805(1)", "YD1298051",
        "G123456(A)", "C100001(0)", "A100004(A)", "XA100006(0)", "WX100007(A)",
        "a123456(3)", "A123456 (3)", "A1234563", "Ａ１２３４５６（３）",
    ],
)  # fmt: skip
def test_a_right_number_is_valid_however_it_is_written(number: str) -> None:
    assert hkid.is_valid(number)


@pytest.mark.parametrize("number", ["A123456(4)", "A12345(3)", "1A23456(3)", "ABC12345(6)", "A123456(B)", "", "A"])
def test_a_wrong_number_is_not_valid(number: str) -> None:
    assert not hkid.is_valid(number)


def test_others_see_a_masked_number() -> None:
    assert hkid.masked("QX123456(1)") == "QX123***(*)"
    assert hkid.masked("A123456(3)") == "A123***(*)"
    assert hkid.bracketed("A1234563") == "A123456(3)"
