"""Fifty sdists asked at once: each answer is its own, and no race becomes a fact."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import asked_at_once
from tests.support.index_server import Index, serving
from tests.support.wheels import make_sdist

ROUNDS = int(os.environ.get("ROUNDS", "2"))
"""A hundred of them, now and then: CONTRIBUTING.md."""
PROGRAM = Path(asked_at_once.__file__)
PROJECTS = [f"demo{number}" for number in range(50)]


@pytest.fixture
def server() -> Iterator[Index]:
    with serving() as index:
        yield index


@pytest.mark.slow
def test_fifty_sdists_asked_at_once(server: Index, tmp_path: Path) -> None:
    for project in PROJECTS:
        sdist = make_sdist(
            tmp_path / "up",
            project,
            "1.0",
            dynamic=["Requires-Dist"],
            files={"pyproject.toml": "[build-system]\nrequires = ['setuptools']\n"},
        )
        server.publish(project, sdist)
    for number in range(ROUNDS):
        folder = tmp_path / str(number)
        ran = subprocess.run(
            [sys.executable, PROGRAM, server.url, folder, *PROJECTS],
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        answers = json.loads(ran.stdout)
        assert list(answers) == PROJECTS
        for project, answer in answers.items():
            assert f"needed-by-{project} ;" in answer
