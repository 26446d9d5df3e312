import gzip
import random

import pytest

from axletree.wheelhouse.transport.decoding import (
    PIECE_BYTES,
    Decoder,
    UndecodableError,
)

NOISE = random.Random(1).randbytes(PIECE_BYTES)  # noqa: S311 - no secret


def decode(packed: bytes, *, at_once: int) -> bytes:
    decoder = Decoder("gzip")
    chunks = (packed[at : at + at_once] for at in range(0, len(packed), at_once))
    pieces = [piece for chunk in chunks for piece in decoder.unpack(chunk)]
    decoder.end()
    assert max(map(len, pieces)) <= PIECE_BYTES
    return b"".join(pieces)


@pytest.mark.parametrize("at_once", [1 << 20, 997])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x",
        NOISE,
        bytes(PIECE_BYTES),
        bytes(4 * PIECE_BYTES),
        bytes(4 * PIECE_BYTES + 1),
    ],
    ids=len,
)
def test_what_was_packed_comes_out_in_pieces(content: bytes, at_once: int) -> None:
    assert decode(gzip.compress(content), at_once=at_once) == content


@pytest.mark.parametrize("at_once", [1 << 20, 7])
def test_members_follow_each_other_and_zeros_may_fill_up(at_once: int) -> None:
    packed = gzip.compress(b"one") + gzip.compress(b"") + gzip.compress(b"two")

    assert decode(packed + bytes(20), at_once=at_once) == b"onetwo"


@pytest.mark.parametrize("lost", [1, 8, 20])
def test_what_is_cut_off_is_not_taken_for_whole(lost: int) -> None:
    with pytest.raises(UndecodableError, match="cut off"):
        decode(gzip.compress(NOISE)[:-lost], at_once=1 << 20)


def test_an_empty_answer_has_no_end_to_miss() -> None:
    Decoder("gzip").end()


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip", "\x1b"])
def test_what_was_not_asked_for_is_not_read(encoding: str) -> None:
    with pytest.raises(UndecodableError, match="not asked for") as caught:
        Decoder(encoding)

    assert str(caught.value).isprintable()


@pytest.mark.parametrize("encoding", ["", "identity", " Identity "])
def test_plain_bytes_pass(encoding: str) -> None:
    assert list(Decoder(encoding).unpack(b"abc")) == [b"abc"]
