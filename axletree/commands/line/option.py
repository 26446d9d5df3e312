"""What there is to say of an option, or of an argument, of the command line.

Nothing is imported: see `axletree.commands.line.table`.
"""

from __future__ import annotations

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    Kind: TypeAlias = Literal[
        "text",
        "path",
        "file",  # a path that is no folder
        "output",  # a file to write; `-` is stdout
        "existing",  # a path at which there is something
        "date",
        "number",
        "choice",
        "flag",
        "count",  # a flag that may be repeated
    ]


class Option:
    """An option as click and the quick reader know it."""

    __slots__ = (
        *("names", "aliases", "to", "kind", "metavar", "help", "default", "choices"),
        *("bounds", "is_repeated", "shows_default", "is_quick", "is_rare"),
    )

    def __init__(  # noqa: PLR0913  as many as an option has properties
        self,
        *names: str,
        help: str,  # noqa: A002  click's word
        to: str = "",
        aliases: tuple[str, ...] = (),
        kind: Kind = "text",
        metavar: str | None = None,
        default: str | int | None = None,
        choices: tuple[str, ...] = (),
        bounds: tuple[int | None, int | None] = (None, None),
        is_repeated: bool = False,
        shows_default: bool = False,
        is_quick: bool = False,
        is_rare: bool = False,
    ) -> None:
        self.names = names
        """As pip and uv name it, the long name last."""
        self.aliases = aliases
        """Other names of theirs, which help does not show."""
        self.to = to or names[-1].lstrip("-").replace("-", "_")
        """The verb's parameter."""
        self.kind = kind
        self.metavar = metavar
        self.help = help
        self.default = default
        self.choices = choices
        self.bounds = bounds
        """Of a number: the least and the most."""
        self.is_repeated = is_repeated
        self.shows_default = shows_default
        self.is_quick = is_quick
        """Whether it may stand on a command line that is answered quickly."""
        self.is_rare = is_rare
        """Whether only `--help-all` shows it."""

    @property
    def spellings(self) -> tuple[str, ...]:
        """List all names."""
        return (*self.names, *self.aliases)

    @property
    def takes_value(self) -> bool:
        """Tell whether a value follows it."""
        return self.kind not in {"flag", "count"}


class Argument:
    """What a verb takes without a name."""

    __slots__ = ("is_repeated", "is_required", "kind", "metavar", "to")

    def __init__(
        self,
        to: str,
        metavar: str,
        *,
        kind: Literal["text", "path", "existing", "topic"] = "text",
        is_repeated: bool = False,
        is_required: bool = False,
    ) -> None:
        self.to = to
        """The verb's parameter."""
        self.metavar = metavar
        self.kind = kind
        self.is_repeated = is_repeated
        self.is_required = is_required
