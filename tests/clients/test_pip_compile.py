"""pip-tools as a second opinion: pip-compile and our lock agree, hashes and all."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from axletree.builder.interpreters.pip_tools import ask_pip_tools
from axletree.cli import main
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.wheelhouse.opinions.pip_compile import PipCompile
from axletree.wheelhouse.opinions.shown_index import ShownIndex
from tests.property.case import Case
from tests.property.strategies import cases
from tests.support.clients import run_client
from tests.support.command_line import run_process
from tests.support.live_server import LiveServer

ALIKE = (
    *("extra", "missing", "constraint", "odd", "yank", "pre-release", "metadata"),
    *("tag", "date", "format", "hash", "policy", "override", "exclusion", "twin"),
)
"""What pip judges as we do, or never sees."""
SEEDED = settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=15,
    suppress_health_check=[HealthCheck.too_slow],
)


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


@pytest.mark.slow
@SEEDED
@given(case=cases(quirks=ALIKE))
def test_both_engines_agree_on_random_universes(case: Case) -> None:
    tools = ask_pip_tools(Path(sys.executable))
    assert tools is not None
    universe = MemoUniverse(case.universe)
    resolver = Resolver(universe)

    exact = resolver.answer(case.question)
    asking = PipCompile(tools=tools, environ=dict(os.environ))
    opinion = asking.ask(case.question, ShownIndex(universe, case.question))

    assert (opinion.outcome == "resolved") == (exact is not None), opinion.said
    if exact is not None:
        assert resolver.objections(case.question, opinion.pins) == ()


@pytest.mark.slow
@pytest.mark.public_index
def test_pip_tools_is_brought_for_another_python(tmp_path: Path) -> None:
    target = ("--python-version", "3.9", "--exclude-newer", "2022-02-01")
    words = ("explain", "six", *target, "--engine", "pip-compile")

    online = run_process(
        *words,
        *("--index-url", "public"),
        AXLETREE_HOME=str(tmp_path / "house"),
        AXLETREE_CACHE_DIR=str(tmp_path / "cache"),
    )
    if "interpreter-missing" in online.err:
        pytest.skip("there is no Python 3.9")
    assert online.code == 0, online.err
    assert "Python 3.9." in online.out
    assert online.out.endswith(
        "The exact engine agrees, pin by pin.\nWhat pip-compile pins:\n  six 1.16.0\n"
    )
