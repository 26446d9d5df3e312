"""A lock from tables, as `axletree.resolver.locks.requirements_txt` writes it."""

from __future__ import annotations

from axletree.commands.fast.arguments import SAFE
from axletree.resolver.engine.swift import (
    Shared,
    SwiftSearch,
)
from axletree.resolver.universe.swift_reading import (
    SwiftAsked,
    SwiftRoot,
)

TYPE_CHECKING = False  # see axletree.resolver.universe.compiled
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from axletree.commands.fast.arguments import PlainWords
    from axletree.resolver.engine.swift import SwiftPin
    from axletree.resolver.universe.compiled import CompiledUniverse


def lock(
    plain: PlainWords, universe: CompiledUniverse, words: Sequence[str]
) -> str | None:
    """Return the lock; None: it is beyond a quick search.

    :raises NotCompilableError: so is something that was read.
    :raises AxletreeError: whatever the universe raises.
    """
    asked = ((universe.root(line.text), line.asker) for line in plain.lines())
    roots = [SwiftRoot(*root, asker) for root, asker in asked if root is not None]
    pins = SwiftSearch(Shared(universe), SwiftAsked(roots)).run() if roots else None
    has_hashes = plain.values.get("--format") != "constraints"
    if pins is None or (has_hashes and not all(pin.hashes for pin in pins)):
        return None
    return "".join(_text(plain, pins, words, has_hashes=has_hashes))


def _text(
    plain: PlainWords,
    pins: Sequence[SwiftPin],
    words: Sequence[str],
    *,
    has_hashes: bool,
) -> Iterator[str]:
    yield f"#\n# This file was made by axletree for {plain.target}\n"
    yield f"# with the following command:\n#\n#    {_shown(words)}\n#\n"
    for pin in pins:
        yield pin.name
        if has_hashes:
            if pin.extras:
                yield f"[{','.join(pin.extras)}]"
            hashes = " \\\n".join(f"    --hash={value}" for value in pin.hashes)
            yield f"=={pin.version} \\\n{hashes}\n"
        else:
            yield f"=={pin.version}\n"
        asked = sorted(set(pin.requested_by))
        if len(asked) == 1:
            yield f"    # via {asked[0]}\n"
        else:
            yield "    # via\n" + "".join(f"    #   {asker}\n" for asker in asked)


def _shown(words: Sequence[str]) -> str:
    if all(map(SAFE.issuperset, words)) and "://" not in "".join(words):
        return " ".join(("axletree", *words))
    from axletree.resolver.locks.requirements_txt import shown_command  # noqa: PLC0415  late

    return shown_command(("axletree", *words))
