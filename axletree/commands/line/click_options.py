"""Click's arguments and options, made from the table."""

import errno
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn, TypeVar, assert_never

import click
from click.shell_completion import CompletionItem

from axletree.commands.line.arguments import ARGUMENTS
from axletree.commands.line.corrections import (
    PathKind,
    refuse_missing,
)
from axletree.commands.line.option import (
    Argument,
    Option,
)
from axletree.commands.line.table import (
    OPTIONS,
)
from axletree.console import UsageError
from axletree.reading import current_folder, is_at_rest, is_folder

Command = TypeVar("Command", bound=Callable[..., Any])

_NO_PATH = frozenset({errno.ENAMETOOLONG, errno.EINVAL})
"""What a system answers that never has such a path."""


def options_of(verb: str) -> Callable[[Command], Command]:
    """Give a command the arguments and options that the table has for a verb."""

    def decorate(command: Command) -> Command:
        # Click shows first what is put on last.
        for option in reversed(OPTIONS[verb]):
            command = _decorator(option)(command)
        for argument in reversed(ARGUMENTS[verb]):
            command = click.argument(
                argument.to,
                metavar=argument.metavar,
                type=_type_of_argument(argument),
                nargs=-1 if argument.is_repeated else 1,
                required=argument.is_required,
            )(command)
        return command

    return decorate


class Instant(click.ParamType[datetime]):
    """A day (all of it, UTC) or an RFC 3339 time, as the first instant too new."""

    name = "date"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> datetime:
        """Parse; a day includes itself, so that the next midnight is too new."""
        if isinstance(value, datetime):
            return value
        text = str(value)
        try:
            found = datetime.fromisoformat(text)
            if len(text) == len("2022-02-01"):
                return found.replace(tzinfo=UTC) + timedelta(days=1)
            return _told_in_utc(found if found.tzinfo else found.replace(tzinfo=UTC))
        except (ValueError, OverflowError):
            self.fail(
                f"{text!r} is not a date; write it as 2022-02-01 or 2022-02-01T12:00:00Z",
                param,
                ctx,
            )


def _told_in_utc(moment: datetime) -> datetime:
    """Give a moment in UTC of which the day before is there to be told, too.

    :raises OverflowError: it is at one of the ends of all time.
    """
    found = moment.astimezone(UTC)
    return found - timedelta(days=1) + timedelta(days=1)


class Place(click.Path):
    """A path that the system can look for, whether or not anything is there."""

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str | bytes | os.PathLike[str]:
        """Refuse what names nothing anywhere: it is told by the option, once for all."""
        try:
            os.lstat(value)
        except ValueError as error:
            self.fail(f"{value!r} cannot be a path: {error}", param, ctx)
        except OSError as error:
            if error.errno in _NO_PATH:
                reason = f"{error.strerror} ({len(os.fspath(value))} characters)"
                self.fail(f"this cannot be a path: {reason}", param, ctx)
            if self.exists:
                self._refuse_missing(os.fsdecode(value))
        self._refuse_unlike(os.fsdecode(value), param)
        return super().convert(value, param, ctx)

    def _refuse_unlike(self, path: str, param: click.Parameter | None) -> None:
        name = "" if param is None else f"{max(param.opts, key=len)} "
        if is_folder(path) and not self.dir_okay:
            kind, mend = "folder", "name the file in it"
        elif is_at_rest(path) and not self.file_okay:
            kind, mend = "file", "name a folder"
        else:
            return
        raise UsageError(
            f"{name}{path}: it is a {kind}", where="command line", hint=mend
        )

    def _refuse_missing(self, path: str) -> NoReturn:
        kind = self.kind
        refuse_missing([path], kind)
        raise UsageError(
            f"there is no {kind} {path}",
            where="command line",
            hint=f"paths begin at the current folder, {current_folder()}",
        )

    @property
    def kind(self) -> PathKind:
        """Say what is to be there."""
        if not self.dir_okay:
            return "file"
        return "file or folder" if self.file_okay else "folder"


class TopicWord(click.ParamType[str]):
    """A word that the documentation says something of; a shell completes it."""

    name = "topic"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """List the topics that begin so."""
        from axletree.manual.topics import names  # noqa: PLC0415  late: all verbs come here

        del ctx, param
        begun = incomplete.lower()
        return [
            CompletionItem(name) for name in names() if name.lower().startswith(begun)
        ]


def _decorator(option: Option) -> Callable[[Command], Command]:
    words = (*option.spellings, option.to)
    if option.kind == "flag":
        return click.option(*words, is_flag=True, help=option.help)
    if option.kind == "count":
        return click.option(*words, count=True, help=option.help)
    # Where the table has no default click has one of its own for each kind.
    default: dict[str, Any] = (
        {} if option.default is None else {"default": option.default}
    )
    return click.option(
        *words,
        type=_type(option),
        metavar=option.metavar,
        multiple=option.is_repeated,
        show_default=option.shows_default,
        help=option.help,
        **default,
    )


def _type_of_argument(argument: Argument) -> click.ParamType[Any] | None:
    if argument.kind == "text":
        return None
    if argument.kind == "topic":
        return TopicWord()
    return Place(path_type=Path, exists=argument.kind == "existing")


def _type(option: Option) -> click.ParamType[Any] | None:
    match option.kind:
        case "path" | "file" | "output" | "existing":
            return Place(
                path_type=Path,
                exists=option.kind == "existing",
                dir_okay=option.kind not in {"file", "output"},
                file_okay=option.metavar != "DIR",
            )
        case "date":
            return Instant()
        case "number":
            least, most = option.bounds
            return click.IntRange(least, most)
        case "choice":
            return click.Choice(option.choices)
        case "text" | "flag" | "count":
            return None
        case _:
            assert_never(option.kind)
