"""A page in its forms, and other bodies, each with its headers: ready to send."""

import gzip
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import orjson

from axletree.server.answers.negotiation import Form, Format

FOR_A_DAY = "public, max-age=86400"
"""Of what lies under a URL that names its content: it never changes, but is withdrawn."""

KEPT_BY_PROXY = ("X-Accel-Expires", "1")
"""Heard by nginx alone, which hands it on to nobody: of a page that all may read it may keep
its own copy for a second, if it was told to keep any. Nothing else is as fast as we are."""

ASK_EACH_TIME = "no-cache"
"""Of what may become another one: it may be kept, and is asked for each time."""

PROVENANCE_TYPE = "application/vnd.pypi.integrity.v1+json"
"""Of attestations. Source: PEP 740."""

PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Pages carry foreign text (yank reasons, names) and need nothing but their style."""

Headers: TypeAlias = list[tuple[str, str]]


def private(headers: Headers) -> Headers:
    """Let nobody between keep what only some may read."""
    kept: Headers = []
    rules = "no-cache"
    for header in headers:
        if header[0] == "Cache-Control":
            rules = header[1]
        elif header[0] != "X-Accel-Expires":
            kept.append(header)
    kept.append(_private_rules(rules))
    return kept


@lru_cache(maxsize=32)
def _private_rules(rules: str) -> tuple[str, str]:
    return "Cache-Control", f"private, {rules.replace('public, ', '')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One page in one format and encoding, ready to send."""

    body: bytes
    etag: str
    """With its quotes; a hash of `body`, hence the same on every replica."""
    headers: Headers
    """For 200, complete."""
    unchanged_headers: Headers
    """For 304."""
    private_headers: Headers
    """For 200, where a token is needed to read."""
    private_unchanged_headers: Headers

    @classmethod
    def of(
        cls, body: bytes, etag: str, headers: Headers, unchanged_headers: Headers
    ) -> "Variant":
        """Make one with the headers for all; those for readers with tokens follow.

        Made once and not for each request: they are a fourth of what we do for it.
        """
        return cls(
            body=body,
            etag=etag,
            headers=headers,
            unchanged_headers=unchanged_headers,
            private_headers=private(headers),
            private_unchanged_headers=private(unchanged_headers),
        )

    @property
    def size_bytes(self) -> int:
        """Count the bytes of the body."""
        return len(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedPage:
    """One page in those of its variants that were made."""

    plain: Mapping[Format, Variant]
    compressed: Mapping[Format, Variant]

    def has(self, form: Form | None) -> bool:
        """Tell whether a form was made; None: whether all were."""
        if form is None:
            return len(self.plain) == len(self.compressed) == len(Format)
        return form.format in (self.compressed if form.is_gzip else self.plain)

    def variant(self, form: Form) -> Variant:
        """Give a form that was made."""
        return (self.compressed if form.is_gzip else self.plain)[form.format]

    def beside(self, other: "RenderedPage") -> "RenderedPage":
        """Add what was made earlier of the same page."""
        return RenderedPage(
            plain={**other.plain, **self.plain},
            compressed={**other.compressed, **self.compressed},
        )

    @property
    def size_bytes(self) -> int:
        """Count the bytes of the bodies; both forms of HTML share theirs."""
        bodies = {
            id(each.body): len(each.body)
            for variants in (self.plain, self.compressed)
            for each in variants.values()
        }
        return sum(bodies.values())


IN_NO_FORM = RenderedPage(plain={}, compressed={})


_ALIKE = {
    Format.HTML: (Format.HTML, Format.SIMPLE_HTML),
    Format.SIMPLE_HTML: (Format.HTML, Format.SIMPLE_HTML),
    Format.SIMPLE_JSON: (Format.SIMPLE_JSON,),
}
"""Which formats have the same body."""


def page_of(
    html: Callable[[], str],
    document: Callable[[], Mapping[str, object]],
    form: Form | None,
    *,
    is_for_all: bool = True,
) -> RenderedPage:
    """Make a page, of its two documents those that a form needs; None: all forms.

    :param is_for_all: it is the same by whatever host it is asked for.
    """
    more = [KEPT_BY_PROXY] if is_for_all else []
    wanted = (Format.HTML, Format.SIMPLE_JSON) if form is None else (form.format,)
    plain: dict[Format, Variant] = {}
    compressed: dict[Format, Variant] = {}
    for each in wanted:
        is_json = each is Format.SIMPLE_JSON
        body = orjson.dumps(document()) if is_json else html().encode()
        if form is None or not form.is_gzip:
            plain |= _variants(each, body, more)
        if form is None or form.is_gzip:
            # mtime 0: the same page must have the same bytes, and so the same ETag,
            # everywhere.
            packed = gzip.compress(body, compresslevel=6, mtime=0)
            compressed |= _variants(each, packed, more, encoding="gzip")
    return RenderedPage(plain=plain, compressed=compressed)


def _variants(
    made: Format, body: bytes, more: Headers, encoding: str = ""
) -> dict[Format, Variant]:
    kinds = {each: _CONTENT_TYPES.get(each, each.value) for each in _ALIKE[made]}
    return {
        each: variant_of(body, kind, encoding, more=more)
        for each, kind in kinds.items()
    }


_CONTENT_TYPES = {Format.HTML: "text/html; charset=utf-8"}


def variant_of(
    body: bytes,
    content_type: str,
    encoding: str,
    *,
    policy: str = PAGE_POLICY,
    more: Headers | None = None,
) -> Variant:
    """Make a body ready to send, with all its headers, and `more` of them."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    shared = [
        # First: an nginx older than 1.23 heeds what it reads first.
        *(more or ()),
        ("ETag", etag),
        # pip 26.2 and later keeps pages for as long as it is told; `no-cache` lets it
        # keep them and ask each time, so that a publish is seen at once.
        ("Cache-Control", ASK_EACH_TIME),
        ("Vary", "Accept, Accept-Encoding"),
    ]
    headers = [
        ("Content-Type", content_type),
        ("Content-Length", str(len(body))),
        *([("Content-Encoding", encoding)] if encoding else []),
        *shared,
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", policy),
    ]
    return Variant.of(body, etag, headers, shared)


def metadata_answer(
    metadata: bytes,
    sha256: str,
    content_type: str = "text/plain; charset=utf-8",
    freshness: str = FOR_A_DAY,
) -> Variant:
    """Make METADATA ready to send, byte for byte as it stands in its file (PEP 658).

    Attestations (PEP 740) and listings of variants (PEP 825) likewise, as they came.
    """
    shared = [
        ("ETag", f'"{sha256}"'),
        ("Cache-Control", freshness),
        ("X-Content-Type-Options", "nosniff"),
    ]
    headers = [
        ("Content-Type", content_type),
        ("Content-Length", str(len(metadata))),
        *shared,
    ]
    return Variant.of(metadata, f'"{sha256}"', headers, shared)
