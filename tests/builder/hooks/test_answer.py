import json
from pathlib import Path

import pytest

from axletree.builder.hooks.answer import (
    LIMIT_BYTES,
    HookAnswerError,
    read_answer,
)

ASKS = "get_requires_for_build_wheel"
BUILDS = "build_wheel"


def returned(value: object) -> bytes:
    return json.dumps({"return_val": value, "unsupported": False}).encode()


@pytest.mark.parametrize(
    ("hook", "answer"),
    [
        (ASKS, b""),
        (ASKS, b"not json"),
        (ASKS, b"[" * 100_000),
        (ASKS, b'{"return_val": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        (ASKS, b" " * (LIMIT_BYTES + 1)),
        (ASKS, b'{"return_val": "\\ud800"}'),
        (ASKS, b"[]"),
        (ASKS, b"5"),
        (ASKS, b"{}"),
        (ASKS, returned(5)),
        (ASKS, returned("setuptools")),
        (ASKS, returned({"a": 1})),
        (ASKS, returned([5])),
        (ASKS, returned([["a"]])),
        (BUILDS, returned(5)),
        (BUILDS, returned(None)),
        (BUILDS, returned(["x.whl"])),
        (BUILDS, returned("")),
        (BUILDS, returned("..")),
        (BUILDS, returned("../x.whl")),
        (BUILDS, returned("/etc/passwd")),
        (BUILDS, returned("x\0.whl")),
        (BUILDS, returned("x\x1b[31m.whl")),
    ],
    ids=range(23),
)
def test_what_a_hook_may_not_answer_has_a_reason(
    hook: str, answer: bytes, tmp_path: Path
) -> None:
    (tmp_path / "output.json").write_bytes(answer)
    with pytest.raises(HookAnswerError) as caught:
        read_answer(tmp_path / "output.json", hook)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path])
def test_an_answer_that_is_no_file_is_none(make: object, tmp_path: Path) -> None:
    assert callable(make)
    make(tmp_path / "output.json")
    with pytest.raises(HookAnswerError, match="there is none"):
        read_answer(tmp_path / "output.json", ASKS)


@pytest.mark.parametrize(
    ("hook", "value"), [(ASKS, ["a", "b>=1"]), (ASKS, []), (BUILDS, "x-1.whl")]
)
def test_what_it_may_answer_is_handed_on(
    hook: str, value: object, tmp_path: Path
) -> None:
    (tmp_path / "output.json").write_bytes(returned(value))
    read = json.loads(read_answer(tmp_path / "output.json", hook))
    assert read["return_val"] == value


def test_nothing_but_the_known_is_handed_on(tmp_path: Path) -> None:
    answer = {"no_backend": True, "traceback": 5, "warnings": 5, "other": [1]}
    (tmp_path / "output.json").write_text(json.dumps(answer))
    read = json.loads(read_answer(tmp_path / "output.json", ASKS))
    assert read["no_backend"] is True
    assert read["traceback"] == ""
    assert not {"warnings", "other"} & read.keys()
