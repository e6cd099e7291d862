"""Laws of the logic and of collections, and input that nobody wrote by hand."""

from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from record.fhirpath.asking import PATIENT, ask
from wutong.record.fhirpath import CannotCompile, CannotEvaluate
from wutong.record.fhirpath import compile as compiled
from wutong.record.fhirpath.moments import compared, moment

TRUTH = st.sampled_from(["true", "false", "{}"])
WHOLE = st.integers(-5, 5)
COLLECTION = st.lists(WHOLE, max_size=5).map(lambda them: "{}" + "".join(f".combine({each})" for each in them))
DATES = st.from_regex(r"20(19|20)(-0[1-3](-[012][1-8](T[01][0-9]:[0-5][0-9](:[0-5][0-9](\.[0-9]{1,4})?)?(Z|[+-]0[0-9]:00)?)?)?)?", fullmatch=True)  # fmt: skip
PIECES = st.sampled_from(
    ["name", "given", ".", "(", ")", "[", "]", "0", "'a'", " and ", " or ", "=", "|", "where", "exists()", "$this",
     "is", " as ", "Patient", "%resource", "first()", "@2012", "-", "+", "{}", " in ", "not()", "descendants()"]
)  # fmt: skip
ANYTHING: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "given", "_given", "contained", "resourceType", "use"]), inner)
    ),
    max_leaves=12,
)


@given(TRUTH, TRUTH, TRUTH)
def test_laws_of_three_valued_logic(a: str, b: str, c: str) -> None:
    def alike(one: str, other: str) -> None:
        assert ask(one) == ask(other), (one, other)

    alike(f"{a} and {b}", f"{b} and {a}")
    alike(f"{a} or {b}", f"{b} or {a}")
    alike(f"{a} xor {b}", f"{b} xor {a}")
    alike(f"({a} and {b}).not()", f"{a}.not() or {b}.not()")
    alike(f"({a} or {b}).not()", f"{a}.not() and {b}.not()")
    alike(f"{a} implies {b}", f"{a}.not() or {b}")
    alike(f"{a} and ({b} or {c})", f"({a} and {b}) or ({a} and {c})")
    alike(f"{a} xor {b}", f"({a} or {b}) and ({a} and {b}).not()")
    alike(f"{a}.not().not()", a)


@given(COLLECTION, COLLECTION, st.integers(0, 6))
def test_laws_of_collections(a: str, b: str, n: int) -> None:
    assert ask(f"({a}).take({n}).combine(({a}).skip({n}))") == ask(a)
    assert ask(f"({a}).count() + ({b}).count()") == ask(f"({a}).combine({b}).count()")
    assert ask(f"({a}) | ({b})") == ask(f"({a}).combine({b}).distinct()")
    assert ask(f"({a}).isDistinct()") == ask(f"({a}).distinct().count() = ({a}).count()")
    assert ask(f"({a}).exists()") == ask(f"({a}).empty().not()")
    assert ask(f"({a}).intersect({b}).all($this in ({b}))") == [True]
    assert ask(f"({a}).where($this > 0).count() + ({a}).where($this <= 0).count()") == ask(f"({a}).count()")


@given(WHOLE, WHOLE)
def test_division_and_remainder_belong_together(a: int, b: int) -> None:
    assert ask(f"({a} div {b}) * {b} + ({a} mod {b})") == ([] if b == 0 else [a])


@given(DATES, DATES)
def test_order_of_moments(a: str, b: str) -> None:
    one, other = moment(a), moment(b)
    assert one is not None
    assert other is not None
    order, back = compared(one, other), compared(other, one)
    assert order == (None if back is None else -back)
    assert compared(one, one) == 0


@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=30))
@settings(max_examples=300)
def test_any_text_compiles_or_is_refused(text: str) -> None:
    with suppress(CannotCompile, CannotEvaluate):
        compiled(text, "Patient").values(PATIENT, PATIENT)


@given(ANYTHING)
@settings(max_examples=300)
def test_no_tree_breaks_an_evaluation(tree: Any) -> None:
    for expression in ("name.given.exists()", "descendants().count()", "name.where(use = 'a').given.first()",
                       "contained.where(id in %resource.descendants().reference).empty()", "name = name"):  # fmt: skip
        with suppress(CannotEvaluate):
            compiled(expression, "Patient").values(tree, tree)
