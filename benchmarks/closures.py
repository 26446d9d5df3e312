"""Build each sdist-only release of the closures twice, and compare the bytes.

Each group of closures.toml is collected into a fresh wheelhouse, for one Python. Then the
wheelhouse is copied to two folders, and each copy builds all of them with an empty cache
and without network, from the wheelhouse alone, one copy after the other: other folders,
other times. What was built while it was collected counts as well, so that all three must
have the same bytes. What `is-alone` is collected twice, each time into a fresh wheelhouse
with an empty cache, without what it requires.

Prints a table, as Markdown; exit code 1 if two builds of a release differ.

Run: .venv/bin/python -m benchmarks.closures [GROUP...]
"""

import argparse
import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from packaging.utils import canonicalize_name, parse_sdist_filename

from axletree.resolver.model.file_names import below
from axletree.wheelhouse.catalog.house import Wheelhouse
from benchmarks.measuring import (
    BIN,
    Measured,
    TooSlowError,
    clean_environment,
    fresh_folder,
    measure,
)

CLOSURES = Path(__file__).with_name("closures.toml")
BUILD_S = 600
"""What one build may take; longer is a reason in the table."""
_ENDS = frozenset({0, 1, 3, 4})
_NO_NETWORK = ("unshare", "--net", "--")
_AS_IT_SAYS = ("could not be built: ", "are not available: ", " failed: ")
"""Before these a message says what it is about, which the table does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Releases that are built for the same Pythons as of the same day."""

    name: str
    releases: tuple[str, ...]
    pythons: tuple[str, ...]
    as_of: str
    is_alone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """What one build came to: a wheel and its hash, or why there is none."""

    wheel: str = ""
    sha256: str = ""
    why: str = ""


def read_groups() -> tuple[Group, ...]:
    """Read all of them."""
    document = tomllib.loads(CLOSURES.read_text(encoding="utf-8"))
    return tuple(
        Group(
            name=name,
            releases=tuple(group["releases"]),
            pythons=tuple(group["pythons"]),
            as_of=group["as-of"],
            is_alone=group.get("is-alone", False),
        )
        for name, group in document["group"].items()
    )


def surroundings(home: Path, cache_dir: Path) -> dict[str, str]:
    """Give the variables of one wheelhouse and one cache."""
    return clean_environment(
        AXLETREE_HOME=str(home),
        AXLETREE_CACHE_DIR=str(cache_dir),
        AXLETREE_BUILD_TIME=str(BUILD_S),
    )


def collect(
    releases: Sequence[str], group: Group, python: str, where: Mapping[str, str]
) -> Measured:
    """Collect releases of a group into the wheelhouse of `where`."""
    command = (
        *(str(BIN / "axletree"), "collect", *releases, "--json", "--quiet"),
        *("--python-version", python, "--exclude-newer", group.as_of),
        *("--index-url", "public", *(["--no-deps"] if group.is_alone else [])),
    )
    return measure(command, where, _ENDS, timeout_s=2 * BUILD_S)


def why_not(printed: str) -> str:
    """Take the reason from what a failed command printed."""
    document = json.loads(printed or "{}")
    missing = [each["reason"] for each in document.get("missing", ())]
    facts = [each["text"] for each in document.get("core", ())]
    what = "; ".join(missing or facts) or document.get("what", "nothing was said")
    said = " ".join(str(what).split())
    for before in _AS_IT_SAYS:
        said = said.rpartition(before)[2]
    return said.partition(" (see ")[0].partition(" These ")[0]


def build_alone(
    release: str, group: Group, python: str, folder: Path, number: int
) -> End:
    """Collect one release into a wheelhouse of its own, which builds it."""
    place = folder / f"{'again-' * number}{release}"
    home = place / "home"
    try:
        came = collect([release], group, python, surroundings(home, place / "cache"))
    except TooSlowError:
        return End(why=f"it takes longer than {2 * BUILD_S} seconds")
    try:
        if came.code:
            return End(why=why_not(came.out))
        return built_in(home, json.loads(came.out)["files"], release)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def built_in(home: Path, files: Sequence[str], release: str) -> End:
    """Find what a wheelhouse has built of one release."""
    project = canonicalize_name(release.partition("==")[0])
    with Wheelhouse.open_to_read(home) as house:
        for name in files:
            stored = house.find(name)
            is_it = canonicalize_name(name.partition("-")[0]) == project
            if stored is not None and is_it and stored.origin.startswith("built from"):
                return End(wheel=name, sha256=stored.sha256)
    return End(why="its index has a wheel")


@cache
def without_network() -> tuple[str, ...]:
    """Return what takes the network from a command, where that can be had."""
    try:
        tried = subprocess.run([*_NO_NETWORK, "true"], check=False, capture_output=True)
    except FileNotFoundError:
        return ()
    return () if tried.returncode else _NO_NETWORK


def build_all(sdists: Sequence[Path], python: str, home: Path) -> Iterator[End]:
    """Build sdists from one wheelhouse alone, in the order given."""
    with fresh_folder() as empty:
        command = (
            *(*without_network(), str(BIN / "axletree"), "build", "--rebuild"),
            *("--json", "--quiet", "--jobs", "1", "--python-version", python),
            *map(str, sdists),
        )
        limit_s = BUILD_S * len(sdists)
        out = measure(command, surroundings(home, empty), _ENDS, timeout_s=limit_s).out
    document = json.loads(out)
    if "jobs" not in document:
        document = {"jobs": [{**document, "path": str(sdists[0]), "failure": document}]}
    by_path = {str(job["path"]): job for job in document["jobs"]}
    for sdist in sdists:
        job = by_path[str(sdist)]
        made = job.get("wheels") or [None]
        if made[0] is None:
            yield End(why=why_not(json.dumps(job["failure"])))
        else:
            yield End(wheel=made[0]["filename"], sha256=made[0]["sha256"])


def rounds_together(
    group: Group, python: str, folder: Path
) -> Iterator[tuple[str, list[End]]]:
    """Collect a group, and build it in two copies of its wheelhouse."""
    home = folder / "home"
    came = collect(group.releases, group, python, surroundings(home, folder / "cache"))
    if came.code:
        for release in group.releases:
            yield release, [End(why=why_not(came.out))]
        return
    files = json.loads(came.out)["files"]
    sdists = lay_out_sdists(home, files, folder / "sdists")
    copies = (folder / "first", folder / "the-second-copy")
    ends = []
    for copy in copies:
        shutil.copytree(home, copy)
        ends.append([*build_all([*sdists.values()], python, copy)])
    for at, project in enumerate(sdists):
        release = next(
            each
            for each in group.releases
            if canonicalize_name(each.partition("==")[0]) == project
        )
        yield release, [built_in(home, files, release), *(each[at] for each in ends)]


def lay_out_sdists(
    home: Path, files: Sequence[str], folder: Path
) -> Mapping[str, Path]:
    """Copy the sdists out of a wheelhouse, by their projects."""
    folder.mkdir()
    found: dict[str, Path] = {}
    with Wheelhouse.open_to_read(home) as house:
        for name in files:
            stored = house.find(name)
            if stored is None or name.endswith(".whl"):
                continue
            path = below(folder, stored.filename)
            house.lay_out(stored, path)
            found[parse_sdist_filename(name)[0]] = path
    return found


def rounds(group: Group, python: str, folder: Path) -> Iterator[tuple[str, list[End]]]:
    """Build each release of a group, as often as it is to be compared."""
    if not group.is_alone:
        yield from rounds_together(group, python, folder)
        return
    for release in group.releases:
        ends = [build_alone(release, group, python, folder, 0)]
        if ends[0].sha256:
            ends.append(build_alone(release, group, python, folder, 1))
        yield release, ends


HEADER = "| release | Python | wheel | same bytes | why not |\n|---|---|---|---|---|"


def row_of(release: str, python: str, ends: Sequence[End]) -> tuple[str, bool]:
    """Draw one line of the table; tell whether the builds agree."""
    hashes = {end.sha256 for end in ends}
    whys = [end.why for end in ends if end.why]
    is_same = len(hashes) == 1
    if "" in hashes:
        why = whys[0].replace("|", "\\|")
        return f"| {release} | {python} | no |  | {why} |", is_same
    same = f"yes, {len(ends)} times" if is_same else "**no**"
    return f"| {release} | {python} | `{ends[0].wheel}` | {same} |  |", is_same


def main(arguments: Sequence[str]) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("groups", nargs="*", metavar="GROUP")
    options = parser.parse_args(arguments)
    agree = True
    for group in read_groups():
        if options.groups and group.name not in options.groups:
            continue
        print(f"\n{group.name}, as of {group.as_of}\n\n{HEADER}", flush=True)
        for python in group.pythons:
            with fresh_folder() as folder:
                for release, ends in rounds(group, python, folder):
                    row, is_same = row_of(release, python, ends)
                    agree = agree and is_same
                    print(row, flush=True)
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
