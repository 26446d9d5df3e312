"""What an explanation is asked to say, to draw and to write."""

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from axletree.commands.options.question import Asked
from axletree.console import Console
from axletree.late_dataclasses import dataclass
from axletree.reading import is_stdout

if TYPE_CHECKING:
    # Together these take a tenth of a second, and few runs need any of them.
    from axletree.commands.results.why_and_if import Asking


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be said of a conflict, or of an answer."""

    no_repairs: bool
    upstream: str | None
    supposed: tuple[str, ...]
    why: str | None = None
    repair_number: int | None = None
    write: bool = False
    engine: str = "exact"
    reproduce: Path | None = None
    svg: Path | None = None

    @classmethod
    def take(cls, options: Mapping[str, Any], *, is_json: bool = False) -> Self:
        """Gather the options that the verb has.

        :raises click.UsageError: for options that cannot stand together.
        """
        names = [field.name for field in fields(cls) if field.name in options]
        wanted = cls(**{name: options[name] for name in names})
        if wanted.write and wanted.repair_number is None:
            message = "--write writes a repair: say which with --repair N"
            raise click.UsageError(message)
        if wanted.write and wanted.supposed:
            message = "--write changes your files, and --if is not in them: use one of the two"
            raise click.UsageError(message)
        if wanted.no_repairs and wanted.repair_number is not None:
            message = "--repair needs repairs: leave out --no-repairs"
            raise click.UsageError(message)
        if wanted.no_repairs and wanted.upstream is not None:
            message = "--upstream is for repairs: leave out --no-repairs"
            raise click.UsageError(message)
        wanted._check_engine()
        if wanted.reproduce is not None:
            from axletree.commands.results.reproduction import check_folder  # noqa: PLC0415  late

            check_folder(wanted.reproduce)
        if wanted.svg is not None:
            from axletree.commands.results.picture_file import check_picture_file  # noqa: PLC0415  late

            check_picture_file(wanted.svg)
        if wanted.is_picture_only:
            wanted._check_picture_alone(is_json=is_json)
            # Nobody would see them.
            wanted = replace(wanted, no_repairs=True)
        return wanted

    @property
    def is_picture_only(self) -> bool:
        """Tell whether the picture goes to stdout, so that nothing else does."""
        return is_stdout(self.svg)

    def is_told_otherwise(self, console: Console) -> bool:
        """Tell whether what is printed is one document, one repair or a picture."""
        is_one_repair = self.repair_number is not None
        return console.is_json or is_one_repair or self.is_picture_only

    def _check_picture_alone(self, *, is_json: bool) -> None:
        if is_json or self.repair_number is not None or self.supposed:
            message = "--svg - prints the picture and nothing else: leave out --json,"
            raise click.UsageError(f"{message} --repair and --if, or name a file")

    def asking(self, asked: Asked) -> "Asking | None":
        """Read what is asked of one environment alone; None if nothing is.

        :raises click.UsageError: for several environments where only one will do.
        """
        is_of_one = self.reproduce is not None or self.repair_number is not None
        if not is_of_one and self.why is None and not self.supposed:
            return None
        from axletree.commands.results.why_and_if import read_asking  # noqa: PLC0415  late

        return read_asking(asked.question, self.why, self.supposed)

    def _check_engine(self) -> None:
        if self.engine == "exact":
            return
        has_files = self.reproduce is not None or self.svg is not None
        if has_files or self.repair_number or self.supposed or self.upstream:
            message = "--if, --repair, --reproduce, --svg and --upstream need facts,"
            raise click.UsageError(
                f"{message} which --engine {self.engine} does not give"
            )
