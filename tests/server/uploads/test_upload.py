"""Uploads: who may, what is compared, and what is left behind."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from time import sleep
from typing import IO

import pytest
from packaging.utils import canonicalize_name

from axletree.server.live.index import FRESH_FOR_S
from axletree.server.uploads.form import (
    Form,
    read_form,
)
from axletree.wheelhouse.access.tokens import Tokens
from axletree.wheelhouse.catalog.changes import remove, set_status, withdraw
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.naming import parse_subject
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.errors import DatabaseError
from axletree.wheelhouse.model import (
    COLLECTED,
    IncomingFile,
    ProjectMarker,
    ProjectStatus,
)
from axletree.wheelhouse.policy.keeping import set_policy
from tests.support.uploading import Index
from tests.support.wheelhouses import published_in
from tests.support.wheels import make_sdist, make_wheel


@pytest.mark.parametrize("path", ["/legacy/", "/legacy"])
def test_file_comes_in_and_is_served_at_once(
    index: Index, secret: str, wheel: Path, path: str
) -> None:
    answer = index.upload(wheel, secret, path)

    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert answer.text == f"{wheel.name}: published (generation 1)\n"
    assert published_in(index.home) == {
        wheel.name: sha256(wheel.read_bytes()).hexdigest()
    }
    page = index.client.get("/simple/acme-tools/")
    assert wheel.name in page.text
    with Wheelhouse.open_to_read(index.home) as house:
        [*_, entry] = house.journal()
        assert (entry.action, entry.actor) == ("publish", "token ci")
        [stored] = house.files_of(canonicalize_name("acme-tools"))
        assert stored.origin == "upload"
        assert Tokens(house=house).all()[0].used_at is not None
    assert index.left_behind() == []


def test_sdist_comes_in_too(index: Index, secret: str, tmp_path: Path) -> None:
    assert index.upload(make_sdist(tmp_path, "acme", "1.0"), secret).status_code == 200


def test_same_file_again_is_fine_and_another_of_its_name_is_not(
    index: Index, secret: str, wheel: Path, tmp_path: Path
) -> None:
    other = make_wheel(tmp_path / "other", "acme-tools", "1.0", files={"x.py": b"1"})
    index.upload(wheel, secret)

    again = index.upload(wheel, secret)
    changed = index.upload(other, secret)

    assert again.status_code == 200
    assert "there already, with the same content" in again.text
    assert changed.status_code == 409
    for file in (wheel, other):
        assert sha256(file.read_bytes()).hexdigest() in changed.text
    assert index.left_behind() == []


@pytest.mark.parametrize(
    ("rights", "status"),
    [
        (["upload:acme-*"], 200),
        (["upload"], 200),
        (["upload:acme-tools"], 200),
        (["upload:acme"], 403),
        (["upload:other"], 403),
        (["read:acme-*"], 403),
        (["replace-upstream"], 403),
    ],
)
def test_right_is_asked_for_the_project_in_the_file(
    index: Index, wheel: Path, rights: Sequence[str], status: int
) -> None:
    assert index.upload(wheel, index.secret("ci", *rights)).status_code == status


def test_what_the_form_says_gives_no_right(
    index: Index, tmp_path: Path, secret: str
) -> None:
    numpy = make_wheel(tmp_path, "numpy", "1.0")

    assert index.upload(numpy, secret, name="acme-tools").status_code == 400
    assert index.upload(numpy, secret, name="numpy").status_code == 403
    assert index.upload(numpy, secret).status_code == 403
    assert published_in(index.home) == {}


@pytest.mark.parametrize("secret_given", [None, "axletree-wrong"])
def test_without_a_token_nothing_comes_in(
    index: Index, wheel: Path, secret_given: str | None
) -> None:
    answer = index.upload(wheel, secret_given)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert published_in(index.home) == {}
    assert index.left_behind() == []


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"sha256_digest": "0" * 64}, 400),
        ({"md5_digest": "0" * 32}, 400),
        ({"blake2_256_digest": "0" * 64}, 400),
        ({"version": "2.0"}, 400),
        ({"name": "acme"}, 400),
        ({":action": "submit"}, 400),
        ({"protocol_version": "2"}, 400),
        ({"name": "Acme.Tools", "version": "1.0.0", "attestations": "[]"}, 200),
    ],
)
def test_form_is_held_against_the_file(
    index: Index,
    secret: str,
    wheel: Path,
    fields: dict[str, str],
    status: int,
) -> None:
    assert index.upload(wheel, secret, **fields).status_code == status


def test_what_a_form_says_twice_is_held_against_the_file_twice(
    index: Index, secret: str, wheel: Path
) -> None:
    assert index.upload(wheel, secret, name=["acme-tools", "acme"]).status_code == 400
    digests = ["", "0" * 64]
    assert index.upload(wheel, secret, sha256_digest=digests).status_code == 400


@pytest.mark.parametrize(
    "filename",
    ["../acme_tools-1.0-py3-none-any.whl", "/etc/x.whl", "x", "acme.exe", "a" * 300],
)
def test_name_that_is_no_file_s_is_refused(
    index: Index, secret: str, wheel: Path, filename: str
) -> None:
    answer = index.upload(wheel, secret, filename=filename)

    assert answer.status_code == 400
    assert published_in(index.home) == {}
    assert index.left_behind() == []


def test_collected_project_is_not_replaced_without_its_right(
    index: Index, secret: str, wheel: Path, tmp_path: Path
) -> None:
    upstream = make_wheel(tmp_path / "upstream", "acme-tools", "0.9")
    with Wheelhouse.open(index.home) as house:
        publish(
            house,
            [IncomingFile(path=upstream, filename=upstream.name, origin=COLLECTED)],
        )

    refused = index.upload(wheel, secret)
    both = index.secret("both", "upload:acme-*", "replace-upstream:acme-tools")

    assert refused.status_code == 403
    assert "replace-upstream:acme-tools" in refused.text
    assert index.upload(wheel, both).status_code == 200


def test_a_reserved_name_is_for_rights_that_name_it(
    index: Index, secret: str, wheel: Path
) -> None:
    with Wheelhouse.open(index.home) as house:
        set_policy(house, b"reserved = ['acme-*']", "policy.toml")

    refused = index.upload(wheel, index.secret("all", "upload"))

    assert refused.status_code == 403
    assert "acme-* is reserved (policy.toml, line 1)" in refused.text
    assert "--right 'upload:acme-*'" in refused.text
    assert index.upload(wheel, secret).status_code == 200


@pytest.mark.parametrize("change", [remove, withdraw])
def test_collected_project_stays_upstream_s_when_its_files_are_gone(
    index: Index,
    secret: str,
    wheel: Path,
    tmp_path: Path,
    change: Callable[..., object],
) -> None:
    upstream = make_wheel(tmp_path / "upstream", "acme-tools", "0.9")
    incoming = IncomingFile(path=upstream, filename=upstream.name, origin=COLLECTED)
    with Wheelhouse.open(index.home) as house:
        publish(house, [incoming])
        change(house, [parse_subject("acme-tools==0.9")], "bad")

    answer = index.upload(wheel, secret)

    assert (answer.status_code, "came from upstream" in answer.text) == (403, True)


def test_token_that_is_revoked_while_the_file_comes_publishes_nothing(
    index: Index, secret: str, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def revoked_meanwhile(
        stream: IO[bytes],
        content_type: str | None,
        folder: Path,
        *,
        max_file_bytes: int,
    ) -> Form:
        form = read_form(stream, content_type, folder, max_file_bytes=max_file_bytes)
        with Wheelhouse.open(index.home) as house:
            Tokens(house=house).revoke("ci")
        sleep(2 * FRESH_FOR_S)
        return form

    monkeypatch.setattr("axletree.server.uploads.upload.read_form", revoked_meanwhile)

    assert index.upload(wheel, secret).status_code == 401
    assert published_in(index.home) == {}


def test_use_that_cannot_be_noted_is_no_failure(
    index: Index, secret: str, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise DatabaseError("the wheelhouse's database was busy")

    monkeypatch.setattr(Tokens, "note_use", busy)

    assert index.upload(wheel, secret).status_code == 200


@pytest.mark.parametrize("marker", ["archived", "quarantined"])
def test_a_closed_project_takes_no_upload(
    index: Index, secret: str, wheel: Path, tmp_path: Path, marker: ProjectMarker
) -> None:
    index.upload(wheel, secret)
    name = canonicalize_name("acme-tools")
    with Wheelhouse.open(index.home) as house:
        set_status(house, name, ProjectStatus(marker=marker, reason="moved"))

    answer = index.upload(make_wheel(tmp_path, "acme-tools", "2.0"), secret)

    assert answer.status_code == 403
    assert f"acme-tools is {marker}: moved" in answer.text


def test_a_withdrawn_file_is_not_uploaded_again(
    index: Index, secret: str, wheel: Path
) -> None:
    index.upload(wheel, secret)
    with Wheelhouse.open(index.home) as house:
        withdraw(house, [parse_subject(wheel.name)], "malware")

    answer = index.upload(wheel, secret)

    assert answer.status_code == 403
    assert "was withdrawn here: malware" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"X-Forwarded-Proto": "http"},
    ],
)
def test_write_that_a_page_elsewhere_began_is_refused(
    index: Index, secret: str, headers: dict[str, str]
) -> None:
    answer = index.client.post(
        "/legacy/",
        data={":action": "file_upload"},
        headers={"Authorization": f"Bearer {secret}", **headers},
    )
    assert answer.status_code == 403


def test_get_says_what_may_be_done(index: Index) -> None:
    answer = index.client.get("/legacy/")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
