"""The lines of a lock that pip reads, from its pins.

The layout is that of pip-compile, so that a lock can replace one without a diff in
every line. Like `axletree.resolver.universe.tables`, this imports next to nothing: a
quick lock is written here too.
"""

from __future__ import annotations

from axletree.resolver.model.origins import Origin
from axletree.resolver.model.spelling import MADE_BY, spell_command, with_extras

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from axletree.resolver.model.origins import RequestedBy

_IDLE_OPTIONS = frozenset(
    {"--verbose", "--json", "--refresh", "--check", "-U", "--upgrade"}
)
"""Options that change no byte of a lock, as does `-v`."""
_UPGRADES = frozenset({"-P", "--upgrade-package"})
_ADDRESS_OPTIONS = frozenset({"--index-url", "-i", "--extra-index-url"})


class LockLine:
    """One pin with what stands beside it."""

    __slots__ = (
        *("address", "extras", "hashes", "marker", "name", "requested_by"),
        "version",
    )

    def __init__(  # noqa: PLR0913  one argument for each part of a line
        self,
        *,
        name: str,
        version: str,
        requested_by: Iterable[RequestedBy],
        extras: Sequence[str] = (),
        marker: str = "",
        hashes: Sequence[str] = (),
        address: str = "",
    ) -> None:
        self.name = name
        self.version = version
        self.requested_by = requested_by
        self.extras = extras
        self.marker = marker
        """Empty: it holds in all environments."""
        self.hashes = hashes
        """Of all files that may be installed, such as `sha256:…`; none in constraints."""
        self.address = address
        """Where a user says that it is, in place of its version; empty as a rule."""


def lock_text(head: Iterable[str], lines: Iterable[LockLine]) -> str:
    """Write a lock.

    :param head: comments that it begins with (`header`).
    """
    written = [*head]
    for line in lines:
        written += _pin(line)
        written += _via(line)
    return "\n".join((*written, ""))


def header(
    labels: Sequence[str], command: Sequence[str], notes: Iterable[str] = ()
) -> Iterator[str]:
    """Yield comment lines: for what, by which command, and what is to be noted.

    :param labels: of the environments.
    :param command: the words that made the lock (`shown_command`).
    """
    first, *others = labels
    yield "#"
    yield f"# {MADE_BY} for {first}{',' if others else ''}"
    yield from (f"# {label}{',' if label != others[-1] else ''}" for label in others)
    yield "# with the following command:"
    yield "#"
    yield f"#    {shown_command(command)}"
    yield "#"
    noted = [line for note in notes for line in f"note: {note}".splitlines()]
    yield from (f"# {line}" for line in noted)
    if noted:
        yield "#"


def shown_command(words: Iterable[str]) -> str:
    """Spell a command for a lock's header, without index addresses.

    Nor with what changes no byte of the lock.
    """
    kept = (word for word in words if not _is_idle(word))
    return spell_command(_without_addresses(_without_upgrades(kept)))


def _is_idle(word: str) -> bool:
    return word in _IDLE_OPTIONS or (word[:2] == "-v" and not word[1:].strip("v"))


def _without_upgrades(words: Iterable[str]) -> Iterator[str]:
    """Leave out what was upgraded once: what it led to is in the lock itself."""
    rest = iter(words)
    for word in rest:
        if word in _UPGRADES:
            next(rest, None)
        elif not word.startswith(("-P", "--upgrade-package=")):
            yield word


def _without_addresses(words: Iterable[str]) -> Iterator[str]:
    held: str | None = None
    for word in words:
        if held is not None:
            # `public` stands for a setting of the reader's own machine.
            if "://" not in word:
                yield from (held, word)
            held = None
        elif word in _ADDRESS_OPTIONS:
            held = word
        elif "://" not in word or _is_required(word):
            yield word
    if held is not None:
        yield held


def _is_required(word: str) -> bool:
    """Tell whether a word with a URL is a requirement, and has no login."""
    before, _, rest = word.partition("://")
    is_file = word.partition("#")[0].endswith((".whl", ".zip", ".tar.gz"))
    return "@" not in rest.partition("/")[0] and (" @ " in before or is_file)


def _pin(line: LockLine) -> Iterator[str]:
    name = with_extras(line.name, line.extras)
    marker = f" ; {line.marker}" if line.marker else ""
    which = f" @ {line.address}" if line.address else f"=={line.version}"
    pin = f"{name}{which}{marker}"
    hashes = [f"    --hash={value}" for value in line.hashes]
    *most, last = (pin, *hashes)
    yield from (f"{one} \\" for one in most)
    yield last


def _via(line: LockLine) -> list[str]:
    asked = sorted(set(map(_asker, line.requested_by)))
    if len(asked) < 2:
        return [f"    # via {text}" for text in asked]
    return ["    # via", *(f"    #   {text}" for text in asked)]


def _asker(asker: RequestedBy) -> str:
    """Spell who asked as pip-compile does: no line of a file, no version."""
    if isinstance(asker, Origin):
        return asker.file if asker.line is None else f"-r {asker.file}"
    return asker.name
