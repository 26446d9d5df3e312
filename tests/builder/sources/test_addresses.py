"""Where git may fetch from: URLs, mirrors, plain http, bundles, branches by odd names."""

import functools
import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from axletree.builder.errors import (
    CommitNotFoundError,
    InvalidRecipeError,
    SourceUnreachableError,
    UnsafeSourceError,
)
from axletree.builder.recipes.source_table import GitSource
from axletree.builder.sources.addresses import GitAccess, address_of, beside
from axletree.builder.sources.source import check_out
from tests.support.clones import Repository, make, write
from tests.support.repositories import EPOCH

pytestmark = pytest.mark.slow


@pytest.fixture
def access(tmp_path: Path) -> GitAccess:
    return GitAccess(cache=tmp_path / "cache", mirrors={})


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return make(tmp_path / "repository", {"setup.py": "one\n"})


def source_of(repository: Repository) -> GitSource:
    return GitSource(
        url=repository.folder.as_uri(),
        ref=None,
        commit=repository.head,
        committed=datetime.fromtimestamp(EPOCH, UTC),
    )


@pytest.mark.parametrize(
    ("url", "base", "found"),
    [
        ("../b.git", "https://h.invalid/o/a.git", "https://h.invalid/o/b.git"),
        ("../../p/b", "https://h.invalid/o/a/", "https://h.invalid/p/b"),
        ("./b", "https://h.invalid/o/a", "https://h.invalid/o/a/b"),
        ("../b", "git@h.invalid:o/a", "git@h.invalid:o/b"),
        ("../../b", "git@h.invalid:o/a", "git@h.invalid:b"),
        ("../../../b", "git@h.invalid:o/a", None),
        ("../../../b", "https://h.invalid/o/a", None),
        ("../b", "https://h.invalid", None),
        ("../b", "file:///srv/a", "file:///srv/b"),
        ("/srv/b", "file:///srv/a", "file:///srv/b"),
        ("/srv/b", "https://h.invalid/o/a", None),
        ("../b", "bundle:x.bundle", None),
        ("https://h.invalid/c", "bundle:x.bundle", "https://h.invalid/c"),
    ],
)
def test_a_submodule_s_url_is_resolved_as_git_does(
    url: str, base: str, found: str | None
) -> None:
    assert beside(url, base) == found


@pytest.mark.parametrize(
    "url",
    ["git@git.invalid:team/x.git", "ssh://git@git.invalid/x", "https://git.invalid/x"],
)
def test_usual_addresses_are_let_through(url: str, access: GitAccess) -> None:
    assert address_of(url, access).url == url


@pytest.mark.parametrize(
    "url",
    [
        "ext::sh -c x",
        "-oProxyCommand=x:y",
        "a@-oProxy:y",
        "C:\\x",
        "x",
        "a:b c",
    ],
)
def test_other_addresses_are_not(url: str, access: GitAccess) -> None:
    with pytest.raises(InvalidRecipeError):
        address_of(url, access)


def test_plain_http_is_for_named_hosts_only(access: GitAccess) -> None:
    url = "http://me:secret@git.invalid:8080/x"
    with pytest.raises(InvalidRecipeError, match="over https, ssh only") as caught:
        address_of(url, access)
    assert "git-http-hosts" in caught.value.hint
    assert "secret" not in caught.value.where
    named = replace(access, http_hosts=frozenset({"git.invalid:8080"}))
    assert address_of(url, named).protocols == "https:ssh:http"
    assert address_of("https://git.invalid/x", named).protocols == "https:ssh"
    with pytest.raises(InvalidRecipeError):
        address_of("http://git.invalid/x", named)


@pytest.fixture
def served(repository: Repository) -> Iterator[str]:
    repository.git("update-server-info")
    handler = functools.partial(
        http.server.SimpleHTTPRequestHandler, directory=str(repository.folder)
    )
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_host_of_one_s_own_gives_a_source_over_plain_http(
    served: str, repository: Repository, access: GitAccess, tmp_path: Path
) -> None:
    source = replace(source_of(repository), url=f"http://{served}/.git")
    named = replace(access, http_hosts=frozenset({served}))
    assert check_out(source, tmp_path / "out.tar", named).archive.has_setup


@pytest.mark.parametrize("branch", ["fix/#12", "me@home", "a+b", "ünïcode", "v1.0"])
def test_branches_and_tags_of_any_name_are_fetched(
    branch: str, repository: Repository, access: GitAccess, tmp_path: Path
) -> None:
    repository.git("checkout", "--quiet", "-b", branch)
    write(repository.folder, {"b": branch})
    repository.commit()
    if branch == "v1.0":
        repository.git("tag", branch)
        repository.git("checkout", "--quiet", "--detach")
        repository.git("branch", "-D", branch)
    source = replace(source_of(repository), ref=branch)
    allowed = replace(access, allows_file=True)
    assert check_out(source, tmp_path / "out.tar", allowed).revision == source.commit


def test_a_mirror_is_a_folder_where_that_is_allowed(
    repository: Repository, access: GitAccess, tmp_path: Path
) -> None:
    mirrors = {"https://git.invalid/team/": f"{tmp_path.as_uri()}/"}
    public = "https://git.invalid/team/repository"
    source = replace(source_of(repository), url=public)
    mirrored = replace(access, mirrors=mirrors)
    with pytest.raises(InvalidRecipeError, match="on this machine"):
        check_out(source, tmp_path / "out.tar", mirrored)
    allowed = replace(mirrored, allows_file=True)
    assert check_out(source, tmp_path / "out.tar", allowed).archive.has_setup


def bundled(repository: Repository, path: Path, *what: str) -> GitSource:
    repository.git("bundle", "create", "--quiet", str(path), *what)
    return replace(source_of(repository), url=f"bundle:{path.name}", bundle=path)


@pytest.mark.parametrize("what", ["--all", "HEAD", "main"])
@pytest.mark.parametrize("ref", [None, "main"])
@pytest.mark.parametrize("has_history", [True, False])
def test_a_bundle_is_a_source(  # noqa: PLR0913, PLR0917 - fixtures
    what: str,
    ref: str | None,
    has_history: bool,  # noqa: FBT001 - a parameter of the test
    repository: Repository,
    access: GitAccess,
    tmp_path: Path,
) -> None:
    source = bundled(repository, tmp_path / "x.bundle", what)
    source = replace(source, ref=ref, history=has_history)
    assert check_out(source, tmp_path / "out.tar", access).archive.has_setup


def test_a_bundle_that_lacks_something_says_so(
    repository: Repository, access: GitAccess, tmp_path: Path
) -> None:
    write(repository.folder, {"b": "b"})
    repository.commit()
    thin = bundled(repository, tmp_path / "thin.bundle", "HEAD~1..main")
    with pytest.raises(
        SourceUnreachableError, match="lacks these prerequisite"
    ) as told:
        check_out(thin, tmp_path / "out.tar", access)
    assert "git bundle create" in told.value.hint
    whole = bundled(repository, tmp_path / "whole.bundle", "main")
    with pytest.raises(CommitNotFoundError):
        check_out(replace(whole, commit="1" * 40), tmp_path / "out.tar", access)


def test_what_is_no_bundle_is_not_read_as_a_repository(
    repository: Repository, access: GitAccess, tmp_path: Path
) -> None:
    named = tmp_path / "x.bundle"
    named.write_text(f"gitdir: {repository.folder}/.git\n")
    for path in (named, repository.folder, tmp_path / "gone"):
        source = replace(source_of(repository), url="bundle:x", bundle=path)
        with pytest.raises(InvalidRecipeError, match="bundle"):
            check_out(source, tmp_path / "out.tar", access)


def test_a_bundle_has_no_submodules_beside_it(
    repository: Repository, access: GitAccess, tmp_path: Path
) -> None:
    listed = '[submodule "s"]\n\tpath = s\n\turl = ../repository\n'
    write(repository.folder, {".gitmodules": listed})
    repository.git(
        "update-index", "--add", "--cacheinfo", f"160000,{repository.head},s"
    )
    repository.git("add", ".gitmodules")
    repository.git("commit", "--quiet", "--message", "sub")
    source = replace(
        bundled(repository, tmp_path / "x.bundle", "--all"), submodules=True
    )
    with pytest.raises(UnsafeSourceError, match="leads elsewhere"):
        check_out(source, tmp_path / "out.tar", replace(access, allows_file=True))


def test_a_bundle_is_found_from_where_the_command_is_run(
    repository: Repository,
    access: GitAccess,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = bundled(repository, tmp_path / "x.bundle", "--all")
    monkeypatch.chdir(tmp_path)
    source = replace(source, bundle=Path("x.bundle"))
    assert check_out(source, tmp_path / "out.tar", access).archive.has_setup
