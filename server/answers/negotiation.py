"""Which of its forms a page is sent in, decided from the request's headers alone.

Pure, so that the whole decision is one table in the tests. A request is never refused
with 406: a client whose wish we cannot meet gets HTML, which every client reads.
"""

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from axletree.server.answers.listed import parts_of


class Format(Enum):
    """What a page can be sent as; the value is the media type named in the answer."""

    HTML = "text/html"
    SIMPLE_HTML = "application/vnd.pypi.simple.v1+html"
    SIMPLE_JSON = "application/vnd.pypi.simple.v1+json"


@dataclass(frozen=True, slots=True)
class Form:
    """One of the forms of a page."""

    format: Format
    is_gzip: bool


_NAMES = {
    "text/html": Format.HTML,
    "application/vnd.pypi.simple.v1+html": Format.SIMPLE_HTML,
    "application/vnd.pypi.simple.latest+html": Format.SIMPLE_HTML,
    "application/vnd.pypi.simple.v1+json": Format.SIMPLE_JSON,
    "application/vnd.pypi.simple.latest+json": Format.SIMPLE_JSON,
}
MOST_CHARACTERS = 1000
"""Of a header that are read: decisions are kept by it, and long ones would fill memory."""
_WHEN_NAMED = (Format.SIMPLE_JSON, Format.SIMPLE_HTML, Format.HTML)
_WHEN_WILD = (Format.HTML, Format.SIMPLE_JSON, Format.SIMPLE_HTML)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """How much one format is wanted, and how precisely that was said."""

    weight: float
    precision: int
    """0: by `*/*`, 1: by `text/*` and the like, 2: by name."""


def choose_format(accept: str | None) -> Format:
    """Choose the format that an `Accept` header wants most.

    At equal weight a format asked for by name goes before one that only a wildcard
    admits; among named ones the richest goes first, among wildcards HTML.

    Source: PEP 691, version and format selection; RFC 9110 section 12.5.1.
    """
    return _choose_format((accept or "*/*")[:MOST_CHARACTERS])


@lru_cache(maxsize=1024)
def _choose_format(accept: str) -> Format:
    wishes = _wishes(accept)
    best = max((wish.weight for wish in wishes.values()), default=0.0)
    if best == 0:
        return Format.HTML
    wanted = {name: wish for name, wish in wishes.items() if wish.weight == best}
    named = [name for name in _WHEN_NAMED if name in wanted and _is_named(wanted[name])]
    return named[0] if named else next(name for name in _WHEN_WILD if name in wanted)


def choose_form(accept: str | None, accept_encoding: str | None) -> Form:
    """Choose the form that a request's headers want most."""
    return _choose_form(
        (accept or "*/*")[:MOST_CHARACTERS], (accept_encoding or "")[:MOST_CHARACTERS]
    )


@lru_cache(maxsize=1024)
def _choose_form(accept: str, accept_encoding: str) -> Form:
    return Form(choose_format(accept), accepts_gzip(accept_encoding))


def wants_page(accept: str | None) -> bool:
    """Tell a browser by its `Accept` header: HTML by name and first, no index format."""
    return _wants_page((accept or "")[:MOST_CHARACTERS])


@lru_cache(maxsize=1024)
def _wants_page(accept: str) -> bool:
    asked = {value: weight for value, weight in _weighted(accept) if weight}
    named = {_NAMES.get(value) for value in asked}
    # uv publish takes pages as well, after all else: it would show the source of one.
    is_first = asked.get(Format.HTML.value) == max(asked.values(), default=0.0)
    return is_first and named <= {Format.HTML, None}


def accepts_gzip(accept_encoding: str | None) -> bool:
    """Say whether an `Accept-Encoding` header wants gzip at least as much as none.

    Source: RFC 9110 section 12.5.3.
    """
    return _accepts_gzip((accept_encoding or "")[:MOST_CHARACTERS])


@lru_cache(maxsize=1024)
def _accepts_gzip(accept_encoding: str) -> bool:
    weights = dict(_weighted(accept_encoding))
    gzip = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    return gzip > 0 and gzip >= weights.get("identity", 0.0)


def _is_named(wish: _Wish) -> bool:
    return wish.precision == 2


def _wishes(accept: str) -> dict[Format, _Wish]:
    wishes: dict[Format, _Wish] = {}
    for media_range, weight in _weighted(accept):
        for name, precision in _formats_in(media_range):
            known = wishes.get(name)
            # The most precise range decides, so that `text/html;q=0, */*` excludes
            # HTML; `latest` and `v1` are equally precise, and the better one counts.
            if known is None or (precision, weight) > (known.precision, known.weight):
                wishes[name] = _Wish(weight=weight, precision=precision)
    return wishes


def _formats_in(media_range: str) -> list[tuple[Format, int]]:
    if media_range == "*/*":
        return [(name, 0) for name in Format]
    if media_range.endswith("/*"):
        family = media_range[:-1]
        return [(name, 1) for name in Format if name.value.startswith(family)]
    name = _NAMES.get(media_range)
    return [(name, 2)] if name else []


def _weighted(header: str) -> list[tuple[str, float]]:
    items = []
    for item in parts_of(header.lower(), ","):
        value, *parameters = parts_of(item, ";")
        weight = _weight(parameters)
        if value and weight is not None:
            items.append((value, weight))
    return items


def _weight(parameters: list[str]) -> float | None:
    """Read `q=…` out of an item's parameters; None for one that says nothing sane."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                weight = float(value)
            except ValueError:
                return None
            return weight if 0 <= weight <= 1 else None
    return 1.0
