"""The text of one requirement -> a root, or what is wrong with it.

What is wrong is a value, so that whoever reads many can gather all of it: a user
mends a file in one go.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement

from axletree.resolver.inputs.mending import hint_for
from axletree.resolver.inputs.requirement_lines import redact, without_options
from axletree.resolver.model.errors import InvalidRequirementError
from axletree.resolver.model.foreign_text import read_requirement
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.requirements import RootRequirement

# Source: pip, `utils/filetypes.py`: a requirement that ends so is a path to pip.
_ARCHIVES = (
    *(".whl", ".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz"),
    *(".tar.xz", ".txz", ".tlz", ".tar.lz", ".tar.lzma"),
)
BY_NAME = (
    "build it into the wheelhouse (axletree build) or add its wheel "
    "(axletree add), then require it by name and version"
)
"""What to do about a requirement that is no name."""
MOST_TOLD = 20
"""Issues of one error that are told; a user mends these first."""
_MOST_SHOWN = 200
"""Characters of a text that a message shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """What is wrong with one line."""

    what: str
    origin: Origin
    hint: str


def parse_text(
    text: str, origin: Origin, *, shown: str = "", hashes: tuple[str, ...] = ()
) -> RootRequirement | Issue:
    """Read one requirement, or say what is wrong with it.

    :param shown: what a message shows instead, such as the text with its variables.
    """
    text = text.strip()
    shown = redact(shown or text)
    issue = _foreign_form(text, shown, origin)
    if issue is not None:
        return issue
    try:
        requirement = read_requirement(text)
    except InvalidRequirement as error:
        return _malformed(text, shown, origin, str(error).partition("\n")[0])
    if any(not specifier.version for specifier in requirement.specifier):
        # packaging lets `===` stand alone.
        return _malformed(text, shown, origin, "There is no version behind ===")
    if requirement.url is not None:
        return Issue(
            what=f"{shown} names a URL, and files come from an index only",
            origin=origin,
            hint=BY_NAME,
        )
    return RootRequirement(
        requirement=requirement, text=text, origin=origin, hashes=hashes
    )


def _foreign_form(text: str, shown: str, origin: Origin) -> Issue | None:
    """Name what pip takes and we do not: URLs, paths, options among requirements."""
    head = text.partition(";")[0].strip()
    name = head.partition("[")[0].partition(" ")[0]
    if head.startswith("-") and head.strip("-= ") and head[1:2] != " ":
        what, hint = f"{shown} is an option, no requirement", "give it as an option"
    elif "://" in head.partition("@")[0]:
        what, hint = f"{shown} is a URL, and files come from an index only", BY_NAME
    elif head.startswith((".", "/", "~", "\\", "file:")) or (
        name.lower().endswith(_ARCHIVES) or "/" in head.partition("@")[0]
    ):
        what, hint = f"{shown} is a path, and files come from an index only", BY_NAME
    elif name.endswith(".txt"):
        what, hint = f"{shown} is a file, no requirement", f"write -r {name}"
    else:
        return None
    return Issue(what=what, origin=origin, hint=hint)


def _malformed(text: str, shown: str, origin: Origin, reason: str) -> Issue:
    # A hint repeats only what was written, since variables may hold secrets.
    hint = "look at what the variables on this line hold"
    if text in shown:
        hint = hint_for(without_options(text))
    return Issue(
        what=f"{shorten(shown)!r} is not a requirement: "
        f"{reason[:1].lower()}{reason[1:]}",
        origin=origin,
        hint=shorten(hint),
    )


def gather(issues: Sequence[Issue]) -> InvalidRequirementError:
    """Make one error of all that is wrong."""
    if len(issues) == 1:
        issue = issues[0]
        return InvalidRequirementError(
            issue.what, where=str(issue.origin), hint=issue.hint
        )
    lines = [f"  {i.origin}: {i.what}\n    {i.hint}" for i in issues[:MOST_TOLD]]
    if len(issues) > MOST_TOLD:
        lines.append(f"  and {len(issues) - MOST_TOLD} more")
    return InvalidRequirementError(
        "\n".join((f"{len(issues)} requirement lines cannot be used", *lines)),
        where=", ".join(dict.fromkeys(issue.origin.file for issue in issues)),
        hint="mend them as said under each",
    )


def unreadable(path: str, error: OSError | ValueError, asked_at: Origin) -> Issue:
    """Say why a file cannot be read."""
    hint = "check the path; an include is relative to the file it stands in"
    match error:
        case OSError():
            reason = error.strerror or str(error)
        case UnicodeDecodeError():
            reason = "it is no text in UTF-8, or in the encoding that it names"
            hint = "save it as UTF-8, or begin it with: # -*- coding: NAME -*-"
        case _:
            reason = str(error)
    return Issue(
        what=f"{shorten(path)} cannot be read: {reason}", origin=asked_at, hint=hint
    )


def shorten(text: str) -> str:
    """Cut what is too long for a message."""
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"
