"""pip-tools as a second opinion: pip-compile and our lock agree, hashes and all."""

import sys
from pathlib import Path

import pytest

from axletree.cli import main
from tests.support.clients import run_client
from tests.support.live_server import LiveServer


def _pins(lock: str) -> dict[str, set[str]]:
    """Read a hashed lock: pin -> hashes."""
    pins: dict[str, set[str]] = {}
    current = ""
    for line in lock.splitlines():
        words = line.rstrip("\\").split()
        if not words or words[0].startswith("#"):
            continue
        if words[0].startswith("--hash="):
            pins[current].add(words[0].removeprefix("--hash="))
        else:
            current = words[0]
            pins[current] = set()
    return pins


@pytest.mark.slow
@pytest.mark.parametrize("wanted", ["app", "app lib<2", "future"])
def test_pip_compile_gives_the_same_pins_and_hashes(
    index: LiveServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    wanted: str,
) -> None:
    requirements = tmp_path / "requirements.in"
    requirements.write_text("\n".join(wanted.split()))
    monkeypatch.setenv("AXLETREE_CACHE_DIR", str(tmp_path / "cache"))
    options = ["--index-url", index.index_url]

    assert main(["lock", "-r", str(requirements), *options]) == 0
    ours = capsys.readouterr().out
    theirs = tmp_path / "theirs.txt"
    compile_ = [sys.executable, "-m", "piptools", "compile", "--generate-hashes"]
    output = [
        "--output-file",
        str(theirs),
        "--allow-unsafe",
        "--no-annotate",
        "--no-emit-index-url",
    ]
    run_client([*compile_, "--quiet", *options, *output, str(requirements)], tmp_path)

    assert _pins(ours)
    assert _pins(ours) == _pins(theirs.read_text())
