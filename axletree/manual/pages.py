"""The pages that lie beside this program, in the order of their index."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import axletree
from axletree.manual.markdown import parser

FOLDER = Path(axletree.__file__).with_name("docs")
INDEX = "README"
_SUFFIX = ".md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page."""

    name: str
    """Its path in the folder, without the suffix: `how-to/lock`."""
    title: str
    """What the index calls it."""
    group: str
    """The index's heading over it; empty for the index itself."""

    @property
    def stem(self) -> str:
        """Give the name without its folder."""
        return self.name.rpartition("/")[2]

    @property
    def path(self) -> Path:
        """Give the file."""
        return FOLDER / f"{self.name}{_SUFFIX}"

    def text(self) -> str:
        """Read the page."""
        return self.path.read_text(encoding="utf-8")


@cache
def pages() -> Mapping[str, Page]:
    """Give every page by its name: the index, then what it lists."""
    index = Page(name=INDEX, title="Documentation", group="")
    return {page.name: page for page in (index, *_listed(index.text()))}


def _listed(index: str) -> Iterator[Page]:
    """Yield the pages that links of the index lead to; bold words begin a group."""
    group = ""
    for token in parser().parse(index):
        children = token.children or []
        for number, child in enumerate(children):
            words = children[number + 1].content if number + 1 < len(children) else ""
            if child.type == "strong_open":
                group = words
            target = str(child.attrGet("href") or "")
            if child.type == "link_open" and target.endswith(_SUFFIX):
                name = target.removesuffix(_SUFFIX)
                yield Page(name=name, title=words, group=group)


def target_of(page: Page, link: str) -> tuple[str, str]:
    """Read a link of a page: the file that it leads to, in the folder, and an anchor.

    A page is named without its suffix. What lies outside of the folder is not here: its
    path begins with `..`, or has a scheme.
    """
    path, _, anchor = link.partition("#")
    if "://" in path or path.startswith("mailto:"):
        return path, anchor
    if not path:
        return page.name, anchor
    file = posixpath.normpath(posixpath.join(posixpath.dirname(page.name), path))
    return file.removesuffix(_SUFFIX), anchor


@cache
def other_files() -> Mapping[str, Path]:
    """Give the files that pages show or link to: pictures and schemas."""
    return {
        path.relative_to(FOLDER).as_posix(): path
        for suffix in ("svg", "json")
        for path in sorted(FOLDER.glob(f"*/*.{suffix}"))
    }
