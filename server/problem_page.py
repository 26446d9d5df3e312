"""An error as a page for people, where a browser asks; programs get problem+json."""

from collections.abc import Sequence
from itertools import islice

from packaging.utils import NormalizedName

from axletree.resolver.universe.near_names import nearest
from axletree.server.rendering import PAGE_POLICY, render_problem

MOST_COMPARED = 20_000
"""Projects whose names are looked through for one that is much like a wrong one."""
LONGEST_NAME = 64
_MOST_NEAR = 3

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-cache",
    "Vary": "Accept",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": PAGE_POLICY,
}


def near_names(name: str, projects: Sequence[NormalizedName]) -> tuple[str, ...]:
    """List projects that are meant by a name that none of them has."""
    if len(name) > LONGEST_NAME:
        return ()
    return tuple(nearest(name, islice(projects, MOST_COMPARED))[:_MOST_NEAR])


def problem_page(
    path: str, *, title: str, detail: str, hint: str, near: Sequence[str] = ()
) -> bytes:
    """Render an error, with ways on from it.

    :param path: of the request, below the prefix: links are relative to it.
    """
    root = "../" * (path.count("/") - 1) or "./"
    return render_problem(root=root, title=title, detail=detail, hint=hint, near=near)
