"""Pages of the documentation as HTML, in the style of the index's own pages.

All links are relative, and nothing is taken from another host: the index stands where
there is none. What a page links to outside of the documentation is not here; of such a
link the words are left.
"""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from markdown_it.token import Token

import axletree
from axletree.manual.markdown import anchors_of, parser
from axletree.manual.pages import INDEX, Page, other_files, pages, target_of
from axletree.manual.topics import groups
from axletree.server.answers.rendering import API_VERSION, template
from axletree.server.answers.variants import PAGE_POLICY, Variant, variant_of

POLICY = f"{PAGE_POLICY}; img-src 'self'"
_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualPage:
    """One page, ready to send."""

    plain: Variant
    compressed: Variant


def address_of(page: Page) -> str:
    """Give a page's address, below `/`."""
    return "docs/" if page.name == INDEX else f"docs/{page.name}/"


@cache
def rendered(name: str) -> ManualPage:
    """Render one page; once a process, as it changes with an installation only."""
    page = pages()[name]
    root = "../" * address_of(page).count("/")
    html = template("manual.html").render(
        title=f"{_title(page)} · Axletree",
        api_version=API_VERSION,
        root=root,
        name="" if page.name == INDEX else page.name,
        groups=groups(),
        version=axletree.__version__,
        content=content_of(page, page.text(), root=root),
    )
    body = html.encode()
    return ManualPage(
        plain=variant_of(body, _HTML, "", policy=POLICY),
        compressed=variant_of(
            gzip.compress(body, mtime=0), _HTML, "gzip", policy=POLICY
        ),
    )


def content_of(page: Page, text: str, *, root: str) -> str:
    """Render the Markdown of a page.

    :param root: the way from the page to `/`.
    """
    tokens = parser().parse(text)
    for opening, _, anchor in anchors_of(tokens):
        opening.attrSet("id", anchor)
    for token in tokens:
        if token.children:
            token.children = _with_addresses(page, token.children, root)
    return str(parser().renderer.render(tokens, parser().options, {}))


def _title(page: Page) -> str:
    first = page.text().partition("\n")[0]
    return first.removeprefix("# ")


def _with_addresses(page: Page, children: Sequence[Token], root: str) -> list[Token]:
    """Let links and pictures name addresses here; drop links that lead nowhere."""
    kept = []
    dropped: list[bool] = []
    for child in children:
        if child.type == "image":
            child.attrSet("src", _address(page, str(child.attrGet("src")), root) or "")
        elif child.type == "link_open":
            address = _address(page, str(child.attrGet("href")), root)
            dropped.append(address is None)
            child.attrSet("href", address or "")
        is_dropped = bool(dropped) and dropped[-1]
        if child.type == "link_close":
            dropped.pop()
        if not (is_dropped and child.type in {"link_open", "link_close"}):
            kept.append(child)
    return kept


def _address(page: Page, link: str, root: str) -> str | None:
    """Turn a link of a page into one of the server's; None: it leads out of the pages."""
    target, anchor = target_of(page, link)
    if "://" in target or target.startswith("mailto:"):
        return link
    fragment = f"#{anchor}" if anchor else ""
    if target in pages():
        own = "" if target == page.name and fragment else None
        return (
            f"{root}{address_of(pages()[target])}{fragment}"
            if own is None
            else fragment
        )
    return f"{root}docs/{target}" if target in other_files() else None
