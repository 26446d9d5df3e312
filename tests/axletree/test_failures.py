"""Every failure: one exit code, one clear message, nothing half written."""

import re
import socket
from pathlib import Path

import pytest

from axletree.commands.verbs import lock
from tests.axletree.test_failing_disks import stored
from tests.support.command_line import CommandLine
from tests.support.failures import refuse
from tests.support.index_server import Index, Misdeed
from tests.support.wheels import make_metadata, make_wheel

Words = tuple[str | Path, ...]


def test_a_bad_line_is_named_with_its_file(axletree: CommandLine) -> None:
    Path("in.txt").write_text("fine>1\n\nflask=2\n")

    code, document = refuse(axletree, "lock", "-r", "in.txt", "-f", ".")

    assert (code, document["reference"]) == (2, "invalid-requirement")
    assert document["where"] == "in.txt, line 3"
    assert document["hint"] == "= is not an operator: write flask==2"


def test_all_bad_lines_are_told_at_once(axletree: CommandLine) -> None:
    Path("in.txt").write_text("flask=2\none two\n")
    Path("limits.txt").write_text("one[two]<3\n")

    code, document = refuse(axletree, "lock", "-r", "in.txt", "-c", "limits.txt")

    assert code == 2
    assert document["where"] == "in.txt, limits.txt"
    for line in ("in.txt, line 1", "in.txt, line 2", "limits.txt, line 1"):
        assert line in str(document["what"])


@pytest.mark.parametrize(
    ("words", "reference", "where"),
    [
        (("lock", "-r", "absent.txt"), "invalid-requirement", "command line"),
        (("lock", "-r", "."), "invalid-requirement", "command line"),
        (("lock",), "invalid-requirement", "command line"),
        (("lock", "flask=2"), "invalid-requirement", "command line"),
        (("lock", "one", "--exclude-newer", "soon"), "usage", "command line"),
        (("lock", "one", "--exclude-newer", "2022-13-01"), "usage", "command line"),
        (
            ("lock", "one", "--python-version", "three"),
            "invalid-environment",
            "--python-version",
        ),
        (
            ("lock", "one", "--python-version", "2.7"),
            "invalid-environment",
            "--python-version",
        ),
        (
            ("lock", "one", "--python-platform", "beos"),
            "invalid-environment",
            "--python-platform",
        ),
        (("lock", "one", "--frozen"), "usage", "command line"),
        (("lock", "one", "--format", "toml"), "usage", "command line"),
        (("lock", "one", "-o", "."), "usage", "command line"),
        (("frobnicate!", "one"), "usage", "command line"),
        (("explain", "one", "--engine", "magic"), "usage", "command line"),
        (("explain", "one", "--recipes", "absent"), "usage", "command line"),
        (("lock", "one", "--universe", "absent.json"), "invalid-snapshot", "absent"),
        (("lock", "one", "-i", "ftp://h/"), "invalid-index-url", "index URL"),
        (("collect", "one", "--universe", "u.json"), "usage", "command line"),
        (("build", "absent.toml"), "invalid-recipe", "absent.toml"),
        (("build",), "usage", "command line"),
        (("serve", "--port", "99999"), "usage", "command line"),
        (("snapshot",), "invalid-requirement", "command line"),
    ],
)
def test_wrong_usage_is_exit_2(
    axletree: CommandLine, words: Words, reference: str, where: str
) -> None:
    code, document = refuse(axletree, *words)

    assert (code, document["reference"]) == (2, reference)
    assert where in str(document["where"])
    assert list(Path().iterdir()) == []


def test_without_a_verb_the_verbs_are_listed(axletree: CommandLine) -> None:
    ran = axletree()

    assert (ran.code, ran.out) == (2, "")
    assert re.search(r"^  explain +Explain why", ran.err, re.MULTILINE)


def test_help_and_version_are_results(axletree: CommandLine) -> None:
    assert axletree("lock", "--help").out.startswith("Usage: axletree lock ")
    assert axletree("--version").out.startswith("axletree, version ")


@pytest.mark.parametrize("text", ["", "[1, 2]", '{"format": "other"}', "\x1f\x8b"])
def test_a_file_that_is_no_universe(axletree: CommandLine, text: str) -> None:
    Path("u.json").write_text(text)
    Path("u.json.gz").write_text(text)

    for name in ("u.json", "u.json.gz"):
        code, document = refuse(axletree, "lock", "one", "--universe", name)
        assert (code, document["reference"]) == (2, "invalid-snapshot")


# The index.


def test_an_unknown_project_is_a_conflict_and_no_error(
    axletree: CommandLine, index: Index
) -> None:
    ran = axletree("lock", "absent", "-i", index.url)
    document = axletree("lock", "absent", "-i", index.url, "--json")

    assert (ran.code, document.code) == (1, 1)
    assert "there is no project named absent" in ran.out
    document.document("conflict")


@pytest.mark.parametrize(
    ("path", "misdeed"),
    [
        *(("/simple/one/", status) for status in (500, 401, 403, 429)),
        ("/files/one-1-py3-none-any.whl", "cut"),
    ],
)
def test_an_index_that_does_not_answer_is_no_missing_project(
    axletree: CommandLine, index: Index, tmp_path: Path, path: str, misdeed: Misdeed
) -> None:
    index.publish("one", make_wheel(tmp_path, "one", "1"))
    index.misdeeds[path].extend([misdeed] * 9)

    code, document = refuse(axletree, "lock", "one", "-i", index.url)

    assert (code, document["reference"]) == (3, "unreachable-index")
    assert str(document["where"]).startswith(index.origin)


def test_an_index_that_is_silent_is_waited_for_until_the_timeout(
    axletree: CommandLine, index: Index
) -> None:
    index.misdeeds["/simple/one/"].append("silence")

    ran = axletree("lock", "one", "-i", index.url, "--json")

    assert ran.code == 3
    assert ran.document("error")["reference"] == "unreachable-index"


def test_nobody_listens(axletree: CommandLine) -> None:
    code, document = refuse(axletree, "lock", "one", "-i", "http://127.0.0.1:9/simple/")

    assert (code, document["reference"]) == (3, "unreachable-index")


@pytest.mark.parametrize(
    "page",
    [
        ("text/html", b"<html><body>Welcome to the airport WiFi</body></html>"),
        ("application/json", b'{"hello": "world"}'),
        ("application/vnd.pypi.simple.v1+json", b"{"),
        ("image/png", b"\x89PNG"),
    ],
)
def test_something_else_than_an_index_answers(
    axletree: CommandLine, index: Index, page: tuple[str, bytes]
) -> None:
    index.raw_page = page

    code, document = refuse(axletree, "lock", "one", "-i", index.url)

    assert (code, document["reference"]) == (3, "not-an-index")


def test_a_file_that_is_not_what_was_promised(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    axletree("init")
    one = index.publish("one", make_wheel(tmp_path, "one", "1"))
    one.metadata, one.is_metadata_advertised = make_metadata("one", "1"), True
    one.promised_sha256 = "0" * 64

    code, document = refuse(axletree, "collect", "one", "-i", index.url)

    assert (code, document["reference"]) == (4, "incomplete-collection")
    assert "one-1-py3-none-any.whl does not have the hash" in str(document["what"])
    assert stored(tmp_path) == []


def test_a_file_that_is_no_wheel_although_promised(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    axletree("init")
    one = index.publish("one", make_wheel(tmp_path, "one", "1"))
    one.metadata, one.is_metadata_advertised = make_metadata("one", "1"), True
    one.content = one.content[:-30]

    code, document = refuse(axletree, "collect", "one", "-i", index.url)

    assert (code, document["reference"]) == (1, "incomplete-collection")
    assert "one-1-py3-none-any.whl: not a valid wheel" in str(document["what"])
    assert stored(tmp_path) == []


def test_a_file_that_the_index_lists_and_does_not_have(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    axletree("init")
    one = index.publish("one", make_wheel(tmp_path, "one", "1"))
    one.metadata, one.is_metadata_advertised = make_metadata("one", "1"), True
    index.misdeeds["/files/one-1-py3-none-any.whl"].extend([404] * 2)

    code, document = refuse(axletree, "collect", "one", "-i", index.url)

    assert (code, document["reference"]) == (1, "incomplete-collection")
    assert "the index lists one-1-py3-none-any.whl, but does not" in str(
        document["what"]
    )


def test_a_file_without_any_hash_cannot_be_locked(
    axletree: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "u.json"
    file.write_text(
        '{"format": "axletree.universe/1", "projects": {"one": [{"filename": '
        '"one-1-py3-none-any.whl", "metadata": {"requires_dist": []}}]}}'
    )

    code, document = refuse(axletree, "lock", "one", "--universe", file, "-o", "x.txt")

    assert (code, document["reference"]) == (3, "missing-hash")
    assert not Path("x.txt").exists()


# Recipes, the server, and ourselves.


@pytest.mark.parametrize(
    ("text", "line"), [("[project\n", "line 1"), ("[project]\nname = 3\n", "line 2")]
)
def test_a_broken_recipe(axletree: CommandLine, text: str, line: str) -> None:
    Path("recipe.toml").write_text(text)

    code, document = refuse(axletree, "build", "recipe.toml")

    assert (code, document["reference"]) == (2, "invalid-recipe")
    assert "recipe.toml" in str(document["where"])
    assert line in f"{document['what']} {document['where']}"


def test_a_port_in_use(axletree: CommandLine) -> None:
    axletree("init")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, document = refuse(axletree, "serve", "--port", port)

    assert (code, document["reference"]) == (3, "address-in-use")
    assert document["where"] == f"127.0.0.1:{port}"


def test_a_host_that_is_not_ours(axletree: CommandLine) -> None:
    axletree("init")
    code, document = refuse(axletree, "serve", "--host", "no.such.host.invalid")

    assert (code, document["reference"]) == (3, "address-unusable")


def test_a_bug_is_told_without_a_traceback(
    axletree: CommandLine, clash: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_: object) -> None:
        raise KeyError("six")

    monkeypatch.setattr(lock, "ask_from", stumble)
    words = ("lock", "left", "--universe", clash)

    code, document = refuse(axletree, *words)

    assert (code, document["reference"]) == (70, "internal-error")
    assert document["what"] == "KeyError: 'six'"
    assert "report it" in str(document["hint"])
    assert "Traceback" in axletree(*words, "-v").err


def test_a_right_that_is_missing_is_no_bug(
    axletree: CommandLine, clash: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deny(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "/secret")

    monkeypatch.setattr(lock, "ask_from", deny)

    code, document = refuse(axletree, "lock", "left", "--universe", clash)

    assert (code, document["reference"]) == (3, "system-fault")
    assert document["where"] == "/secret"
