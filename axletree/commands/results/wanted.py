"""What of a conflict, or of an answer, is to be told."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from axletree.commands.options.question import Asked

if TYPE_CHECKING:
    # Few runs need it, and it takes time.
    from axletree.commands.results.why_and_if import Asking


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The options that say what is to be told."""

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
    def take(cls, options: Mapping[str, Any]) -> Self:
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
        return wanted

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
