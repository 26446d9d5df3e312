"""Command lines that are plain enough to be understood by hand, before click is there.

Imports stay within what the interpreter has loaded anyway (`axletree.start`).
"""

from __future__ import annotations

import os

from axletree.reading import is_at_rest, read_bytes
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.spelling import SAFE

TYPE_CHECKING = False  # see axletree.resolver.universe.compiled
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from axletree.wheelhouse.compiled_store import Place

_VALUES = frozenset(
    {
        *("--python-version", "--python-platform", "--universe", "--find-links", "-f"),
        *("--cache-dir", "--requirement", "-r"),
    }
)
"""Options with a value that are understood of both verbs."""
_MORE_VALUES = {"lock": frozenset({"--format"}), "explain": frozenset[str]()}
_FLAGS = {"lock": frozenset[str](), "explain": frozenset({"--no-repairs"})}
"""Flags that must all be there."""
_FORMATS = frozenset({"requirements", "constraints"})
_PLAIN = SAFE | frozenset("<>!~[] ")
"""What a plain requirement consists of: no marker, no address, no option."""
MOST_BYTES = 4 * 1024 * 1024
"""Of a file that is looked at here; a larger one takes its time anyway."""
_SETTINGS = ("AXLETREE_INDEX_URL",)
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

    __slots__ = ("_lines", "files", "requirements", "values", "verb")

    def __init__(self, verb: str) -> None:
        self.verb = verb
        self.requirements: list[str] = []
        self.files: list[str] = []
        self.values: dict[str, str] = {}
        self._lines: list[Line] | None = None

    @property
    def python_version(self) -> str:
        """Return the target's Python."""
        return self.values["--python-version"]

    @property
    def python_platform(self) -> str:
        """Return the target's platform."""
        return self.values["--python-platform"]

    @property
    def target(self) -> str:
        """Name the target as people do."""
        return f"Python {self.python_version} on {self.python_platform}"

    def lines(self) -> Sequence[Line]:
        """Return the requirements, those of files included; each file is read once.

        :raises NotPlainError: a file has more than plain requirements.
        :raises OSError: a file cannot be read.
        :raises ValueError: nor can what it holds.
        """
        if self._lines is None:
            lines = list(map(Line, self.requirements))
            for path in self.files:
                lines += _lines_of(path)
            self._lines = lines
        return self._lines


def _lines_of(path: str) -> Iterator[Line]:
    # What a stream gives it gives once: it is left to the command.
    if not is_at_rest(path):
        raise NotPlainError
    for number, raw in enumerate(_text_of(path).splitlines(), start=1):
        text = raw.strip()
        if text and text[0] != "#":
            if not _is_plain(text):
                raise NotPlainError
            yield Line(text, Origin(path, number))


def _text_of(path: str) -> str:
    raw = read_bytes(path, MOST_BYTES)
    # It may name an encoding; a requirement that says so is not worth a closer look.
    if b"coding" in raw:
        raise NotPlainError
    return raw.decode()


def understand(words: Sequence[str]) -> PlainWords | None:
    """Take a command line apart; None if it has anything out of the ordinary."""
    if not words or words[0] not in _FLAGS:
        return None
    plain = PlainWords(words[0])
    flags = set(_FLAGS[plain.verb])
    rest = iter(words[1:])
    for word in rest:
        if word in flags:
            flags.remove(word)
        elif not word.startswith("-"):
            plain.requirements.append(word)
        elif not _take_value(plain, word, rest):
            return None
    is_plain = all(map(_is_plain, plain.requirements))
    has_target = {"--python-version", "--python-platform"} <= plain.values.keys()
    is_known = plain.values.get("--format", "requirements") in _FORMATS
    return plain if is_plain and has_target and is_known and not flags else None


def _take_value(plain: PlainWords, word: str, rest: Iterator[str]) -> bool:
    """Take an option with its value; False if it is not understood."""
    name, equals, value = word.partition("=")
    if name not in _VALUES and name not in _MORE_VALUES[plain.verb]:
        return False
    if equals and not name.startswith("--"):
        return False
    if not equals:
        value = next(rest, "")
    if not value or value.startswith("-"):
        return False
    if name in {"-r", "--requirement"}:
        plain.files.append(value)
        return not value.endswith(".toml")
    name = "-f" if name == "--find-links" else name
    return plain.values.setdefault(name, value) == value


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
    from axletree.wheelhouse.compiled_store import Place  # noqa: PLC0415  late

    values = plain.values
    environment = f"{plain.python_version} {plain.python_platform}"
    snapshot, folder = values.get("--universe"), values.get("-f")
    if snapshot is not None:
        is_read_again = is_at_rest(snapshot) and not folder
        return Place("snapshot", snapshot, environment) if is_read_again else None
    if folder is not None:
        is_there = os.path.isdir(folder)  # noqa: PTH112  pathlib costs too much here
        return Place("folder", folder, environment) if is_there else None
    if any(environ.get(name) for name in _SETTINGS):
        return None
    home = environ.get("AXLETREE_HOME")
    if not home:
        data = environ.get("XDG_DATA_HOME") or f"{environ.get('HOME')}/.local/share"
        home = f"{data}/axletree"
    return Place("wheelhouse", os.path.expanduser(home), environment)  # noqa: PTH111  as above


def cache_dir_of(plain: PlainWords, environ: Mapping[str, str]) -> str | None:
    """Say where compiled universes are kept; None: nowhere."""
    named = plain.values.get("--cache-dir") or environ.get("AXLETREE_CACHE_DIR")
    if not named:
        if not environ.get("HOME") and not environ.get("XDG_CACHE_HOME"):
            return None
        cache = environ.get("XDG_CACHE_HOME") or f"{environ['HOME']}/.cache"
        named = f"{cache}/axletree"
    return f"{os.path.expanduser(named)}/compiled"  # noqa: PTH111  as above


def has_settings_file() -> bool:
    """Tell whether a file may hold settings; reading it is the command's business."""
    folder = os.getcwd()  # noqa: PTH109  as above
    while True:
        if os.path.exists(f"{folder}/axletree.toml"):  # noqa: PTH110  as above
            return True
        if _may_have_settings(f"{folder}/pyproject.toml"):
            return True
        parent = os.path.dirname(folder)  # noqa: PTH120  as above
        if parent == folder:
            return False
        folder = parent


def _may_have_settings(project: str) -> bool:
    try:
        return is_at_rest(project) and b"tool.axletree" in read_bytes(project)
    except OSError:
        return False
    except ValueError:
        return True
