"""The wheelhouse's key (Ed25519): who it is, and what it signs.

`cryptography` does the work; nothing else of ours imports it, and it is imported where a
key is used.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.errors import UnsafeKeyError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

_SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """The half of a key that everybody may know."""

    pem: str

    @classmethod
    def read(cls, pem: str, where: str) -> PublicKey:
        """Take a text for a public key.

        :param where: where it stands, for messages.
        :raises UnsafeKeyError: it is none of Ed25519.
        """
        from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415  late
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415  late
            Ed25519PublicKey,
        )
        from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415  late
            load_pem_public_key,
        )

        try:
            key = load_pem_public_key(pem.encode())
        except (ValueError, UnsupportedAlgorithm) as error:
            raise _no_key(where, "public") from error
        if not isinstance(key, Ed25519PublicKey):
            raise _no_key(where, "public")
        return _public(key)

    @property
    def keyid(self) -> str:
        """Return the name by which signatures call it: the SHA-256 of its DER form."""
        der = base64.b64decode("".join(self.pem.splitlines()[1:-1]))
        return hashlib.sha256(der).hexdigest()

    def has_signed(self, content: bytes, signature: bytes) -> bool:
        """Tell whether a signature is this key's, over just this."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  late
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415  late
            Ed25519PublicKey,
        )
        from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415  late
            load_pem_public_key,
        )

        key = load_pem_public_key(self.pem.encode())
        if not isinstance(key, Ed25519PublicKey) or len(signature) != _SIGNATURE_BYTES:
            return False
        try:
            key.verify(signature, content)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateKey:
    """A key that signs; its secret is not shown where it is printed."""

    _key: Ed25519PrivateKey

    @classmethod
    def generate(cls) -> PrivateKey:
        """Make a new one."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415  late
            Ed25519PrivateKey,
        )

        return cls(_key=Ed25519PrivateKey.generate())

    @classmethod
    def read(cls, pem: bytes, where: str) -> PrivateKey:
        """Take the content of a file for a private key.

        :param where: where it stands, for messages.
        :raises UnsafeKeyError: it is none of Ed25519, or needs a password.
        """
        from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415  late
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415  late
            Ed25519PrivateKey,
        )
        from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415  late
            load_pem_private_key,
        )

        try:
            key = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise _no_key(where, "private") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise _no_key(where, "private")
        return cls(_key=key)

    @property
    def public(self) -> PublicKey:
        """Return the half that checks."""
        return _public(self._key.public_key())

    def written(self) -> bytes:
        """Write it as its file has it: PKCS #8, without a password."""
        from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415  late
            Encoding,
            NoEncryption,
            PrivateFormat,
        )

        return self._key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )

    def sign(self, content: bytes) -> bytes:
        """Sign something, whole."""
        return self._key.sign(content)


def _public(key: Ed25519PublicKey) -> PublicKey:
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415  late
        Encoding,
        PublicFormat,
    )

    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return PublicKey(pem=pem.decode("ascii"))


def _no_key(where: str, half: str) -> UnsafeKeyError:
    return UnsafeKeyError(
        f"there is no {half} key of Ed25519 in it, or one with a password",
        where=where,
        hint="put back the file as axletree key init has made it",
    )
