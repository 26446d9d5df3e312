"""Commands that fail, and what they say."""

import re
from pathlib import Path

from axletree.resolver.model.json_types import JsonObject
from tests.support.command_line import CommandLine


def refuse(axletree: CommandLine, *words: str | Path) -> tuple[int, JsonObject]:
    """Run a command that fails, as text and as JSON; give its code and document."""
    plain, as_json = axletree(*words), axletree(*words, "--json")
    document = as_json.document("error")
    said = f"error: {document['what']}\n  where: {document['where']}\n"
    assert plain.code == as_json.code
    assert plain.out == ""
    said += f"  hint: {document['hint']}\n"
    said += f"  docs: axletree docs {document['reference']}\n"
    assert {_lasting(ran.err) for ran in (plain, as_json)} == {_lasting(said)}
    assert all(document.values())
    return plain.code, document


def _lasting(text: str) -> str:
    """Leave out what another run says otherwise."""
    # What is long is named before it begins; a connection says how long it took; the
    # commands that help are those of the command line that was given; a build that has
    # failed is known to.
    return re.sub(
        r"\Abuilding .*\n|\bafter \d+ ms\b|^    .*\n|^note: job \d+ failed .*\n",
        "",
        text,
        flags=re.MULTILINE,
    )
