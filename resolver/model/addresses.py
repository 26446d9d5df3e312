"""Files, archives, folders and repositories that a requirement names by where they are.

The engine knows such a requirement as a specifier of its own form, `@ URL`, that admits
just the release that was made of this address.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.model.spelling import MARK


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where something is that a user requires."""

    url: str
    """Absolute; without login and fragment, so that it can be shown and compared."""
    source: str
    """The same with its login; for who fetches it."""
    subdirectory: str = ""
    """Of an archive or folder, in which the project is; relative, and not outside."""
    hashes: tuple[str, ...] = ()
    """`sha256:…` of the fragment."""
    is_editable: bool = False
    problem: str = ""
    """Why it can be used in no case: a clause about it; empty as a rule."""
    hint: str = ""
    """What to do about the problem."""

    def __repr__(self) -> str:
        """Spell it without the login."""
        return f"Address({self.url!r})"

    @property
    def is_local(self) -> bool:
        """Tell whether it is a path of this machine."""
        return self.url.startswith("file:")

    @property
    def specifier(self) -> str:
        """Spell it as a specifier."""
        return f"{MARK}{self.url}"


def address_in(specifier: str) -> str | None:
    """Return the URL of a specifier that is an address; None: it is none."""
    return specifier.removeprefix(MARK) if specifier.startswith(MARK) else None


def by_address(
    requirement: Requirement, asked: Collection[tuple[NormalizedName, str]]
) -> str | None:
    """Spell the URL of a dependency as a specifier; None: nobody else asks for it.

    Then it is refused: only users name addresses.

    :param asked: the projects and URLs of roots and constraints.
    """
    url = (requirement.url or "").partition("#")[0]
    parts = urlsplit(url)
    url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    key = canonicalize_name(requirement.name), url
    return f"{MARK}{url}" if key in asked else None
