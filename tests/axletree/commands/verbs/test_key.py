"""`axletree key`: made once, shown as often as one likes."""

from pathlib import Path

from tests.support.command_line import CommandLine


def test_a_key_is_made_once(axletree: CommandLine, tmp_path: Path) -> None:
    first = axletree("key", "init")
    before = (tmp_path / "house/key/ed25519.pem").read_bytes()
    again = axletree("key", "init")
    assert (first.code, again.code) == (0, 0)
    assert first.out.startswith("made the key ")
    assert "it stays as it is" in again.err
    assert (tmp_path / "house/key/ed25519.pem").read_bytes() == before


def test_the_public_half_alone_is_shown(axletree: CommandLine, tmp_path: Path) -> None:
    made = axletree("key", "init", "--json").document("key")
    shown = axletree("key", "show")
    document = axletree("key", "show", "--json").document("key")
    assert shown.out == document["public"] == made["public"]
    assert shown.out.startswith("-----BEGIN PUBLIC KEY-----\n")
    secret = (tmp_path / "house/key/ed25519.pem").read_text().splitlines()[1]
    assert secret not in shown.out + shown.err
    assert str(document["keyid"]) in shown.err


def test_where_there_is_none_it_says_what_makes_one(axletree: CommandLine) -> None:
    axletree("init")
    ran = axletree("key", "show")
    assert ran.code == 1
    assert "axletree key init" in ran.err


def test_a_key_whose_file_is_gone_is_told_of(
    axletree: CommandLine, tmp_path: Path
) -> None:
    axletree("key", "init")
    (tmp_path / "house/key/ed25519.pem").unlink()
    ran = axletree("key", "show")
    assert ran.code == 0
    assert "not here" in ran.err
    axletree("key", "init")
    former = axletree("key", "show", "--json").document("key")["former"]
    assert isinstance(former, list)
    assert len(former) == 1
