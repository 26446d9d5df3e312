"""What an upload takes of the machine, and leaves on it."""

import errno
import io
import os
import threading
from pathlib import Path

import pytest

from axletree.server.uploads.receiving import WheelhouseUploads
from axletree.wheelhouse.catalog import admission
from axletree.wheelhouse.entry.wheel import inspect_wheel
from axletree.wheelhouse.errors import NoSpaceError
from axletree.wheelhouse.findings import Inspected
from axletree.wheelhouse.model import (
    Strictness,
)
from tests.support.uploading import MOST, Index


def test_file_is_taken_apart_once(
    index: Index, secret: str, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[Path] = []

    def counted(path: Path, filename: str, strictness: Strictness) -> Inspected:
        taken.append(path)
        return inspect_wheel(path, filename, strictness)

    monkeypatch.setattr(admission, "inspect_wheel", counted)

    assert index.upload(wheel, secret).status_code == 200
    assert len(taken) == 1


def test_too_large_a_file_is_refused_early_and_late(
    index: Index, secret: str, tmp_path: Path
) -> None:
    large = tmp_path / "acme_tools-1.0-py3-none-any.whl"
    large.write_bytes(b"x" * (MOST + 1))

    answer = index.upload(large, secret)

    assert answer.status_code == 413
    assert "--max-upload" in answer.text
    assert index.left_behind() == []


def test_disk_that_fills_while_it_comes_is_507(
    index: Index, secret: str, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.BytesIO):
        def write(self, *_: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def open_full(path: Path, mode: str = "r") -> object:
        return Full() if path.name == "upload" else open(path, mode)  # noqa: PTH123  the one replaced

    monkeypatch.setattr(Path, "open", open_full)
    answer = index.upload(wheel, secret)
    monkeypatch.undo()

    assert answer.status_code == 507
    assert "no space left" in answer.text
    assert index.left_behind() == []


def test_full_disk_is_507_and_nothing_is_left(
    index: Index, secret: str, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise NoSpaceError("no space left for the wheelhouse", hint="free some space")

    monkeypatch.setattr(WheelhouseUploads, "publish", full)

    assert index.upload(wheel, secret).status_code == 507
    assert index.left_behind() == []


@pytest.mark.parametrize(("others", "left"), [(0, b""), (1, b"x" * 1000)])
def test_bodies_of_refused_uploads_are_read_of_a_few_at_once(
    index: Index, monkeypatch: pytest.MonkeyPatch, others: int, left: bytes
) -> None:
    draining = threading.BoundedSemaphore(1)
    monkeypatch.setattr("axletree.server.uploads.upload._draining", draining)
    for _ in range(others):
        draining.acquire()
    body = io.BytesIO(b"x" * 1000)

    answer = index.client.post("/legacy/", input_stream=body, content_length=1000)

    assert (answer.status_code, body.read()) == (401, left)
    assert draining.acquire(blocking=False) is not bool(others)
