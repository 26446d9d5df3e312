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
from axletree.resolver.conflicts.phrases import requires, span_text, who_constrains
from axletree.resolver.model.fact_keys import (
    ConstraintKey,
    EdgeKey,
    FallenKey,
    RootKey,
)
from axletree.resolver.model.facts import Opener

MOST_OPENERS = 10
"""Releases that would open a gate, named of one fact."""

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from axletree.resolver.conflicts.asked import Asked
    from axletree.resolver.conflicts.named_releases import NamedReleases
    from axletree.resolver.model.fact_keys import FactKey
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
            it = "it" if is_one else "them"
            what = f"{is_} yanked{yank_reason(releases)}, and nothing pins {it}"
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


# Who would open a gate, and why they cannot be chosen.


class Openers:
    """Finds who would open the gate that a fact is, and what stands in their way.

    Only what belongs to the same core counts for that: another fact may be left out.
    """

    def __init__(self, key: FallenKey, asked: Asked, releases: NamedReleases) -> None:
        self._key = key
        self._asked = asked
        self._releases = releases

    def find(self) -> list[Opener]:
        """List them."""
        found: list[Opener] = []
        for name, position, text, specifier in self._releases.asking_for(
            self._key.project
        ):
            if self._releases.opens(self._key, specifier):
                if len(found) == MOST_OPENERS:
                    break
                version = self._releases.project(name).versions[position]
                because = self._because(name, position)
                found.append(
                    Opener(
                        project=name,
                        version=version,
                        requirement=text,
                        because=because,
                    )
                )
        return found

    def _because(self, name: str, position: int) -> str:
        key = self._key
        if name == key.project and position in self._releases.named(key):
            return "is one of them"
        reasons = (self._barrier(other, name, position) for other in self._others)
        return next(filter(None, reasons), "") or self._unreached(name)

    @property
    def _others(self) -> Iterator[FactKey]:
        return (key for key in self._releases.keys if key != self._key)

    def _barrier(self, key: FactKey, name: str, position: int) -> str:
        """Say how a fact keeps a release out, if it does."""
        if isinstance(key, (RootKey, ConstraintKey)):
            is_root = isinstance(key, RootKey)
            lines = self._asked.roots if is_root else self._asked.constraints
            line = lines[key.index]
            if line.name != name or self._admits(name, line.table.specifier, position):
                return ""
            if is_root:
                return f"is excluded: you require {line.line.demand}"
            who = who_constrains(is_base=line.line.is_base)
            return f"is excluded: {who} {line.line.text}"
        if isinstance(key, FallenKey):
            return self._fell(key, name, position) if key.project == name else ""
        if isinstance(key, EdgeKey) and key.target == name:
            return self._refused(key, name, position)
        return ""

    def _admits(self, name: str, specifier: str, position: int) -> bool:
        page = self._releases.project(name)
        return bool(self._releases.admitted(page, specifier) >> position & 1)

    def _fell(self, key: FallenKey, name: str, position: int) -> str:
        page = self._releases.project(name)
        if not self._releases.fallen(key, [position]):
            return ""
        told = [self._releases.particulars(page, position)]
        if key.reason == "requires-python":
            return f"is not for {self._asked.target}"
        return why_fallen(key.reason, told, self._asked)

    def _refused(self, key: EdgeKey, name: str, position: int) -> str:
        demands = self._releases.demands(key)
        page = self._releases.project(name)
        if not demands or self._releases.allowed(page, demands) >> position & 1:
            return ""
        versions = self._releases.project(key.project).versions
        texts = self._releases.spelled(key, demands)
        spans = [[versions[at] for at in run] for run in self._releases.runs(key)]
        return f"is excluded: {requires(key.project, spans, ' or '.join(texts))}"

    def _unreached(self, name: str) -> str:
        """Say who brings a project, if that is nobody, or what is behind the gate."""
        if any(root.name == name for root in self._asked.roots):
            return "cannot be chosen with these facts"
        behind = self._releases.named(self._key)
        asking = {
            (requirer, position)
            for requirer, position, _, _ in self._releases.asking_for(name)
            if requirer != name
        }
        if not asking:
            return f"nothing requires {name}"
        if any(r != self._key.project or at not in behind for r, at in asking):
            return "cannot be chosen with these facts"
        versions = self._releases.project(self._key.project).versions
        span = span_text([[versions[at]] for at in sorted(at for _, at in asking)])
        return f"only {self._key.project} {span} requires {name}"


def openers_text(openers: Sequence[Opener]) -> str:
    """Name who would open a gate, and why the first of them cannot be chosen."""
    who = dict.fromkeys(f"{each.project} {each.version}" for each in openers)
    if not who:
        return ""
    first, *others = who
    because = openers[0].because
    if not others:
        return f" ({first} would, but {because})"
    more = others[0] if len(others) == 1 else f"{len(others)} others"
    subject = f"{first} " if because.startswith(("is ", "has ", "cannot ")) else ""
    return f" ({first} and {more} would, but cannot be chosen: {subject}{because})"
