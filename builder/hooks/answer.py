"""What a hook of a build backend answered: JSON from foreign hands, into known types.

Only what pyproject_hooks looks at is handed on to it, and only if it has the type that
the hook promises.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import orjson

from axletree.sizes import size_words

LIMIT_BYTES = 8 << 20
"""Of an answer, and of METADATA."""

_FLAGS = ("unsupported", "no_backend", "hook_missing")
_TEXTS = ("traceback", "backend_error", "missing_hook_name")


class HookAnswerError(ValueError):
    """A clause that says what is wrong with an answer: `it is no JSON`."""


def read_answer(path: Path, hook: str) -> bytes:
    """Read `output.json`, and return as much of it as may be believed.

    :raises HookAnswerError: when it is not what `hook` may answer.
    """
    if not path.is_file():
        raise HookAnswerError("there is none")
    if path.stat().st_size > LIMIT_BYTES:
        raise HookAnswerError(f"it is larger than {size_words(LIMIT_BYTES)}")
    try:
        answer = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise HookAnswerError(f"it is not valid JSON: {error}") from error
    if not isinstance(answer, Mapping):
        raise HookAnswerError("it is not a JSON object")
    believed: dict[str, object] = {flag: answer.get(flag) is True for flag in _FLAGS}
    believed |= {text: _text(answer.get(text)) for text in _TEXTS}
    if not any(believed[flag] for flag in _FLAGS):
        believed["return_val"] = _value(answer.get("return_val"), hook)
    return json.dumps(believed).encode()


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _value(value: object, hook: str) -> list[str] | str:
    if hook.startswith("get_requires_for_"):
        if not isinstance(value, list):
            raise HookAnswerError(f"it is {_kind(value)}, not a list of requirements")
        others = [item for item in value if not isinstance(item, str)]
        if others:
            raise HookAnswerError(f"it is a list that holds {_kind(others[0])}")
        return value
    if not isinstance(value, str):
        raise HookAnswerError(f"it is {_kind(value)}, not a name")
    if "/" in value or not value.isprintable() or value in ("", ".", ".."):
        raise HookAnswerError("it is not the name of a file or folder")
    return value


def _kind(value: object) -> str:
    kinds = {int: "a number", float: "a number", bool: "a truth value", str: "a text"}
    kinds |= {list: "a list", dict: "an object"}
    return kinds.get(type(value), "nothing")
