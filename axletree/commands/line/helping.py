"""Help that helps: options in groups, the verb's own first, and two examples."""

from collections.abc import Iterator, Sequence

import click

from axletree.commands.line.groups import (
    INPUT,
    OUTPUT,
    SOURCE,
    TARGET,
)
from axletree.commands.line.option import Option
from axletree.commands.line.table import OPTIONS
from axletree.commands.line.verb_texts import (
    FAMILIES,
    GROUPS,
    START,
    TEXTS,
    family_verbs,
)
from axletree.errors import docs_command

ALL = "--help-all"
_SHARED: tuple[tuple[str, tuple[Option, ...]], ...] = (
    ("Requirements", INPUT),
    ("Python, platform and date", TARGET),
    ("Where packages come from [default: the wheelhouse]", SOURCE),
    ("Output", OUTPUT),
)
_WIDEST = 26
"""Columns for the names of options; what is longer has a line of its own."""


class VerbCommand(click.Command):
    """A verb whose help is written here."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what it is, examples, and the options in groups."""
        self.format_usage(ctx, formatter)
        self.format_help_text(ctx, formatter)
        verb = self.name or ""
        with formatter.section("Examples"):
            for example in TEXTS[verb].examples:
                formatter.write(f"  {example}\n")
        is_whole = bool(ctx.meta.get(ALL))
        left_out = 0
        for title, options in _groups(verb):
            shown = [each for each in options if is_whole or not each.is_rare]
            left_out += len(options) - len(shown)
            if shown:
                with formatter.section(title):
                    formatter.write_dl(list(map(_row, shown)), col_max=_WIDEST)
        formatter.write_paragraph()
        if left_out:
            formatter.write_text(
                f"axletree {verb} {ALL} shows {left_out} more "
                f"option{'s' * (left_out > 1)}."
            )
        formatter.write_text(f"{docs_command(verb)} says more.")

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Add the option for all options."""
        return [*super().get_params(ctx), _help_all()]


def _help_all() -> click.Option:
    def show(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: FBT001  click's own order
        del param
        if value and not ctx.resilient_parsing:
            ctx.meta[ALL] = True
            click.echo(ctx.get_help(), color=ctx.color)
            ctx.exit()

    return click.Option(
        [ALL],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=show,
        help="Show all options.",
    )


def _groups(verb: str) -> Iterator[tuple[str, Sequence[Option]]]:
    """Yield the options of a verb with their headings, its own first."""
    options = OPTIONS[verb]
    shared = {option for _, each in _SHARED for option in each}
    yield TEXTS[verb].own, [option for option in options if option not in shared]
    for title, each in _SHARED:
        yield title, [option for option in each if option in options]


def _row(option: Option) -> tuple[str, str]:
    names = ", ".join(option.names)
    if not option.takes_value:
        return names, option.help
    value = option.metavar or "|".join(option.choices) or "N"
    default = f" [default: {option.default}]" if option.shows_default else ""
    return f"{names} {value}", f"{option.help}{default}"


def write_verbs(formatter: click.HelpFormatter) -> None:
    """Write where to start, and the verbs in groups."""
    with formatter.section("Start here"):
        formatter.write_dl(list(START), col_max=48)
    longest = max(len(verb) for verbs in GROUPS.values() for verb in verbs)
    for title, verbs in GROUPS.items():
        with formatter.section(title):
            rows = [(verb.ljust(longest), _summary(verb)) for verb in verbs]
            formatter.write_dl(rows)
    with formatter.section("Options"):
        formatter.write_dl(
            [
                ("--version", "Print the version."),
                ("-h, --help", "Print this help, or that of a verb."),
            ]
        )


def write_family(family: str, formatter: click.HelpFormatter) -> None:
    """Write the verbs of two words that begin with one."""
    with formatter.section("Verbs"):
        formatter.write_dl(
            [(verb, TEXTS[verb].summary) for verb in family_verbs(family)]
        )


def _summary(verb: str) -> str:
    return FAMILIES[verb] if verb in FAMILIES else TEXTS[verb].summary
