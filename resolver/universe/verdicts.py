"""What packaging says of one specifier and one version.

For the independent checker, and for tables that keep it for the checker: no masks, and
no rule that a search goes by.
"""

from packaging.specifiers import SpecifierSet
from packaging.version import Version


def admits(specifiers: SpecifierSet, version: str) -> bool:
    """Tell whether specifiers admit a version, as it is spelled."""
    # `===` compares the spelling; packaging compares it with a normalised version.
    return all(
        version.lower() == specifier.version.lower()
        if specifier.operator == "==="
        else specifier.contains(version, prereleases=True)
        for specifier in specifiers
    )


def opts_in(specifiers: SpecifierSet) -> bool:
    """Tell whether specifiers name a pre-release as pin or lower bound."""
    return any(
        specifier.operator in {"==", "===", "~=", ">=", ">"}
        and _names_prerelease(specifier.version)
        for specifier in specifiers
    )


def _names_prerelease(text: str) -> bool:
    try:
        return Version(text.removesuffix(".*")).is_prerelease
    except ValueError:
        return False
