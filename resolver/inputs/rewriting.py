"""Input files with some requirements changed; all else stays as it was."""

from collections.abc import Mapping, Sequence

from axletree.resolver.model.errors import RepairNotWrittenError
from axletree.resolver.model.requirements import Edit


def edit_texts(edits: Sequence[Edit], texts: Mapping[str, str]) -> Mapping[str, str]:
    """Apply edits to the texts of their files, comments and order kept.

    :param texts: file, as the edits' origins name it -> what it holds.
    :raises RepairNotWrittenError: when a requirement does not stand where it was read.
    """
    lines = {file: text.splitlines(keepends=True) for file, text in texts.items()}
    for edit in edits:
        file, number = edit.origin.file, edit.origin.line
        if file not in lines or number is None:
            raise RepairNotWrittenError(
                f"{edit.old} is in no file that can be written",
                where=str(edit.origin),
                hint=f"write {edit.new} instead of it yourself",
            )
        _edit_line(edit, lines[file], number - 1)
    return {file: "".join(listed) for file, listed in lines.items()}


def _edit_line(edit: Edit, lines: list[str], start: int) -> None:
    """Change one requirement, which begins in a line and may go on in the next."""
    for index in range(start, len(lines)):
        requirement, mark, comment = lines[index].partition(" #")
        is_hashed = "--hash" in "".join(_logical_line(lines, start))
        if edit.old in requirement and not is_hashed:
            changed = requirement.replace(edit.old, edit.new, 1)
            lines[index] = f"{changed}{mark}{comment}"
            return
        if not lines[index].rstrip("\r\n").endswith("\\"):
            break
    raise RepairNotWrittenError(
        f"{edit.old} is not written there as it was understood (variables, hashes and "
        "requirements broken over lines are not rewritten)",
        where=str(edit.origin),
        hint=f"write {edit.new} instead of it yourself",
    )


def _logical_line(lines: Sequence[str], start: int) -> list[str]:
    end = start
    while end < len(lines) - 1 and lines[end].rstrip("\r\n").endswith("\\"):
        end += 1
    return list(lines[start : end + 1])
