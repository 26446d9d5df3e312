"""A commit as its clone has it: its true files, its submodules, its large files.

What a clone would have and the repository alone does not is refused by name, unless the
recipe says where it comes from: no wheel may silently lack it.
"""

import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path

from axletree.builder.archives.source_archive import GitState
from axletree.builder.errors import (
    CommitNotFoundError,
    IncompleteSourceError,
    InvalidRecipeError,
    PinMismatchError,
    SourceUnreachableError,
    UnsafeSourceError,
)
from axletree.builder.recipes.scm_tools import PROJECT_FILES, lists_files_by_git
from axletree.builder.recipes.source_table import GitSource, LargeFile
from axletree.builder.sources.addresses import GitAccess, beside, without_secrets
from axletree.builder.sources.git_mirror import Mirror, open_mirror
from axletree.builder.sources.git_tree import (
    Entry,
    TarWriter,
    list_tree,
    read_blob,
    translated,
    write_blob,
    write_folder,
)
from axletree.builder.sources.history import write_history
from axletree.builder.sources.lfs import (
    LARGEST_POINTER_BYTES,
    Pointer,
    large_file_of,
    read_pointer,
)
from axletree.builder.sources.submodules import (
    DEPTH,
    MOST,
    Submodule,
    submodules_of,
)
from axletree.resolver.model.shown_text import shown

_SHOWN_NAMES = 3
_PROJECT_FILE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What came of writing a commit."""

    git: GitState
    """Whether it has a `.git`."""
    unused: tuple[LargeFile, ...]
    """Large files that the recipe gives, and to which nothing points."""


def export(source: GitSource, archive: Path, access: GitAccess) -> Exported:
    """Write the files of the pinned commit into a tar at `archive`.

    What the mirror cache has already is not fetched again, but for tags.

    :raises SourceUnreachableError: when a host cannot be reached.
    :raises CommitNotFoundError: when it has no such branch or commit.
    :raises PinMismatchError: when the commit's time is not the recipe's.
    :raises IncompleteSourceError: when a clone would have more.
    :raises UnsafeSourceError: when it holds what no checkout has.
    """
    checkout = _written(source, archive, access, is_draft=False)
    unused = (f for f in source.large_files if f.sha256 not in checkout.given)
    return Exported(git=checkout.state, unused=tuple(unused))


def export_draft(
    source: GitSource, archive: Path, access: GitAccess
) -> tuple[GitSource, GitState]:
    """Write a commit as `export`, of which no recipe says yet what it needs.

    Pointers to large files stay what they are.

    :return: the source with the keys that its recipe needs, and whether it has a `.git`.
    :raises BuilderError: as `export`.
    """
    checkout = _written(source, archive, access, is_draft=True)
    large_files = {
        each.sha256: LargeFile(path=Path(_named(path)), sha256=each.sha256)
        for path, each in checkout.pointers
    }
    needed = replace(
        source,
        submodules=checkout.wants_submodules,
        large_files=tuple(large_files.values()),
    )
    return needed, checkout.state


def _written(
    source: GitSource, archive: Path, access: GitAccess, *, is_draft: bool
) -> "_Checkout":
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive, "w") as tar:
        checkout = _Checkout(
            source=source,
            access=access,
            writer=TarWriter(tar=tar),
            is_draft=is_draft,
            wants_submodules=source.submodules,
        )
        waiting = [
            _Place(
                url=source.url,
                commit=source.commit,
                ref=source.ref,
                bundle=source.bundle,
            )
        ]
        for place in waiting:
            with _told_of(place):
                waiting += checkout.write(place)
            if len(waiting) > MOST:
                raise UnsafeSourceError(f"the source has over {MOST} submodules")
    return checkout


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A commit, and where in the tree its files go."""

    url: str
    commit: str
    ref: str | None = None
    bundle: Path | None = None
    folder: bytes = b""
    """With a slash at its end, or empty."""
    depth: int = 0


@contextmanager
def _told_of(place: _Place) -> Iterator[None]:
    """Name the submodule in what goes wrong with it: no recipe says its address."""
    try:
        yield
    except (
        CommitNotFoundError,
        InvalidRecipeError,
        SourceUnreachableError,
        UnsafeSourceError,
    ) as error:
        if not place.depth or error.where.startswith("submodule "):
            raise
        error.where = f"submodule {_shown(place.folder[:-1])}, from " + (
            error.where or without_secrets(place.url) or "no address"
        )
        if not isinstance(error, UnsafeSourceError) and "--allow" not in error.hint:
            error.hint = (
                "[mirrors] can name what to fetch instead; if the wheel needs nothing of "
                "it, say submodules = false in [source]"
            )
        raise


@dataclass(slots=True, kw_only=True)
class _Checkout:
    """Write one commit after the other; mirrors are not locked within each other."""

    source: GitSource
    access: GitAccess
    writer: TarWriter
    is_draft: bool
    """Find out what the recipe must say, in place of refusing what it does not."""
    wants_submodules: bool | None
    """As the recipe says, or as a draft has found."""
    has_git: bool = field(default=False, init=False)
    given: set[str] = field(default_factory=set, init=False)
    """Hashes of the large files that were put in their places."""
    pointers: list[tuple[bytes, Pointer]] = field(default_factory=list, init=False)

    @property
    def state(self) -> GitState:
        """Tell whether there is a `.git`, and whether it has all files."""
        if not self.has_git:
            return "none"
        return "altered" if self.given else "clean"

    def write(self, place: _Place) -> Sequence[_Place]:
        """Write the files of one commit; return where its submodules are."""
        with open_mirror(place.url, self.access, place.bundle) as mirror:
            mirror.bring(place.commit, place.ref)
            if not place.depth:
                _check_time(mirror, self.source.commit, self.source.committed)
            entries = list_tree(mirror.repo, place.commit)
            submodules = submodules_of(mirror.repo, entries)
            for entry in entries:
                self._write(mirror, entry, place.folder + entry.path)
            self._refuse_pointers()
            if not place.depth:
                self._write_history(mirror, entries)
        return self._wanted(place, submodules)

    def _write(self, mirror: Mirror, entry: Entry, path: bytes) -> None:
        if entry.kind == "submodule":
            write_folder(path, self.writer)
        elif not self._write_small(mirror, entry, path):
            write_blob(mirror.repo, entry, path, self.writer)

    def _write_small(self, mirror: Mirror, entry: Entry, path: bytes) -> bool:
        """Write a file of few bytes, or what it points to; False for any other."""
        if entry.kind == "link" or entry.size_bytes > LARGEST_POINTER_BYTES:
            return False
        content = read_blob(mirror.repo, entry)
        pointer = read_pointer(content)
        if pointer is None:
            self.writer.add(path, entry.kind, entry.size_bytes, BytesIO(content))
            return True
        large = large_file_of(pointer, self.source.large_files)
        if large is not None:
            with large.path.open("rb") as file:
                self.writer.add(path, entry.kind, pointer.size_bytes, file)
            self.given.add(large.sha256)
            return True
        if self._is_built(path):
            self.pointers.append((path, pointer))
        return False

    def _write_history(self, mirror: Mirror, entries: Sequence[Entry]) -> None:
        source = self.source
        named = {
            "/".join(filter(None, (source.subdirectory, name))).encode()
            for name in PROJECT_FILES
        }
        files = (each for each in entries if each.path in named)
        if source.history or any(
            lists_files_by_git(read_blob(mirror.repo, each))
            for each in files
            if each.size_bytes < _PROJECT_FILE_BYTES
        ):
            write_history(
                mirror, source.commit, source.ref, self.writer, is_whole=source.history
            )
            self.has_git = True

    def _refuse_pointers(self) -> None:
        if self.pointers and not self.is_draft:
            names = [f"{_shown(path)} (sha256 {p.sha256})" for path, p in self.pointers]
            raise IncompleteSourceError(
                "Git LFS keeps files of the source elsewhere, and only pointers to them "
                f"are in the repository: {_some(names)}",
                where=without_secrets(self.source.url),
                hint="put each file beside the recipe, and add to the recipe: "
                '[[source.lfs]] file = "NAME", sha256 = "SHA256"',
            )

    def _wanted(
        self, place: _Place, submodules: Sequence[Submodule]
    ) -> Sequence[_Place]:
        if self.wants_submodules is None:
            paths = [place.folder + each.path for each in submodules]
            lacking = [_shown(path) for path in paths if self._is_built(path)]
            if lacking and self.is_draft:
                # One without a url is in no clone either.
                self.wants_submodules = any(each.url for each in submodules)
            elif lacking:
                raise IncompleteSourceError(
                    f"the source has submodules: {_some(lacking)}",
                    where=without_secrets(place.url),
                    hint="add submodules = true to [source], which fetches them; if "
                    "the wheel needs nothing of them, submodules = false",
                )
        if self.wants_submodules:
            return [self._below(place, each) for each in submodules]
        return ()

    def _below(self, place: _Place, submodule: Submodule) -> _Place:
        path = place.folder + submodule.path
        where = f"submodule {_shown(path)} of {without_secrets(place.url)}"
        if submodule.url is None:
            raise IncompleteSourceError(
                ".gitmodules has no url for a submodule",
                where=where,
                hint="if the wheel needs nothing of it, say submodules = false in "
                "[source]",
            )
        url = beside(submodule.url, place.url)
        if url is None:
            raise UnsafeSourceError(
                f"the url {without_secrets(submodule.url)!r} of a submodule leads "
                "elsewhere than its repository",
                where=where,
            )
        if place.depth >= DEPTH:
            raise UnsafeSourceError(
                f"submodules are more than {DEPTH} deep", where=where
            )
        return replace(
            place,
            url=url,
            commit=submodule.commit,
            ref=None,
            bundle=None,
            folder=path + b"/",
            depth=place.depth + 1,
        )

    def _is_built(self, path: bytes) -> bool:
        """Tell whether a path is part of what is built."""
        folder = self.source.subdirectory.encode()
        inner, outer = path + b"/", folder + b"/"
        return not folder or inner.startswith(outer) or outer.startswith(inner)


def _check_time(mirror: Mirror, commit: str, expected: datetime) -> None:
    with translated(mirror.repo):
        committed = mirror.committed(commit)
    if committed != expected:
        raise PinMismatchError(
            f"commit {commit} was made at {committed:%Y-%m-%dT%H:%M:%SZ}, "
            f"the recipe says {expected:%Y-%m-%dT%H:%M:%SZ}",
            where=without_secrets(mirror.url),
            hint="put the first of the two into [source] committed",
        )


def _named(path: bytes) -> str:
    """Name a file as a clone has it, where a recipe can say that name."""
    text = path.decode("utf-8", "replace")
    is_plain = text.encode() == path and "\n" not in text and shown(text) == text
    return text if is_plain else _shown(path)


def _shown(path: bytes) -> str:
    return ascii(path.decode("utf-8", "replace"))[1:-1]


def _some(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN_NAMES
    shown = ", ".join(names[:_SHOWN_NAMES])
    return f"{shown} and {more} more" if more > 0 else shown
