"""A check as it was asked for: printed, and written into files beside that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import click

import axletree
from axletree.commands.options.repository import Repository
from axletree.console import Console, document_text
from axletree.reading import is_stdout
from axletree.resolver.model.json_types import Json
from axletree.resolver.queries.check import Cell
from axletree.resolver.queries.findings import Finding, findings
from axletree.resolver.reports.baseline_json import Compared
from axletree.resolver.reports.check_json import check_to_json
from axletree.resolver.reports.check_text import check_report
from axletree.resolver.reports.github import to_annotations
from axletree.resolver.reports.gitlab import to_code_quality
from axletree.resolver.reports.junit import to_junit
from axletree.resolver.reports.markdown import to_markdown
from axletree.resolver.reports.sarif import to_sarif
from axletree.wheelhouse.store.atomic import write_atomically

FormName: TypeAlias = Literal[
    "text", "json", "github", "gitlab", "sarif", "junit", "markdown"
]
FILES: tuple[FormName, ...] = ("junit", "sarif", "gitlab", "markdown")
"""Forms that have an option of their own, which names a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOutputs:
    """Which forms are wanted, and where."""

    printed: FormName | None
    """None: nobody says, so that the host decides."""
    files: Mapping[FormName, Path]

    def write(self, told: "ToldCheck") -> None:
        """Write the files, each at once or not at all.

        :raises StorageError: one of them cannot be written.
        """
        for form, path in self.files.items():
            document = told.document(form)
            text = told.text(form) if document is None else document_text(document)
            write_atomically(path, text.encode(errors="backslashreplace"))

    def show(
        self, console: Console, told: "ToldCheck", environ: Mapping[str, str]
    ) -> None:
        """Print it; GitHub Actions are told more, unless a form was asked for."""
        document = None if self.printed is None else told.document(self.printed)
        if document is not None:
            console.document(document)
        elif self.printed not in {None, "text"}:
            console.whole(told.text(self.printed))
        else:
            told.show(console)
        if self.printed is None and environ.get("GITHUB_ACTIONS") == "true":
            console.whole(told.text("github"))
            told.append_summary(console, environ.get("GITHUB_STEP_SUMMARY", ""))


def take_outputs(options: dict[str, Any], *, is_json: bool) -> CheckOutputs:
    """Take them of the verb's keyword arguments.

    :raises click.UsageError: two forms are to be printed.
    """
    printed: FormName | None = options.pop("output_format")
    files = {form: options.pop(form) for form in FILES}
    asked: dict[str, FormName] = {"--json": "json"} if is_json else {}
    if printed is not None:
        asked[f"--output-format {printed}"] = printed
    asked |= {f"--{form} -": form for form in FILES if is_stdout(files[form])}
    forms = set(asked.values())
    if len(forms) > 1:
        message = f"{' and '.join(asked)} would print two forms: name one of them"
        raise click.UsageError(message)
    return CheckOutputs(
        printed=next(iter(forms), None),
        files={
            form: path
            for form, path in files.items()
            if path is not None and not is_stdout(path)
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldCheck:
    """What came out of a check, in any form."""

    cells: tuple[Cell, ...]
    repository: Repository
    compared: Compared | None = None

    def document(self, form: FormName) -> Json:
        """Give a form that is JSON; None: it is none."""
        match form:
            case "json":
                return check_to_json(self.cells, self.compared)
            case "sarif":
                baseline = "" if self.compared is None else self.compared.path
                version = axletree.__version__
                return to_sarif(self._found(), version=version, baseline=baseline)
            case "gitlab":
                return to_code_quality(self._found())
            case _:
                return None

    def text(self, form: FormName | None) -> str:
        """Spell a form that is no JSON."""
        match form:
            case "junit":
                return to_junit(self.cells).decode()
            case "github":
                return to_annotations(self._found())
            case _:
                return to_markdown(self.cells)

    def show(self, console: Console) -> None:
        """Print it for people."""
        console.report(
            check_report(
                self.cells,
                width=console.width,
                is_ascii=console.is_ascii,
                is_cut=console.is_terminal,
            )
        )

    def append_summary(self, console: Console, file: str) -> None:
        """Add it to the summary of a job, if the host has a file for it."""
        if not file:
            return
        try:
            with Path(file).open(
                "a", encoding="utf-8", errors="backslashreplace"
            ) as at:
                # What stood before may end in HTML, which a blank line ends.
                at.write("\n" if at.tell() else "")
                at.write(self.text("markdown"))
        except (OSError, ValueError) as error:
            console.notes([f"the job has no summary: {error}"])

    def _found(self) -> Sequence[Finding]:
        return findings(self.cells, self.repository.locate)
