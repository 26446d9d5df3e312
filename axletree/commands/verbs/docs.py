"""`axletree docs`: the documentation, in the terminal."""

from collections.abc import Sequence
from itertools import chain

import click

from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.results import page_on_screen
from axletree.console import Console, UsageError
from axletree.errors import Step, docs_command
from axletree.likeness import meant
from axletree.manual.topics import Topic, find, groups, names


@click.command(cls=VerbCommand, context_settings={"ignore_unknown_options": True})
@options_of("docs")
def docs(*, topic: tuple[str, ...], path: bool) -> int:
    """Show a page of the documentation, or what it says of one word.

    A topic is a page (lock), a verb, the name of an error (invalid-requirement), an
    option or a setting. Without one, all pages are listed.
    """
    console = Console()
    if not topic:
        console.result(_list_of_pages())
        return 0
    found = _found(topic)
    if path:
        console.result(f"{found.page.path.resolve()}\n")
    elif page_on_screen.is_looked_at():
        page_on_screen.show(found.text, found.page)
    else:
        console.result(found.text)
    return 0


def _found(words: Sequence[str]) -> Topic:
    """Find what was asked for, in one word or several.

    :raises UsageError: nothing is known of it.
    """
    word = " ".join(words)
    found = find(word) or find("-".join(words))
    if found is not None:
        return found
    spelt = {name.lower(): name for name in reversed(names())}
    near = [spelt[name] for name in meant(word, spelt)]
    hint = (
        f"did you mean {' or '.join(near)}?"
        if near
        else "without a topic all pages are listed"
    )
    steps = [Step(purpose="read it", command=docs_command(near[0]))] if near else []
    raise UsageError(
        f"there is no topic {word}", where="command line", hint=hint, steps=steps
    )


def _list_of_pages() -> str:
    width = max(len(page.stem) for page in chain(*groups().values()))
    parts = [
        "\n".join([group, *(f"  {page.stem:{width}}  {page.title}" for page in listed)])
        for group, listed in groups().items()
    ]
    parts.append(
        "axletree docs TOPIC shows one. A topic may also be a verb (build), an error's\n"
        "name (invalid-requirement), an option (--base) or a setting (AXLETREE_HOME)."
    )
    return "\n\n".join(parts) + "\n"
