"""Record what an explanation over the public index reads, to be read again in tests.

`python -m tests.recordings [NAME ...]`, by hand, where the pinned figures of
`tests/axletree/commands/results/test_remedies.py` no longer hold because more is read than was
recorded. It asks the network, and builds sdists. What no question over the recording
looks at is left out: hashes, sizes, and wheels of other systems.
"""

import gzip
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from axletree.cli import main
from axletree.commands.sources.late_builder import LateSdistBuilder
from axletree.resolver.model.environment import Environment
from tests.support.checkout import ROOT

FOLDER = ROOT / "tests/axletree/commands/results/recorded"
_HOST = re.compile("git(?:hub|lab)[.]com")
_ELSEWHERE = ("-win", "macosx", "musllinux", "-pp", "i686", "aarch64", "ppc64", "s390x")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A conflict that somebody met."""

    requirements: tuple[str, ...]
    python: str
    as_of: str


CASES: Mapping[str, Case] = {
    "kserve-ray": Case(
        requirements=("kserve==0.11.0", "ray[serve]==2.9.0"),
        python="3.10",
        as_of="2024-02-01",
    ),
    "airflow": Case(
        requirements=("apache-airflow==2.6.0", "sqlalchemy>=2", "pandas>=2.2"),
        python="3.10",
        as_of="2024-03-01",
    ),
    "kserve-date": Case(
        requirements=("kserve==0.9.0", "kfp==1.8.12"),
        python="3.8",
        as_of="2022-07-20",
    ),
}


def record(case: Case, file: Path) -> None:
    """Record one case."""
    built: list[str] = []
    build = LateSdistBuilder.metadata

    def counted(self: LateSdistBuilder, sdist: Path, environment: Environment) -> bytes:
        built.append(sdist.name)
        return build(self, sdist, environment)

    with (
        TemporaryDirectory() as folder,
        patch.object(LateSdistBuilder, "metadata", counted),
    ):
        whole = Path(folder, "whole.json")
        options = ("--index-url", "public", "--cache-dir", str(Path(folder, "cache")))
        target = ("--python-version", case.python, "--python-platform", "linux")
        words = (*options, *target, "--exclude-newer", case.as_of, "-o", str(whole))
        main(["snapshot", *case.requirements, *words])
        document = json.loads(whole.read_text())
    slim(document["projects"])
    document["built"] = sorted(set(built))
    text = json.dumps(document, separators=(",", ":"), sort_keys=True)
    # Lines with an address are for extras that nobody asks for here.
    raw = _HOST.sub("example.org", text).encode()
    file.write_bytes(gzip.compress(raw, mtime=0))


def slim(projects: dict[str, list[dict[str, object]] | None]) -> None:
    """Leave out what plays no part on linux."""
    for name, listed in projects.items():
        if listed is None:
            continue
        kept = [each for each in listed if _is_of_linux(str(each["filename"]))]
        for each in kept:
            each.pop("hashes", None)
            each.pop("size_bytes", None)
        projects[name] = kept


def _is_of_linux(filename: str) -> bool:
    return not any(part in filename for part in _ELSEWHERE)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name in sys.argv[1:] or CASES:
        record(CASES[name], FOLDER / f"{name}.json.gz")
