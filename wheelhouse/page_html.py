"""The tags of an HTML index page, in time linear in its length.

No HTML parser: regular expressions that know quotes take a third of its time. They
move on over all that they have read, so no text is read again and again; a comment or
tag that is never closed ends the page there, as in browsers.
"""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import NamedTuple

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


class HtmlTag(NamedTuple):
    """One tag of those that an index page consists of."""

    name: str
    """`a`, `base` or `meta`."""
    attributes: Mapping[str, str]


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
    for name, double, single, bare in _ATTRIBUTE.findall(text):
        value = double or single or bare
        attributes[name.lower()] = unescape(value) if "&" in value else value
    return attributes
