"""The verbs over a wheelhouse whose database and files are on servers."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from axletree.house_place import HousePlace
from axletree.server.serving.app import app_over
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.remote import bucket
from tests.axletree.commands.verbs.test_build import WHEEL as BUILT
from tests.axletree.commands.verbs.test_build import all_needed, write_recipe
from tests.axletree.commands.verbs.test_build import words as building
from tests.support.command_line import CommandLine
from tests.support.live_server import live_server
from tests.support.servers import Servers
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_sdist, make_wheel

pytestmark = pytest.mark.slow
WHEEL = "demo-1.0-py3-none-any.whl"


@pytest.fixture
def place(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> HousePlace:
    place = servers.place(tmp_path / "house")
    on_servers(place, monkeypatch)
    return place


def on_servers(place: HousePlace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AXLETREE_HOME", str(place.home))
    monkeypatch.setenv("AXLETREE_DATABASE", place.database)
    monkeypatch.setenv("AXLETREE_FILES", place.files)
    for name, value in place.aws.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def filled(axletree: CommandLine, place: HousePlace, tmp_path: Path) -> CommandLine:
    del place
    files = tmp_path / "made"
    assert axletree("init").code == 0
    made = axletree(
        "add",
        make_wheel(files, "demo", "1.0", requires_dist=["other"]),
        make_sdist(files, "demo", "1.0"),
        make_wheel(files, "other", "1.0"),
    )
    assert made.code == 0, made.err
    return axletree


def test_verbs_work_there_and_only_what_is_on_its_way_in_is_here(
    filled: CommandLine, place: HousePlace, tmp_path: Path
) -> None:
    assert "demo" in filled("list").out
    assert "wheelhouse-" in filled("init").err
    locked = filled("lock", "demo", "--python-version", "3.11")
    assert locked.code == 0, locked.err
    assert "other" in locked.out
    assert filled("explain", "demo>9", "--python-version", "3.11").code == 1
    absent = filled("lock", "nope", "--python-version", "3.11")
    assert f"in the wheelhouse at {place}" in " ".join(absent.out.split())
    assert filled("yank", "demo", "--reason", "old").code == 0
    assert filled("verify").out == "3 files checked: all is well\n"
    used = filled("du", "--json").document()
    assert used["files"] == 3
    assert filled("remove", "other", "--force").code == 0
    assert filled("gc").code == 0
    assert filled("log").code == 0
    site = tmp_path / "site"
    assert filled("export-site", site).code == 0
    assert len(list(site.rglob(WHEEL))) == 1
    left = [path.name for path in place.home.rglob("*") if path.is_file()]
    assert left == []


def test_no_password_is_printed(filled: CommandLine, place: HousePlace) -> None:
    password = place.database.partition(":")[2].partition(":")[2].partition("@")[0]
    secret = place.aws["AWS_SECRET_ACCESS_KEY"]
    for words in (["init"], ["list", "--json"], ["du"], ["show", "nothing"]):
        ran = filled(*words)
        assert password not in ran.out + ran.err
        assert secret not in ran.out + ran.err


@pytest.mark.parametrize(
    ("variable", "value", "code", "said"),
    [
        ("AXLETREE_DATABASE", "mysql://u:pw1@h/x", 2, "must be such as postgresql"),
        ("AXLETREE_DATABASE", "postgresql://u:pw1@h", 2, "names no database"),
        ("AXLETREE_DATABASE", "postgresql://u:pw1@127.0.0.1:1/x", 3, "does not answer"),
        ("AXLETREE_DATABASE", "postgresql://u:pw1@[::1/x", 2, "must be such as"),
        ("AXLETREE_FILES", "gs://bucket", 2, "must be such as s3://"),
        ("AXLETREE_FILES", "s3://", 2, "must name a bucket"),
        ("AXLETREE_FILES", "s3://b_cket/x", 2, "must name a bucket"),
        ("AXLETREE_FILES", "s3://bucket/../x", 2, "must be such as s3://"),
        ("AXLETREE_FILES", "s3://no-such-bucket/x", 3, "there is no bucket"),
    ],
)
def test_what_names_nothing_is_one_clear_error(  # noqa: PLR0913, PLR0917  a table
    filled: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    variable: str,
    value: str,
    code: int,
    said: str,
) -> None:
    monkeypatch.setenv(variable, value)

    ran = filled("add", tmp_path / "made" / WHEEL)

    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert "pw1" not in ran.err
    assert "Traceback" not in ran.err


def test_a_backup_moves_a_wheelhouse_to_servers_and_back(
    axletree: CommandLine,
    servers: Servers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = tmp_path / "made"
    monkeypatch.setenv("AXLETREE_HOME", str(tmp_path / "folder"))
    assert axletree("add", make_wheel(files, "demo", "1.0")).code == 0
    assert axletree("add", make_wheel(files, "demo", "2.0")).code == 0
    assert axletree("yank", "demo==2.0", "--reason", "broken").code == 0
    assert axletree("pin", "1", "--reason", "kept").code == 0
    assert axletree("backup", tmp_path / "backup").code == 0
    before = everything(HousePlace(home=tmp_path / "folder"))

    place = servers.place(tmp_path / "scratch")
    on_servers(place, monkeypatch)
    moved = axletree("restore", tmp_path / "backup")
    assert moved.code == 0, moved.err
    assert everything(place) == before
    assert axletree("verify").code == 0
    assert axletree("add", make_wheel(files, "demo", "3.0")).code == 0
    lost = axletree("restore", tmp_path / "backup")
    assert (lost.code, "would be lost" in lost.err) == (1, True)
    backed = axletree("backup", tmp_path / "second")
    assert backed.code == 0, backed.err
    again = axletree("backup", tmp_path / "second")
    assert "0 copied" in again.out
    after = everything(place)

    for name in ("AXLETREE_DATABASE", "AXLETREE_FILES"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AXLETREE_HOME", str(tmp_path / "back"))
    assert axletree("restore", tmp_path / "second").code == 0
    assert everything(HousePlace(home=tmp_path / "back")) == after
    assert axletree("verify").code == 0

    on_servers(place, monkeypatch)
    forced = axletree("restore", tmp_path / "backup", "--force")
    assert forced.code == 0, forced.err
    assert "lost: 1 generation" in forced.out
    assert axletree("add", make_wheel(files, "demo", "4.0")).code == 0
    assert list(place.home.glob("before-restore-*.sqlite"))
    assert axletree("verify").code == 0


@pytest.mark.parametrize("alone", ["AXLETREE_DATABASE", "AXLETREE_FILES"])
def test_either_can_be_on_a_server_alone(
    axletree: CommandLine,
    place: HousePlace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    alone: str,
) -> None:
    other = {"AXLETREE_DATABASE", "AXLETREE_FILES"} - {alone}
    monkeypatch.delenv(other.pop())
    made = axletree("add", make_wheel(tmp_path / "made", "demo", "1.0"))
    assert made.code == 0, made.err
    assert axletree("verify").out == "1 file checked: all is well\n"
    assert axletree("lock", "demo", "--python-version", "3.11").code == 0
    assert axletree("gc").code == 0
    assert axletree("backup", tmp_path / "backup").code == 0
    back = axletree("restore", tmp_path / "backup")
    assert back.code == 0, back.err
    assert axletree("verify").code == 0
    if alone == "AXLETREE_DATABASE":
        (place.home / "files").rename(tmp_path / "unmounted")
        lost = axletree("add", tmp_path / "made" / "demo-1.0-py3-none-any.whl")
        assert (lost.code, "mount the folder" in lost.err) == (3, True)
    assert (place.home / "wheelhouse.sqlite").exists() == (alone == "AXLETREE_FILES")


def everything(place: HousePlace) -> list[object]:
    with Wheelhouse.open_to_read(place) as house:
        newest = house.generation()
        return [
            *(house.files_of_all(house.projects(n), n) for n in range(1, newest + 1)),
            house.journal()[:4],
            house.pins(),
        ]


def test_the_index_is_served_from_there_in_parts_too(
    filled: CommandLine, place: HousePlace
) -> None:
    del filled
    with serving(place) as url, Wheelhouse.open_to_read(place) as house:
        stored = house.find(WHEEL)
        assert stored is not None
        content = b"".join(read_whole(house, WHEEL))
        file = f"{url}files/{stored.sha256[:2]}/{stored.sha256[2:]}/{WHEEL}"
        assert WHEEL.encode() in get(f"{url}simple/demo/")
        for _ in range(2):
            assert get(file) == content
            assert get(file, "bytes=5-40") == content[5:41]
            assert get(file, "bytes=-10") == content[-10:]
        assert b"Name: demo" in get(f"{file}.metadata")


def read_whole(house: Wheelhouse, name: str) -> Iterator[bytes]:
    stored = house.find(name)
    assert stored is not None
    stream = house.open_bytes(stored)
    while part := stream.read(1000):
        yield part


def get(url: str, part: str = "") -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, headers={"Range": part} if part else {})  # noqa: S310  our own server
    with opener.open(request, timeout=30) as answer:
        content: bytes = answer.read()
        return content


@contextmanager
def serving(place: HousePlace) -> Iterator[str]:
    environ = {
        **os.environ,
        **place.aws,
        "AXLETREE_HOME": str(place.home),
        "AXLETREE_DATABASE": place.database,
        "AXLETREE_FILES": place.files,
    }
    with subprocess.Popen(
        [sys.executable, "-m", "axletree", "serve", "--port", "0"],
        env=environ,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        try:
            said = process.stdout.readline().decode().split()
            yield said[-1].removesuffix("simple/")
        finally:
            process.terminate()
            process.wait(30)


def test_collect_fills_it_and_goes_on_where_it_was(
    axletree: CommandLine, place: HousePlace, tmp_path: Path
) -> None:
    made = tmp_path / "made"
    wheels = [
        make_wheel(made, "demo", "1.0", requires_dist=["other"]),
        make_wheel(made, "other", "1.0"),
        make_sdist(made, "packed", "1.0"),
    ]
    publish_all(tmp_path / "upstream", wheels)
    with live_server(tmp_path / "upstream") as server:
        words = ("collect", "demo", "--index-url", server.index_url)
        first = axletree(*words, "--python-version", "3.11")
        assert first.code == 0, first.err
        again = axletree(*words, "--python-version", "3.11")
        assert again.code == 0, again.err
    with Wheelhouse.open_to_read(place) as house:
        assert house.projects() == ("demo", "other")
        assert len(house.collections()) == 1
        assert house.generation() == 1
    assert axletree("remove", "other").code == 1


def test_a_build_takes_from_there_and_puts_there(
    axletree: CommandLine,
    place: HousePlace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", os.pathsep.join([folder, os.environ["PATH"]]))
    assert axletree("add", *all_needed(tmp_path / "wheels")).code == 0

    ran = axletree(*building(write_recipe()))

    assert ran.code == 0, ran.err
    with Wheelhouse.open_to_read(place) as house:
        stored = house.find(BUILT)
        assert stored is not None
        house.check(stored)


def test_a_server_that_has_gone_is_one_clear_answer(
    filled: CommandLine, place: HousePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    del filled
    monkeypatch.setattr(bucket, "_RETRY_FOR", timedelta(seconds=1))
    gone = {**place.aws, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    with Wheelhouse.open_to_read(replace(place, aws=gone)) as house:
        stored = house.find(WHEEL)
        assert stored is not None
        path = f"/files/{stored.sha256[:2]}/{stored.sha256[2:]}/{WHEEL}"
        client = app_over(house).test_client()

        assert client.get("/simple/demo/").status_code == 200
        for headers in ({}, {"Range": "bytes=1-2"}):
            answer = client.get(path, headers=headers)
            assert answer.status_code == 503
            assert answer.json is not None
            assert answer.json["reference"] == "files-unreachable"
            assert place.aws["AWS_SECRET_ACCESS_KEY"] not in answer.text
