from pathlib import Path

import pytest

from axletree.commands.line.corrections import (
    is_requirement,
    path_meant,
    url_meant,
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Public", "public"),
        ("pypi", "public"),
        ("index.example", "https://index.example"),
        ("index.example:8443/simple", "https://index.example:8443/simple"),
        ("127.0.0.1:8080/simple/", "http://127.0.0.1:8080/simple/"),
        ("localhost:8080/simple/", "http://localhost:8080/simple/"),
        ("HTTPS:/index.example", "https://index.example"),
        ("https;//index.example", "https://index.example"),
        ("//index.example/simple", "https://index.example/simple"),
        ("s3://bucket/simple", None),
        ("me:secret@index.example", None),
        ("https://", None),
        ("no address at all", None),
        ("", None),
        ("x" * 100_000, None),
    ],
)
def test_an_address_is_spelled_as_one_or_not_guessed_at(
    typed: str, meant: str | None
) -> None:
    assert url_meant(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("requirments.txt", "requirements.txt"),
        ("requirements.text", "requirements.txt"),
        ("requirements", "requirements.txt"),
        ("Requirements.TXT", "requirements.txt"),
        ("sub/dev.tx", "sub/dev.txt"),
        ("a.txt", None),
        ("other.toml", None),
        ("nowhere/requirements.txt", None),
        ("sbu/dev.txt", "sub/dev.txt"),
        ("sbu/other.txt", None),
        ("wheel", "wheels"),
        ("x" * 5000, None),
        ("\0", None),
    ],
)
def test_a_file_with_almost_that_name_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, meant: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("requirements.txt").touch()
    Path("b.txt").touch()
    Path("sub").mkdir()
    Path("sub/dev.txt").touch()
    Path("wheels").mkdir()

    assert path_meant(typed) == meant


def test_what_is_meant_is_of_the_kind_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("recipes.txt").touch()
    Path("recipes").mkdir()

    assert path_meant("recipez", "folder") == "recipes"
    assert path_meant("recipez.txt", "folder") is None
    assert path_meant("recipes.tx", "file") == "recipes.txt"


def test_a_word_may_be_a_requirement() -> None:
    assert is_requirement("numpy[extra]>=1.2")
    assert not is_requirement("numpy=>1.2")
