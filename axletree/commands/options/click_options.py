"""Click's arguments and options, made from the table."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, assert_never

import click

from axletree.commands.options.option import Option
from axletree.commands.options.table import ARGUMENTS, OPTIONS

Command = TypeVar("Command", bound=Callable[..., Any])


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
                type=click.Path(path_type=Path) if argument.kind == "path" else None,
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
        except (ValueError, OverflowError):
            self.fail(
                f"{text!r} is no date; write it as 2022-02-01 or 2022-02-01T12:00:00Z",
                param,
                ctx,
            )
        return found if found.tzinfo else found.replace(tzinfo=UTC)


def _decorator(option: Option) -> Callable[[Command], Command]:
    words = (*option.names, option.to)
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


def _type(option: Option) -> click.ParamType[Any] | None:
    match option.kind:
        case "path" | "file" | "existing":
            return click.Path(
                path_type=Path,
                exists=option.kind == "existing",
                dir_okay=option.kind != "file",
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
