"""What is done behind the wall, and all that it needs there."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path

from axletree.builder.archives.source_archive import SourceArchive
from axletree.late_dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxJob:
    """One command and all that it needs; paths inside are relative to the room."""

    name: str
    """For messages: `build_wheel of kubeflow-fairing`."""
    argv: tuple[str, ...]
    source: SourceArchive | None = None
    """Unpacked inside, as `src`."""
    wheels: Sequence[Path] = ()
    """Installed into the environment, just as they are."""
    environment_from: Path | None = None
    """One of the same wheels, of which the environment is a copy instead."""
    inputs: Mapping[str, Path] = field(default_factory=dict)
    """Path inside -> file or folder here."""
    environment: Mapping[str, str] = field(default_factory=dict)
    cwd: str = "."
    repack: tuple[str, ...] = ()
    """Folders of which a tar is put into `out` afterwards."""
    collect: tuple[str, ...] = ()
    """Folders brought out afterwards."""
    collected_s: int | None = None
    """When the files brought out are said to be from, in seconds; None: now."""
    epoch: int = 315532800
    """SOURCE_DATE_EPOCH, in seconds; 1980 is the oldest time that a zip can hold."""
    is_question: bool = False
    """Whether it only asks, and has the time that a question has."""
