"""Sealing identity numbers and token seeds: AES-256-GCM with its context bound in, and a keyed hash to find them by.

Source: NIST SP 800-38D; RFC 5869 (HKDF). A sealed value moved to another row or column does not open.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12


class SealBroken(Exception):
    """The sealed value was altered, moved or sealed under another key."""


@dataclass(frozen=True)
class Sealer:
    """Seals and finds values under one 32-byte key."""

    key: bytes

    def __post_init__(self) -> None:
        if len(self.key) != 32:
            raise ValueError("The identity key must be 32 bytes.")

    def seal(self, value: str, *, context: str) -> bytes:
        """`value` encrypted for `context` ("table/column/row"); 12 bytes of nonce, then ciphertext and tag."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + AESGCM(self._derived("seal")).encrypt(nonce, value.encode(), context.encode())

    def open(self, sealed: bytes, *, context: str) -> str:
        """The value that was sealed for `context`; raises SealBroken."""
        try:
            plain = AESGCM(self._derived("seal")).decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())
        except InvalidTag as broken:
            raise SealBroken(context) from broken
        return plain.decode()

    def trace(self, kind: str, value: str) -> bytes:
        """A 32-byte keyed hash to find an equal (kind, value) by, without storing the value."""
        return hmac.new(self._derived("trace"), f"{kind}\x1f{value}".encode(), hashlib.sha256).digest()

    def of(self, use: str) -> "Sealer":
        """A sealer under a key of its own, for what is no identity number and sealed far more often."""
        return Sealer(self._derived(use))

    def _derived(self, use: str) -> bytes:
        return _derived(self.key, use)


@lru_cache(maxsize=64)
def _derived(key: bytes, use: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"wutong/{use}/1".encode()).derive(key)


def token_hash(token: str) -> bytes:
    """What is stored of an opaque token: SHA-256 of its text (the token itself has 256 random bits)."""
    return hashlib.sha256(token.encode()).digest()


def new_token() -> str:
    """A fresh opaque token with 256 random bits."""
    return secrets.token_urlsafe(32)
