"""The command line: one click group, and the one map from errors to exit codes."""

import importlib
import logging
import sys
from collections.abc import Sequence

import click

import axletree
from axletree.console import Console
from axletree.errors import AxletreeError

VERBS = ("lock", "explain", "collect", "build", "serve", "snapshot")
"""Each is a module of `axletree.commands` with a command of that name."""

INTERRUPTED = 130
USAGE = 2
OUR_BUG = 70


class LateGroup(click.Group):
    """A group that imports a verb when it is asked for.

    All of them together take longer to import than most answers take to find.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the verbs in the order in which they are used."""
        del ctx
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one verb."""
        del ctx
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"axletree.commands.{cmd_name}")
        command = getattr(module, cmd_name)
        return command if isinstance(command, click.Command) else None


@click.group(cls=LateGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(axletree.__version__, prog_name="axletree")
def group() -> None:
    """Explain dependency conflicts, build the missing wheels, and serve them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code (docs/reference/exit-codes.md)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    console = Console(is_json="--json" in words)
    # Warnings are for developers (build backends warn a lot): shown with -v only.
    logging.captureWarnings(capture=True)
    logging.getLogger("py.warnings").propagate = bool({"-v", "--verbose"} & {*words})
    try:
        code = group.main(words, prog_name="axletree", standalone_mode=False)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.UsageError as error:
        usage = error.ctx.get_usage() if error.ctx else "axletree --help"
        console.show_usage(error.format_message(), usage)
        code = USAGE
    except (KeyboardInterrupt, click.Abort):
        console.say("interrupted; nothing was left half done")
        code = INTERRUPTED
    except AxletreeError as error:
        console.show_error(error)
        code = error.exit_code
    except BrokenPipeError:
        # The reader went away (`axletree lock … | head`): not worth a word.
        sys.stderr.close()
        code = 0
    except Exception as error:  # noqa: BLE001  the last handler: no traceback for users
        console.show_bug(error)
        code = OUR_BUG
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    sys.exit(main())
