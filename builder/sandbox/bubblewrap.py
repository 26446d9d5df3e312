"""The command lines that put a wall around a build: bubblewrap, setpriv, prlimit.

Everything here is pure but for looks at the file system; `sandbox.py` runs it. What is
shown inside stands at neutral paths, so that no build sees whose machine it runs on,
and every build sees the same paths.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path

from axletree.late_dataclasses import dataclass

SLOT_UID = 65534
"""Who builds when we are root: the kernel does not bound root's processes."""

INSIDE = Path("/axletree")
"""Where the interpreter and uv are seen."""

ROOM = Path("/build")
"""The one folder (and size cap) in which a build lives."""

TMP_FOLDERS = (Path("/tmp"), Path("/dev/shm"))  # noqa: S108 - inside
"""File systems of their own beside the room."""

_LAST_SECONDS = 5
"""Between the signal that tells of the limit and the one that tells nothing."""
_STAGE = Path("/tmp")  # noqa: S108 - a mount point in a private namespace
_LINKED_FOLDERS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives")


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxLimits:
    """What one command in a sandbox may use."""

    cpu_s: int = 3600
    """Of one process."""
    memory_bytes: int = 16 << 30
    """Of all processes and files together, and address space of one process."""
    question_memory_bytes: int = 16 << 30
    """The same while a build backend is only asked: several are at once."""
    spare_bytes: int = 64 << 20
    """With less than that left on the machine, the build ends and not another."""
    file_bytes: int = 2 << 30
    processes: int = 512
    """Threads count too."""
    open_files: int = 1024
    room_bytes: int = 6 << 30
    """Source, environment and results together."""
    tmp_bytes: int = 1 << 30
    wall_s: float = 3600.0
    hook_wall_s: float = 120.0
    """Of a question to a build backend: for its requirements, or for METADATA."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubblewrap:
    """The programs, and what they can do here."""

    bwrap: Path
    prlimit: Path
    setpriv: Path
    features: frozenset[str]
    """Options that this bwrap knows, without dashes."""
    is_root: bool
    limits: SandboxLimits = field(default_factory=SandboxLimits)


def wall(
    bubblewrap: Bubblewrap,
    *,
    shown: Mapping[Path, Path],
    environment: Mapping[str, str],
    hidden: Sequence[Path] = (),
) -> list[str]:
    """Return the command line to put before the command.

    :param shown: path inside -> path on this machine, seen read-only.
    :param hidden: folders of this machine that are not seen inside, even where they lie
        in what is shown.
    """
    masks = tuple(_masks({**shown, **_system_folders()}, hidden))
    if not bubblewrap.is_root:
        return list(_inner(bubblewrap, shown, environment, masks))
    # The slot's uid cannot look into our home (0700), so a first bwrap, still as
    # root, stages what is shown in a namespace of its own; the second is the wall.
    staged = {inside: _STAGE / inside.name for inside in shown}
    return [
        *_staging(bubblewrap, {staged[inside]: shown[inside] for inside in shown}),
        *_inner(bubblewrap, staged, environment, masks),
    ]


def limits_command(prlimit: Path, limits: SandboxLimits, *, uid: int) -> list[str]:
    """Return the prlimit command line to put before a command of user `uid`."""
    # Before Linux 5.14 the count was the user's on the whole machine, not the
    # namespace's: what runs already must not eat up the build's share.
    processes = limits.processes + _count_threads(uid)
    return [
        str(prlimit),
        f"--cpu={limits.cpu_s}:{limits.cpu_s + _LAST_SECONDS}",
        f"--as={limits.memory_bytes}",
        f"--fsize={limits.file_bytes}",
        f"--nproc={processes}",
        f"--nofile={limits.open_files}",
        "--core=0",
        "--",
    ]


def _staging(bubblewrap: Bubblewrap, shown: Mapping[Path, Path]) -> Iterator[str]:
    yield from (str(bubblewrap.bwrap), "--die-with-parent", "--dev-bind", "/", "/")
    yield from ("--tmpfs", str(_STAGE))
    for target, source in shown.items():
        yield from ("--ro-bind", str(source), str(target))
    yield from ("--", str(bubblewrap.setpriv))
    yield from (f"--reuid={SLOT_UID}", f"--regid={SLOT_UID}", "--clear-groups")
    yield from ("--inh-caps=-all", "--")


def _inner(
    bubblewrap: Bubblewrap,
    shown: Mapping[Path, Path],
    environment: Mapping[str, str],
    masks: Iterable[Path],
) -> Iterator[str]:
    yield from (str(bubblewrap.bwrap), "--unshare-all", "--unshare-user")
    if "disable-userns" in bubblewrap.features:
        yield "--disable-userns"
    yield from ("--die-with-parent", "--new-session", "--as-pid-1")
    yield from ("--cap-drop", "ALL", "--clearenv", "--hostname", "build")
    yield from ("--uid", "1000", "--gid", "1000")
    yield from _system()
    yield from _own_file_systems(bubblewrap)
    for inside, source in shown.items():
        yield from ("--ro-bind", str(source), str(inside))
    for inside in masks:
        # Writable, it would escape the caps.
        yield from ("--tmpfs", str(inside), "--remount-ro", str(inside))
    yield from ("--remount-ro", "/", "--chdir", str(ROOM))
    for name, value in environment.items():
        yield from ("--setenv", name, value)
    yield "--"
    uid = SLOT_UID if bubblewrap.is_root else _own_uid()
    yield from limits_command(bubblewrap.prlimit, bubblewrap.limits, uid=uid)


def _masks(shown: Mapping[Path, Path], hidden: Sequence[Path]) -> Iterator[Path]:
    """Yield where inside what is to be hidden would be seen."""
    for folder in hidden:
        real = folder.resolve()
        for inside, source in shown.items():
            place = source.resolve()
            if real.is_dir() and place != real and real.is_relative_to(place):
                yield inside / real.relative_to(place)


def _system_folders() -> Mapping[Path, Path]:
    """Return what of the system is seen, each in its own place."""
    folders = (Path("/usr"), *(Path("/", name) for name in _LINKED_FOLDERS))
    etc = (Path("/etc", name) for name in _ETC)
    return {
        folder: folder
        for folder in (*folders, *etc)
        if folder.is_dir() and not folder.is_symlink()
    }


def _system() -> Iterator[str]:
    yield from ("--ro-bind", "/usr", "/usr")
    for name in _LINKED_FOLDERS:
        folder = Path("/", name)
        if folder.is_symlink():
            yield from ("--symlink", str(folder.readlink()), str(folder))
        elif folder.is_dir():
            yield from ("--ro-bind", str(folder), str(folder))
    for name in _ETC:
        yield from ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")


def _own_file_systems(bubblewrap: Bubblewrap) -> Iterator[str]:
    limits = bubblewrap.limits
    yield from ("--proc", "/proc", "--dev", "/dev")
    for folder in TMP_FOLDERS:
        yield from _tmpfs(bubblewrap, folder, limits.tmp_bytes)
    # bwrap's /dev is a tmpfs without a size: writable, it would escape the caps.
    yield from ("--remount-ro", "/dev")
    yield from _tmpfs(bubblewrap, ROOM, limits.room_bytes)


def _tmpfs(bubblewrap: Bubblewrap, path: Path, size_bytes: int) -> Iterator[str]:
    if "size" in bubblewrap.features:
        yield from ("--size", str(size_bytes))
    yield from ("--tmpfs", str(path))


def _own_uid() -> int:
    return Path("/proc/self").stat().st_uid


def _count_threads(uid: int) -> int:
    return sum(map(_threads_of, _processes_of(uid)))


def _processes_of(uid: int) -> Iterator[Path]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if process.stat().st_uid == uid:
                yield process
        except OSError:
            continue  # It ended while we looked.


def _threads_of(process: Path) -> int:
    try:
        return sum(1 for _ in (process / "task").iterdir())
    except OSError:
        return 0  # It ended while we looked.
