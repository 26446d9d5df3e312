"""Bytes of a requirements file -> lines, each split into requirement and options.

Follows pip's own reader (encodings, comments, continuations, variables), since the
same files are handed to pip elsewhere; what a line means is
`axletree.resolver.inputs.requirements_files`'s.
"""

import codecs
import re
import shlex
from collections import deque
from collections.abc import Iterator, Mapping

from axletree.late_dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    # Before UTF-16, whose mark is the start of this one's.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NAMED = re.compile(rb"coding[:=]\s*([-\w.]+)")
# The blanks before it are stripped later: to match them takes quadratic time.
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*$")
# Lower-case names stay as they are, as in pip: only what a shell user would export.
_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")
_OPTIONS = re.compile(r"(?:^|\s)-(?=\S)")
_CREDENTIALS = re.compile(r"(?<=://)[^/\s]*@")

SWITCHES = frozenset({"--pre", "--no-index", "--prefer-binary"}) | {
    *("--require-hashes", "--no-require-hashes"),
}
"""Options that take no value."""
SHORT = {
    "-r": "--requirement",
    "-c": "--constraint",
    "-e": "--editable",
    "-i": "--index-url",
    "-f": "--find-links",
    "-C": "--config-settings",
}
_ALIASES = {
    "--pypi-url": "--index-url",
    "--constraints": "--constraint",
    "--requirements": "--requirement",
    "--config-setting": "--config-settings",
}
_KNOWN = (
    *(*SWITCHES, *SHORT.values(), "--extra-index-url", "--no-binary", "--only-binary"),
    *("--trusted-host", "--use-feature", "--all-releases", "--only-final", "--hash"),
)
"""What pip takes in files; of a long name as much as is its own will do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One logical line, its continuations joined."""

    number: int
    """Of its first physical line, from 1."""
    text: str
    """Without comment, variables not yet expanded: safe to show once redacted."""
    requirement: str
    """What stands before the first option; may be empty."""
    options: tuple[tuple[str, str], ...]
    """Long option names with their values, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenLine:
    """A line whose quotes or options do not end."""

    number: int
    text: str
    reason: str


_MARKED_EDITABLE = re.compile(
    r"(?:-e\s*+=?|--editable(?:=|\s))\s*+([^\s'\"]++)\s++;\s*+(.+)"
)
"""With the blank that a marker needs behind a URL."""


def decode_text(raw: bytes) -> str:
    """Decode a file that a user wrote, as pip does.

    A mark at the start or a comment as of PEP 263 names the encoding, else it is
    UTF-8. pip then tries that of the machine's locale; we do not, since the same file
    would mean something else elsewhere. Source: pip, `req/req_file.py`.

    :raises UnicodeError: for bytes that are no text, or an unknown encoding.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding)
    for line in raw.split(b"\n", 2)[:2]:
        named = _NAMED.search(line) if line.startswith(b"#") else None
        if named is not None:
            return _decode(raw, named[1].decode("ascii"))
    return raw.decode("utf-8")


def _decode(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except LookupError as error:
        message = f"its encoding {encoding} is not known"
        raise UnicodeError(message) from error


def read_lines(text: str, environ: Mapping[str, str]) -> Iterator[Line | BrokenLine]:
    """Yield every line that says something.

    :param environ: values for `${NAME}`; a name without one stays as written.
    """
    for number, joined in _join(text.removeprefix("\ufeff")):
        line = _COMMENT.sub("", joined).strip()
        if line:
            yield _split(number, line, environ)


def without_options(text: str) -> str:
    """Return what stands before the options of a line."""
    return text[: _end_of_requirement(text)].strip()


def _end_of_requirement(line: str) -> int:
    # A row of dashes is a table's, and a dash with a blank a list's.
    match = _OPTIONS.search(line) if line.strip("-= ") else None
    return len(line) if match is None else match.start()


def redact(text: str) -> str:
    """Hide user names and passwords of URLs, for a message or a log."""
    return _CREDENTIALS.sub("****@", text)


def _join(text: str) -> Iterator[tuple[int, str]]:
    parts: list[str] = []
    start = 1
    for number, line in enumerate(text.splitlines(), start=1):
        if not parts:
            start = number
        is_comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not is_comment:
            parts.append(line[:-1])
            continue
        # A comment ends a continuation; the blank keeps it one after joining.
        parts.append(f" {line}" if is_comment else line)
        yield start, "".join(parts)
        parts = []
    if parts:
        yield start, "".join(parts)


def _split(number: int, text: str, environ: Mapping[str, str]) -> Line | BrokenLine:
    line = _VARIABLE.sub(lambda name: environ.get(name[1]) or name[0], text)
    end = _end_of_requirement(line)
    try:
        options = _marked_editable(line[end:]) or tuple(
            _options(shlex.split(line[end:]))
        )
    except ValueError as error:
        return BrokenLine(number=number, text=text, reason=str(error).lower())
    return Line(
        number=number, text=text, requirement=line[:end].strip(), options=options
    )


def _marked_editable(text: str) -> tuple[tuple[str, str], ...]:
    """Keep a marker behind `-e` with its requirement, which pip forgets and uv heeds."""
    found = _MARKED_EDITABLE.fullmatch(text)
    return (("--editable", f"{found[1]} ; {found[2]}"),) if found else ()


def _options(words: list[str]) -> Iterator[tuple[str, str]]:
    """Split `--name=value`, `--name value`, `-nvalue` and `-n value`.

    Of an option that pip does not take in files nobody knows whether it has a value.

    :raises ValueError: when a value is missing, too much, or follows no option.
    """
    rest = deque(words)
    while rest:
        name, value = _split_word(rest.popleft())
        if name in SWITCHES:
            if value is not None:
                raise ValueError(f"option {name} takes no value")
        elif value is None and rest and (name in _KNOWN or rest[0][:1] != "-"):
            value = rest.popleft()
        if not value and name in _KNOWN and name not in SWITCHES:
            raise ValueError(f"option {name} has no value")
        yield name, value or ""


def _split_word(word: str) -> tuple[str, str | None]:
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        return _whole_name(name), value if equals else None
    if word.startswith("-") and len(word) > 1:
        return SHORT.get(word[:2], word[:2]), word[2:].removeprefix("=") or None
    raise ValueError(f"{word!r} comes after the options")


def _whole_name(name: str) -> str:
    name = _ALIASES.get(name, name)
    meant = [known for known in _KNOWN if known.startswith(name)]
    return meant[0] if len(meant) == 1 else name
