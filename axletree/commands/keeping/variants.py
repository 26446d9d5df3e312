"""How `axletree show` tells of listings of variants, and of what they held before."""

from collections.abc import Sequence

from axletree.resolver.model.json_types import JsonObject
from axletree.sizes import size_words
from axletree.wheelhouse.model import VariantsFile


def variants_lines(listed: Sequence[VariantsFile], *, is_brief: bool) -> list[str]:
    """Tell of listings, the oldest content of each first."""
    lines = ["listings of variants"] if listed else []
    named = ""
    for each in listed:
        if each.filename != named:
            named = each.filename
            lines.append(f"  {named}  {_standing(each, listed)}")
        if not is_brief:
            until = f"to {each.until - 1}" if each.until is not None else "on"
            entered = f"{each.entered_at:%Y-%m-%d %H:%M:%S}, by {each.origin}"
            rows = {
                "sha256": each.sha256,
                "entered": entered,
                "listed": f"from generation {each.since} {until}",
            }
            lines += [f"    {name:<15} {text}" for name, text in rows.items()]
    return lines


def _standing(first: VariantsFile, listed: Sequence[VariantsFile]) -> str:
    """Say in a few words how a listing is now."""
    last = [each for each in listed if each.filename == first.filename][-1]
    if last.withdrawn is not None:
        return f"withdrawn in generation {last.withdrawn_since}: {last.withdrawn}"
    if last.until is not None:
        return f"removed in generation {last.until}"
    return size_words(last.size_bytes)


def variants_to_json(file: VariantsFile) -> JsonObject:
    """Tell of what a listing held in some generations."""
    uploaded = file.upload_time
    return {
        "filename": file.filename,
        "version": file.version,
        "sha256": file.sha256,
        "size": file.size_bytes,
        "upload_time": None if uploaded is None else uploaded.isoformat(),
        "entered_at": file.entered_at.isoformat(),
        "origin": file.origin,
        "since": file.since,
        "until": file.until,
        "is_listed": file.is_listed,
        "withdrawn": file.withdrawn,
    }
