"""What isolation a machine offers, and what is said where it offers none."""

import os
from pathlib import Path

import pytest

from axletree.builder.errors import IsolationUnavailableError
from axletree.builder.sandbox.isolation import (
    Isolation,
    IsolationProbe,
    detect_isolation,
    require_isolation,
)


def test_programs_of_an_environment_do_not_stand_before_those_of_the_system(
    full: Isolation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where conda brings a prlimit: no build sees its folder behind the wall."""
    assert full
    for name in ("prlimit", "setpriv"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    assert detect_isolation().reason == ""


def test_a_machine_without_bubblewrap_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert detect_isolation().reason == "bwrap not found"


def test_an_unavailable_level_is_refused_with_the_reason() -> None:
    probe = IsolationProbe(bubblewrap=None, reason="bwrap not found")
    with pytest.raises(IsolationUnavailableError, match="bwrap not found") as caught:
        require_isolation("full", probe)
    assert caught.value.exit_code == 3
    assert "--isolation none" in caught.value.hint
    require_isolation("none", probe)
