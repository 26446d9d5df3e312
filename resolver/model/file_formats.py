"""Which projects may come as wheels, as sdists, or as both.

Source: pip, `--no-binary` and `--only-binary`: each takes names, `:all:` or `:none:`,
and the later option takes a name away from the other.
"""

from dataclasses import dataclass, field, replace

from packaging.utils import NormalizedName, canonicalize_name

ALL = ":all:"
NONE = ":none:"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatControl:
    """The state after some `--no-binary` and `--only-binary` options."""

    no_binary: frozenset[str] = field(default_factory=frozenset)
    """Normalised names that come as sdist, or `:all:`."""
    only_binary: frozenset[str] = field(default_factory=frozenset)
    """Normalised names that come as wheel, or `:all:`."""
    unlimited: frozenset[NormalizedName] = field(default_factory=frozenset)
    """Projects that may come as both, whatever the options say."""

    def without_binary(self, value: str) -> "FormatControl":
        """Apply one `--no-binary` option."""
        target, other = _apply(value, self.no_binary, self.only_binary)
        return replace(self, no_binary=target, only_binary=other)

    def with_only_binary(self, value: str) -> "FormatControl":
        """Apply one `--only-binary` option."""
        target, other = _apply(value, self.only_binary, self.no_binary)
        return replace(self, no_binary=other, only_binary=target)

    def without_limits(self, project: NormalizedName) -> "FormatControl":
        """Let a project come as wheel and as sdist."""
        return replace(self, unlimited=self.unlimited | {project})

    def allows_wheel(self, project: NormalizedName) -> bool:
        """Tell whether a wheel of `project` may be used; a name beats `:all:`."""
        if project in self.only_binary | self.unlimited:
            return True
        return project not in self.no_binary and ALL not in self.no_binary

    def allows_sdist(self, project: NormalizedName) -> bool:
        """Tell whether an sdist of `project` may be used; a name beats `:all:`."""
        if project in self.no_binary | self.unlimited:
            return True
        return project not in self.only_binary and ALL not in self.only_binary


def _apply(
    value: str, target: frozenset[str], other: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    for name in filter(None, map(str.strip, value.split(","))):
        if name == ALL:
            target, other = frozenset({ALL}), frozenset()
        elif name == NONE:
            target = frozenset()
        else:
            project = canonicalize_name(name)
            target, other = target | {project}, other - {project}
    return target, other
