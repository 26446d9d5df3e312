"""What help says of each verb: in which order, for what, and two examples."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class VerbText:
    """One verb, for people who meet it for the first time."""

    summary: str
    """What it does, in a line of the list of verbs."""
    examples: tuple[str, ...]
    own: str = "Of this verb"
    """The heading of the options that it alone has."""


GROUPS: Mapping[str, tuple[str, ...]] = {
    "Answer": ("lock", "explain", "why"),
    "Fill a wheelhouse, serve it": ("collect", "add", "build", "init", "serve"),
    "Look at many at once": ("check", "audit", "snapshot"),
}
"""Every verb, in the order in which it is needed."""

START = (
    ("axletree lock numpy --index-url public", "pins with hashes"),
    ("axletree explain -r requirements.txt -i public", "why it conflicts"),
    ("axletree collect -r requirements.txt", "bring it into a wheelhouse"),
)
"""The first commands, and what they do."""

TEXTS: Mapping[str, VerbText] = {
    "lock": VerbText(
        summary="Pin requirements, with hashes, for pip and uv.",
        examples=(
            "axletree lock numpy 'pandas>=2' --index-url public",
            "axletree lock -r requirements.in -o locked.txt --python-version 3.11",
        ),
        own="The lock",
    ),
    "explain": VerbText(
        summary="Say why requirements conflict, and what would help.",
        examples=(
            "axletree explain -r requirements.txt --index-url public",
            "axletree explain -r requirements.txt --repair 1 --write",
        ),
        own="What is said",
    ),
    "why": VerbText(
        summary="Say who asked for a project, and why it is not newer.",
        examples=(
            "axletree why urllib3 -r requirements.txt --index-url public",
            "axletree why numpy 'pandas<2' numpy --if 'pandas>=2' -i public",
        ),
        own="What is said",
    ),
    "collect": VerbText(
        summary="Bring all that requirements need into the wheelhouse.",
        examples=(
            "axletree collect -r requirements.txt",
            "axletree collect pandas --python-version 3.11 --python-platform linux",
        ),
        own="What is brought",
    ),
    "add": VerbText(
        summary="Bring wheels and sdists at hand into the wheelhouse.",
        examples=("axletree add dist/", "axletree add ours-1.0-py3-none-any.whl"),
    ),
    "build": VerbText(
        summary="Build a wheel by a recipe, into the wheelhouse.",
        examples=(
            "axletree build recipes/ours.toml",
            "axletree build recipes/ours.toml --python-version 3.9",
        ),
    ),
    "init": VerbText(
        summary="Make an empty wheelhouse.",
        examples=("axletree init", "AXLETREE_HOME=/data/wheelhouse axletree init"),
    ),
    "serve": VerbText(
        summary="Serve the wheelhouse to pip, uv and browsers.",
        examples=("axletree serve", "axletree serve --host 0.0.0.0 --port 8080"),
        own="The server",
    ),
    "check": VerbText(
        summary="Say which requirements files have a solution, for CI.",
        examples=(
            "axletree check requirements/ 'services/*/requirements.txt' -i public",
            "axletree check a.txt --python-version 3.9 --python-version 3.12",
        ),
        own="The check",
    ),
    "audit": VerbText(
        summary="Say what in a whole wheelhouse can never be installed.",
        examples=(
            "axletree audit --python-version 3.11 --python-platform linux",
            "axletree audit --find-links wheels/",
        ),
        own="What is let in",
    ),
    "snapshot": VerbText(
        summary="Write all that an answer reads, for tests and bug reports.",
        examples=(
            "axletree snapshot -r requirements.txt -i public -o bug.json.gz",
            "axletree explain -r requirements.txt --universe bug.json.gz",
        ),
        own="The snapshot",
    ),
}
"""By verb."""
