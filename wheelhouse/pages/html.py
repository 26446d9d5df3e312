"""The tags of an HTML index page, in time linear in its length.

No HTML parser: regular expressions that know quotes take a third of its time. They
move on over all that they have read, so no text is read again and again; a comment or
tag that is never closed ends the page there, as in browsers.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from axletree.resolver.model.bounds import LONGEST_URL

# A quote opens a value only behind `=`. Where one is never closed no other of its kind
# can follow, so that it is looked for in vain once.
_TAG = re.compile(
    r"""<(?:(!--)|(a|base|meta)\s((?:[^>"'=]++|=\s*(?:"[^"]*"|'[^']*')|[="'])*+)(>)?)""",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"""([a-z][-a-z0-9_:]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""",
    re.IGNORECASE,
)

_READ = frozenset(
    {
        *("href", "name", "content"),
        *("data-requires-python", "data-yanked", "data-upload-time"),
        *("data-core-metadata", "data-dist-info-metadata", "data-provenance"),
    }
)
_LONGEST_RESOLVED = 8 * LONGEST_URL
"""Characters; resolving references takes forty times their length in memory."""
# Python makes no number of so many digits, and no character has such a number.
_BEYOND_CHARACTERS = re.compile("&#[0-9]{600,};?")


class HtmlTag(NamedTuple):
    """One tag of those that an index page consists of."""

    name: str
    """`a`, `base` or `meta`."""
    attributes: Mapping[str, str]
    """Those that are read anywhere; of a name that stands twice, the last."""


def read_tags(text: str) -> Iterator[HtmlTag]:
    """Yield the tags in order, but for those in comments."""
    start = 0
    while (match := _TAG.search(text, start)) is not None:
        is_comment, name, attributes, is_closed = match.groups()
        start = match.end()
        if is_comment:
            end = text.find("-->", start)
            if end < 0:
                return
            start = end + 3
        elif is_closed:
            yield HtmlTag(name.lower(), _attributes(attributes))
        else:
            return


def _attributes(text: str) -> Mapping[str, str]:
    attributes = {}
    for match in _ATTRIBUTE.finditer(text):
        name, double, single, bare = match.groups("")
        name = name.lower()
        if name in _READ:
            value = double or single or bare
            attributes[name] = _resolved(value) if "&" in value else value
    return attributes


def _resolved(value: str) -> str:
    """Resolve character references; what is too long to be used stays as it is."""
    if len(value) > _LONGEST_RESOLVED:
        return value
    from html import unescape  # noqa: PLC0415  late: pages of JSON have none

    return unescape(_BEYOND_CHARACTERS.sub("\ufffd", value))
