"""Cells of a check, made by hand."""

from dataclasses import replace

from axletree.resolver.model.answers import Conflict
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.facts import Evidence
from axletree.resolver.queries.check import Cell, CellAnswer, Failure
from tests.support.answers import make_pin, make_resolution
from tests.support.conflicts import fairing_conflict

COMMAND = "axletree explain -r a.txt"
CAUSE = (
    "kubeflow-fairing 1.0.2 requires kubernetes==10.0.1, "
    "but kfserving 0.6.1 requires kubernetes>=12.0.0"
)
OUTAGE = Failure(
    reference="unreachable-index",
    what="the index does not answer",
    where="index",
    hint="try again later",
    exit_code=3,
)

HOSTILE_NAMES = (
    "a\n::error file=x,line=1::pwned.txt",
    "::add-mask::secret.txt",
    "##[error]pwned.txt",
    "a,line=7%0A::b:c.txt",
    "\x1b[31mred\x07\x00.txt",
    "<script>alert(1)</script>&amp;.txt",
    "a|b`c``` **bold** [x](y) ![i](j) @team #1 www.x.example ~~s~~.txt",
    "\udcff\udcfe.txt",  # no UTF-8
    "\u202egnp.txt",  # reads backwards
    "]]>-->\x0b\ufffe.txt",
)
"""Names of files that mean something to a terminal, to a code host or to a format."""


def cell(file: str, answer: CellAnswer, python: str = "3.9") -> Cell:
    """Make a cell on linux."""
    environment = environment_for(python, "linux")
    return Cell(file=file, environment=environment, answer=answer)


def conflict_at(file: str, *lines: int) -> Conflict:
    """Give the fairing conflict, without repairs, its roots in a file.

    :param lines: of the two roots, or one of both.
    """
    conflict = fairing_conflict()
    core = conflict.conflicts[0]
    each = iter(lines if len(lines) > 1 else lines * 2)
    facts = tuple(
        fact.found_at([Evidence(kind="requirement-line", file=file, line=next(each))])
        if fact.kind == "root"
        else fact
        for fact in core.facts
    )
    core = core.telling(facts)
    return replace(conflict, conflicts=(core,), repairs=(), as_pip=None)


def fine(file: str) -> Cell:
    """Make a cell with an answer."""
    return cell(file, make_resolution(make_pin("six", "1.15.0")))


def refused(file: str, *lines: int, python: str = "3.9") -> Cell:
    """Make a cell with the fairing conflict, by default at lines 1 and 2."""
    answer = conflict_at(file, *(lines or (1, 2)))
    return replace(cell(file, answer, python), command=COMMAND)


def known(file: str) -> Cell:
    """Make one whose conflict a baseline has."""
    found = refused(file)
    return replace(found, known=frozenset({found.fingerprint(found.cores[0])}))
