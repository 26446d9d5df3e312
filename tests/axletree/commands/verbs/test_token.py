"""`axletree token …`: made, listed, revoked; and what is mistyped."""

import json
from pathlib import Path
from typing import Any

import pytest

from axletree.wheelhouse.access.tokens import Tokens, digest_of_secret
from axletree.wheelhouse.catalog.house import Wheelhouse
from tests.support.command_line import CommandLine


@pytest.fixture(autouse=True)
def _house(axletree: CommandLine) -> None:
    axletree("init")


def test_secret_alone_is_on_stdout(axletree: CommandLine, tmp_path: Path) -> None:
    ran = axletree(
        "token", "make", "ci", "--right", "upload:acme-*", "--right", "upload:x"
    )

    secret = ran.out.strip()
    assert ran.code == 0
    assert "the token ci may upload:acme-*, upload:x, until " in ran.err
    with Wheelhouse.open_to_read(tmp_path / "house") as house:
        [token] = Tokens(house=house).all()
    assert token.sha256 == digest_of_secret(secret)


def test_tokens_are_listed_and_revoked(axletree: CommandLine) -> None:
    made: dict[str, Any] = json.loads(
        axletree("token", "make", "ci", "--right", "upload", "--json").out
    )
    listed = axletree("token", "list")
    revoked = axletree("token", "revoke", "ci")
    again = axletree("token", "revoke", "ci")
    known: dict[str, Any] = json.loads(axletree("token", "list", "--json").out)
    [after] = known["tokens"]

    assert str(made["secret"]).startswith("axletree-")
    assert listed.out.startswith("ci: upload:*; valid until 20")
    assert listed.out.endswith(", never used\n")
    assert (revoked.code, revoked.err) == (0, "the token ci is revoked\n")
    assert "was revoked on" in again.err
    assert (after["state"], after["name"]) == ("revoked", "ci")
    assert "secret" not in after


def test_none_is_said_so(axletree: CommandLine) -> None:
    ran = axletree("token", "list")
    assert (ran.code, ran.out) == (0, "")
    assert "axletree token make NAME" in ran.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["make", "ci"], 2, "--right 'upload:ci-*'"),
        (["make", "ci", "--right", "uplod:x"], 2, "no such right: uplod"),
        (["make", "a b", "--right", "upload"], 2, "cannot be called a b"),
        (["make", "ci", "--right", "upload", "--days", "0"], 2, "--days"),
        (["revoke", "ci"], 1, "there is no token ci"),
        (["mkae", "ci"], 2, "did you mean make?"),
        (["xyz"], 2, "its verbs are make, list, revoke"),
        (["list", "--jsn"], 2, "did you mean --json?"),
        ([], 2, "token make"),
    ],
)
def test_mistakes_are_told(
    axletree: CommandLine, words: list[str], code: int, said: str
) -> None:
    ran = axletree("token", *words)
    assert ran.code == code
    assert said in ran.err
    assert ran.out == ""


def test_family_has_help(axletree: CommandLine) -> None:
    ran = axletree("token", "--help")
    assert ran.code == 0
    assert "token revoke  Take all rights from a token." in ran.out


def test_no_wheelhouse_is_made(
    axletree: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AXLETREE_HOME", str(tmp_path / "other"))
    ran = axletree("token", "make", "ci", "--right", "upload")
    assert ran.code == 2
    assert not (tmp_path / "other").exists()
