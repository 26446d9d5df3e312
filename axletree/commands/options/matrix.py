"""Options -> the cells of a check: every file for every environment."""

from dataclasses import dataclass, replace

from axletree.commands.options.input_files import InputFiles
from axletree.commands.options.question import Asked, ask_from, target_environments
from axletree.commands.options.shared import InputOptions, SourceOptions, TargetOptions
from axletree.errors import AxletreeError
from axletree.resolver.model.environment import Environment
from axletree.resolver.queries.check import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A cell to resolve."""

    place: int
    file: str
    environment: Environment
    asked: Asked | Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """All that is checked: files times environments, file by file."""

    files: tuple[str, ...]
    target: TargetOptions
    inputs: InputOptions
    """Constraints and limits; its requirements and files are not looked at."""
    source: SourceOptions

    def prepare(self) -> tuple[Prepared, ...]:
        """Read every file for every environment; a bad file is told by its cells.

        :raises InvalidEnvironmentError: for a Python or platform that does not exist.
        """
        environments = [
            (t, e) for t in self.target.apart() for e in target_environments(t)
        ]
        pairs = ((f, *e) for f in dict.fromkeys(self.files) for e in environments)
        files = InputFiles()
        return tuple(
            Prepared(
                place=place,
                file=file,
                environment=environment,
                asked=self._ask(file, target, files),
            )
            for place, (file, target, environment) in enumerate(pairs)
        )

    def _ask(
        self, file: str, target: TargetOptions, files: InputFiles
    ) -> Asked | Failure:
        inputs = replace(self.inputs, requirements=(), files=(file,))
        try:
            return ask_from(inputs, target, files)
        except AxletreeError as error:
            return Failure.of(error)
