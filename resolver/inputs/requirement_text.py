"""The text of one requirement -> a root, or what is wrong with it.

What is wrong is a value, so that whoever reads many can gather all of it: a user
mends a file in one go.
"""

from collections.abc import Callable, Sequence

from packaging.requirements import InvalidRequirement, Requirement

from axletree.errors import Spot
from axletree.late_dataclasses import dataclass
from axletree.resolver.inputs.addresses import (
    AddressError,
    Reference,
    is_address,
    of_named,
    read_reference,
    with_marker_apart,
)
from axletree.resolver.inputs.requirement_lines import redact, without_options
from axletree.resolver.model.errors import InvalidRequirementError
from axletree.resolver.model.foreign_text import read_requirement
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.requirements import RootRequirement

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


def parse_requirement(text: str, origin: Origin | None = None) -> RootRequirement:
    """Read one requirement.

    :raises InvalidRequirementError: when it is none, or names a URL or a path.
    """
    parsed = parse_text(text, origin or Origin())
    if isinstance(parsed, Issue):
        raise gather([parsed])
    refused = refused_address(parsed)
    if refused is not None:
        raise gather([refused])
    return parsed


def parse_text(
    text: str,
    origin: Origin,
    *,
    shown: str = "",
    hashes: tuple[str, ...] = (),
    read: Callable[[str], str] | None = None,
) -> RootRequirement | Issue:
    """Read one requirement, or say what is wrong with it.

    :param shown: what a message shows instead, such as the text with its variables.
    :param read: gives the text of a file, to name the project in a folder; None: no
        folder is looked at.
    """
    text = text.strip()
    shown = redact(shown or text)
    issue = _foreign_form(text, shown, origin)
    if issue is not None:
        return issue
    try:
        found = _read(text, read)
    except InvalidRequirement as error:
        return _malformed(text, shown, origin, str(error).partition("\n")[0])
    except AddressError as error:
        return _no_address(shown, origin, error)
    if isinstance(found, Reference):
        return _referring(found, text, origin, hashes)
    return RootRequirement(requirement=found, text=text, origin=origin, hashes=hashes)


def _read(text: str, read: Callable[[str], str] | None) -> Requirement | Reference:
    """Read what a text names, or where it is.

    :raises InvalidRequirement: it is none.
    :raises AddressError: it is an address that cannot be used.
    """
    if is_address(text):
        return read_reference(text, read)
    requirement = read_requirement(with_marker_apart(text))
    if any(not specifier.version for specifier in requirement.specifier):
        # packaging lets `===` stand alone.
        raise InvalidRequirement("There is no version behind ===")
    return requirement if requirement.url is None else of_named(requirement)


def parse_editable(
    text: str, origin: Origin, read: Callable[[str], str]
) -> RootRequirement | Issue:
    """Read what stands behind `-e`."""
    try:
        named = read_requirement(text)
        if named.url is not None:
            found = of_named(named, is_editable=True)
            return _referring(found, f"-e {text}", origin, ())
    except InvalidRequirement:
        pass  # A path or URL alone.
    except AddressError as error:
        return _no_address(redact(text), origin, error)
    try:
        found = read_reference(text, read, is_editable=True)
    except AddressError as error:
        return _no_address(redact(text), origin, error)
    return _referring(found, f"-e {text}", origin, ())


def refused_address(root: RootRequirement) -> Issue | None:
    """Say so if an address stands where only names and versions can."""
    if root.address is None:
        return None
    return Issue(
        what=f"{redact(root.text)} is an address, and here only names and versions count",
        origin=root.origin,
        hint="require the address itself, on the command line or in a file",
    )


def _referring(
    found: Reference, text: str, origin: Origin, hashes: tuple[str, ...]
) -> RootRequirement:
    return RootRequirement(
        requirement=found.requirement,
        text=redact(text),
        origin=origin,
        hashes=(*hashes, *found.address.hashes),
        address=found.address,
    )


def _no_address(shown: str, origin: Origin, error: AddressError) -> Issue:
    return Issue(
        what=f"{shorten(shown)} cannot be required: {error}",
        origin=origin,
        hint="write NAME @ URL, a path that begins with ./ or /, or a name",
    )


def _foreign_form(text: str, shown: str, origin: Origin) -> Issue | None:
    """Name what belongs on a line of its own: options, and files of requirements."""
    head = text.partition(";")[0].strip()
    name = head.partition("[")[0].partition(" ")[0]
    if head.startswith("-") and head.strip("-= ") and head[1:2] != " ":
        what, hint = f"{shown} is an option, no requirement", "give it as an option"
    elif name.endswith(".txt") and "://" not in name:
        what, hint = f"{shown} is a file, no requirement", f"write -r {name}"
    else:
        return None
    return Issue(what=what, origin=origin, hint=hint)


def _malformed(text: str, shown: str, origin: Origin, reason: str) -> Issue:
    # A hint repeats only what was written, since variables may hold secrets.
    hint = "look at what the variables on this line hold"
    if text in shown:
        from axletree.resolver.inputs.mending import hint_for  # noqa: PLC0415  late: most are right

        hint = hint_for(without_options(text))
    return Issue(
        what=f"{shorten(shown)!r} is not a requirement: "
        f"{reason[:1].lower()}{reason[1:]}",
        origin=origin,
        hint=shorten(hint),
    )


def gather(issues: Sequence[Issue]) -> InvalidRequirementError:
    """Make one error of all that is wrong."""
    error = _gathered(issues)
    error.spots = tuple(
        Spot(file=i.origin.file, line=i.origin.line, what=f"{i.what} ({i.hint})")
        for i in issues
    )
    return error


def _gathered(issues: Sequence[Issue]) -> InvalidRequirementError:
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
        hint="fix each one as the line below it says",
    )


def unreadable(path: str, error: OSError | ValueError, asked_at: Origin) -> Issue:
    """Say why a file cannot be read."""
    hint = "check the path; an include is relative to the file it is in"
    match error:
        case IsADirectoryError():
            reason = "it is a folder"
            hint = "name the file in it; axletree check takes folders"
        case OSError():
            reason = error.strerror or str(error)
        case UnicodeDecodeError():
            reason = "it is not text in UTF-8, or in the encoding that it names"
            hint = "save it as UTF-8, or begin it with: # -*- coding: NAME -*-"
        case _:
            reason = str(error)
    return Issue(
        what=f"{shorten(path)} cannot be read: {reason}", origin=asked_at, hint=hint
    )


def shorten(text: str) -> str:
    """Cut what is too long for a message."""
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"
