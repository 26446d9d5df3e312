"""The wheelhouse of a run: opened to be read where there is one, made to be filled."""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from axletree.commands.line.respelling import respell
from axletree.environ import default_home, process_environment
from axletree.errors import AxletreeError, Step
from axletree.terminal import current_words
from axletree.wheelhouse.errors import NoWheelhouseError

if TYPE_CHECKING:
    # Who only asks for commands to name needs neither, nor rich.
    from axletree.config import Settings
    from axletree.console import Console
    from axletree.wheelhouse.catalog.house import Wheelhouse

_OF_REQUIREMENTS = frozenset({"lock", "explain", "why", "snapshot", "collect"})
"""Verbs whose arguments are requirements."""
_NOT_OF_COLLECT = frozenset({"as_json", "verbose", "universe", "find_links"})


class NoSourceError(AxletreeError):
    """Nobody has said where packages come from, and no wheelhouse was ever filled."""

    reference = "no-source"
    exit_code = 2


def open_to_fill(settings: "Settings", console: "Console") -> "Wheelhouse":
    """Open the wheelhouse to write; one that is made is told of.

    :raises AxletreeError: as `Wheelhouse.open`.
    """
    from axletree.wheelhouse.catalog.house import Wheelhouse  # noqa: PLC0415  late: SQLAlchemy

    def tell() -> None:
        console.say(
            f"another process writes to {settings.place}: waiting until it is done"
        )

    house = Wheelhouse.open(settings.place, tell)
    if house.is_new:
        console.say(f"made a wheelhouse at {settings.place}")
    return house


@contextmanager
def opened_if_there(settings: "Settings") -> "Iterator[Wheelhouse | None]":
    """Open the wheelhouse to read; None: there is none.

    :raises AxletreeError: as `Wheelhouse.open_to_read`.
    """
    from axletree.wheelhouse.catalog.house import Wheelhouse  # noqa: PLC0415  late: SQLAlchemy

    try:
        house = Wheelhouse.open_to_read(settings.place)
    except NoWheelhouseError:
        yield None
        return
    with house:
        yield house


@contextmanager
def reading(settings: "Settings", *, takes_index: bool = False) -> Iterator[None]:
    """Say what helps where a wheelhouse is to be read and there is none.

    :param takes_index: an index could be asked as well.
    :raises NoSourceError: nobody has said that there should be one.
    :raises NoWheelhouseError: somebody has.
    """
    try:
        yield
    except NoWheelhouseError as error:
        if takes_index and not (settings.home_named_by or settings.database):
            raise _nothing_said(settings) from error
        raise _missing(settings) from error


def look_for(settings: "Settings", *, takes_index: bool) -> None:
    """Say what helps where there is no wheelhouse; nothing is opened.

    :raises AxletreeError: as `reading`.
    """
    from axletree.wheelhouse.catalog.founding import require  # noqa: PLC0415  late: SQLAlchemy

    with reading(settings, takes_index=takes_index):
        require(settings.place)


def _nothing_said(settings: "Settings") -> NoSourceError:
    return NoSourceError(
        "there is nowhere to get packages from: no index is named, and there is no "
        f"wheelhouse at {settings.place}",
        where="command line, settings and wheelhouse",
        hint="choose one of these:",
        steps=[
            Step(
                purpose="use the public index, the one that pip uses here",
                command=asking_publicly(),
            ),
            Step(
                purpose="or download it into a wheelhouse, which needs no network later",
                command=filling(),
            ),
        ],
    )


def _missing(settings: "Settings") -> NoWheelhouseError:
    from axletree.wheelhouse.catalog.nearest import nearest_wheelhouse  # noqa: PLC0415  late: difflib

    home, named_by = settings.home, settings.home_named_by
    usual = Path(default_home(process_environment()))
    near = nearest_wheelhouse(home, [usual]) if named_by else None
    if settings.database:
        near, named_by = None, "AXLETREE_DATABASE"
    fill = Step(purpose="download packages into a new one", command=filling())
    make = Step(purpose="or make an empty one there", command="axletree init")
    steps = [fill, make]
    if near is not None:
        variable = f"AXLETREE_HOME={shlex.quote(str(near))}"
        command = f"{variable} {respell(current_words())}"
        steps = [Step(purpose="read that one", command=command), make]
    return NoWheelhouseError(
        f"there is no wheelhouse at {settings.place}",
        where=named_by or "the default place, since AXLETREE_HOME is not set",
        hint=f"did you mean {near}? There is one" if near else "make one first:",
        steps=steps,
    )


# Commands that help whoever has no packages.


def asking_publicly() -> str:
    """Spell the running command so that it asks the public index."""
    more = ["--index-url", "public"]
    return respell(current_words(), without={"index_url", "upstream"}, more=more)


def filling(projects: Sequence[str] = ()) -> str:
    """Spell the command that brings what the running one asks for.

    :param projects: those to bring, if not all.
    """
    words = current_words()
    if projects or next(iter(words), "") not in _OF_REQUIREMENTS:
        rest = [*projects] or ["-r", "requirements.txt"]
        return respell((), "collect", more=rest)
    return respell(words, "collect", without=_NOT_OF_COLLECT)
