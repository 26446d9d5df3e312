"""Command lines that are plain enough to be understood by hand, before click is there.

Imports stay within what the interpreter has loaded anyway (`axletree.start`).
"""

from __future__ import annotations

import os

from axletree.commands.line.words import (
    NotUnderstoodError,
    take_apart,
)
from axletree.environ import default_cache, default_home
from axletree.reading import current_folder, is_at_rest, is_folder, read_bytes
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.spelling import SAFE
from axletree.settings_file import find_settings

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from axletree.commands.line.option import Option
    from axletree.commands.sources.naming import SourceName
    from axletree.wheelhouse.sources.compiled_store import Place

_NEEDED: Mapping[str, frozenset[str]] = {
    "lock": frozenset({"python_versions", "python_platforms"}),
    "explain": frozenset({"python_versions", "python_platforms"}),
}
"""Verbs that are answered here, and options without which they are not."""
_FORMATS = frozenset({"requirements", "constraints"})
_PLAIN = SAFE | frozenset("<>!~[] ")
"""What a plain requirement consists of: no marker, no address, no option."""
MOST_BYTES = 4 * 1024 * 1024
"""Of a file that is looked at here; a larger one takes its time anyway."""
_SETTINGS = ("AXLETREE_INDEX_URL", "AXLETREE_DATABASE")
"""Variables with which candidates come from elsewhere."""


class NotPlainError(Exception):
    """Something has to be looked at more closely than is done here."""


class Line:
    """A requirement where it was written."""

    __slots__ = ("origin", "text")
    is_base = False
    overrides = ()

    def __init__(self, text: str, origin: Origin | None = None) -> None:
        self.text = text
        self.origin = origin or Origin()

    @property
    def demand(self) -> str:
        """Spell what is in force: nothing changes it."""
        return self.text


class PlainWords:
    """A command line understood."""

    __slots__ = ("_lines", "requirements", "values", "verb")

    def __init__(self, verb: str) -> None:
        self.verb = verb
        self.requirements: list[str] = []
        self.values: dict[str, list[str]] = {}
        """What each option was given, by the parameter that it fills; flags: nothing."""
        self._lines: list[Line] | None = None

    def last(self, option: str) -> str | None:
        """Return what an option was given, the last time; None: it was not."""
        given = self.values.get(option)
        return given[-1] if given else None

    @property
    def python_version(self) -> str:
        """Return the target's Python."""
        return self.values["python_versions"][0]

    @property
    def python_platform(self) -> str:
        """Return the target's platform."""
        return self.values["python_platforms"][0]

    @property
    def target(self) -> str:
        """Name the target as people do."""
        return f"Python {self.python_version} on {self.python_platform}"

    @property
    def has_hashes(self) -> bool:
        """Tell whether a lock has them."""
        return self.last("lock_format") != "constraints"

    @property
    def output_file(self) -> str | None:
        """Return where a lock is to stand, as messages name it; None: on stdout."""
        named = self.last("output_file")
        return None if named is None else named.removeprefix("./")

    @property
    def starts_from_lock(self) -> bool:
        """Tell whether a lock that may be there already has a say."""
        return self.verb == "lock" and bool(
            {"output_file", "upgrade_packages"} & self.values.keys()
        )

    def lines(self) -> Sequence[Line]:
        """Return the requirements, those of files included; each file is read once.

        :raises NotPlainError: a file has more than plain requirements.
        :raises OSError: a file cannot be read.
        :raises ValueError: nor can what it holds.
        """
        if self._lines is None:
            lines = list(map(Line, self.requirements))
            for path in self.values.get("files", ()):
                lines += _lines_of(path)
            self._lines = lines
        return self._lines


def _lines_of(path: str) -> Iterator[Line]:
    # What a stream gives it gives once: it is left to the command.
    if not is_at_rest(path):
        raise NotPlainError
    for number, raw in enumerate(text_of(path).splitlines(), start=1):
        text = raw.strip()
        if text and text[0] != "#":
            if not _is_plain(text):
                raise NotPlainError
            yield Line(text, Origin(path, number))


def text_of(path: str) -> str:
    """Read a file that is at rest.

    :raises NotPlainError: it may name an encoding, which is not worth a closer look.
    :raises OSError: it cannot be read.
    :raises ValueError: nor can what it holds.
    """
    raw = read_bytes(path, MOST_BYTES)
    # Only its first lines may (`axletree.resolver.inputs.requirement_lines`).
    if any(b"coding" in line for line in raw.split(b"\n", 2)[:2]):
        raise NotPlainError
    return raw.decode()


def understand(words: Sequence[str]) -> PlainWords | None:
    """Take a command line apart; None if it has anything out of the ordinary."""
    if not words or words[0] not in _NEEDED:
        return None
    try:
        plain = _read(words)
    except NotUnderstoodError:
        return None
    return plain if _is_answered_here(plain) else None


def _read(words: Sequence[str]) -> PlainWords:
    """Gather what options are given.

    :raises NotUnderstoodError: for one that is not for here, or a value out of place.
    """
    plain = PlainWords(words[0])
    for part in take_apart(words):
        option = part.option
        if option is None:
            plain.requirements.append(part.value)
            continue
        given = plain.values.setdefault(option.to, [])
        if option.takes_value:
            if not _is_read_here(option, part.value):
                raise NotUnderstoodError
            given.append(part.value)
        elif not option.is_quick:
            raise NotUnderstoodError
    return plain


def _is_read_here(option: Option, value: str) -> bool:
    is_known = not option.choices or value in option.choices
    return option.is_quick and is_known and bool(value) and value[0] != "-"


def _is_answered_here(plain: PlainWords) -> bool:
    values = plain.values
    places = ("python_versions", "python_platforms", "find_links")
    return (
        all(map(_is_plain, plain.requirements))
        and values.keys() >= _NEEDED[plain.verb]
        and all(len(set(values.get(option, ()))) <= 1 for option in places)
        and (plain.last("lock_format") or "requirements") in _FORMATS
        and not any(file.endswith(".toml") for file in values.get("files", ()))
        and all(
            _is_plain(r) and "[" not in r for r in values.get("upgrade_packages", ())
        )
        and _is_plain_place(plain.output_file)
    )


def _is_plain_place(path: str | None) -> bool:
    """Tell whether a lock of a form written here may stand there, as it is spelled."""
    if path is None:
        return True
    is_shown_as_it_is = SAFE.issuperset(path) and os.path.normpath(path) == path
    return is_shown_as_it_is and not path.endswith(".toml")


def _is_plain(requirement: str) -> bool:
    return (
        requirement[:1].isalnum()
        and requirement.isascii()
        and _PLAIN.issuperset(requirement)
        and "/" not in requirement
        and "@" not in requirement
        and not requirement.endswith(".txt")
    )


def place_of(plain: PlainWords, environ: Mapping[str, str]) -> Place | None:
    """Say which universe is asked; None: it is none on this machine."""
    from axletree.wheelhouse.sources.compiled_store import Place  # noqa: PLC0415  late

    environment = f"{plain.python_version} {plain.python_platform}"
    snapshot, folder = plain.last("universe"), plain.last("find_links")
    if snapshot is not None:
        is_read_again = is_at_rest(snapshot) and not folder
        return Place("snapshot", snapshot, environment) if is_read_again else None
    if folder is not None:
        return Place("folder", folder, environment) if is_folder(folder) else None
    if any(environ.get(name) for name in _SETTINGS):
        return None
    return Place("wheelhouse", _home(environ), environment)


def name_of(plain: PlainWords, environ: Mapping[str, str]) -> SourceName:
    """Name the universe that `place_of` has found."""
    from axletree.commands.sources import naming  # noqa: PLC0415  late

    snapshot, folder = plain.last("universe"), plain.last("find_links")
    if snapshot is not None:
        return naming.snapshot_name(snapshot)
    if folder is not None:
        return naming.files_name([folder])
    return naming.wheelhouse_name(_home(environ))


def _home(environ: Mapping[str, str]) -> str:
    home = environ.get("AXLETREE_HOME") or default_home(environ)
    return os.path.expanduser(home)  # noqa: PTH111  pathlib costs too much here


def cache_dir_of(plain: PlainWords, environ: Mapping[str, str]) -> str:
    """Say where compiled universes are kept."""
    named = plain.last("cache_dir") or environ.get("AXLETREE_CACHE_DIR")
    return f"{os.path.expanduser(named or default_cache(environ))}/compiled"  # noqa: PTH111  as above


def may_have_settings_file() -> bool:
    """Tell whether a file may hold settings; reading it is the command's business."""
    try:
        return find_settings(current_folder()) is not None
    except ValueError:
        return True
