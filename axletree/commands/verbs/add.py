"""`axletree add`: files at hand into the wheelhouse, through its entry check."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

import click

from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.results.set_news import (
    gate_of,
    recheck_sets,
    refusal_explained,
)
from axletree.commands.sources.house import open_to_fill
from axletree.commands.sources.named import settings_for
from axletree.console import Console, UsageError
from axletree.late_dataclasses import dataclass
from axletree.resolver.inputs.variants_names import SUFFIX, is_variants_name
from axletree.resolver.model.file_names import shown_name
from axletree.resolver.model.json_types import Json, JsonObject
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.catalog.publish import publish_sound
from axletree.wheelhouse.catalog.variants_changes import (
    ChangedVariants,
    IncomingVariants,
    enter,
)
from axletree.wheelhouse.entry.variants import variants_at
from axletree.wheelhouse.errors import InvalidDistributionError, WheelhouseError
from axletree.wheelhouse.findings import lines_of
from axletree.wheelhouse.gate import Finding
from axletree.wheelhouse.model import IncomingFile, Published, StoredFile, Strictness
from axletree.wheelhouse.store.files import translate_storage_errors

ENDINGS = (".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", SUFFIX)
"""Of what is taken from a folder; a file that is named is taken whatever it ends in."""
REFUSED = 2
INTEGRITY = 4


@click.command(cls=VerbCommand)
@options_of("add")
def add(  # noqa: PLR0913  one parameter for each option
    paths: tuple[Path, ...],
    *,
    strict: bool,
    gate: bool,
    as_json: bool,
    verbose: int,
    quiet: int,
) -> int:
    """Add wheels and sdists that you have to the wheelhouse.

    Listings of variants, NAME-VERSION-variants.json, come in beside the wheels. Each is checked as all that enters. What is sound comes in; what is refused is
    named with all that was found, and the exit code says so.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    files = list(dict.fromkeys(_found(paths)))
    with open_to_fill(settings_for(), console) as house, console.progress() as progress:
        listings = [file for file in files if is_variants_name(file.name)]
        others = [file for file in files if not is_variants_name(file.name)]
        incoming = _incoming(others, "strict" if strict else "lenient")
        checked = count(1)

        def checked_one(filename: str) -> None:
            what, done, total = shown_name(filename), next(checked), len(others)
            progress.counting("checking", done=done, total=total, what=what)

        with refusal_explained(console):
            published = publish_sound(
                house,
                incoming,
                gate=gate_of(house, is_wanted=gate),
                checked_one=checked_one,
            )
        added = _Added(published=published, variants=_add_variants(house, listings))
        _show(console, added)
        recheck_sets(house, console)
    refusals = added.refused.values()
    if any(error.exit_code == INTEGRITY for error in refusals):
        return INTEGRITY
    return REFUSED if refusals else 0


def _found(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the files that are meant, those of a folder by name.

    :raises UsageError: a folder has none.
    """
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        with translate_storage_errors(path):
            own = sorted(each for each in path.iterdir() if _is_meant(each))
        if not own:
            raise UsageError(
                f"there is no wheel and no sdist in {path}",
                where=str(path),
                hint="name the folder that they lie in, or the files themselves",
            )
        yield from own


def _is_meant(path: Path) -> bool:
    return path.name.endswith(ENDINGS) and path.is_file()


def _incoming(files: Sequence[Path], strictness: Strictness) -> list[IncomingFile]:
    # This is where and when they are uploaded: PEP 700 asks for no more.
    now = utc_now()
    return [
        IncomingFile(
            path=file,
            filename=file.name,
            upload_time=now,
            origin="add",
            strictness=strictness,
        )
        for file in files
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Added:
    """What became of files and of listings of variants."""

    published: Published
    variants: ChangedVariants

    @property
    def refused(self) -> Mapping[str, WheelhouseError]:
        return {**self.published.refused, **dict(self.variants.refused)}

    def names(self) -> Mapping[str, list[str]]:
        """Name what came, what was there, and what of that was repaired."""
        files, listed = self.published, self.variants
        return {
            "new": [*_names(files.new), *listed.new],
            "already_there": [*_names(files.already_there), *listed.same],
            "repaired": [*_names(files.repaired), *listed.repaired],
        }


def _add_variants(house: Wheelhouse, paths: Sequence[Path]) -> ChangedVariants:
    """Add listings of variants, after the wheels that they are of."""
    incoming: list[IncomingVariants] = []
    refused: list[tuple[str, WheelhouseError]] = []
    for path in paths:
        try:
            name, content = variants_at(path)
        except InvalidDistributionError as error:
            refused.append((path.name, error))
        else:
            now = utc_now()
            incoming.append(
                IncomingVariants(
                    name=name, content=content, origin="add", upload_time=now
                )
            )
    if not incoming:
        return ChangedVariants(generation=house.generation(), refused=tuple(refused))
    entered = enter(house, incoming)
    return replace(entered, refused=(*refused, *entered.refused))


def _show(console: Console, added: _Added) -> None:
    published = added.published
    if console.is_json:
        console.document(_to_json(added))
        return
    console.notes(
        f"{note.filename}: {note.kind.title + ': ' if note.kind else ''}{note.text}"
        for note in published.notes
    )
    for filename, error in added.refused.items():
        console.say(f"refused: {shown_name(filename)}: {_why(error)}", style="red")
    names = added.names()
    counts = {
        "new": names["new"],
        "there already": names["already_there"],
        "of them repaired": names["repaired"],
        "refused": added.refused,
    }
    told = ", ".join(f"{len(files)} {how}" for how, files in counts.items() if files)
    console.result(f"{told} (generation {added.variants.generation})\n")


def _why(error: WheelhouseError) -> str:
    """Say what keeps a file out: each finding in a line, where there are any."""
    found = _findings(error)
    if found:
        return "not let in" + "".join(f"\n  {line}" for line in lines_of(found))
    return f"{error.what}; {error.hint}" if error.hint else error.what


def _findings(error: WheelhouseError) -> Sequence[Finding]:
    return error.findings if isinstance(error, InvalidDistributionError) else ()


def _to_json(added: _Added) -> JsonObject:
    published = added.published
    return {
        "format": "axletree.addition/1",
        **{what: list[Json](names) for what, names in added.names().items()},
        "refused": [
            {
                "filename": filename,
                "reason": error.what,
                "reference": error.reference,
                "findings": [_finding(each) for each in _findings(error)],
            }
            for filename, error in added.refused.items()
        ],
        "notes": [f"{note.filename}: {note.text}" for note in published.notes],
        "generation": added.variants.generation,
    }


def _finding(finding: Finding) -> JsonObject:
    kind = finding.kind
    return {
        "finding": kind.title,
        "grade": kind.grade,
        "text": finding.text,
        "where": finding.where,
        "helps": kind.helps,
    }


def _names(files: Sequence[StoredFile]) -> list[str]:
    return [file.filename for file in files]
