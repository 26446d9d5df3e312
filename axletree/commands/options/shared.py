"""Options that several verbs share, named as pip and uv name them."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from axletree.config import INDEX_STRATEGIES, IndexStrategy
from axletree.resolver.model.question import Preference

if TYPE_CHECKING:
    from axletree.builder.isolation import Isolation  # it brings the sandbox along

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class InputOptions:
    """What is asked for."""

    requirements: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    """Of the pyproject.toml files among `files`."""
    has_all_extras: bool = False
    groups: tuple[str, ...] = ()
    """`NAME` or `PATH:NAME`."""
    overrides: tuple[str, ...] = ()
    """Files, or overrides themselves."""
    excluded: tuple[str, ...] = ()
    pre: bool = False
    prefer: Preference = "newest"
    only_binary: tuple[str, ...] = ()
    no_binary: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetOptions:
    """What it is for, and as of when."""

    python_versions: tuple[str, ...]
    """Empty: the active environment's."""
    python_platforms: tuple[str, ...]
    """Empty: this one."""
    exclude_newer: datetime | None
    """The first instant that is too new."""

    def apart(self) -> tuple["TargetOptions", ...]:
        """Give every Python with every platform by itself, each once."""
        return tuple(
            replace(self, python_versions=version, python_platforms=platform)
            for version, platform in product(
                _apart(self.python_versions), _apart(self.python_platforms)
            )
        )


def _apart(values: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [(value,) for value in dict.fromkeys(values)] or [()]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOptions:
    """Where candidates come from."""

    index_url: str | None
    extra_index_urls: tuple[str, ...]
    index_strategy: IndexStrategy | None
    """None: the settings'."""
    find_links: tuple[str, ...]
    universe: Path | None
    cache_dir: Path | None
    refresh: bool
    isolation: "Isolation"


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


def stack(*decorators: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Make one decorator of several, the first one's option shown first."""

    def decorate(command: Command) -> Command:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate


kind_options = stack(
    click.option("--pre", is_flag=True, help="Let pre-releases in."),
    click.option(
        "--only-binary", multiple=True, metavar="NAMES",
        help="Use no sdists of these projects (or :all:).",
    ),
    click.option(
        "--no-binary", multiple=True, metavar="NAMES",
        help="Use no wheels of these projects (or :all:).",
    ),
)  # fmt: skip

limit_options = stack(
    click.option(
        "-c", "--constraint", "constraints", multiple=True, metavar="FILE",
        help="Limit versions by a constraints file; may be repeated.",
    ),
    click.option(
        "--override", "overrides", multiple=True, metavar="FILE|REQ",
        help="Replace the versions that requirements name; may be repeated.",
    ),
    click.option(
        "--exclude", "excluded", multiple=True, metavar="NAME",
        help="Drop all requirements on this project; may be repeated.",
    ),
    click.option(
        "--prefer", type=click.Choice(["newest", "balanced"]), default="newest",
        show_default=True,
        help="balanced: leave no requirement further behind than it must be.",
    ),
    kind_options,
)  # fmt: skip

input_options = stack(
    click.argument("requirements", nargs=-1, metavar="[REQ]..."),
    click.option(
        "-r", "--requirement", "files", multiple=True, metavar="FILE",
        help="Read requirements from a file, or a pyproject.toml; may be repeated.",
    ),
    click.option(
        "--extra", "extras", multiple=True, metavar="NAME",
        help="Take this extra of the pyproject.toml, too; may be repeated.",
    ),
    click.option(
        "--all-extras", "has_all_extras", is_flag=True,
        help="Take all extras of the pyproject.toml.",
    ),
    click.option(
        "--group", "groups", multiple=True, metavar="[PATH:]NAME",
        help="Take a dependency group of a pyproject.toml; may be repeated.",
    ),
    limit_options,
)  # fmt: skip

target_options = stack(
    click.option(
        "--python-version", "python_versions", multiple=True, metavar="X.Y",
        help="Resolve for this Python; may be repeated "
        "[default: the active environment's].",
    ),
    click.option(
        "--python-platform", "python_platforms", multiple=True, metavar="NAME",
        help="Resolve for this platform, named as uv does; may be repeated "
        "[default: this one].",
    ),
    click.option(
        "--exclude-newer", type=Instant(), metavar="DATE",
        help="Hide files uploaded after this day (all of it counts, UTC) or time.",
    ),
)  # fmt: skip

isolation_option = click.option(
    "--isolation",
    type=click.Choice(["full", "pod", "none"]),
    default="full",
    show_default=True,
    help="How foreign build code is kept apart from this machine.",
)

source_options = stack(
    click.option(
        "-i", "--index-url", metavar="URL",
        help="Take candidates from this index; 'public' is the one pip uses here.",
    ),
    click.option(
        "--extra-index-url", "extra_index_urls", multiple=True, metavar="URL",
        help="Ask this index for projects that the first one lacks.",
    ),
    click.option(
        "--index-strategy", type=click.Choice(INDEX_STRATEGIES),
        help="unsafe-best-match: take the best version of all indexes, whoever has it "
        "[default: first-index].",
    ),
    click.option(
        "-f", "--find-links", multiple=True, metavar="DIR",
        help="Take candidates from a directory of files.",
    ),
    click.option(
        "--universe", type=click.Path(path_type=Path), metavar="FILE",
        help="Take candidates from a JSON snapshot.",
    ),
    click.option(
        "--cache-dir", type=click.Path(path_type=Path), metavar="DIR",
        help="Keep pages and metadata here.",
    ),
    click.option("--refresh", is_flag=True, help="Read pages anew."),
    isolation_option,
)  # fmt: skip

base_option = click.option(
    "--base",
    type=click.Path(path_type=Path),
    metavar="LOCK",
    help="Keep the pins of the image layer underneath.",
)

recipes_option = click.option(
    "--recipes",
    type=click.Path(path_type=Path, exists=True),
    metavar="DIR",
    help="Try what these recipes would build, too.",
)

output_options = stack(
    click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
    click.option("-v", "--verbose", count=True, help="Say more of what is done."),
)


def take(options: dict[str, Any]) -> tuple[InputOptions, TargetOptions, SourceOptions]:
    """Gather the shared options of a verb's keyword arguments."""
    return (
        InputOptions(
            **{
                field.name: options[field.name]
                for field in fields(InputOptions)
                # Not every verb has all of them.
                if field.name in options
            }
        ),
        TargetOptions(
            python_versions=options["python_versions"],
            python_platforms=options["python_platforms"],
            exclude_newer=options["exclude_newer"],
        ),
        SourceOptions(
            index_url=options["index_url"],
            extra_index_urls=options["extra_index_urls"],
            index_strategy=options["index_strategy"],
            find_links=options["find_links"],
            universe=options["universe"],
            cache_dir=options["cache_dir"],
            refresh=options["refresh"],
            isolation=options["isolation"],
        ),
    )
