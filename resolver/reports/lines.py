"""The lines that a report is made of: how they are laid out, whoever writes them.

Like `axletree.resolver.universe.tables`, this imports next to nothing: a quick explanation is
laid out here too.
"""

from __future__ import annotations

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Literal, TypeAlias

    from axletree.resolver.model.facts import Claim

    Role: TypeAlias = Literal[
        "claim",
        "fact",
        "place",
        "picture",
        "heading",
        "repair",
        "detail",
        "command",  # to be copied as it stands
        "note",
        "blank",
    ]


class ReportLine:
    """One line of a report."""

    __slots__ = ("role", "text")

    def __init__(self, *, role: Role, text: str) -> None:
        self.role: Role = role
        self.text = text


_BLANKS = str.maketrans("\t\n\v\f\r", "     ")
BLANK = ReportLine(role="blank", text="")


def to_text(lines: Iterable[ReportLine]) -> str:
    """Join lines; the text ends with a line break."""
    return "".join(f"{line.text}\n" for line in lines)


def in_ascii(line: ReportLine) -> ReportLine:
    """Spell a line for a terminal that knows nothing else."""
    text = line.text.replace("…", "...").encode("ascii", "backslashreplace")
    return ReportLine(role=line.role, text=text.decode())


def wrapped(
    role: Role, text: str, width: int, indent: str = ""
) -> Iterator[ReportLine]:
    """Break a sentence into lines; those after the first are indented.

    Names and ranges are searched for and copied, so that only blanks are broken at.
    """
    line, is_empty = "", True
    for word in text.translate(_BLANKS).split(" "):
        longer = word if is_empty else f"{line} {word}"
        if word and line.strip() and len(longer) > width:
            yield ReportLine(role=role, text=line.rstrip())
            longer = f"{indent}{word}"
        line, is_empty = longer, False
    if line.strip():
        yield ReportLine(role=role, text=line.rstrip())


def claim_lines(
    head: str, claim: Claim, count: int, width: int
) -> Iterator[ReportLine]:
    """Say what is claimed of the facts of a core.

    :param head: what the sentence begins with, a blank at its end; it may be empty.
    """
    text = _claim(claim, count)
    said = f"{head}{text}" if head else f"{text[0].upper()}{text[1:]}"
    yield from wrapped("claim", said, width)


def _claim(claim: Claim, count: int) -> str:
    if count == 1:
        return "this can never hold."
    ends = {
        "cause": ".",
        "irreducible": ", and none of them can be left out.",
        "smallest": ", and no cause has fewer.",
    }
    return f"these {count} facts cannot hold together{ends[claim]}"


def core_head(
    number: int, count: int, target: str, *, holds_here_only: bool = False
) -> str:
    """Begin the sentence about one of several cores, of which the first is number 1."""
    if number == 1 and holds_here_only:
        return f"No solution for {target} with what can be read here: "
    if number == 1:
        return f"No solution for {target}: "
    return f"Conflict {number} of {count}: "


def unread_line(numbers: list[int], width: int) -> Iterator[ReportLine]:
    """Say that a core holds on this machine only.

    :param numbers: of its facts that are no more than that.
    """
    which = " and ".join(map(str, numbers))
    fact = "fact" if len(numbers) == 1 else "facts"
    text = f"Elsewhere, or with other limits, {fact} {which} may not hold."
    yield from wrapped("note", text, width)


def incomplete_line(found: int) -> ReportLine:
    """Say that there may be more conflicts."""
    text = f"The search for conflicts stopped at {found}: there may be more."
    return ReportLine(role="note", text=text)


def numbered_facts(told: Iterable[tuple[str, str]], width: int) -> Iterator[ReportLine]:
    """Give facts with their numbers, each with where it can be looked up.

    :param told: sentence and place; the place may be empty.
    """
    facts = list(told)
    digits = len(str(len(facts)))
    indent = " " * (digits + 4)
    for number, (sentence, place) in enumerate(facts, start=1):
        text = f"  {number:>{digits}}. {sentence}"
        if len(text) + 2 + len(place) <= width:
            line = f"{text}  {place}" if place else text
            yield ReportLine(role="fact", text=line)
            continue
        yield from wrapped("fact", text, width, indent)
        if place:
            yield from wrapped("place", indent + place, width, indent)


def place_in_brackets(places: Iterable[str], sentence: str, least: int) -> str:
    """Say where a fact can be looked up, if its sentence does not say so.

    :param least: how many places there are at least, not all of them named.
    """
    unsaid = [place for place in dict.fromkeys(places) if place not in sentence]
    if not unsaid:
        return ""
    count = max(len(unsaid), least)
    return f"({unsaid[0]} and {count - 1} more)" if count > 1 else f"({unsaid[0]})"
