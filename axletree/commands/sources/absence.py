"""What brings a project that is not where candidates come from."""

from collections.abc import Iterator, Sequence

from axletree.commands.line.respelling import respell
from axletree.commands.line.words import take_apart
from axletree.commands.sources.house import asking_publicly, filling
from axletree.commands.sources.naming import SourceName
from axletree.errors import Step
from axletree.likeness import meant
from axletree.resolver.model.answers import Conflict
from axletree.terminal import current_words


def lacks_a_root(conflict: Conflict) -> bool:
    """Tell whether something that is asked for is not there at all."""
    return any(
        {fact.kind for fact in core.facts} == {"root", "unknown-project"}
        for core in conflict.conflicts
    )


def absence_steps(conflicts: Sequence[Conflict], name: SourceName) -> tuple[Step, ...]:
    """Give the commands that bring what is not there; none if nothing is missing."""
    facts = [f for each in conflicts for core in each.conflicts for f in core.facts]
    if not any(fact.kind == "unknown-project" for fact in facts):
        return ()
    return tuple(_steps(name))


def _simple_below(words: Sequence[str]) -> Iterator[Step]:
    """Give the command with the address that an index mostly has, if it has another."""
    asked = [part for part in take_apart(words) if part.option] if words else []
    urls = [p.value for p in asked if p.option and p.option.to == "index_url"]
    for url in urls[-1:]:
        scheme, slashes, rest = url.partition("://")
        host, *folders = rest.rstrip("/").split("/")
        last = folders.pop() if folders else ""
        if not slashes or last == "simple" or (last and not meant(last, ["simple"])):
            continue
        right = "/".join((f"{scheme}://{host}", *folders, "simple", ""))
        yield Step(
            purpose="an index mostly begins at /simple/",
            command=respell(words, without={"index_url"}, more=["--index-url", right]),
        )


def _steps(name: SourceName) -> Iterator[Step]:
    words = current_words()
    match name.kind:
        case "wheelhouse":
            yield Step(purpose="download it into the wheelhouse", command=filling())
            yield Step(
                purpose="or use the public index instead", command=asking_publicly()
            )
            if words[:1] == ("explain",):
                yield Step(
                    purpose="or see which files of the public index would help",
                    command=respell(
                        words, without={"upstream"}, more=["--upstream", "public"]
                    ),
                )
        case "view":
            yield Step(
                purpose="use all of the wheelhouse",
                command=respell(words, without={"view"}),
            )
        case "folder":
            yield Step(purpose="also use the public index", command=asking_publicly())
        case "snapshot":
            yield Step(
                purpose="use the public index instead",
                command=respell(
                    words, without={"universe"}, more=["--index-url", "public"]
                ),
            )
        case "index" if name.is_public:
            yield Step(
                purpose="if it is your own, name the folder that has its file",
                command=respell(words, more=["--find-links", "DIR"]),
            )
        case "index":
            yield from _simple_below(words)
            yield Step(
                purpose="use the public index for what this one lacks",
                command=respell(words, more=["--extra-index-url", "public"]),
            )
