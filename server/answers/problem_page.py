"""An error as a page for people, where a browser asks; programs get problem+json."""

from collections.abc import Sequence
from itertools import islice

from packaging.utils import NormalizedName

from axletree.resolver.universe.near_names import nearest
from axletree.server.answers.rendering import render_problem
from axletree.server.answers.variants import PAGE_POLICY

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
    """List projects, or topics, that are meant by a name that none of them has."""
    if len(name) > LONGEST_NAME:
        return ()
    return tuple(nearest(name, islice(projects, MOST_COMPARED))[:_MOST_NEAR])


def root_from(path: str) -> str:
    """Give the way from a path, below the prefix, to `/`."""
    return "../" * (path.count("/") - 1) or "./"


def problem_page(  # noqa: PLR0913  one for each thing that the page says
    path: str,
    *,
    title: str,
    detail: str,
    hint: str,
    reference: str,
    near: Sequence[str] = (),
    near_below: str = "simple/",
) -> bytes:
    """Render an error, with ways on from it.

    :param path: of the request, below the prefix: links are relative to it.
    """
    return render_problem(
        root=root_from(path),
        title=title,
        detail=detail,
        hint=hint,
        near=near,
        near_below=near_below,
        reference=reference,
    )
