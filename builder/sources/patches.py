"""Apply unified diffs to a source, each cleanly or not at all.

Git does it, where the source is unpacked anyway: behind the wall. Out comes a new
archive, which is looked through like any other source. A patch that makes links is
refused before, so that no patch after it can be written through one, whatever the age
of the git that is there.
"""

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from axletree.builder.archives.source_archive import (
    SourceArchive,
    look_into,
)
from axletree.builder.errors import (
    BuildFailedError,
    InvalidRecipeError,
    IsolationUnavailableError,
    PatchFailedError,
    UnsafeSourceError,
)
from axletree.builder.sandbox.runner import (
    Sandbox,
    SandboxJob,
)
from axletree.builder.sandbox.transfer import BuildLog

LIMIT_BYTES = 64 << 20
"""Of one patch."""

_MODE = re.compile(rb"^new (?:file )?mode(.*)$", re.MULTILINE)
_FILE_MODES = (b"100644", b"100755")
_REFUSAL = re.compile(r"^error: (.+?)'?$", re.MULTILINE)
_BEGINNING = re.compile(r"^patch (\d+)$", re.MULTILINE)
_SCRIPT = """
for patch in patches/*; do
  echo "patch ${patch##*/}"
  "$GIT" -C src apply --whitespace=nowarn -- "$PWD/$patch" || exit
done
"""


def apply_patches(
    source: SourceArchive, patches: Sequence[Path], sandbox: Sandbox, log: BuildLog
) -> SourceArchive:
    """Apply `patches` in order; git allows moved lines, but no changed context.

    :raises PatchFailedError: naming the patch, and the file and line that refuse it.
    :raises InvalidRecipeError: when a patch is not there.
    :raises UnsafeSourceError: when a patch makes links.
    """
    if not patches:
        return source
    for patch in patches:
        _check(patch)
    results = sandbox.scratch / "patched"
    job = SandboxJob(
        name=f"patching of {source.name}",
        argv=("/bin/sh", "-c", _SCRIPT),
        source=source,
        inputs={f"patches/{number:04}": path for number, path in enumerate(patches)},
        environment=_environment(sandbox),
        repack=("src",),
        collect=("out",),
    )
    patching = BuildLog(log.path.with_suffix(".patch.log"), log.reporter)
    try:
        sandbox.run(job, results, patching)
    except BuildFailedError as error:
        refusal = _refusal(patching.path, patches)
        if refusal is None:
            raise
        raise refusal from error
    return look_into(
        results / "out" / "src.tar",
        name=source.name,
        has_top=False,
        folder=source.folder,
    )


def _check(patch: Path) -> None:
    if not patch.is_file():
        raise InvalidRecipeError("the patch does not exist", where=str(patch))
    if patch.stat().st_size > LIMIT_BYTES:
        raise InvalidRecipeError(
            f"the patch is larger than {LIMIT_BYTES} bytes", where=str(patch)
        )
    for mode in _MODE.findall(patch.read_bytes()):
        if mode.strip() not in _FILE_MODES:
            raise UnsafeSourceError(
                "the patch makes something that is not a plain file: "
                f"mode {mode.strip().decode('ascii', 'replace')}",
                where=str(patch),
                hint="leave links and submodules out of the patch",
            )


def _environment(sandbox: Sandbox) -> dict[str, str]:
    # A tree inside another repository's work tree (such as our own checkout) would
    # make git skip the patch without a word; the ceiling hides that repository.
    return {
        "GIT": _git(sandbox),
        "GIT_CEILING_DIRECTORIES": str(sandbox.room),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_DIR": str(sandbox.room / "src" / ".git-is-not-here"),
    }


def _git(sandbox: Sandbox) -> str:
    found = shutil.which("git")
    if sandbox.isolation == "full" and not str(found).startswith("/usr/"):
        found = "/usr/bin/git" if Path("/usr/bin/git").exists() else None
    if found is None:
        raise IsolationUnavailableError(
            "git, which applies patches, was not found",
            where="/usr/bin" if sandbox.isolation == "full" else "PATH",
            hint="install git (apt-get install git)",
        )
    return found


def _refusal(log: Path, patches: Sequence[Path]) -> PatchFailedError | None:
    """Read from git's words which patch was refused, and why."""
    text = log.read_text(encoding="utf-8")
    begun = [*_BEGINNING.finditer(text)]
    last = begun[-1] if begun else None
    if last is None or int(last[1]) >= len(patches):
        return None
    said = text[last.end() :].strip()
    reasons = _REFUSAL.findall(said) or [said]
    return PatchFailedError(
        f"the patch does not apply: {'; '.join(reasons)}",
        where=str(patches[int(last[1])]),
        hint="make it again from the pinned commit",
    )
