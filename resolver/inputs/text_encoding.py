"""Bytes of a requirements file -> text, as pip decodes them.

A mark at the start or a comment as of PEP 263 names the encoding, else it is UTF-8. pip
then tries that of the machine's locale; we do not, since the same file would mean
something else elsewhere. Source: pip, `req/req_file.py`.
"""

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    # Before UTF-16, whose mark is the start of this one's.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NAMED = re.compile(rb"coding[:=]\s*([-\w.]+)")


def decode_text(raw: bytes) -> str:
    """Decode a file that a user wrote.

    :raises UnicodeError: for bytes that are no text, or an unknown encoding.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding)
    for line in raw.split(b"\n", 2)[:2]:
        named = _NAMED.search(line) if line.startswith(b"#") else None
        if named is not None:
            return _decode(raw, named[1].decode("ascii"))
    return raw.decode("utf-8")


def _decode(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except LookupError as error:
        message = f"its encoding {encoding} is not known"
        raise UnicodeError(message) from error
