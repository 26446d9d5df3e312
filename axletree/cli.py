"""The command line: one click group, and the one map from errors to exit codes.

A process begins in `axletree.start`, which answers what it can without all this.
"""

import importlib
import logging
import sys
from collections.abc import Sequence

import click

import axletree
from axletree.commands.line.corrections import (
    no_argument,
    no_value,
    too_many_arguments,
    wrong_value,
)
from axletree.commands.line.helping import (
    write_family,
    write_verbs,
)
from axletree.commands.line.table import OPTIONS
from axletree.commands.line.unknown import (
    mistyped_dashes,
    swallowed,
    unknown_option,
    unknown_variable,
    unknown_verb,
)
from axletree.commands.line.verb_texts import (
    FAMILIES,
    family_verbs,
)
from axletree.commands.line.words import (
    NotUnderstoodError,
    joined,
    take_apart,
)
from axletree.console import INTERRUPTED, Console, UsageError
from axletree.environ import foreign_variables, process_environment
from axletree.errors import FAULTS_OF_THE_SYSTEM, AxletreeError
from axletree.stopping import stop_like_ctrl_c, stop_no_more
from axletree.terminal import swallowed_by_shell

VERBS = tuple(OPTIONS)
"""Each is a command of its name in a module of `axletree.commands.verbs`, which is called
as its first word, unless `_PLACES` says where."""

_PLACES = {
    "list": "keeping.listing.list_projects",
    "show": "keeping.listing.show",
    "yank": "keeping.marking.yank",
    "unyank": "keeping.marking.unyank",
    "remove": "keeping.marking.remove",
    "withdraw": "keeping.marking.withdraw",
    "status": "keeping.project_status.status",
    "log": "keeping.history.log",
    "pin": "keeping.history.pin",
    "du": "keeping.room.du",
    "gc": "keeping.room.gc",
    "verify": "keeping.soundness.verify",
    "verify-provenance": "keeping.provenance.verify_provenance",
    "backup": "keeping.copies.backup",
    "restore": "keeping.copies.restore",
    "recipe new": "verbs.recipe_new.recipe_new",
    "set add": "keeping.set_changing.set_add",
    "set update": "keeping.set_changing.set_update",
    "set rm": "keeping.set_changing.set_rm",
    "set lock": "keeping.set_changing.set_lock",
    "set check": "keeping.set_changing.set_check",
    "set list": "keeping.set_showing.set_list",
    "set show": "keeping.set_showing.set_show",
    "set diff": "keeping.set_showing.set_diff",
}
"""Where the commands are that are in no module of their verb's first word."""

_OF_REQUIREMENTS = frozenset({"lock", "explain", "why", "collect", "snapshot"})
"""Verbs on whose command line a version may follow `>`."""

USAGE = 2
OUTSIDE_FAILED = 3
OUR_BUG = 70


class LateGroup(click.Group):
    """A group that imports a verb when it is asked for.

    All of them together take longer to import than most answers take to find.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the verbs in the order in which they are used."""
        del ctx
        return list(dict.fromkeys(verb.partition(" ")[0] for verb in VERBS))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one verb, or give the family of those that begin with a word."""
        del ctx
        return Family(cmd_name) if cmd_name in FAMILIES else _imported(cmd_name)

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write where to start, and the verbs in groups; none is imported for that."""
        del ctx
        write_verbs(formatter)

    def format_options(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the verbs first."""
        self.format_commands(ctx, formatter)


class Family(click.Group):
    """The verbs of two words that begin with one: for help, and to complete words."""

    def __init__(self, name: str) -> None:
        """Take the first word."""
        super().__init__(
            name,
            help=FAMILIES[name],
            subcommand_metavar="VERB ...",
            context_settings={"help_option_names": ["-h", "--help"]},
        )

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List their second words."""
        del ctx
        own = family_verbs(self.name or "")
        return [verb.partition(" ")[2] for verb in own]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one."""
        del ctx
        return _imported(f"{self.name} {cmd_name}")

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write them; none is imported for that."""
        del ctx
        write_family(self.name or "", formatter)


def _module_of(verb: str) -> str:
    return verb.partition(" ")[0].replace("-", "_")


def _imported(verb: str) -> click.Command | None:
    if verb not in VERBS:
        return None
    name = verb.replace(" ", "_").replace("-", "_")
    place = _PLACES.get(verb, f"verbs.{_module_of(verb)}.{name}")
    room, _, name = f"axletree.commands.{place}".rpartition(".")
    command = getattr(importlib.import_module(room), name)
    if not isinstance(command, click.Command):
        return None
    command.name = verb
    return command


@click.group(
    cls=LateGroup,
    subcommand_metavar="VERB ...",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(axletree.__version__, prog_name="axletree")
def group() -> None:
    """Explain dependency conflicts, build the missing wheels, and serve them."""


def main(
    arguments: Sequence[str] | None = None,
    *,
    failure: KeyboardInterrupt | Exception | None = None,
    is_process: bool = False,
) -> int:
    """Run one command; return its exit code (docs/reference/exit-codes.md).

    :param failure: what ended `axletree.start` early, to be told as any other.
    :param is_process: the command is all that this process does.
    """
    if is_process:
        stop_like_ctrl_c()
    words = tuple(sys.argv[1:] if arguments is None else arguments)
    # Verbs are handed the words with their own name first.
    words = joined(words[1:] if words[:1] == ("--",) else words)
    # The first of two words alone is no verb: whatever helps is another command.
    typed = ("",) if words[:1] and words[0] in FAMILIES else words
    console = Console(is_json=_is_json(words), verbosity=_verbosity(words), typed=typed)
    # Warnings are for developers (build backends warn a lot): shown with -vv.
    logging.captureWarnings(capture=True)
    logging.getLogger("py.warnings").propagate = console.verbosity > 1
    try:
        if failure is not None:
            raise failure  # noqa: TRY301  the handlers below are for it
        return _run(words, console)
    except (KeyboardInterrupt, click.Abort):
        if is_process:
            stop_no_more()
        console.show_interruption()
        return INTERRUPTED
    except AxletreeError as error:
        if is_process and error.exit_code == INTERRUPTED:
            stop_no_more()
        console.show_error(error)
        return error.exit_code
    except OSError as error:  # Of it nobody has said more.
        if error.errno not in FAULTS_OF_THE_SYSTEM:
            console.show_bug(error)
            return OUR_BUG
        console.show_fault(error)
        return OUTSIDE_FAILED
    except Exception as error:  # noqa: BLE001  the last handler: no traceback for users
        console.show_bug(error)
        return OUR_BUG


def _run(words: tuple[str, ...], console: Console) -> int:
    if _is_unknown(words):
        raise unknown_verb(words)
    _look_at_mistakes(words, console)
    try:
        code = group.main(
            list(words), prog_name="axletree", standalone_mode=False, obj=words
        )
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        console.say(error.format_message())
        return USAGE
    except click.NoSuchOption as error:
        raise unknown_option(words, error.option_name) from error
    except click.BadOptionUsage as error:
        raise no_value(words, error.option_name) from error
    except click.UsageError as error:
        told = _told(words, error)
        if told is not None:
            raise told from error
        console.show_usage(error.format_message(), _help_for(error))
        return USAGE
    return code if isinstance(code, int) else 0


def _told(words: tuple[str, ...], error: click.UsageError) -> UsageError | None:
    """Say in our words what click refuses; None: as click or the verb has said it."""
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return no_argument(words, error.param)
    if isinstance(error, click.BadParameter):
        return wrong_value(words, error)
    return too_many_arguments(words) if type(error) is click.UsageError else None


def _is_unknown(words: tuple[str, ...]) -> bool:
    first, second = (*words, "-", "-")[:2]
    if first in FAMILIES:
        return not second.startswith("-")
    return first not in VERBS and not first.startswith("-")


def _look_at_mistakes(words: tuple[str, ...], console: Console) -> None:
    """Tell of what was mistyped around the words, before it has an effect.

    :raises UsageError: the words are not what was meant.
    """
    file = swallowed_by_shell()
    takes_requirements = bool(words) and words[0] in _OF_REQUIREMENTS
    redirected = swallowed(words, file) if file and takes_requirements else None
    mistake = redirected or mistyped_dashes(words)
    if mistake is not None:
        raise mistake
    for name in foreign_variables(process_environment()):
        note = unknown_variable(name)
        if note is not None:
            console.notes([note])


def _help_for(error: click.UsageError) -> str:
    if error.ctx is None:
        return "see axletree --help"
    return f"{error.ctx.get_usage()}; see {error.ctx.command_path} --help"


def _is_json(words: tuple[str, ...]) -> bool:
    """Tell whether errors are told as JSON, too."""
    try:
        parts = [part for part in take_apart(words) if part.option]
    except NotUnderstoodError:
        return "--json" in words
    forms = {p.value for p in parts if p.option and p.option.to == "output_format"}
    return _count(words, "--json") > 0 or "json" in forms


def _verbosity(words: tuple[str, ...]) -> int:
    return _count(words, "-v", "--verbose") - _count(words, "-q", "--quiet")


def _count(words: tuple[str, ...], *names: str) -> int:
    """Count what click will count, for errors that come before or after it."""
    try:
        options = [part.option for part in take_apart(words) if part.option]
    except NotUnderstoodError:
        # Click refuses it; the error is told as it seems to be wanted.
        return sum(map(words.count, names))
    return sum(any(name in option.names for name in names) for option in options)


if __name__ == "__main__":
    sys.exit(main())
