"""`axletree serve --check-config` says all that is wrong, and starts nothing."""

import json
import socket
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_wheel

CHECK = ("serve", "--check-config", "--port", "0")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "house"


def test_what_would_serve_is_said_line_by_line(
    axletree: CommandLine, home: Path
) -> None:
    publish_all(home, [make_wheel(home.parent, "one", "1")])
    ran = axletree(*CHECK)
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert all(line.startswith("ok ") for line in lines)
    assert f"{home}, generation 1" in lines[0]
    names = ("wheelhouse", "reading", "uploads", "address", "workers", "connections")
    assert all(any(f" {name} " in line for line in lines) for name in names)


def test_all_that_is_wrong_is_said_at_once(axletree: CommandLine, home: Path) -> None:
    del home
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ran = axletree(
            *("serve", "--check-config", "--json", "--port", str(port)),
            *("--public-url", "pkgs.example/python", "--trusted-proxy", "proxy"),
        )
    document = json.loads(ran.out)
    wrong = {
        each["name"]: each["problem"]["reference"]
        for each in document["settings"]
        if each["problem"]
    }
    assert ran.code == 2
    assert document["would_serve"] is False
    assert wrong == {
        "wheelhouse": "no-wheelhouse",
        "address": "address-in-use",
        "public url": "invalid-public-url",
        "trusted proxies": "invalid-proxy",
    }


def test_a_port_that_is_taken_ends_as_a_start_would(
    axletree: CommandLine, home: Path
) -> None:
    publish_all(home, [make_wheel(home.parent, "one", "1")])
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ran = axletree("serve", "--check-config", "--port", str(port))
    assert ran.code == 3
    assert "is already in use" in ran.out


def test_what_may_not_be_meant_is_noted(axletree: CommandLine, home: Path) -> None:
    publish_all(home, [make_wheel(home.parent, "one", "1")])
    ran = axletree(
        *CHECK,
        "--token-to-read",
        "--plain-http-uploads",
        "--host",
        "0.0.0.0",  # noqa: S104
    )
    assert ran.code == 0
    assert "nobody can read: axletree token make NAME --right read" in ran.out
    assert "tokens can be read on the way" in ran.out


def test_nothing_is_changed(axletree: CommandLine, home: Path) -> None:
    publish_all(home, [make_wheel(home.parent, "one", "1")])

    def tree() -> set[Path]:
        return set(home.rglob("*"))

    before = tree()
    axletree(*CHECK)
    assert tree() == before


def test_what_lies_on_a_server_is_looked_at_there(
    axletree: CommandLine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_all(home, [make_wheel(home.parent, "one", "1")])
    monkeypatch.setenv("AXLETREE_DATABASE", "postgresql://u:sekret@127.0.0.1:1/db")
    ran = axletree(*CHECK)
    assert ran.code == 3
    assert "wrong  wheelhouse" in ran.out
    assert "postgresql://127.0.0.1:1/db" in ran.out
    assert "does not answer" in ran.out
    assert "sekret" not in ran.out


def test_a_bucket_that_does_not_answer_is_found(
    axletree: CommandLine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_all(home, [make_wheel(home.parent, "one", "1")])
    monkeypatch.setenv("AXLETREE_FILES", "s3://bucket/prefix")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "sekret")
    ran = axletree(*CHECK)
    assert ran.code == 3
    assert "wrong  files" in ran.out
    assert "sekret" not in ran.out


@pytest.mark.parametrize(
    "url",
    ["https://u:sekret@h/x", "https://h/x?y", "https://h/#x", "https://h/\x1b[31m"],
)
def test_a_public_url_that_is_more_than_an_address_is_wrong(
    axletree: CommandLine, home: Path, url: str
) -> None:
    publish_all(home, [make_wheel(home.parent, "one", "1")])
    ran = axletree(*CHECK, "--public-url", url)
    assert ran.code == 2
    assert "wrong  public url" in ran.out
    assert "sekret" not in ran.out + ran.err
