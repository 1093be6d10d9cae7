"""OpenSSL's raw RSA operation through ctypes, because `cryptography` offers RSA only with padding.

The library is looked for under names that carry its major version. A bare `libcrypto` is never loaded: on macOS
that ends the whole process. `cryptography` has its own OpenSSL inside and is not touched by this one.
"""

import ctypes
import weakref
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from folkmoot_kernel.errors import MalformedTokenKey, SigningFailed

_NAMES = (
    "libcrypto.so.3",
    "libcrypto.so.4",
    "libcrypto.3.dylib",
    "libcrypto.4.dylib",
    "libcrypto-3-x64.dll",
    "libcrypto-3.dll",
)
_RSA_NO_PADDING: Final = 3

_POINTER, _INT, _SIZE = ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t
_BLOCK = [_POINTER, _POINTER, ctypes.POINTER(_SIZE), ctypes.c_char_p, _SIZE]
_FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "d2i_AutoPrivateKey": (_POINTER, [_POINTER, ctypes.POINTER(ctypes.c_char_p), ctypes.c_long]),
    "EVP_PKEY_free": (None, [_POINTER]),
    "EVP_PKEY_CTX_new": (_POINTER, [_POINTER, _POINTER]),
    "EVP_PKEY_CTX_free": (None, [_POINTER]),
    "EVP_PKEY_CTX_set_rsa_padding": (_INT, [_POINTER, _INT]),
    "EVP_PKEY_decrypt_init": (_INT, [_POINTER]),
    "EVP_PKEY_decrypt": (_INT, _BLOCK),
    "EVP_PKEY_encrypt_init": (_INT, [_POINTER]),
    "EVP_PKEY_encrypt": (_INT, _BLOCK),
    "ERR_clear_error": (None, []),
}


@cache
def libcrypto() -> ctypes.CDLL | None:
    """OpenSSL 3 or later of this machine; None where there is none."""
    for name in _NAMES:
        try:
            return _declared(ctypes.CDLL(name))
        except (OSError, AttributeError):  # not here, or not an OpenSSL with these functions
            continue
    return None


def _declared(library: ctypes.CDLL) -> ctypes.CDLL:
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


class LibcryptoKey:
    """Raises blocks to the private and to the public exponent of one RSA key. Threads may share it.

    Timing: OpenSSL works in constant time and blinds each private operation by itself.
    Shapes: a block is as long as the modulus, big-endian, and below it.
    Raises: MalformedTokenKey when OpenSSL cannot read the key.
    """

    def __init__(self, key: RSAPrivateKey, library: ctypes.CDLL) -> None:
        der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        self._library = library
        self._size = (key.key_size + 7) // 8
        self._key = library.d2i_AutoPrivateKey(None, ctypes.byref(ctypes.c_char_p(der)), len(der))
        if not self._key:
            library.ERR_clear_error()
            raise MalformedTokenKey(reason="OpenSSL cannot read it")
        weakref.finalize(self, library.EVP_PKEY_free, self._key)

    def private(self, block: bytes) -> bytes:
        """block^d mod n. Raises: SigningFailed."""
        return self._run(self._library.EVP_PKEY_decrypt_init, self._library.EVP_PKEY_decrypt, block)

    def public(self, block: bytes) -> bytes:
        """block^e mod n. Raises: SigningFailed."""
        return self._run(self._library.EVP_PKEY_encrypt_init, self._library.EVP_PKEY_encrypt, block)

    def _run(self, begin: Callable[..., int], act: Callable[..., int], block: bytes) -> bytes:
        library, size = self._library, self._size
        context = library.EVP_PKEY_CTX_new(self._key, None)
        try:
            out, length = ctypes.create_string_buffer(size), _SIZE(size)
            done = (
                context is not None
                and len(block) == size
                and begin(context) > 0
                and library.EVP_PKEY_CTX_set_rsa_padding(context, _RSA_NO_PADDING) > 0
                and act(context, out, ctypes.byref(length), block, len(block)) > 0
                and length.value == size
            )
            if not done:
                library.ERR_clear_error()  # or Python's ssl, which may share this library, reports it as its own
                raise SigningFailed
            return out.raw
        finally:
            library.EVP_PKEY_CTX_free(context)
