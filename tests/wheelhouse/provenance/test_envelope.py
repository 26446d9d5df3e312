"""The envelope is that of the specification, and what is none is refused by a clause."""

import json

import pytest

from axletree.wheelhouse.provenance.envelope import (
    IN_TOTO,
    Envelope,
    EnvelopeError,
    Signature,
    read_envelope,
    read_statement,
    subjects_of,
)
from axletree.wheelhouse.provenance.told import told

WHOLE = {"payload": "e30=", "payloadType": IN_TOTO, "signatures": []}
DEEP = b'{"a":' * 300 + b"1" + b"}" * 300
"""What orjson reads, and does not write."""


def test_what_is_signed_is_that_of_the_specification() -> None:
    """Source: secure-systems-lab/dsse, protocol.md, test vectors."""
    envelope = Envelope(
        payload=b"hello world", payload_type="http://example.com/HelloWorld"
    )
    expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert envelope.signed_bytes == expected


def test_an_envelope_is_read_as_it_was_written() -> None:
    envelope = Envelope(
        payload=b'{"subject": []}',
        signatures=(Signature(keyid="k", sig=b"\xff\xfe\xfd"),),
    )
    assert read_envelope(envelope.written()) == envelope


def test_both_alphabets_of_base64_are_read() -> None:
    said = {**WHOLE, "signatures": [{"keyid": "k", "sig": "-_-_"}]}
    [signature] = read_envelope(json.dumps(said).encode()).signatures
    assert signature.sig == b"\xfb\xff\xbf"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"{}",
        b'{"payload": 1}',
        json.dumps({**WHOLE, "payload": "!"}).encode(),
        json.dumps({**WHOLE, "payload": None}).encode(),
        json.dumps({**WHOLE, "payloadType": []}).encode(),
        json.dumps({**WHOLE, "signatures": {}}).encode(),
        json.dumps({**WHOLE, "signatures": [1]}).encode(),
        json.dumps({**WHOLE, "signatures": [{"sig": None}]}).encode(),
        json.dumps({**WHOLE, "signatures": [{"sig": "", "keyid": 5}]}).encode(),
        json.dumps({**WHOLE, "signatures": [{"sig": "", "keyid": "\n"}]}).encode(),
        json.dumps({**WHOLE, "signatures": [{"sig": ""}] * 17}).encode(),
        b"[" * 100_000,
        b" " * (9 << 20),
    ],
    ids=lambda content: repr(content[:60]),
)
def test_what_is_no_envelope_is_refused(content: bytes) -> None:
    with pytest.raises(EnvelopeError):
        read_envelope(content)


@pytest.mark.parametrize("payload", [b"", b"[]", b"5", b"{", b"\xff", DEEP])
def test_what_is_no_statement_is_refused(payload: bytes) -> None:
    with pytest.raises(EnvelopeError):
        read_statement(Envelope(payload=payload))


def test_another_type_is_not_taken_for_a_statement() -> None:
    with pytest.raises(EnvelopeError, match="no in-toto statement"):
        read_statement(Envelope(payload=b"{}", payload_type="text/plain"))


@pytest.mark.parametrize(
    "statement",
    [
        {},
        {"subject": 5, "predicate": 5},
        {"subject": [None, {}, {"digest": 1}, {"digest": {"sha256": 1}}]},
        {"predicate": {"buildDefinition": {"resolvedDependencies": {"a": 1}}}},
        {"predicate": {"buildDefinition": {"resolvedDependencies": [1, {}, None]}}},
        {"predicate": {"buildDefinition": {"externalParameters": []}}},
    ],
    ids=repr,
)
def test_a_statement_of_any_form_can_be_told_of(statement: dict[str, object]) -> None:
    assert subjects_of(statement) == []
    assert dict(told(statement))["built with"] == "nothing"
