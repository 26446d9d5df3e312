"""`axletree lock` over a local universe, answered before anything else is imported.

Start-up is most of what such an answer costs. So a plain command line is understood
here by hand, the compiled universe is read from the cache, and the lock is written,
in the time that importing click alone would take. Whatever is not plain, whatever
fails, and every answer no, is left to the command itself: the outcome is then None.

Imports stay within what the interpreter has loaded anyway; the rest is late.
"""

from __future__ import annotations

import os
import sys
import time

from axletree.environ import process_environment

TYPE_CHECKING = False  # see axletree.resolver.compiled
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from axletree.resolver.compiled import CompiledUniverse, Compiler
    from axletree.resolver.swift import SwiftPin
    from axletree.resolver.swift_reading import SwiftRoot
    from axletree.wheelhouse.compiled_store import Place, Stored

_VALUES = frozenset(
    {
        *("--python-version", "--python-platform", "--universe", "--find-links", "-f"),
        *("--cache-dir", "--format", "--requirement", "-r"),
    }
)
"""Options with a value that are understood here."""
_FORMATS = frozenset({"requirements", "constraints"})
_SAFE = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-"
)
"""Characters that a shell takes as they are (`shlex.quote`)."""
_PLAIN = _SAFE | frozenset("<>!~[] ")
"""What a plain requirement consists of: no marker, no address, no option."""
_SETTINGS = ("AXLETREE_INDEX_URL",)
"""Variables with which candidates come from elsewhere."""


class _NotPlainError(Exception):
    """A requirements file has more than plain requirements."""


class _Plain:
    """A command line understood."""

    __slots__ = ("files", "requirements", "values")

    def __init__(self) -> None:
        self.requirements: list[str] = []
        self.files: list[str] = []
        self.values: dict[str, str] = {}


def answer_at_once(words: Sequence[str]) -> int | None:
    """Answer a plain `lock` on stdout; None: the command itself must."""
    plain = _understand(words)
    if plain is None:
        return None
    environ = process_environment()
    place = _place(plain, environ)
    cache_dir = _cache_dir(plain, environ)
    if place is None or cache_dir is None or _has_settings_file():
        return None
    text = _lock(plain, place, cache_dir, words)
    if text is None:
        return None
    _put(text)
    return 0


def _understand(words: Sequence[str]) -> _Plain | None:
    """Take a command line apart; None if it has anything out of the ordinary."""
    if not words or words[0] != "lock":
        return None
    plain = _Plain()
    rest = iter(words[1:])
    for word in rest:
        if not word.startswith("-"):
            plain.requirements.append(word)
            continue
        name, equals, value = word.partition("=")
        if name not in _VALUES or (equals and not name.startswith("--")):
            return None
        if not equals:
            value = next(rest, "")
        if not value or value.startswith("-"):
            return None
        if name in {"-r", "--requirement"}:
            plain.files.append(value)
        elif (
            plain.values.setdefault("-f" if name == "--find-links" else name, value)
            != value
        ):
            return None
    is_plain = all(map(_is_plain, plain.requirements))
    has_target = {"--python-version", "--python-platform"} <= plain.values.keys()
    is_known = plain.values.get("--format", "requirements") in _FORMATS
    return plain if is_plain and has_target and is_known else None


def _is_plain(requirement: str) -> bool:
    return (
        requirement[:1].isalnum()
        and requirement.isascii()
        and _PLAIN.issuperset(requirement)
        and "/" not in requirement
        and "@" not in requirement
        and not requirement.endswith(".txt")
    )


def _place(plain: _Plain, environ: Mapping[str, str]) -> Place | None:
    from axletree.wheelhouse.compiled_store import Place  # noqa: PLC0415  late

    values = plain.values
    environment = f"{values['--python-version']} {values['--python-platform']}"
    snapshot, folder = values.get("--universe"), values.get("-f")
    if snapshot is not None:
        return None if folder else Place("snapshot", snapshot, environment)
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


def _cache_dir(plain: _Plain, environ: Mapping[str, str]) -> str | None:
    named = plain.values.get("--cache-dir") or environ.get("AXLETREE_CACHE_DIR")
    if not named:
        if not environ.get("HOME") and not environ.get("XDG_CACHE_HOME"):
            return None
        cache = environ.get("XDG_CACHE_HOME") or f"{environ['HOME']}/.cache"
        named = f"{cache}/axletree"
    return f"{os.path.expanduser(named)}/compiled"  # noqa: PTH111  as above


def _has_settings_file() -> bool:
    """Tell whether a file may hold settings; reading it is the command's business."""
    folder = os.getcwd()  # noqa: PTH109  as above
    while True:
        if os.path.exists(f"{folder}/axletree.toml"):  # noqa: PTH110  as above
            return True
        try:
            with open(f"{folder}/pyproject.toml", "rb") as stream:  # noqa: PTH123
                if b"tool.axletree" in stream.read():
                    return True
        except OSError:
            pass
        parent = os.path.dirname(folder)  # noqa: PTH120  as above
        if parent == folder:
            return False
        folder = parent


def _lock(
    plain: _Plain, place: Place, cache_dir: str, words: Sequence[str]
) -> str | None:
    from axletree.wheelhouse.compiled_store import load  # noqa: PLC0415  late

    stored = load(cache_dir, place, time.time_ns())
    pins = None if stored is None else _answer(plain, place, stored, cache_dir)
    has_hashes = plain.values.get("--format") != "constraints"
    if pins is None or (has_hashes and not all(pin.hashes for pin in pins)):
        return None
    return "".join(_text(plain, pins, words, has_hashes=has_hashes))


def _answer(
    plain: _Plain, place: Place, stored: Stored, cache_dir: str
) -> tuple[SwiftPin, ...] | None:
    from axletree.resolver.compiled import CompiledUniverse  # noqa: PLC0415  late
    from axletree.resolver.swift import SwiftSearch  # noqa: PLC0415  late
    from axletree.wheelhouse.compiled_store import is_still, save  # noqa: PLC0415  late

    universe = CompiledUniverse(
        stored.packed,
        stored.roots,
        stored.patches,
        lambda: _compiler(plain, place, stored),
    )
    try:
        roots = list(_roots(plain, universe))
        question = "\n".join(f"{r.name} {r.extras} {r.specifier}" for r in roots)
        if not roots or question in stored.refused:
            return None
        pins = SwiftSearch(universe, roots).run()
    except Exception as error:
        # The command meets the same, and says it.
        if _is_expected(error):
            return None
        raise
    finally:
        universe.close()
    if universe.is_changed and not is_still(place, stored):
        return None
    if pins is None:
        stored.refused[question] = None
    if universe.is_changed or stored.is_moved or pins is None:
        stored.packed, stored.roots = universe.pack(), universe.roots
        stored.patches = universe.patches
        save(cache_dir, place, stored)
    return pins


def _is_expected(error: Exception) -> bool:
    from axletree.errors import AxletreeError  # noqa: PLC0415  late
    from axletree.resolver.compiled import NotCompilableError  # noqa: PLC0415  late

    kinds = (AxletreeError, NotCompilableError, _NotPlainError, OSError)
    return isinstance(error, (*kinds, UnicodeDecodeError))


def _roots(plain: _Plain, universe: CompiledUniverse) -> Iterator[SwiftRoot]:
    from axletree.resolver.swift_reading import SwiftRoot  # noqa: PLC0415  late

    texts = [(text, "command line") for text in plain.requirements]
    for path in plain.files:
        with open(path, encoding="utf-8") as stream:  # noqa: PTH123  as above
            lines = [line.strip() for line in stream]
        texts += [(line, f"-r {path}") for line in lines if line and line[0] != "#"]
    for text, asker in texts:
        if not _is_plain(text):
            raise _NotPlainError
        found = universe.root(text)
        if found is not None:
            yield SwiftRoot(*found, asker)


def _compiler(plain: _Plain, place: Place, stored: Stored) -> Compiler:
    from axletree.commands.compiling import compiler_for  # noqa: PLC0415  late

    target = plain.values["--python-version"], plain.values["--python-platform"]
    # What is published meanwhile is not mixed into tables of the generation before.
    generation = stored.state[0] if isinstance(stored.state, tuple) else None
    return compiler_for(place, generation, *target)


# The lock, as `axletree.resolver.lock` writes it.


def _text(
    plain: _Plain, pins: Sequence[SwiftPin], words: Sequence[str], *, has_hashes: bool
) -> Iterator[str]:
    values = plain.values
    label = f"Python {values['--python-version']} on {values['--python-platform']}"
    yield f"#\n# This file was made by axletree for {label}\n"
    yield f"# with the following command:\n#\n#    {_shown(words)}\n#\n"
    for pin in pins:
        yield pin.name
        if has_hashes:
            if pin.extras:
                yield f"[{','.join(pin.extras)}]"
            hashes = " \\\n".join(f"    --hash={value}" for value in pin.hashes)
            yield f"=={pin.version} \\\n{hashes}\n"
        else:
            yield f"=={pin.version}\n"
        asked = sorted(set(pin.requested_by))
        if len(asked) == 1:
            yield f"    # via {asked[0]}\n"
        else:
            yield "    # via\n" + "".join(f"    #   {asker}\n" for asker in asked)


def _shown(words: Sequence[str]) -> str:
    if all(map(_SAFE.issuperset, words)) and "://" not in "".join(words):
        return " ".join(("axletree", *words))
    from axletree.resolver.lock import shown_command  # noqa: PLC0415  late

    return shown_command(("axletree", *words))


def _put(text: str) -> None:
    try:
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except OSError:
        from axletree.console import results_arrive  # noqa: PLC0415  late

        with results_arrive():
            raise
