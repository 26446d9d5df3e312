"""Files that were not read on this machine, and may be on another.

Who built it would know what an unread sdist requires. Nothing that rests on one is true
of the world, so that an answer with one in it is none.
"""

from axletree.resolver.engine.decisions import Decisions
from axletree.resolver.model.errors import (
    SdistNotReadError,
    SdistRefusedError,
    UnreadFileError,
)
from axletree.resolver.universe.knowledge import Knowledge

_MOST_NAMED = 5


def unread_error(knowledge: Knowledge, decisions: Decisions) -> UnreadFileError:
    """Say why what was decided is no answer: some of it could not be read."""
    taken = set(map(knowledge.file_of, decisions.releases.values()))
    files = [file for file in decisions.unread if file in taken]
    part = "is part of the solution"
    if not files:
        files, part = list(decisions.unread), "decides what the solution is"
    kinds = {knowledge.unread[file].kind for file in files}
    kind = SdistRefusedError if "backend" in kinds else SdistNotReadError
    first, *others = files
    said = [
        f"{file.project} {file.version}: {knowledge.unread[file].reason}"
        for file in others[: _MOST_NAMED - 1]
    ]
    said += [f"{more} more" for more in [len(others) - len(said)] if more]
    reason = knowledge.unread[first].reason
    what = f"{first.project} {first.version} {part}, and cannot be read: {reason}"
    error = kind(
        "; nor can ".join((what, *said)),
        where=knowledge.unread[first].log or first.filename,
        hint=f"--skip-unbuildable leaves it out; {other_ways(first.project)}; axletree "
        "explain says what each leads to",
    )
    error.names = tuple(dict.fromkeys(file.project for file in files))
    return error


def other_ways(name: str) -> str:
    """Name the ways on from a file that cannot be read, but for leaving it out."""
    return (
        f"or ask for another version of {name}, or for its wheels alone with "
        f"--only-binary {name}"
    )
