"""What a token allows: a verb, and the projects for which it does."""

from typing import Literal, TypeAlias, TypeGuard, get_args

from packaging.utils import InvalidName, NormalizedName, canonicalize_name

from axletree.late_dataclasses import dataclass
from axletree.likeness import meant
from axletree.resolver.model.limits import is_of_family
from axletree.resolver.model.shown_text import shown
from axletree.wheelhouse.errors import InvalidRightError

Verb: TypeAlias = Literal["read", "upload", "replace-upstream", "metrics"]
VERBS: tuple[Verb, ...] = get_args(Verb)

OF_NO_PROJECT: frozenset[Verb] = frozenset({"metrics"})
"""Of the index as a whole: no project can be named with them."""

_ALL = "*"
_FAMILY = "-*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One verb for some projects: `upload:acme-*`."""

    verb: Verb
    pattern: str
    """A normalised name, its beginning followed by `-*`, or `*`."""

    @classmethod
    def parse(cls, text: str) -> "Right":
        """Read a right as people write it; `upload` alone is `upload:*`.

        :raises InvalidRightError: it is none.
        """
        verb, colon, pattern = text.strip().partition(":")
        if not _is_verb(verb):
            near = meant(verb, VERBS)
            raise InvalidRightError(
                f"no such right: {shown(verb)}",
                where=shown(text),
                hint=f"did you mean {near[0]}{colon}{pattern}?"
                if near
                else f"a right is {', '.join(VERBS)}, and after a colon for which "
                "projects: upload:acme-*",
            )
        if colon and verb in OF_NO_PROJECT and pattern != _ALL:
            raise InvalidRightError(
                f"{verb} is no right for some projects, but for the index",
                where=shown(text),
                hint=f"write {verb} alone",
            )
        return cls(verb=verb, pattern=_pattern(pattern, text) if colon else _ALL)

    @property
    def is_for_all(self) -> bool:
        """Tell whether it is for every project."""
        return self.pattern == _ALL

    def covers(self, project: NormalizedName) -> bool:
        """Tell whether it is for a project; `acme-*` is for `acme` as well."""
        if self.pattern == _ALL:
            return True
        return is_of_family(project, self.pattern)

    def __str__(self) -> str:
        """Write it as `parse` reads it."""
        return f"{self.verb}:{self.pattern}"


def _is_verb(text: str) -> TypeGuard[Verb]:
    return text in VERBS


def _pattern(text: str, right: str) -> str:
    if text == _ALL:
        return _ALL
    name = text.removesuffix(_FAMILY)
    try:
        normalised = canonicalize_name(name, validate=True)
    except InvalidName as error:
        raise InvalidRightError(
            f"no project's name: {shown(text)}",
            where=shown(right),
            hint="for which projects is said by a name, by the beginning of names "
            "(acme-*), or by * for all",
        ) from error
    return normalised if name == text else normalised + _FAMILY
