"""Probes learn whether the store of the files answers, and hang on none that does not."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep

import pytest

from axletree.server.answers.errors import FilesSilentError
from axletree.server.serving.app import app_over
from axletree.server.serving.files_asked import GOOD_FOR_S, FilesAsked
from axletree.wheelhouse.errors import FilesUnreachableError, StorageError
from axletree.wheelhouse.store.files import LocalFileStore
from tests.support.index_sources import FolderSource


class Store:
    """Counts how often it is asked; answers when it may."""

    def __init__(self) -> None:
        self.asked = 0
        self.may_answer = threading.Event()
        self.failure: Exception | None = None

    def ask(self) -> None:
        self.asked += 1
        assert self.may_answer.wait(30)
        if self.failure is not None:
            raise self.failure


def test_a_store_that_hangs_is_asked_once_whoever_waits() -> None:
    store = Store()
    files = FilesAsked(store.ask, within_s=0.05)

    def require(_: int) -> type[Exception] | None:
        try:
            files.require()
        except FilesSilentError as error:
            return type(error)
        return None

    with ThreadPoolExecutor(max_workers=20) as pool:
        assert set(pool.map(require, range(40))) == {FilesSilentError}
    assert store.asked == 1
    store.may_answer.set()
    while files_are_silent(files):
        sleep(0.01)


def files_are_silent(files: FilesAsked) -> bool:
    try:
        files.require()
    except FilesSilentError:
        return True
    return False


def test_a_good_answer_counts_for_a_moment_and_a_bad_one_not_at_all() -> None:
    store, now = Store(), 0.0
    store.may_answer.set()
    files = FilesAsked(store.ask, clock=lambda: now)
    files.require()
    files.require()
    assert store.asked == 1
    now += GOOD_FOR_S
    files.require()
    assert store.asked == 2

    now += GOOD_FOR_S
    store.failure = FilesUnreachableError("it refuses us")
    for _ in range(2):
        with pytest.raises(FilesUnreachableError):
            files.require()
    assert store.asked == 4
    store.failure = None
    files.require()


def test_an_index_whose_files_do_not_answer_is_not_ready(tmp_path: Path) -> None:
    store = Store()
    store.may_answer.set()
    source = FolderSource(tmp_path)
    source.publish("spam-1.0-py3-none-any.whl")
    client = app_over(source, ask_files=store.ask).test_client()
    assert client.get("/readyz").status_code == 200
    store.failure = FilesUnreachableError("there is no bucket", where="s3://secret")
    sleep(GOOD_FOR_S)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["reference"] == "files-unreachable"
    assert b"secret" not in answer.data
    assert client.get("/healthz").status_code == 200
    assert client.get("/simple/spam/").status_code == 200


def test_a_folder_of_files_that_is_gone_does_not_answer(tmp_path: Path) -> None:
    store = LocalFileStore(root=tmp_path / "files")
    with pytest.raises(StorageError):
        store.ask()
    store.root.mkdir()
    store.ask()
