"""Why releases cannot be chosen, as the end of a sentence: true of each of their files.

A release falls away when all its files do, each for reasons of its own. What holds for
some of them only is said of those. Like `axletree.resolver.universe.tables`, this
imports next to nothing.
"""

from __future__ import annotations

from axletree.resolver.conflicts.evidence import (
    policy_text,
    unusable_text,
    yank_reason,
)

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Sequence

    from axletree.resolver.conflicts.asked import Asked
    from axletree.resolver.universe.particulars import Particulars


def why_fallen(reason: str, releases: Sequence[Particulars], asked: Asked) -> str:
    """End the sentence about releases that cannot be chosen.

    :param reason: one of theirs, but for `requires-python`.
    """
    is_one, are_all = len(releases) == 1, _fell_whole(reason, releases)
    has, is_ = ("has", "is") if is_one else ("have", "are")
    hides = f"--exclude-newer {asked.last_day}" if asked.last_day else "the date"
    match reason:
        case "tag":
            what = f"{has} {_no_wheel(releases, asked)}"
        case "no-time":
            files = has if are_all else f"{has} files that have"
            what = f"{files} no upload time, so {hides} hides {_it(are_all, is_one)}"
        case "binary-policy":
            what = f"{has} {_unwanted(releases)}"
        case "hash":
            files = (
                "no file with a hash" if are_all else "files with none of the hashes"
            )
            what = f"{has} {files} that you give"
        case "policy":
            what = f"{is_} {policy_text(releases)}"
        case "pre-release":
            pre = "a pre-release" if is_one else "pre-releases"
            what = f"{is_} {pre}, and nothing asks for pre-releases"
        case "yanked":
            what = f"{is_} yanked{yank_reason(releases)}, and nothing pins it"
        case _:
            what = unusable_text(releases)
    return what


def _fell_whole(reason: str, releases: Sequence[Particulars]) -> bool:
    """Tell whether a reason holds for every file of every release."""
    return all(reason in why for each in releases for _, why in each.fallen)


def _it(are_all: bool, is_one: bool) -> str:  # noqa: FBT001  told apart by their names
    return "it" if are_all and is_one else "them"


def _no_wheel(releases: Sequence[Particulars], asked: Asked) -> str:
    # Late: it takes longer to load than most explanations to find.
    from axletree.resolver.conflicts.offered_wheels import (  # noqa: PLC0415
        offered_wheels,
    )

    unfit = [[tag for tag, why in each.fallen if "tag" in why] for each in releases]
    others = (tag and "tag" not in why for each in releases for tag, why in each.fallen)
    what = "wheels that do not fit" if any(others) else "no wheel for"
    offered = offered_wheels(unfit, asked.python_version, asked.platform)
    return f"{what} {asked.target} ({offered})"


def _unwanted(releases: Sequence[Particulars]) -> str:
    """Name the files that an option refuses, which may not be all there are."""
    kinds = {
        "wheel" if tag else "sdist"
        for each in releases
        for tag, why in each.fallen
        if "binary-policy" in why
    }
    an_sdist = "an sdist" if len(releases) == 1 else "sdists"
    if kinds == {"sdist"}:
        are_all = _fell_whole("binary-policy", releases)
        only = "only " if are_all else ""
        it = "it" if len(releases) == 1 else "them"
        return f"{only}{an_sdist}, and --only-binary refuses {it}"
    if kinds == {"wheel"}:
        only = "only " if _fell_whole("binary-policy", releases) else ""
        return f"{only}wheels, and --no-binary refuses them"
    return "only files that --only-binary or --no-binary refuses"
