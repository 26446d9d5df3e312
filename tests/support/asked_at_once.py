"""Ask many sdists of an index at once for their metadata, by a hook that takes no time.

Run as a program: `asked_at_once.py URL FOLDER PROJECT…`. It prints the answers as JSON,
or ends with what went wrong. Each run is a process of its own, since what threads get in
each other's way at is mostly what is done for the first time.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import NormalizedName

from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.sdists import SandboxedSdistBuilder
from axletree.builder.sandbox.runner import Sandbox
from axletree.builder.sandbox.sandbox_job import SandboxJob
from axletree.builder.sandbox.transfer import BuildLog
from axletree.config import Settings
from axletree.resolver.model.environment import Environment, environment_for
from axletree.wheelhouse.store import threads
from axletree.wheelhouse.store.host import Host
from axletree.wheelhouse.upstream.index import UpstreamIndex
from axletree.wheelhouse.upstream.options import (
    ReadingOptions,
    SdistReading,
)

THREADS = 16
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


@dataclass
class NoRequirements:
    """Needs nothing, but parses as the resolver would."""

    def provide(
        self,
        requirements: Sequence[str],
        environment: Environment,  # noqa: ARG002  the same for all
        constraints: Sequence[str] = (),  # noqa: ARG002 - the same for all
    ) -> Sequence[Path]:
        for text in requirements:
            Requirement(f"{text} ; os_name == 'posix' and python_version > '3.7'")
        return []


def answer_at_once(self: Sandbox, job: SandboxJob, results: Path, _: BuildLog) -> None:
    """Be a sandbox in which a backend answers, without running one."""
    assert self.uv.is_file()
    project = job.name.rpartition(" of ")[2].rpartition("-")[0]
    metadata = (
        f"Metadata-Version: 2.1\nName: {project}\nVersion: 1.0\n"
        f"Requires-Dist: needed-by-{project} ; os_name == 'posix'\n"
    )
    answer = json.dumps({"return_val": []})
    for name, content in (
        ("control/output.json", answer),
        ("out/it.dist-info/METADATA", metadata),
    ):
        path = results / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def main(url: str, folder: str, *projects: str) -> None:
    sys.setswitchinterval(1e-5)
    Sandbox.run = answer_at_once  # type: ignore[method-assign, assignment]  # no time
    host = Host(memory_bytes=1 << 30, processors=THREADS, processes=None)
    vars(threads)["look_around"] = lambda: host
    settings = Settings(home=Path(folder, "home"), cache_dir=Path(folder, "cache"))
    work_dir = Path(folder, "work")
    work_dir.mkdir(parents=True)
    workshop = Workshop(
        work_dir=work_dir,
        requirements=NoRequirements(),
        environ={"PATH": str(Path(sys.executable).parent), "HOME": folder},
        isolation="none",
        may_install_pythons=False,
    )
    reading = SdistReading(
        builder=SandboxedSdistBuilder(workshop=workshop),
        environment=environment_for(PYTHON, "linux"),
    )
    with UpstreamIndex(settings, url, ReadingOptions(sdists=reading)) as index:
        pages = index.pages([NormalizedName(project) for project in projects])
        files = [page.files[0] for page in pages.values() if page is not None]
        answers = index.metadata(files)
        print(json.dumps({f.project: repr(a) for f, a in answers.items()}))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
