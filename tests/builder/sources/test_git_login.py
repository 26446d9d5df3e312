from datetime import UTC, datetime
from pathlib import Path

import pytest

from axletree.builder.errors import InvalidRecipeError, SourceUnreachableError
from axletree.builder.recipes.source_table import GitSource
from axletree.builder.sources.addresses import GitAccess
from axletree.builder.sources.git_login import without_login
from axletree.builder.sources.source import check_out


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://u:p@git.invalid/x.git", "https://git.invalid/x.git"),
        ("https://token@git.invalid:8443/x", "https://git.invalid:8443/x"),
        ("https://git.invalid/x", "https://git.invalid/x"),
        ("https://u:p%40q@[::1]:8443/x", "https://[::1]:8443/x"),
        ("ssh://git:p@git.invalid/x", "ssh://git@git.invalid/x"),
        ("file:///srv/x", "file:///srv/x"),
        ("file://u:p@/srv/x", "file:///srv/x"),
    ],
)
def test_no_secret_is_left_in_the_url(url: str, clean: str) -> None:
    assert without_login(url).url == clean


@pytest.mark.parametrize(
    "url", ["https://[::1/x", "https://u:p%0aq@git.invalid/x", "https://h:port/x"]
)
def test_what_is_no_address_is_refused_unseen(url: str) -> None:
    with pytest.raises(InvalidRecipeError) as caught:
        without_login(url)
    assert url not in f"{caught.value.what}{caught.value.where}"


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let git find a helper for https that keeps what it is told."""
    record, helpers = tmp_path / "seen", tmp_path / "helpers"
    helpers.mkdir()
    helper = helpers / "git-remote-https"
    asks = "".join(
        f"printf 'protocol=https\\nhost={host}\\n\\n' | git credential fill >>{record}\n"
        for host in ("git.invalid", "git.invalid:8443", "other.invalid")
    )
    helper.write_text(f"#!/bin/sh\nps -ww -eo args >>{record}\n{asks}exit 1\n")
    helper.chmod(0o755)
    monkeypatch.setenv("GIT_EXEC_PATH", str(helpers))
    return record


def test_git_has_the_login_and_the_command_line_has_not(
    seen: Path, tmp_path: Path
) -> None:
    source = GitSource(
        url="https://git.invalid/team/thing",
        ref="main",
        commit="1" * 40,
        committed=datetime(2022, 1, 1, tzinfo=UTC),
    )
    login = {"https://git.invalid/": "https://who%40team:s%3Acret@git.invalid:8443/"}
    access = GitAccess(cache=tmp_path / "cache", mirrors=login)

    with pytest.raises(SourceUnreachableError) as caught:
        check_out(source, tmp_path / "out", access)

    told = seen.read_text()
    assert "git-remote-https" in told
    assert told.count("s:cret") == told.count("password=s:cret") == 1
    assert "s%3Acret" not in told
    assert "username=who@team" in told
    said = f"{caught.value.what}{caught.value.where}{caught.value.__cause__}"
    assert "cret" not in said


def test_without_a_login_git_is_told_none(seen: Path, tmp_path: Path) -> None:
    source = GitSource(
        url="https://git.invalid/team/thing",
        ref="main",
        commit="1" * 40,
        committed=datetime(2022, 1, 1, tzinfo=UTC),
    )
    with pytest.raises(SourceUnreachableError):
        check_out(source, tmp_path / "out", GitAccess(cache=tmp_path / "c", mirrors={}))
    assert "password=" not in seen.read_text().replace("password=%s", "")
