"""The command line: one click group, and the one map from errors to exit codes."""

import sys
from collections.abc import Sequence

import click

import axletree
from axletree.commands.build import build
from axletree.commands.collect import collect
from axletree.commands.explain import explain
from axletree.commands.lock import lock
from axletree.commands.serve import serve
from axletree.commands.snapshot import snapshot
from axletree.console import Console
from axletree.errors import AxletreeError

INTERRUPTED = 130
USAGE = 2
OUR_BUG = 70


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(axletree.__version__, prog_name="axletree")
def group() -> None:
    """Explain dependency conflicts, build the missing wheels, and serve them."""


for _verb in (lock, explain, collect, build, serve, snapshot):
    group.add_command(_verb)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code (docs/reference/exit-codes.md)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    console = Console(is_json="--json" in words)
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
