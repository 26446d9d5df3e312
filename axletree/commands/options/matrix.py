"""Options -> the cells of a check: every set of requirements for every environment."""

from collections.abc import Sequence
from dataclasses import field

from axletree.commands.line.respelling import respell
from axletree.commands.line.words import take_apart
from axletree.commands.options.input_files import InputFiles
from axletree.commands.options.question import Asked, ask_from, target_environments
from axletree.commands.options.requirement_sets import RequirementSet
from axletree.commands.options.shared import InputOptions, SourceOptions, TargetOptions
from axletree.errors import AxletreeError
from axletree.late_dataclasses import dataclass
from axletree.resolver.model.environment import Environment
from axletree.resolver.queries.check import Failure

_OF_A_CHECK = frozenset(
    {"python_versions", "python_platforms", "as_json", "verbose", "quiet"}
)
"""What is said otherwise of one cell, or does not change what is said of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A cell to resolve."""

    place: int
    wanted: RequirementSet
    environment: Environment
    target: TargetOptions
    """With which words it was asked for."""
    asked: Asked | Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """All that is checked: sets times environments, file by file."""

    sets: tuple[RequirementSet, ...]
    target: TargetOptions
    inputs: InputOptions
    """Constraints and limits; its requirements and files are not looked at."""
    source: SourceOptions
    is_brief: bool = True
    """One conflict of a cell is enough, be there others."""
    words: tuple[str, ...] = ()
    """The command line, its verb first."""
    read: InputFiles = field(default_factory=InputFiles)

    def prepare(self) -> tuple[Prepared, ...]:
        """Read every file for every environment; a bad file is told by its cells.

        :raises InvalidEnvironmentError: for a Python or platform that does not exist.
        """
        environments = [
            (t, e) for t in self.target.apart() for e in target_environments(t)
        ]
        pairs = ((s, *e) for s in dict.fromkeys(self.sets) for e in environments)
        return tuple(
            Prepared(
                place=place,
                wanted=wanted,
                environment=environment,
                target=target,
                asked=self._ask(wanted, target),
            )
            for place, (wanted, target, environment) in enumerate(pairs)
        )

    def command(self, cell: Prepared) -> str:
        """Spell the command that explains one cell."""
        target = cell.target
        more = [*cell.wanted.words]
        for python in target.python_versions:
            more += ["--python-version", python]
        for platform in target.python_platforms:
            more += ["--python-platform", platform]
        return respell(self._options(), "explain", without=_OF_A_CHECK, more=more)

    def _options(self) -> Sequence[str]:
        """Give the command line without the files."""
        parts = take_apart(self.words) if self.words else ()
        options = [part for part in parts if part.option is not None]
        return (*self.words[:1], *(word for part in options for word in part.words))

    def _ask(self, wanted: RequirementSet, target: TargetOptions) -> Asked | Failure:
        try:
            return ask_from(wanted.asked(self.inputs), target, self.read)
        except AxletreeError as error:
            return Failure.of(error)
