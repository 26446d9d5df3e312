"""Time an audit while the universe grows: the ratio of its largest to its smallest.

The real closure is in each of them; the projects around it are made up like it. Of its
203 projects the newest releases have 2.3 requirements in the mean, half of them lower
bounds, a quarter without a version, a fifth ranges, a few pins; a handful of projects
is required by most. The same universe for the same number of projects, everywhere.

Run: .venv/bin/python -m benchmarks.audit [--sizes 1000,10000]
"""

import argparse
import gzip
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import orjson
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.audits.auditor import Auditor
from axletree.resolver.audits.findings import (
    Audit,
    audit,
)
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    Page,
)
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.file_names import safe_name
from axletree.resolver.model.question import Limits
from axletree.resolver.universe.composed import FrozenUniverse, MemoUniverse
from axletree.resolver.universe.snapshot import universe_from_json
from benchmarks.closed_world import RECORDED
from benchmarks.measuring import PLATFORM, PYTHON_VERSION

SIZES = (1_000, 3_000, 10_000)
VERSIONS = ("1.0", "1.1", "1.2", "2.0", "2.1", "3.0")
MOST_LINES = 5
POPULARITY = 2.5
"""The higher, the more the first projects are required by all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One audit."""

    projects: int
    releases: int
    broken: int
    apart: int
    seconds: float
    """Of the processor, since other work on the machine is none of ours."""


def main(sizes: Sequence[int]) -> None:
    """Audit each size."""
    print(f"{'projects':>9}{'releases':>10}{'broken':>8}{'apart':>8}{'CPU s':>8}")
    runs = []
    for size in sorted(sizes):
        run = measured(grown(size))
        runs.append(run)
        print(
            f"{run.projects:>9}{run.releases:>10}{run.broken:>8}{run.apart:>8}"
            f"{run.seconds:>8.1f}",
            flush=True,
        )
    first, last = runs[0], runs[-1]
    by_time, by_size = last.seconds / first.seconds, last.projects / first.projects
    print(
        f"{by_size:.1f} times the projects, {by_time:.1f} times the seconds: "
        f"{by_time / by_size:.2f} by project"
    )


def measured(universe: FrozenUniverse) -> Run:
    """Audit one universe, with all explanations."""
    started = time.process_time()
    found = audited(universe)
    return Run(
        projects=found.projects,
        releases=found.releases,
        broken=sum(len(finding.members) for finding in found.broken),
        apart=sum(len(finding.members) for finding in found.apart),
        seconds=time.process_time() - started,
    )


def audited(universe: FrozenUniverse) -> Audit:
    """Audit a universe for the usual target."""
    auditor = Auditor(
        universe=MemoUniverse(universe),
        environment=environment_for(PYTHON_VERSION, PLATFORM),
        limits=Limits(),
    )
    return audit(auditor, universe.projects())


def grown(size: int) -> FrozenUniverse:
    """Make up projects around the real closure until there are so many."""
    recorded = universe_from_json(orjson.loads(gzip.decompress(RECORDED.read_bytes())))
    if not isinstance(recorded, FrozenUniverse):
        message = f"{RECORDED.name} is no whole universe"
        raise TypeError(message)
    pages, metadata = dict(recorded.page_of), dict(recorded.metadata_of)
    required = Counter(map(_target, _newest_lines(recorded)))
    names = sorted(pages, key=lambda name: (-required[name], name))
    chance = random.Random(1)  # noqa: S311  only made up
    while len(names) < size:
        name = NormalizedName(f"made-up-{len(names)}")
        files = []
        for file, answer in _releases(name, names, chance):
            files.append(file)
            metadata[file.filename] = answer
        pages[name] = Page(project=name, files=tuple(files))
        names.append(name)
    return FrozenUniverse(page_of=pages, metadata_of=metadata)


def _newest_lines(universe: FrozenUniverse) -> Iterator[str]:
    """Yield the requirements of each project's first file, which is its newest."""
    for page in universe.page_of.values():
        answer = universe.metadata_of[page.files[0].filename]
        if isinstance(answer, FileMetadata):
            yield from (line for line in answer.requires_dist if "extra" not in line)


def _target(line: str) -> NormalizedName:
    return canonicalize_name(Requirement(line).name)


def _releases(
    name: NormalizedName, names: Sequence[NormalizedName], chance: random.Random
) -> Iterator[tuple[DistributionFile, FileMetadata]]:
    """Make releases up that require earlier projects, each a little differently."""
    count = chance.randrange(MOST_LINES + 1)
    targets = [
        names[int(len(names) * chance.random() ** POPULARITY)] for _ in range(count)
    ]
    for version in VERSIONS[: chance.randrange(len(VERSIONS)) + 1]:
        lines = [_line(target, chance) for target in dict.fromkeys(targets)]
        filename = f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
        file = DistributionFile(
            project=name,
            filename=safe_name(filename),
            version=version,
            kind="wheel",
            tag="py3-none-any",
        )
        yield file, FileMetadata(requires_dist=tuple(lines))


def _line(target: NormalizedName, chance: random.Random) -> str:
    """Require a project; of a real one any version, since its versions differ."""
    if not target.startswith("made-up"):
        return target
    kind = chance.random()
    # Every project has the first version, few have the last: what is asked for is
    # there, but for one line in some hundreds.
    if kind < 0.5:
        return f"{target}>={VERSIONS[0]}"
    if kind < 0.7:
        return f"{target}>={VERSIONS[0]},<{chance.choice(VERSIONS[2:])}"
    if kind < 0.715:
        return f"{target}=={VERSIONS[0]}"
    if kind < 0.725:
        return f"{target}>={chance.choice(VERSIONS[1:3])}"
    return target


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    asked = parser.parse_args()
    main([int(size) for size in asked.sizes.split(",")])
