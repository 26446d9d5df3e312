"""An error as a page for people, where a browser asks; programs get problem+json."""

from collections.abc import Sequence
from difflib import get_close_matches
from itertools import islice

from axletree.server.rendering import PAGE_POLICY, render_problem

MOST_COMPARED = 20_000
"""Projects whose names are looked through for one that is much like a wrong one."""
LONGEST_NAME = 64
_MOST_NEAR = 3
_ALIKE = 0.7

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-cache",
    "Vary": "Accept",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": PAGE_POLICY,
}


def near_names(name: str, projects: Sequence[str]) -> tuple[str, ...]:
    """List projects whose names are much like one that is not there."""
    if len(name) > LONGEST_NAME:
        return ()
    names = list(islice(projects, MOST_COMPARED))
    return tuple(get_close_matches(name, names, _MOST_NEAR, _ALIKE))


def problem_page(
    path: str, *, title: str, detail: str, hint: str, near: Sequence[str] = ()
) -> bytes:
    """Render an error, with ways on from it.

    :param path: of the request, below the prefix: links are relative to it.
    """
    root = "../" * (path.count("/") - 1) or "./"
    return render_problem(root=root, title=title, detail=detail, hint=hint, near=near)
