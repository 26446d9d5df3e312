"""What the user changes in other people's requirements: overrides and exclusions.

Both act on a requirement before anything else looks at it, so that the engine, its
explanations and pip's algorithm see the same lines. The checker has code of its own.
Source: RESOLVING.md 1.
"""

from collections.abc import Iterable
from copy import copy
from dataclasses import field, replace

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.requirements import (
    Exclusion,
    Override,
    RootRequirement,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The overrides and exclusions that are in force, found by project."""

    overrides: tuple[Override, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    excluded: frozenset[NormalizedName] = field(init=False, compare=False)
    _found: dict[tuple[NormalizedName | None, NormalizedName], tuple[Override, ...]] = (
        field(init=False, compare=False, repr=False)
    )

    def __post_init__(self) -> None:
        """Sort them by whose requirement on what they change."""
        found: dict[
            tuple[NormalizedName | None, NormalizedName], tuple[Override, ...]
        ] = {}
        for override in self.overrides:
            key = (override.requirer, override.target)
            found[key] = (*found.get(key, ()), override)
        excluded = frozenset(exclusion.project for exclusion in self.exclusions)
        object.__setattr__(self, "_found", found)
        object.__setattr__(self, "excluded", excluded)

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return bool(self.overrides or self.exclusions)

    def of(
        self, requirer: NormalizedName | None, target: NormalizedName
    ) -> tuple[Override, ...]:
        """Return the overrides of one project's requirements on another.

        Those for this requirer, if there are any, take the place of those for
        everyone; several hold together.

        :param requirer: None for the user.
        """
        if not self._found:
            return ()
        return self._found.get((requirer, target)) or self._found.get(
            (None, target), ()
        )

    def roots(self, roots: Iterable[RootRequirement]) -> tuple[RootRequirement, ...]:
        """Return what is left of the user's own requirements."""
        return tuple(
            self._root(root)
            for root in roots
            if canonicalize_name(root.requirement.name) not in self.excluded
        )

    def _root(self, root: RootRequirement) -> RootRequirement:
        overrides = self.of(None, canonicalize_name(root.requirement.name))
        if not overrides:
            return root
        changed = overridden(root.requirement, overrides)
        return replace(root, requirement=changed, overrides=overrides)


def overridden(requirement: Requirement, overrides: Iterable[Override]) -> Requirement:
    """Exchange the versions of a requirement, and its address; the rest stays."""
    changed = copy(requirement)
    changed.url = None
    changed.specifier = SpecifierSet()
    for override in overrides:
        changed.specifier &= override.specifier
    return changed
