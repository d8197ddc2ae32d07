"""Keyed hashes and sealed texts: what is stored so that a stolen database says little.

Every key is derived from the one secret by HKDF (RFC 5869) under its own purpose.
"""

import base64
import hashlib
import hmac
import unicodedata
from dataclasses import dataclass, field

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

LOOKUP_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters and digits that nobody confuses when reading aloud: no 0/O, no 1/I."""

LOOKUP_GROUPS, LOOKUP_GROUP_LENGTH = 3, 4


@dataclass(frozen=True)
class Keys:
    """The keys of one portal; a log or a traceback that shows the object shows none of them."""

    hashing: bytes = field(repr=False)
    sealing: bytes = field(repr=False)
    signing: str = field(repr=False)

    @classmethod
    def from_secret(cls, secret: str) -> "Keys":
        """The keys that belong to the secret; the same secret gives the same keys."""
        return cls(
            hashing=_derive(secret, "keyed hashes"),
            sealing=base64.urlsafe_b64encode(_derive(secret, "sealed texts")),
            signing=_derive(secret, "signed cookies").hex(),
        )

    def hash(self, purpose: str, value: str) -> str:
        """The keyed SHA-256 of a value for one purpose, as hexadecimal digits."""
        message = f"{purpose}\0{value}".encode()
        return hmac.new(self.hashing, message, hashlib.sha256).hexdigest()

    def seal(self, text: str) -> str:
        """The text encrypted; only `unseal` with the same keys opens it."""
        return Fernet(self.sealing).encrypt(text.encode()).decode("ascii")

    def unseal(self, sealed: str) -> str:
        """The text that was sealed; raises `InvalidToken` when it was sealed with other keys."""
        return Fernet(self.sealing).decrypt(sealed.encode("ascii")).decode()

    def code(self, purpose: str, value: str) -> str:
        """Sixty keyed bits of a value as a code to read aloud, such as `7KQM-X2DP-9RTA`."""
        digest = hmac.new(self.hashing, f"{purpose}\0{value}".encode(), hashlib.sha256).digest()
        letters = [LOOKUP_ALPHABET[byte % len(LOOKUP_ALPHABET)] for byte in digest]
        groups = (
            "".join(letters[start : start + LOOKUP_GROUP_LENGTH])
            for start in range(0, LOOKUP_GROUPS * LOOKUP_GROUP_LENGTH, LOOKUP_GROUP_LENGTH)
        )
        return "-".join(groups)


def _derive(secret: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(
        secret.encode()
    )


def plain_lookup_code(typed: str) -> str:
    """What was typed, without the separators, case and full-width forms that do not matter."""
    return "".join(
        letter for letter in unicodedata.normalize("NFKC", typed).upper() if letter.isalnum()
    )
