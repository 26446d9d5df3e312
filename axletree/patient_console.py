"""rich's console, whose reader may leave."""

import sys

from rich.console import Console as RichConsole

from axletree.streams import let_go


class PatientConsole(RichConsole):
    """Goes on when its reader has gone: the exit code is still the answer's."""

    def on_broken_pipe(self) -> None:
        """Write the rest into nothing."""
        let_go(sys.stderr if self.stderr else sys.stdout)
