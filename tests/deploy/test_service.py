"""The systemd unit of `deploy/` starts the server, and gives it no more than it needs."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from axletree.wheelhouse.catalog.house import Wheelhouse
from tests.support.checkout import ROOT

pytestmark = pytest.mark.slow
UNIT = (ROOT / "deploy/systemd/axletree.service").read_text()


def setting(name: str) -> str:
    """Read a setting of the unit that is there once."""
    lines = (line.partition("=") for line in UNIT.splitlines())
    [value] = [value for key, _, value in lines if key == name]
    return value


def test_the_page_installs_what_the_unit_starts() -> None:
    page = (ROOT / "docs/how-to/deploy.md").read_text()
    home, user = f"/var/lib/{setting('StateDirectory')}", setting("User")
    program, *_ = shlex.split(setting("ExecStart"))

    assert setting("Environment") == f"AXLETREE_HOME={home}"
    assert f"--home-dir {home} {user}" in page
    assert f"sudo -u {user} AXLETREE_HOME={home} {program} init" in page


def test_the_server_needs_to_write_nothing_but_the_wheelhouse(tmp_path: Path) -> None:
    """As `ProtectSystem=strict` and `PrivateTmp=yes` have it."""
    with Wheelhouse.open(tmp_path):
        pass
    _, *words = shlex.split(setting("ExecStart"))
    words[words.index("--port") + 1] = "0"
    home = str(tmp_path)
    strict = ["bwrap", "--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev"]
    strict += ["--tmpfs", "/var/tmp", "--bind", home, home]  # noqa: S108  in the sandbox
    strict += ["--setenv", "TMPDIR", "/var/tmp", "--setenv", "AXLETREE_HOME", home]  # noqa: S108
    command = [*strict, sys.executable, "-m", "axletree", *words]

    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        url = served.stdout.readline().removeprefix("serving ").strip()
        with urlopen(url) as answer:  # noqa: S310  what the server printed
            assert answer.status == 200
        served.terminate()


def test_systemd_reads_the_unit_without_a_word(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None and "CI" not in os.environ:
        pytest.skip("no systemd on this machine")
    assert analyze is not None
    program, *_ = shlex.split(setting("ExecStart"))
    unit = tmp_path / "axletree.service"
    unit.write_text(UNIT.replace(program, sys.executable))

    done = subprocess.run(
        [analyze, "verify", str(unit)], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout + done.stderr) == (0, "")
