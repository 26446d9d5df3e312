"""The commands that apply a repair: the user's own, with what it changes."""

import shlex
from collections.abc import Sequence
from dataclasses import field, replace
from pathlib import PurePath

from packaging.requirements import InvalidRequirement, Requirement

from axletree.commands.line.corrections import is_requirement
from axletree.commands.line.respelling import respell
from axletree.commands.line.table import OPTIONS
from axletree.errors import Step
from axletree.late_dataclasses import dataclass
from axletree.resolver.model.answers import Repair
from axletree.terminal import current_words

_HOW_IT_IS_ASKED = frozenset(
    {"repair_number", "write", "as_json", "verbose", "why", "svg", "reproduce"}
)
"""What does not change the repairs that `explain` finds."""

_OF_THEIR_OWN = frozenset({"collect", "recipe"})
"""Kinds whose command changes what there is, not what is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applying:
    """Spells commands for a command line that met a conflict."""

    words: tuple[str, ...] = field(default_factory=current_words)
    is_supposed: bool = False
    """What was asked is not what the words say alone (`--if`)."""

    def command(self, repair: Repair, number: int) -> str | None:
        """Spell the command that applies a repair; None if no single one does."""
        is_of_its_own = repair.kind in _OF_THEIR_OWN and not repair.recipes
        is_said = repair.command is not None or is_of_its_own
        if is_said or self.is_supposed or not self.words:
            return repair.command
        if repair.recipes or any(edit.origin.line for edit in repair.edits):
            more = ["--repair", str(number), "--write"]
            return respell(self.words, "explain", without=_HOW_IT_IS_ASKED, more=more)
        return self.locking(repair)

    def locking(
        self, repair: Repair, verb: str = "lock", further: Sequence[str] = ()
    ) -> str | None:
        """Spell the command that locks with a repair; None if options cannot say it.

        What files say is taken as changed already.

        :param verb: another one that takes what `lock` takes.
        :param further: words of that verb.
        """
        is_unspelled = repair.kind in _OF_THEIR_OWN
        if is_unspelled or self.is_supposed or not self.words:
            return None
        edits = [edit for edit in repair.edits if edit.origin.line is None]
        instead = {edit.old: edit.new for edit in edits}
        if not instead.keys() <= set(self.words):
            return None
        without: set[str] = set()
        more: list[str] = []
        for change in _unwritten(repair):
            said = _as_words(change, is_override=repair.kind == "override")
            if said is None:
                return None
            parameters, words = said
            without |= parameters
            more += words
        return respell(
            self.words, verb, without=without, instead=instead, more=[*more, *further]
        )

    def after_writing(self, repair: Repair, recipes: Sequence[str]) -> tuple[Step, ...]:
        """Say what comes after a repair was written.

        :param recipes: the files that it was written to, if it needs any.
        """
        builds = [
            Step(
                purpose=f"{_before_building(text)}, then build it",
                command=shlex.join(["axletree", "build", path]),
            )
            for path, text in zip(recipes, repair.recipes, strict=True)
        ]
        folders = sorted({str(PurePath(path).parent) for path in recipes})
        collecting = None
        if len(folders) == 1 and all("\nsdist = " in text for text in repair.recipes):
            further = ("--recipes", *folders)
            collecting = self.locking(repair, "collect", further)
        if collecting is not None:
            what = "download what they need, their sdists too"
            if len(recipes) == 1:
                what = "download what it needs, its sdist too"
            builds = [
                Step(purpose=what, command=collecting),
                *(replace(step, purpose="then build it") for step in builds),
            ]
        locking = self.locking(repair)
        if locking is None:
            return tuple(builds)
        purpose = (
            "or lock at once, for pip install --no-deps" if builds else "then lock it"
        )
        return (*builds, Step(purpose=purpose, command=locking))


def _before_building(recipe: str) -> str:
    """Say what is left to be done with a suggested recipe."""
    if "\nsdist = " not in recipe:
        return "name its source in the recipe"
    if "\ncommitted = " not in recipe:
        return "say in the recipe when its sdist was made, and put that beside it"
    return "put its sdist beside the recipe"


_OPTIONS = {name: option for option in OPTIONS["lock"] for name in option.names}


def _unwritten(repair: Repair) -> list[str]:
    """List what a repair changes besides requirements that the user wrote."""
    if not repair.edits:
        return list(repair.changes)
    written = {edit.new for edit in repair.edits}
    return [change for change in repair.changes if change not in written]


def _as_words(change: str, *, is_override: bool) -> tuple[set[str], list[str]] | None:
    """Spell a change as words, with the parameters whose words it takes the place of.

    :returns: None for what the words of `lock` cannot say.
    """
    words = shlex.split(change.removeprefix("no "))
    option = _OPTIONS.get(words[0]) if words else None
    if option is not None:
        is_left_out = not change.startswith("--")
        expected = 1 + (option.takes_value and not is_left_out)
        if len(words) != expected:
            return None
        return {option.to}, [] if is_left_out else words
    if is_override:
        override = _override(change)
        return None if override is None else (set(), [f"--override={override}"])
    return (set(), [change]) if is_requirement(change) else None


def _override(change: str) -> str | None:
    """Spell a change of metadata as --override takes it; None: it says more."""
    _, _, text = change.partition(":")
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return None
    says_more = requirement.marker or requirement.extras or requirement.url
    return None if says_more else change
