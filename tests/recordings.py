"""Record what explanations over the public index read, to be read again in tests.

`python -m tests.recordings FOLDER [NAME ...]`, by hand, where a figure that tests pin no
longer holds because more is read than was recorded: each conflict is explained over the
network (that builds sdists), what it read is kept in FOLDER, and all that is there is
packed into one file (`tests.support.recorded`), each project once for all conflicts.
"""

import io
import pickle
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from packaging.utils import NormalizedName

from axletree.cli import main
from axletree.commands.sources.opened import Opened
from axletree.resolver.model.distribution import DistributionFile, FileMetadata, Page
from axletree.resolver.universe.protocol import MetadataAnswer, Universe, read_ahead
from axletree.resolver.universe.sparing import SparingUniverse
from axletree.resolver.universe.unbuilt import BuildAllowance
from benchmarks.reported import Reported, read_conflicts
from tests.support.recorded import RECORDED, Read, pack


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """A universe that notes what it is asked."""

    base: Universe
    read: Read

    @property
    def is_frozen(self) -> bool:
        """Be as frozen as the base."""
        return self.base.is_frozen

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Note pages."""
        pages = self.base.pages(projects)
        self.read.pages.update(pages)
        return pages

    def metadata(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Note metadata."""
        return self.metadata_ahead(files, lambda _: ())

    def metadata_ahead(
        self,
        files: Sequence[DistributionFile],
        names: Callable[[MetadataAnswer], Iterable[NormalizedName]],
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Note metadata, and read pages ahead if the base can."""
        answers = read_ahead(self.base, files, names)
        self.read.note(answers)
        return answers


@contextmanager
def listening(read: Read) -> Iterator[None]:
    """Note all that commands read from now on, and which sdists want to be built."""
    take = BuildAllowance.take

    def spared(self: Opened) -> SparingUniverse:
        return SparingUniverse(Listening(base=self.universe, read=read), self.allowance)

    def noted(
        self: BuildAllowance, file: DistributionFile, hint: FileMetadata | None = None
    ) -> bool:
        read.built.add(str(file.filename))
        return take(self, file, hint)

    with (
        patch.object(Opened, "spared", spared),
        patch.object(BuildAllowance, "take", noted),
    ):
        yield


def record(case: Reported, folder: Path) -> None:
    """Explain a conflict, and keep what was read."""
    read = Read(as_of=case.as_of, platform=case.platform)
    words = (
        *("explain", *case.requirements, "--json", "--index-url", "public"),
        *("--python-version", case.python, "--python-platform", case.platform),
        *("--exclude-newer", case.as_of, "--cache-dir", str(folder / "cache")),
    )
    printed = io.StringIO()
    with listening(read), redirect_stdout(printed), suppress(SystemExit):
        main(words)
    read.slim()
    (folder / f"{case.name}.json").write_text(printed.getvalue(), encoding="utf-8")
    (folder / f"{case.name}.pickle").write_bytes(pickle.dumps(read))


if __name__ == "__main__":
    work = Path(sys.argv[1])
    work.mkdir(parents=True, exist_ok=True)
    cases = {case.name: case for case in read_conflicts()}
    for name in sys.argv[2:] or cases:
        if not (work / f"{name}.pickle").exists():
            sys.stdout.write(f"{name}\n")
            record(cases[name], work)
    paths = sorted(work.glob("*.pickle"))
    kept = (pickle.loads(path.read_bytes()) for path in paths)  # noqa: S301  our own
    RECORDED.write_bytes(pack(kept))
