"""`make demo`: the fairing case, led through all five verbs on real packages.

Every step is a command that you can type yourself; it is printed before it runs. All
that is made lies in `.demo/`. Run again, it downloads nothing and takes less time.
"""

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from make_stand_in import SDIST, SDIST_SHA256, make_stand_in

from axletree.builder.interpreters.find import find_interpreter
from axletree.builder.sandbox.isolation import detect_isolation
from axletree.config import load
from axletree.environ import process_environment
from axletree.errors import AxletreeError
from axletree.resolver.model.distribution import DistributionFile
from axletree.wheelhouse.upstream.index import UpstreamIndex
from axletree.wheelhouse.upstream.public_index import public_index_url

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
DEMO = TOP / ".demo"
AXLETREE = Path(sys.executable).with_name("axletree")
TARGET = ("--python-version", "3.9", "--python-platform", "linux")
DATED = (*TARGET, "--exclude-newer", "2022-02-01", "--index-url", "public")

CONFLICT, OUTSIDE = 1, 3
"""Exit codes: "no solution", and "something outside failed"."""


class StepFailedError(Exception):
    """A step of the demo ended otherwise than it should."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """The surroundings of one run."""

    environ: Mapping[str, str]
    isolation: tuple[str, ...]

    def axletree(self, *words: str, expected: Sequence[int] = (0,)) -> int:
        """Show a command and run it; return its exit code."""
        print(f"\n$ axletree {shlex.join(words)}", flush=True)  # noqa: T201
        started = time.monotonic()
        done = subprocess.run(  # noqa: S603  our own program
            [AXLETREE, *words], env=self.environ, check=False, cwd=TOP
        )
        took_s = time.monotonic() - started
        if done.returncode not in expected:
            message = f"axletree {words[0]} ended with exit code {done.returncode}"
            raise StepFailedError(message)
        _say(f"({took_s:.0f} s)")
        return done.returncode


def main() -> int:
    """Run all steps; 0 when the ray task gave its value."""
    started = time.monotonic()
    try:
        _run()
    except (StepFailedError, AxletreeError, subprocess.CalledProcessError) as error:
        where = f" ({error.where})" if isinstance(error, AxletreeError) else ""
        print(f"\nThe demo stopped: {error}{where}", file=sys.stderr)  # noqa: T201
        hint = getattr(error, "hint", "")
        if hint:
            print(f"  hint: {hint}", file=sys.stderr)  # noqa: T201
        return error.exit_code if isinstance(error, AxletreeError) else 1
    _say(f"\nThe demo took {time.monotonic() - started:.0f} s.")
    return 0


def _run() -> None:
    environ = {
        **process_environment(),
        "AXLETREE_HOME": str(DEMO / "wheelhouse"),
        "AXLETREE_CACHE_DIR": str(DEMO / "cache"),
    }
    demo = Demo(environ=environ, isolation=_isolation(environ))
    python = find_interpreter("3.9", environ)
    _title("1. collect: what the patched fairing needs, as of 2022-02-01")
    demo.axletree(
        "collect", "-r", "examples/fairing/requirements.in",
        "--recipes", "examples/fairing", *DATED, *demo.isolation,
    )  # fmt: skip
    _title("2. explain: why the public fairing cannot be installed")
    demo.axletree(
        "explain", "kubeflow-fairing==1.0.2", "kfserving==0.6.1", *DATED,
        "--recipes", "examples/fairing", *demo.isolation, expected=[CONFLICT],
    )  # fmt: skip
    _title("3. build: the patched fairing, from the wheelhouse alone")
    _build(demo)
    _title("4. serve and 5. install: pip, with that index and no way to any other")
    _install(demo, python.executable)


def _isolation(environ: Mapping[str, str]) -> tuple[str, ...]:
    probe = detect_isolation()
    if probe.is_full_available:
        return ()
    if environ.get("CI") == "true":
        message = f"builds cannot be isolated, and CI insists: {probe.reason}"
        raise StepFailedError(message)
    _say(
        f"!!! NO ISOLATION: {probe.reason}. Builds run as you, with your network and "
        "your files (--isolation none)."
    )
    return ("--isolation", "none")


def _build(demo: Demo) -> None:
    recipe = "examples/fairing/kubeflow-fairing.toml"
    code = demo.axletree(
        "build", recipe, *TARGET, *demo.isolation, expected=[0, OUTSIDE]
    )
    if code == 0:
        return
    _say(
        "\nThe public git host cannot be reached from here. The demo goes on with the "
        "stand-in: a local repository made of the public sdist and our own patch."
    )
    commit = make_stand_in(_public_sdist(demo), DEMO / "fairing-stand-in")
    _say(f"made .demo/fairing-stand-in at commit {commit}")
    demo.axletree(
        "build", "examples/fairing/stand-in.toml", "--allow-file-sources",
        *TARGET, *demo.isolation,
    )  # fmt: skip


def _public_sdist(demo: Demo) -> Path:
    """Bring the sdist of the public fairing, which is what the stand-in is made of."""
    settings = load(demo.environ)
    folder = DEMO / "sdist"
    if (folder / SDIST).is_file():
        return folder / SDIST
    with UpstreamIndex(settings, public_index_url(settings)) as index:
        page = index.pages(["kubeflow-fairing"])["kubeflow-fairing"]
        files: Sequence[DistributionFile] = page.files if page else ()
        wanted = [file for file in files if file.filename == SDIST]
        if not wanted or wanted[0].hashes.get("sha256") != SDIST_SHA256:
            message = f"the public index does not have the {SDIST} that is pinned"
            raise StepFailedError(message)
        return index.download(wanted[0], folder)


def _install(demo: Demo, python: Path) -> None:
    """Serve and install behind one wall without a network, where that can be had."""
    target = DEMO / "venv"
    shutil.rmtree(target, ignore_errors=True)
    command = [sys.executable, HERE / "install_offline.py", AXLETREE, python, target]
    probe = detect_isolation()
    if probe.bubblewrap is not None:
        bwrap = probe.bubblewrap.bwrap
        wall = [bwrap, "--dev-bind", "/", "/", "--unshare-net", "--die-with-parent"]
        command = [*wall, *command]
        _say("in a network namespace of its own: loopback, and nothing else")
    else:
        _say(f"!!! WITH THE NETWORK OF THIS MACHINE: {probe.reason}")
    environ = {
        name: value
        for name, value in demo.environ.items()
        if not name.startswith(("PIP_", "UV_", "PYTHON", "VIRTUAL_ENV"))
        and not name.lower().endswith("_proxy")
    }
    environ["PIP_CONFIG_FILE"] = os.devnull
    # Python compiles what is imported, a small part of the 160 projects.
    environ["PIP_NO_COMPILE"] = "1"
    subprocess.run(command, env=environ, check=True, cwd=DEMO)  # noqa: S603


def _title(text: str) -> None:
    _say(f"\n=== {text}")


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
