"""A repository made new for a build: one commit, or its whole ancestry with its tags.

What a clone has in `.git` beside objects is not copied: the configuration is ours, there
are no remotes, hooks, alternates, includes, grafts or replaced objects, and attributes do
not change the bytes of files. Objects come as one pack that git makes of just those that
the commit reaches.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from git import GitCommandError

from axletree.builder.errors import IncompleteSourceError
from axletree.builder.sources.addresses import without_secrets
from axletree.builder.sources.git_mirror import Mirror
from axletree.builder.sources.git_tree import (
    TarWriter,
    translated,
    write_folder,
)
from axletree.sizes import size_words

LIMIT_BYTES = 256 * 10**6
"""Of the objects, packed."""
MOST_TAGS = 20_000

_CHUNK_BYTES = 1 << 20
_CONFIG = b"""\
[core]
\trepositoryFormatVersion = 0
\tbare = false
\tfileMode = true
\tsymlinks = true
\tautocrlf = false
\thooksPath = /dev/null
\tlogAllRefUpdates = false
[gc]
\tauto = 0
[protocol]
\tallow = never
"""
_ATTRIBUTES = b"* -text -ident -filter !working-tree-encoding\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tag:
    object_id: str
    name: str
    """`refs/tags/v1.0`."""


def write_history(
    mirror: Mirror, commit: str, ref: str | None, writer: TarWriter, *, is_whole: bool
) -> None:
    """Write `.git`, without an index, which is made where the files are.

    :param is_whole: with all ancestors of the commit; else as `git clone --depth 1`.
    :raises IncompleteSourceError: when that is more than a build is given.
    """
    if is_whole:
        mirror.bring_ancestry(commit, ref)
    mirror.bring_tags(commit)
    with translated(mirror.repo):
        _write(mirror, commit, ref, writer, is_whole=is_whole)


def _write(
    mirror: Mirror, commit: str, ref: str | None, writer: TarWriter, *, is_whole: bool
) -> None:
    tags = tuple(_tags(mirror, commit, is_whole=is_whole))
    branch = f"refs/heads/{ref}" if ref and _is_branch(mirror, ref) else None
    refs = [f"{tag.object_id} {tag.name}" for tag in tags]
    if branch:
        refs.append(f"{commit} {branch}")
    head = f"ref: {branch}" if branch else commit
    files = {
        "HEAD": f"{head}\n".encode(),
        "config": _CONFIG,
        "info/attributes": _ATTRIBUTES,
        "packed-refs": "".join(f"{line}\n" for line in sorted(refs)).encode(),
    }
    wanted = [commit, *(tag.object_id for tag in tags)]
    if not is_whole:
        files["shallow"] = f"{commit}\n".encode()
        wanted.insert(0, f"--shallow {commit}")
    for name, content in files.items():
        path = f".git/{name}".encode()
        writer.add(path, "file", len(content), BytesIO(content))
    write_folder(b".git/refs", writer)
    _write_objects(mirror, wanted, writer)


def _is_branch(mirror: Mirror, ref: str) -> bool:
    try:
        mirror.repo.git.show_ref("--verify", "--quiet", f"refs/heads/{ref}")
    except GitCommandError:
        return False
    return True


def _tags(mirror: Mirror, commit: str, *, is_whole: bool) -> Iterator[_Tag]:
    which = "--merged" if is_whole else "--points-at"
    listed = mirror.repo.git.for_each_ref(
        f"{which}={commit}",
        f"--count={MOST_TAGS}",
        "--format=%(objectname) %(refname)",
        "refs/tags/",
    )
    for line in listed.splitlines():
        object_id, _, name = line.partition(" ")
        yield _Tag(object_id=object_id, name=name)


def _write_objects(mirror: Mirror, wanted: list[str], writer: TarWriter) -> None:
    with tempfile.TemporaryDirectory(dir=mirror.scratch) as folder:
        pack = Path(folder, "new.pack")
        _pack(mirror, wanted, pack)
        # Its name is the hash that index-pack says, as git has it.
        said = mirror.repo.git.index_pack(str(pack)).split()[-1]
        for path in (pack, pack.with_suffix(".idx")):
            name = f".git/objects/pack/pack-{said}{path.suffix}".encode()
            with path.open("rb") as file:
                writer.add(name, "file", path.stat().st_size, file)


def _pack(mirror: Mirror, wanted: list[str], pack: Path) -> None:
    process = mirror.repo.git.pack_objects(
        "--revs", "--stdout", "--delta-base-offset", "--shallow", "-q",
        as_process=True,
        istream=-1,
    )  # fmt: skip
    process.stdin.write("".join(f"{line}\n" for line in wanted).encode())
    process.stdin.close()
    with pack.open("wb") as file:
        while chunk := process.stdout.read(_CHUNK_BYTES):
            file.write(chunk)
            if file.tell() > LIMIT_BYTES:
                raise IncompleteSourceError(
                    f"the history of the commit is larger than {size_words(LIMIT_BYTES)}",
                    where=without_secrets(mirror.url),
                    hint="build without [source] history, and have the source told its "
                    "version by a patch",
                )
    process.wait()
