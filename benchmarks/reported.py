"""Conflicts that people reported: what we tell of them, beside uv in the same run.

Each is asked with cold caches, whole with repairs and then once more for its JSON; uv is
asked the same, cold, to its error. `--texts FOLDER` keeps what was printed, to be read.

Run: .venv/bin/python -m benchmarks.reported [--texts FOLDER] [NAME...]
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from axletree.builder.interpreters.find import find_interpreter
from axletree.config import load
from axletree.errors import AxletreeError
from axletree.wheelhouse.upstream.public_index import public_index_url
from benchmarks.measuring import (
    BIN,
    BenchmarkError,
    Measured,
    clean_environment,
    fresh_folder,
    measure,
)

CONFLICTS = Path(__file__).with_name("reported.toml")
FIRST = 3
"""Repairs among which people look for their own."""
_AFTERWARDS = re.compile(
    "\n\n(?=What helps|Only upstream|Upstream can|pip would|note:)"
)
"""Where the cause is told."""
_WORKING = re.compile("([^ ]+) to ([^ ]+) work")
"""What a repair that moves a pin says of the versions around it."""
_EXPECTED = frozenset({0, 1, 3})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """One conflict, as it was reported."""

    name: str
    family: str
    """What it was found among; see the file."""
    reported: str
    requirements: tuple[str, ...]
    python: str
    as_of: str
    platform: str
    clash: tuple[str, ...]
    fix: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is needed of the JSON."""

    facts: int
    repairs: tuple["Offered", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What is needed of a repair."""

    changes: tuple[str, ...]
    works: SpecifierSet | None
    """Versions that do, where one pin moves and others of the project would do, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One explanation as it came."""

    out: str
    cause_seconds: float
    """To the first line: the cause is told as soon as it is known."""
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was said of it."""

    facts: int
    lines: int
    """Before "What helps"."""
    clash_told: bool
    fix_at: int | None
    """Which repair is theirs, from 1 on."""
    repairs: int


def read_conflicts() -> tuple[Reported, ...]:
    """Read all of them."""
    document = tomllib.loads(CONFLICTS.read_text(encoding="utf-8"))
    return tuple(
        Reported(
            name=entry["name"],
            family=entry["family"],
            reported=entry.get("reported", entry["name"]),
            requirements=tuple(entry["requirements"]),
            python=entry["python"],
            as_of=entry["as-of"],
            platform=entry.get("platform", "linux"),
            clash=tuple(entry.get("clash", ())),
            fix=tuple(entry.get("fix", ())),
        )
        for entry in document["conflict"]
    )


def command_of(conflict: Reported, cache: Path) -> list[str]:
    """Spell the command that explains it."""
    return [
        *(str(BIN / "axletree"), "explain", *conflict.requirements),
        *("--python-version", conflict.python, "--python-platform", conflict.platform),
        *("--exclude-newer", conflict.as_of, "--index-url", "public"),
        *("--cache-dir", str(cache)),
    ]


def watch(command: Sequence[str]) -> Watched:
    """Run to the end, and note when the first line came.

    :raises BenchmarkError: if the exit code is none that is expected.
    """
    started = time.perf_counter()
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=clean_environment(),
    ) as process:
        assert process.stdout is not None  # noqa: S101  for types: it was asked for
        first = process.stdout.readline()
        cause = time.perf_counter() - started
        out = first + process.stdout.read()
    if process.returncode not in _EXPECTED:
        message = f"exit code {process.returncode} of {' '.join(command)}\n{out}"
        raise BenchmarkError(message)
    return Watched(out=out, cause_seconds=cause, seconds=time.perf_counter() - started)


def ask_uv(conflict: Reported, cache: Path, interpreter: str) -> Measured:
    """Compile it with uv, which ends with an error."""
    requirements = cache / "requirements.in"
    requirements.write_text("\n".join(conflict.requirements) + "\n")
    day_after = date.fromisoformat(conflict.as_of) + timedelta(days=1)
    command = (
        *(str(BIN / "uv"), "pip", "compile", str(requirements), "--no-config"),
        *("--python", interpreter, "--python-version", conflict.python),
        *("--default-index", public_index_url(load(os.environ))),
        *("--python-platform", conflict.platform, "--quiet"),
        *("--exclude-newer", f"{day_after}T00:00:00Z"),
    )
    environment = clean_environment(UV_CACHE_DIR=str(cache / "uv"))
    return measure(command, environment, frozenset({0, 1, 2}))


def read_answer(printed: str) -> Answer:
    """Read the JSON of an explanation; nothing printed is an answer without facts."""
    document = json.loads(printed or "{}")
    return Answer(
        facts=len(document.get("core", ())),
        repairs=tuple(
            offered(repair["changes"], repair["text"])
            for repair in document.get("repairs", ())
        ),
    )


def offered(changes: Iterable[str], text: str) -> Offered:
    """Take what is needed of a repair's changes and sentence."""
    working = _WORKING.search(text)
    works = SpecifierSet(f">={working[1]},<={working[2]}") if working else None
    return Offered(changes=tuple(changes), works=works)


def judge(conflict: Reported, text: str, document: Answer) -> Told:
    """Hold what was said against what the thread says."""
    cause = _AFTERWARDS.split(text)[0].rstrip()
    fits = [_is_fix(conflict, repair) for repair in document.repairs]
    return Told(
        facts=document.facts,
        lines=len(cause.splitlines()),
        clash_told=all(project in cause.lower() for project in conflict.clash),
        fix_at=fits.index(True) + 1 if True in fits else None,
        repairs=len(fits),
    )


def _is_fix(conflict: Reported, repair: Offered) -> bool:
    return any(
        len(repair.changes) >= len(fix.split())
        and all(_is_among(part, repair) for part in fix.split())
        for fix in conflict.fix
    )


def _is_among(part: str, repair: Offered) -> bool:
    """Tell whether one of the changes is this part of a fix."""
    changes = repair.changes
    if part in {"python", "platform"}:
        return any(part in change.lower() for change in changes)
    if ":" in part:
        # A release's metadata may spell a name in its own way.
        return any(change.lower().startswith(part) for change in changes)
    wanted = Requirement(part)
    version = str(wanted.specifier).removeprefix("==")
    return any(
        canonicalize_name(change.name) == canonicalize_name(wanted.name)
        and (
            not version
            or change.specifier.contains(version, prereleases=True)
            or (repair.works is not None and repair.works.contains(version))
        )
        for change in _requirements(changes)
    )


def _requirements(changes: Sequence[str]) -> Iterator[Requirement]:
    for change in changes:
        try:
            yield Requirement(change)
        except InvalidRequirement:  # An override, or words.
            continue


def row_of(conflict: Reported, told: Told, ours: Watched, theirs: float) -> str:
    """Draw one line of the table, as Markdown."""
    asked = " ".join(f"`{each}`" for each in conflict.requirements)
    fix = f"{told.fix_at} of {told.repairs}" if told.fix_at else f"no ({told.repairs})"
    clash = "yes" if told.clash_told else "no"
    return (
        f"| {conflict.reported} | {asked} | {conflict.python}, {conflict.as_of} "
        f"| {told.facts} | {told.lines} | {clash} | {fix} "
        f"| {ours.cause_seconds:.1f} / {ours.seconds:.0f} / {theirs:.1f} |"
    )


HEADER = (
    "| reported | requirements | Python, day | facts | lines | clash told "
    "| their fix | s to the cause / to the end / uv |\n|---|---|---|---|---|---|---|---|"
)


def tell(conflict: Reported, texts: Path | None) -> tuple[Told, Watched, float]:
    """Ask both tools about it; return what was told, and the seconds of both.

    :raises BenchmarkError: if one of them fails otherwise than by saying no.
    """
    with fresh_folder() as cache:
        command = command_of(conflict, cache)
        whole = watch(command)
        if texts is not None:
            (texts / f"{conflict.name}.txt").write_text(whole.out, encoding="utf-8")
        printed = measure([*command, "--json"], clean_environment(), _EXPECTED).out
    try:
        found = find_interpreter(conflict.python, os.environ)
        interpreter = str(found.executable)
    except AxletreeError:
        interpreter = sys.executable
    with fresh_folder() as cache:
        theirs = ask_uv(conflict, cache, interpreter).seconds
    return judge(conflict, whole.out, read_answer(printed)), whole, theirs


def main(arguments: Sequence[str]) -> int:
    """Print the table; exit 1 when fewer than 80 % of the fixes stand first."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--texts", type=Path, metavar="FOLDER")
    options = parser.parse_args(arguments)
    if options.texts is not None:
        options.texts.mkdir(parents=True, exist_ok=True)
    chosen = [
        conflict
        for conflict in read_conflicts()
        if conflict.name in (options.names or [conflict.name])
    ]
    print(HEADER, flush=True)
    among = 0
    for conflict in chosen:
        try:
            told, ours, theirs = tell(conflict, options.texts)
        except BenchmarkError as error:
            print(f"| {conflict.reported} | {error} |", flush=True)
            continue
        among += told.fix_at is not None and told.fix_at <= FIRST
        print(row_of(conflict, told, ours, theirs), flush=True)
    count = sum(bool(conflict.fix) for conflict in chosen)
    print(f"\n{among} of {count} have their fix among the first {FIRST} repairs")
    return 0 if among >= 0.8 * count else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
