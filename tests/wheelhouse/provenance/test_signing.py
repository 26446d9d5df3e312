"""The key is its owner's alone, and signs what was built where it was out of reach."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from sqlalchemy import update

from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.errors import DatabaseError, UnsafeKeyError
from axletree.wheelhouse.model import Attestation
from axletree.wheelhouse.provenance.attesting import NoAttester, WheelhouseAttester
from axletree.wheelhouse.provenance.envelope import read_envelope
from axletree.wheelhouse.provenance.key_file import key_path, read_key, write_key
from axletree.wheelhouse.provenance.keys import PrivateKey, PublicKey
from axletree.wheelhouse.provenance.signing import known_keys, make_key
from axletree.wheelhouse.sql import tables

SHA256 = "ab" * 32


def statement(isolation: str = "full") -> dict[str, object]:
    return {
        "subject": [{"name": "x.whl", "digest": {"sha256": SHA256}}],
        "predicate": {
            "buildDefinition": {"internalParameters": {"isolation": isolation}}
        },
    }


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Make a wheelhouse with a key."""
    with Wheelhouse.open(tmp_path / "house") as house:
        make_key(house)
    return tmp_path / "house"


def own_key(home: Path) -> PublicKey:
    with Wheelhouse.open_to_read(home) as house:
        return known_keys(house)[-1].public


def attested(home: Path, isolation: str) -> Attestation:
    return WheelhouseAttester(place=home).attest(statement(isolation), isolation)


def test_only_its_owner_can_read_a_key_whatever_the_umask_is(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_key(tmp_path, PrivateKey.generate())
    finally:
        os.umask(before)
    path = key_path(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_a_key_is_never_replaced(tmp_path: Path) -> None:
    write_key(tmp_path, PrivateKey.generate())
    before = key_path(tmp_path).read_bytes()
    with pytest.raises(UnsafeKeyError):
        write_key(tmp_path, PrivateKey.generate())
    assert key_path(tmp_path).read_bytes() == before


def test_openssl_names_the_key_as_we_do(home: Path) -> None:
    public = own_key(home)
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-outform", "DER"],
        input=public.pem.encode(),
        capture_output=True,
        check=True,
    ).stdout
    digest = subprocess.run(
        ["sha256sum"], input=der, capture_output=True, check=True
    ).stdout
    assert digest.decode().split()[0] == public.keyid


def test_making_a_key_again_leaves_the_one_that_is_there(home: Path) -> None:
    before = key_path(home).read_bytes()
    with Wheelhouse.open(home) as house:
        made = make_key(house)
        actions = [entry.action for entry in house.journal()]
    assert not made.is_new
    assert key_path(home).read_bytes() == before
    assert actions == ["make key"]


def test_a_key_that_a_killed_process_has_left_is_taken_over(tmp_path: Path) -> None:
    with Wheelhouse.open(tmp_path) as house:
        key = PrivateKey.generate()
        write_key(tmp_path, key)
        made = make_key(house)
    assert made.is_new
    assert made.key.public == key.public


def test_after_a_lost_key_the_next_is_made_and_the_former_is_believed(
    home: Path,
) -> None:
    former = own_key(home)
    key_path(home).unlink()
    with Wheelhouse.open(home) as house:
        made = make_key(house)
        known = [each.public for each in known_keys(house)]
    assert known == [former, made.key.public]


def _linked(path: Path) -> None:
    path.symlink_to(path.rename(path.with_name("other")))


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


def _other_kind(path: Path) -> None:
    command = ["openssl", "genpkey", "-algorithm", "X25519"]
    made = subprocess.run(command, capture_output=True, check=True)
    path.write_bytes(made.stdout)


def _unknown(path: Path) -> None:
    path.write_bytes(PrivateKey.generate().written())


SPOILT: Mapping[str, Callable[[Path], None]] = {
    "read by its group": lambda path: path.chmod(0o640),
    "written by all": lambda path: path.chmod(0o602),
    "a link": _linked,
    "a folder": _folder,
    "a pipe": _pipe,
    "another kind": _other_kind,
    "unknown": _unknown,
}


@pytest.mark.parametrize(
    "content", [b"", b"-----BEGIN PRIVATE KEY-----\nAA\n", b"\0" * 100_000]
)
def test_what_is_no_key_signs_nothing(home: Path, content: bytes) -> None:
    key_path(home).write_bytes(content)
    with pytest.raises(UnsafeKeyError):
        attested(home, "full")


def _linked_folder(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to(folder.with_name("elsewhere"))


@pytest.mark.parametrize(
    "spoil", [_linked_folder, lambda folder: folder.chmod(0o770)], ids=["link", "mode"]
)
def test_a_key_in_a_folder_that_is_not_as_it_must_be_signs_nothing(
    home: Path, spoil: Callable[[Path], None]
) -> None:
    """As with the file: who can turn it elsewhere decides what signs."""
    folder = key_path(home).parent
    spoil(folder)
    with pytest.raises(UnsafeKeyError) as caught:
        attested(home, "full")
    assert caught.value.where == str(folder)
    with Wheelhouse.open(home) as house, pytest.raises(UnsafeKeyError):
        make_key(house)


def test_a_public_key_that_was_changed_in_the_database_is_damage_of_that(
    home: Path,
) -> None:
    with Wheelhouse.open(home) as house, house.database.writing() as connection:
        connection.execute(update(tables.keys).values(public="junk"))
    with Wheelhouse.open_to_read(home) as house, pytest.raises(DatabaseError) as caught:
        known_keys(house)
    assert "backup" in caught.value.hint


@pytest.mark.parametrize("how", SPOILT)
def test_a_key_that_is_not_as_it_must_be_signs_nothing(home: Path, how: str) -> None:
    SPOILT[how](key_path(home))
    with pytest.raises(UnsafeKeyError) as caught:
        WheelhouseAttester(place=home).check("full")
    assert caught.value.exit_code == 4
    assert caught.value.where == str(key_path(home))
    with pytest.raises(UnsafeKeyError):
        attested(home, "full")


def test_what_is_built_at_full_is_signed(home: Path) -> None:
    said = attested(home, "full")
    envelope = read_envelope(said.content)
    [signature] = envelope.signatures
    assert said.unsigned == ""
    assert signature.keyid == own_key(home).keyid
    assert own_key(home).has_signed(envelope.signed_bytes, signature.sig)
    assert not own_key(home).has_signed(envelope.signed_bytes + b" ", signature.sig)
    assert not own_key(home).has_signed(envelope.signed_bytes, b"")


@pytest.mark.parametrize("isolation", ["pod", "none"])
def test_what_is_built_at_less_says_why_it_is_not_signed(
    home: Path, isolation: str
) -> None:
    said = attested(home, isolation)
    assert read_envelope(said.content).signatures == ()
    assert said.unsigned.startswith(f"it was built at isolation {isolation}, ")
    assert str(key_path(home)) in WheelhouseAttester(place=home).check(isolation)


def test_without_a_key_that_is_said(tmp_path: Path) -> None:
    with Wheelhouse.open(tmp_path):
        pass
    said = attested(tmp_path, "full")
    assert said.unsigned == "the wheelhouse had no key when it was built"
    assert WheelhouseAttester(place=tmp_path).check("none") == ""


def test_the_secret_is_not_in_what_is_printed_of_a_key(home: Path) -> None:
    key = read_key(home)
    assert key is not None
    secret = key.written().decode().splitlines()[1]
    assert secret not in repr(key)
    assert secret not in repr(key.public)


def test_what_the_same_key_has_signed_is_taken_over(home: Path) -> None:
    kept = attested(home, "full")
    attester = WheelhouseAttester(place=home)
    assert attester.accept(kept.content, SHA256, "full") == kept
    assert attester.accept(kept.content, "cd" * 32, "full") is None


@pytest.mark.parametrize("isolation", ["full", "none"])
def test_what_lay_about_unsigned_is_not_signed_later(
    home: Path, isolation: str
) -> None:
    """It may say that it was built at full; who knows who has written it."""
    kept = NoAttester().attest(statement(isolation), isolation)
    attester = WheelhouseAttester(place=home)
    assert attester.accept(kept.content, SHA256, "full") is None
    again = attester.accept(kept.content, SHA256, "none")
    assert again is not None
    assert read_envelope(again.content).signatures == ()


@pytest.mark.parametrize("kept", [b"", b"{}", b"\xff"])
def test_what_is_no_statement_is_not_taken_over(home: Path, kept: bytes) -> None:
    assert WheelhouseAttester(place=home).accept(kept, SHA256, "none") is None


def test_who_builds_for_no_wheelhouse_imports_neither_database_nor_cryptography() -> (
    None
):
    """A lock that asks one sdist for its metadata would wait for them in vain."""
    code = (
        "import sys, axletree.builder.jobs.sdists\n"
        "assert not {'sqlalchemy', 'cryptography'}.intersection(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
