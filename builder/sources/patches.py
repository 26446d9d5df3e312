"""Apply unified diffs to a source, each cleanly or not at all.

Git does it, where the source is unpacked anyway: behind the wall. Out comes a new
archive, which is looked through like any other source. A patch that makes links is
refused before, so that no patch after it can be written through one, whatever the age
of the git that is there.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from axletree.builder.archives.source_archive import (
    SourceArchive,
    look_into,
)
from axletree.builder.errors import (
    BuildFailedError,
    InvalidRecipeError,
    PatchFailedError,
    UnsafeSourceError,
)
from axletree.builder.sandbox.runner import Sandbox
from axletree.builder.sandbox.sandbox_job import SandboxJob
from axletree.builder.sandbox.transfer import BuildLog
from axletree.builder.sources.patching import REFUSED
from axletree.sizes import size_words

LIMIT_BYTES = 64 << 20
"""Of one patch."""

_MODE = re.compile(rb"^new (?:file )?mode(.*)$", re.MULTILINE)
_FILE_MODES = (b"100644", b"100755")
_PROGRAM = Path(__file__).with_name("patching.py")


def apply_patches(
    source: SourceArchive, patches: Sequence[Path], sandbox: Sandbox, log: BuildLog
) -> SourceArchive:
    """Apply `patches` in order; git allows moved lines, but no changed context.

    The commit of a source that has a `.git` is made anew.

    :raises PatchFailedError: naming the patch, and the file, hunk and line that refuse
        it.
    :raises InvalidRecipeError: when a patch is not there.
    :raises UnsafeSourceError: when a patch makes links.
    """
    if not patches and source.git != "altered":
        return source
    for patch in patches:
        _check(patch)
    results = sandbox.scratch / "patched"
    inputs = {f"patches/{number:04}": path for number, path in enumerate(patches)}
    job = SandboxJob(
        name=f"patching of {source.name}",
        argv=(
            *(str(sandbox.python), "-I", "patching.py", sandbox.git, "src"),
            *("none" if source.git == "none" else "ours", *inputs),
        ),
        source=source,
        inputs={"patching.py": _PROGRAM, **inputs},
        repack=("src",),
        collect=("out",),
    )
    patching = BuildLog(log.path.with_suffix(".patch.log"), log.reporter)
    try:
        sandbox.run(job, results, patching)
    except BuildFailedError as error:
        refusal = _refusal(patching.path, patches, source.folder)
        if refusal is None:
            raise
        raise refusal from error
    return look_into(
        results / "out" / "src.tar",
        name=source.name,
        has_top=False,
        folder=source.folder,
        git="clean" if source.git != "none" else "none",
    )


def _check(patch: Path) -> None:
    if not patch.is_file():
        raise InvalidRecipeError("the patch does not exist", where=str(patch))
    if patch.stat().st_size > LIMIT_BYTES:
        raise InvalidRecipeError(
            f"the patch is larger than {size_words(LIMIT_BYTES)}", where=str(patch)
        )
    for mode in _MODE.findall(patch.read_bytes()):
        if mode.strip() not in _FILE_MODES:
            raise UnsafeSourceError(
                "the patch makes something that is not a plain file: "
                f"mode {mode.strip().decode('ascii', 'replace')}",
                where=str(patch),
                hint="leave links and submodules out of the patch",
            )


def _refusal(
    log: Path, patches: Sequence[Path], folder: str
) -> PatchFailedError | None:
    """Read from the log which patch was refused, and why.

    :param folder: the project's, if that is not the whole tree.
    """
    lines = log.read_text(encoding="utf-8").splitlines()
    told = [line for line in lines if line.startswith(REFUSED)]
    if not told:
        return None
    reason = json.loads(told[-1].removeprefix(REFUSED))
    hint = "make it again from the pinned commit"
    if reason.get("is_there"):
        hint = "the source has its changes already: take it out of the recipe"
    elif folder and "No such file" in reason.get("text", ""):
        hint = f"its paths are those of the whole tree, not of {folder}: `git diff` without "
        hint += "--relative writes them"
    return PatchFailedError(
        f"the patch does not apply: {_words(reason)}",
        where=str(patches[reason["number"]]),
        hint=hint,
    )


def _words(reason: Mapping[str, str | int | None]) -> str:
    if "text" in reason:
        return str(reason["text"])
    place = (
        f"{reason['file']}:{reason['start']}, hunk {reason['hunk']} of "
        f"{reason['hunks']} (line {reason['patch_line']} of the patch)"
    )
    if "expected" not in reason:
        return place
    found, line = reason["found"], reason["line"]
    is_there = f"line {line} is {found!r}" if found is not None else "the file ends"
    return f"{place}: {is_there} where {reason['expected']!r} is expected"
