"""What `deploy/ci` and the hooks have CI run does what docs/how-to/check.md says of it.

Nothing of it can run on its hosts here, so its commands are run as the hosts would: in
the same shells, with the same variables, in a repository of its own.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.test_ci_pages import shown
from tests.support.checkout import copy_tracked_files
from tests.support.ci_files import ACTION, TEMPLATE
from tests.support.command_line import Ran
from tests.support.index_server import Index, Published, serving
from tests.support.schemas import validate_sarif
from tests.support.wheels import make_metadata, make_wheel

TIMEOUT_S = 300
RELEASES = {
    "left 1": ["shared==1"],
    "right 1": ["shared==1"],
    "right 2": ["shared>=2"],
    "shared 1": [],
    "shared 2": [],
}
CAUSE = "left 1 requires shared==1, but right 2 requires shared>=2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """Runs scripts in a repository."""

    work: Path
    environ: Mapping[str, str]

    def run(self, shell: list[str], script: str, **more: str) -> Ran:
        """Run a script as a host does: from a file, or as its argument."""
        done = subprocess.run(
            [*shell, script],
            cwd=self.work,
            env={**self.environ, **more},
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_S,
        )
        return Ran(code=done.returncode, out=done.stdout, err=done.stderr)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Clone what git knows, as a repository."""
    folder = tmp_path_factory.mktemp("checkout")
    copy_tracked_files(folder)
    commit(folder)
    return folder


def commit(folder: Path) -> str:
    """Make a repository of a folder; return the commit."""
    git = [
        "git",
        "-C",
        str(folder),
        "-c",
        "user.name=x",
        "-c",
        "user.email=x@x.example",
    ]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "all"]):
        subprocess.run([*git, *words], check=True)
    done = subprocess.run(
        [*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a few releases, of which some clash."""
    folder = tmp_path_factory.mktemp("wheels")
    published = []
    for release, requires in RELEASES.items():
        name, version = release.split()
        wheel = make_wheel(folder, name, version, requires_dist=requires)
        metadata = make_metadata(name, version, requires_dist=requires)
        published.append(
            Published(
                project=name,
                filename=wheel.name,
                content=wheel.read_bytes(),
                metadata=metadata,
                is_metadata_advertised=True,
            )
        )
    with serving(Index(published=published)) as running:
        yield running.url


@pytest.fixture
def host(tmp_path: Path, index: str) -> Host:
    """Check out a repository in which one of two files conflicts."""
    work, programs = tmp_path / "work", tmp_path / "bin"
    (work / "requirements").mkdir(parents=True)
    (work / "requirements/fine.txt").write_text("left==1\nright==1\n")
    (work / "requirements/clash.txt").write_text("# two\nleft==1\nright==2\n")
    commit(work)
    programs.mkdir()
    python = Path(sys.base_prefix, "bin", "python3")
    (programs / "python3").symlink_to(python)
    environ = {
        "PATH": f"{programs}:/usr/bin:/bin",
        "HOME": str(tmp_path / "home"),
        "PIP_INDEX_URL": index,
        "PIP_CONFIG_FILE": os.devnull,
        # What it needs is here: only its own wheel is built and installed.
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "false",
        "PYTHONPATH": sysconfig.get_path("purelib"),
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    return Host(work=work, environ=environ)


BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """What GitHub's runner makes of a composite action."""

    host: Host
    folder: Path
    checkout: Path

    @property
    def summary(self) -> str:
        """Give the job's summary."""
        return (self.folder / "summary.md").read_text()

    def install(self) -> Ran:
        """Run the first step."""
        return self._step(ACTION["runs"]["steps"][0], {})

    def check(self, **inputs: str) -> Ran:
        """Run the second one."""
        return self._step(ACTION["runs"]["steps"][1], inputs)

    def _step(self, step: Mapping[str, Any], inputs: Mapping[str, str]) -> Ran:
        assert step["shell"] == "bash"
        given = {name: each["default"] for name, each in ACTION["inputs"].items()}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        said = {
            name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda m: given[m[1]], value)
            for name, value in step.get("env", {}).items()
        }
        return self.host.run(
            BASH,
            step["run"],
            **said,
            GITHUB_ACTIONS="true",
            GITHUB_ACTION_PATH=str(self.checkout / "deploy/ci/github"),
            GITHUB_STEP_SUMMARY=str(self.folder / "summary.md"),
            RUNNER_TEMP=str(self.folder),
        )


@pytest.fixture(scope="module")
def installed(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Name where the action installs Axletree, for all tests here."""
    del checkout
    return tmp_path_factory.mktemp("runner")


@pytest.fixture
def runner(host: Host, checkout: Path, installed: Path) -> Runner:
    (installed / "summary.md").unlink(missing_ok=True)
    found = Runner(host=host, folder=installed, checkout=checkout)
    if not (installed / "axletree").exists():
        ran = found.install()
        assert ran.code == 0, ran.err
    return found


TARGET = {"python_version": "3.9\n3.10\n", "python_platform": "linux"}


@pytest.mark.slow
def test_the_action_marks_the_line_and_writes_what_it_is_asked_for(
    runner: Runner,
) -> None:
    ran = runner.check(
        paths="requirements/", **TARGET, sarif="out.sarif", junit="j.xml"
    )

    assert ran.code == 1, ran.err
    assert "2 of 4 have a solution; 2 have none" in ran.out
    [mark] = [line for line in ran.out.splitlines() if line.startswith("::")]
    assert mark.startswith("::error file=requirements/clash.txt,line=2,title=")
    assert CAUSE in mark
    assert CAUSE in runner.host.work.joinpath("j.xml").read_text().replace("&gt;", ">")
    validate_sarif(json.loads(runner.host.work.joinpath("out.sarif").read_text()))
    assert (
        "### axletree check\n\n2 of 4 have a solution; 2 have none." in runner.summary
    )


@pytest.mark.slow
def test_the_action_passes_where_the_baseline_has_all(runner: Runner) -> None:
    known = {"baseline": "known.json"}
    written = runner.check(**TARGET, **known, arguments="--write-baseline\n-q")
    again = runner.check(**TARGET, **known)

    assert (written.code, again.code) == (0, 0), written.err
    assert "::" not in again.out


@pytest.mark.slow
@pytest.mark.parametrize(
    "paths", ["$(touch pwned)", "`touch pwned`", "'; touch pwned; '", "--junit=pwned"]
)
def test_no_input_of_the_action_is_run(runner: Runner, paths: str) -> None:
    assert runner.check(paths=paths, **TARGET).code == 2
    assert not (runner.host.work / "pwned").exists()


SCRIPT = TEMPLATE["axletree-check"]["script"]


@pytest.mark.slow
def test_the_template_writes_reports_for_the_merge_request(
    host: Host, checkout: Path, installed: Path
) -> None:
    environ = {
        "GITLAB_CI": "true",
        "CI_PROJECT_DIR": str(host.work),
        "CHECK_PACKAGE": str(checkout),
        "CHECK_PATHS": "requirements/*.txt requirements/fine.txt",
        "CHECK_PYTHONS": "3.9 3.10",
        "CHECK_PLATFORMS": "linux",
        "CHECK_ARGUMENTS": "--markdown out.md",
    }
    place = str(installed / "of-the-template")
    whole = host.run(BASH, put(SCRIPT, place), **environ)
    again = host.run(["sh", "-ec"], put(SCRIPT[-1:], place), **environ)

    assert whole.code == 1, whole.err
    assert "2 of 4 have a solution; 2 have none" in whole.out
    assert (again.code, again.out) == (whole.code, whole.out), again.err
    reports = TEMPLATE["axletree-check"]["artifacts"]["reports"]
    issues = json.loads((host.work / reports["codequality"]).read_text())
    assert [issue["location"]["path"] for issue in issues] == (
        ["requirements/clash.txt"] * 2
    )
    assert 'failures="2"' in (host.work / reports["junit"]).read_text()
    assert (host.work / "out.md").exists()


def put(lines: list[str], place: str) -> str:
    """Let a script install elsewhere: on the host the container is its own."""
    return "\n".join(lines).replace("/tmp/axletree", place)  # noqa: S108  see above


def test_the_template_says_what_it_needs_before_anything_is_done(
    host: Host, tmp_path: Path
) -> None:
    ran = host.run(BASH, put(SCRIPT, str(tmp_path / "axletree")))

    assert ran.code != 0
    assert "CHECK_PACKAGE: set it to what pip shall install" in ran.err
    assert not (tmp_path / "axletree").exists()


# pre-commit.


@pytest.mark.slow
def test_pre_commit_runs_the_hooks(host: Host, checkout: Path, tmp_path: Path) -> None:
    [repository] = shown("repos:")["repos"]
    repository |= {"repo": str(checkout), "rev": head(checkout)}
    (host.work / ".pre-commit-config.yaml").write_text(
        yaml.safe_dump({"repos": [repository]})
    )
    (host.work / "requirements.in").write_text("left\n")
    (host.work / "requirements.txt").write_text("left==1\n")
    commit(host.work)

    first = pre_commit(host, tmp_path)
    assert first.code == 1, first.err
    check, lock = re.split(r"^axletree lock --check", first.out, flags=re.MULTILINE)
    assert re.search(r"^axletree check\.+Failed\n", check, re.MULTILINE)
    assert "- exit code: 1\n" in check
    assert f"no     requirements/clash.txt  Python 3.12 on linux  {CAUSE}" in check
    assert "ok     requirements.txt" in check
    assert "requirements.in" in check
    assert lock.lstrip(".").startswith("Failed\n")
    assert "requirements.txt is out of date:" in lock

    mend(host)
    second = pre_commit(host, tmp_path)
    assert second.code == 0, second.out
    assert second.out.count("Passed\n") == 2


def mend(host: Host) -> None:
    """Do as the hooks say."""
    (host.work / "requirements/clash.txt").write_text("left==1\nright==1\n")
    words = ["-r", "requirements.in", "-o", "requirements.txt", "-i", "public"]
    subprocess.run(
        [sys.executable, "-m", "axletree", "lock", *words],
        cwd=host.work,
        env={**os.environ, **host.environ},
        check=True,
        capture_output=True,
    )
    commit(host.work)


def head(folder: Path) -> str:
    git = ["git", "-C", str(folder), "rev-parse", "HEAD"]
    return subprocess.run(
        git, check=True, capture_output=True, text=True
    ).stdout.strip()


def pre_commit(host: Host, folder: Path) -> Ran:
    program = shutil.which("pre-commit", path=str(Path(sys.executable).parent))
    assert program is not None
    more = {"PRE_COMMIT_HOME": str(folder / "pre-commit"), "COLUMNS": "200"}
    return host.run([program, "run", "--all-files", "--color"], "never", **more)
