"""Objects of foreign JSON that is kept as it came: bounded in size and depth."""

import orjson

from axletree.resolver.model.json_types import is_too_deep
from axletree.sizes import size_words


def read_object(content: bytes, most_bytes: int) -> dict[str, object] | str:
    """Read one; a clause that says why not, where it is none.

    :param most_bytes: of the document.
    """
    if len(content) > most_bytes:
        return f"it is larger than {size_words(most_bytes)}"
    try:
        said = orjson.loads(content)
    except orjson.JSONDecodeError:
        said = None
    if not isinstance(said, dict):
        return "it is no JSON object"
    return "it is nested too deeply" if is_too_deep(said) else said
