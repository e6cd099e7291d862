"""The code on a desk's screen: its own alone is read, under its own key alone."""

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as some

from wutong.core import handshakes
from wutong.core.sealing import Sealer

OURS, THEIRS = Sealer(b"a" * 32), Sealer(b"b" * 32)


@given(some.uuids())
def test_a_code_is_read_as_what_it_was_made_of(handshake_id: UUID) -> None:
    code = handshakes.code_of(handshake_id, OURS)
    assert len(code) == 43
    assert handshakes.read(code, OURS) == handshake_id
    assert handshakes.read(code, THEIRS) is None


@given(some.text(max_size=60))
def test_nothing_else_is_read(code: str) -> None:
    assert handshakes.read(code, OURS) is None


@given(some.integers(0, 41), some.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef0123456789-_"))
def test_no_sign_of_it_may_be_another(place: int, sign: str) -> None:
    code = handshakes.code_of(uuid4(), OURS)
    changed = code[:place] + sign + code[place + 1 :]
    assert changed == code or handshakes.read(changed, OURS) is None
