"""Each way in which a file can be another than it says has its verdict, in a sentence."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import orjson
import pytest
from sqlalchemy import update

from axletree.wheelhouse.catalog import changes
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.naming import parse_subject
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.model import COLLECTED, Attestation, IncomingFile
from axletree.wheelhouse.provenance.attesting import WheelhouseAttester
from axletree.wheelhouse.provenance.envelope import (
    Envelope,
    Signature,
    read_envelope,
)
from axletree.wheelhouse.provenance.keys import PrivateKey
from axletree.wheelhouse.provenance.received import keep_received
from axletree.wheelhouse.provenance.signing import make_key
from axletree.wheelhouse.provenance.soundness import provenance_damages
from axletree.wheelhouse.provenance.verdicts import Judge, Verdict
from axletree.wheelhouse.sql import tables
from axletree.wheelhouse.store.files import digest_of
from tests.support.wheels import make_wheel

WHEEL = "demo-1.0-py3-none-any.whl"


class House:
    """A wheelhouse with a key, and one wheel that was built at some level."""

    def __init__(self, folder: Path, isolation: str = "full") -> None:
        self.home = folder / "house"
        self.wheel = make_wheel(folder, "demo", "1.0")
        with Wheelhouse.open(self.home) as house:
            make_key(house)
        self.publish(self.attested(isolation))

    def attested(self, isolation: str) -> Attestation:
        statement = {
            "subject": [{"name": WHEEL, "digest": {"sha256": digest_of(self.wheel)}}],
            "predicate": {
                "buildDefinition": {"internalParameters": {"isolation": isolation}}
            },
        }
        return WheelhouseAttester(place=self.home).attest(statement, isolation)

    def publish(self, *said: Attestation, wheel: Path | None = None) -> None:
        path = wheel or self.wheel
        file = IncomingFile(
            path=path, filename=path.name, origin=COLLECTED, attestations=said
        )
        with Wheelhouse.open(self.home) as house:
            publish(house, [file])

    def judged(self, path: Path | None = None) -> Verdict:
        with Wheelhouse.open_to_read(self.home) as house:
            return Judge.of(house).of_file(path or self.wheel)

    def named(self, name: str) -> Sequence[Verdict]:
        with Wheelhouse.open_to_read(self.home) as house:
            return Judge.of(house).of_kept(parse_subject(name))

    def say(self, content: bytes) -> None:
        with (
            Wheelhouse.open(self.home) as house,
            house.database.writing() as connection,
        ):
            connection.execute(update(tables.attestations).values(content=content))

    def envelope(self) -> Envelope:
        with (
            Wheelhouse.open(self.home) as house,
            house.database.reading() as connection,
        ):
            content = (
                connection.execute(tables.attestations.select())
                .mappings()
                .one()["content"]
            )
        return read_envelope(content)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.mark.parametrize("name", ["demo", "demo==1.0", WHEEL])
def test_what_was_built_and_signed_is_so_by_all_its_names(
    house: House, name: str
) -> None:
    for verdict in (house.judged(), *house.named(name)):
        assert verdict.outcome == "signed"
        assert verdict.text == (
            f"{WHEEL} was built here, as key {verdict.keyid} has signed"
        )


@pytest.mark.parametrize("called", ["demo-1.0-py3-none-any (1).whl", "demo.bin"])
def test_a_download_that_was_numbered_is_the_same(
    house: House, tmp_path: Path, called: str
) -> None:
    copy = Path(shutil.copy(house.wheel, tmp_path / called))
    assert house.judged(copy).outcome == "signed"


@pytest.mark.parametrize(
    "called", ["demo-2.0-py3-none-any.whl", "other-1.0-py3-none-any.whl"]
)
def test_a_wheel_under_the_name_of_another_release_is_told(
    house: House, tmp_path: Path, called: str
) -> None:
    verdict = house.judged(Path(shutil.copy(house.wheel, tmp_path / called)))
    assert verdict.outcome == "false"
    assert verdict.text == f"{called} is {WHEEL} under another name"


def test_a_wheel_that_was_tampered_with_is_told(house: House) -> None:
    house.wheel.write_bytes(house.wheel.read_bytes() + b"!")
    verdict = house.judged()
    assert verdict.outcome == "false"
    assert "is not the file that the wheelhouse has under this name" in verdict.text


def test_a_file_that_was_never_here_is_unknown(house: House, tmp_path: Path) -> None:
    verdict = house.judged(make_wheel(tmp_path / "other", "other", "1"))
    assert verdict.outcome == "unknown"
    assert "was never in this wheelhouse" in verdict.text


@pytest.mark.parametrize(
    ("said", "clause"),
    [
        ((), "it was collected from an index"),
        ((Attestation(kind="upstream", content=b"{}"),), "with the provenance that"),
    ],
)
def test_what_was_collected_was_not_built_here(
    house: House, tmp_path: Path, said: tuple[Attestation, ...], clause: str
) -> None:
    other = make_wheel(tmp_path / "other", "other", "1")
    house.publish(*said, wheel=other)
    verdict = house.judged(other)
    assert verdict.outcome == "not-built"
    assert clause in verdict.text


def test_what_nobody_has_signed_says_why(tmp_path: Path) -> None:
    verdict = House(tmp_path, "pod").judged()
    assert verdict.outcome == "unsigned"
    assert "nobody has signed that: it was built at isolation pod" in verdict.text


def test_what_is_built_again_at_full_is_signed_then(tmp_path: Path) -> None:
    house = House(tmp_path, "none")
    house.publish(house.attested("full"))
    assert house.judged().outcome == "signed"
    house.publish(house.attested("none"))
    assert house.judged().outcome == "signed"


def test_a_withdrawn_file_is_not_vouched_for(house: House) -> None:
    with Wheelhouse.open(house.home) as opened:
        changes.withdraw(opened, [parse_subject("demo")], "malware")
    verdict = house.judged()
    assert verdict.outcome == "withdrawn"
    assert verdict.text == f"{WHEEL} was withdrawn here: malware"


def test_a_statement_by_another_key_is_told(house: House) -> None:
    key, said = PrivateKey.generate(), house.envelope()
    signature = Signature(keyid=key.public.keyid, sig=key.sign(said.signed_bytes))
    house.say(Envelope(payload=said.payload, signatures=(signature,)).written())
    verdict = house.judged()
    assert verdict.outcome == "false"
    assert verdict.text.endswith(
        f"signed by key {key.public.keyid}, which is not this wheelhouse's"
    )


def test_another_key_cannot_call_itself_ours(house: House) -> None:
    key, said = PrivateKey.generate(), house.envelope()
    [ours] = said.signatures
    signature = Signature(keyid=ours.keyid, sig=key.sign(said.signed_bytes))
    house.say(Envelope(payload=said.payload, signatures=(signature,)).written())
    verdict = house.judged()
    assert verdict.outcome == "false"
    assert "was changed after key" in verdict.text


def test_a_changed_statement_is_told(house: House) -> None:
    said = house.envelope()
    payload = said.payload.replace(b"full", b"FULL")
    house.say(Envelope(payload=payload, signatures=said.signatures).written())
    assert house.judged().outcome == "false"


def test_a_signed_statement_about_another_file_is_told(
    house: House, tmp_path: Path
) -> None:
    other = make_wheel(tmp_path / "other", "other", "1")
    [own] = house.named("demo")
    assert own.envelope is not None
    house.publish(
        Attestation(kind="built", content=own.envelope.written()), wheel=other
    )
    verdict = house.judged(other)
    assert verdict.outcome == "false"
    assert "statement about another file" in verdict.text


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"\x00", orjson.dumps({"payload": "", "signatures": []})],
    ids=repr,
)
def test_a_damaged_statement_is_told(house: House, content: bytes) -> None:
    house.say(content)
    verdict = house.judged()
    assert verdict.outcome == "false"
    assert "damaged statement" in verdict.text


def test_a_former_key_is_believed(house: House) -> None:
    (house.home / "key" / "ed25519.pem").unlink()
    with Wheelhouse.open(house.home) as opened:
        make_key(opened)
    assert house.judged().outcome == "signed"


def damages(house: House) -> list[str]:
    with (
        Wheelhouse.open_to_read(house.home) as opened,
        opened.database.reading() as connection,
    ):
        return list(provenance_damages(connection))


def test_what_is_as_it_was_said_is_sound(house: House, tmp_path: Path) -> None:
    other = make_wheel(tmp_path / "other", "other", "1")
    house.publish(Attestation(kind="upstream", content=b"{}"), wheel=other)
    with Wheelhouse.open(house.home) as opened:
        keep_received(opened, {other.name: b"{}"})
    assert damages(house) == []
    assert damages(House(tmp_path / "second", "none")) == []


@pytest.mark.parametrize("content", [b"", b"{}", b"other"])
def test_a_check_of_the_wheelhouse_names_what_was_changed(
    house: House, tmp_path: Path, content: bytes
) -> None:
    other = make_wheel(tmp_path / "other", "other", "1")
    house.publish(wheel=other)
    with Wheelhouse.open(house.home) as opened:
        keep_received(opened, {other.name: b"[5]"})
    house.say(content)
    [own, received] = damages(house)
    assert own.startswith(f"{WHEEL} has a damaged statement")
    assert received.endswith(other.name)


def test_a_check_of_the_wheelhouse_names_a_lost_signature(house: House) -> None:
    house.say(Envelope(payload=house.envelope().payload).written())
    assert damages(house) == [
        f"{WHEEL} was built here, but nobody has signed that: the signature is gone"
    ]
