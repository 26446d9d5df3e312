"""The entry check of a listing of variants: bounded JSON that maps labels.

What the labels stand for is for installers to judge: the form is a draft, and has a
version of its own in it. Source: PEP 825, "Variant metadata", "Index-level metadata".
"""

import re
from pathlib import Path

from axletree.reading import TooLargeError, read_bytes
from axletree.resolver.inputs.variants_names import (
    BadVariantsNameError,
    VariantsName,
    read_variants_name,
)
from axletree.resolver.model.shown_text import shown
from axletree.wheelhouse.findings import Findings
from axletree.wheelhouse.gate import Kind
from axletree.wheelhouse.metadata.json_objects import read_object
from axletree.wheelhouse.store.files import translate_storage_errors

VARIANTS_LIMIT_BYTES = 1 << 20
"""Of one listing; the largest that was seen, of PyTorch, has a few kB."""
_MOST_SHOWN = 40

_is_label = re.compile(r"[0-9a-z_.]{1,16}").fullmatch


def inspect_variants(filename: str, content: bytes) -> VariantsName:
    """Check a listing whole.

    :raises InvalidDistributionError: it is none; the error has the finding.
    """
    findings = Findings(filename=filename, strictness="strict")
    try:
        name = read_variants_name(filename)
    except BadVariantsNameError as error:
        raise findings.stop(Kind.FILE_NAME, str(error)) from None
    fault = variants_fault(content)
    if fault:
        raise findings.stop(Kind.INVALID_VARIANTS, fault)
    return name


def variants_at(path: Path) -> tuple[VariantsName, bytes]:
    """Read a listing from a folder, and check it whole.

    :raises InvalidDistributionError: it is none; the error has the finding.
    :raises StorageError: it cannot be read.
    """
    findings = Findings(filename=path.name, strictness="strict")
    with translate_storage_errors(path):
        try:
            content = read_bytes(path, VARIANTS_LIMIT_BYTES)
        except TooLargeError as error:
            raise findings.stop(Kind.INVALID_VARIANTS, str(error)) from None
    return inspect_variants(path.name, content), content


def read_variants(path: Path) -> bytes | str:
    """Read one from a folder; a clause that says why not, where it cannot be."""
    try:
        return read_bytes(path, VARIANTS_LIMIT_BYTES)
    except TooLargeError as error:
        return str(error)
    except OSError as error:
        return f"it cannot be read: {error.strerror}"


def variants_fault(content: bytes) -> str:
    """Say in a clause why bytes are no listing of variants; empty: they may be one."""
    said = read_object(content, VARIANTS_LIMIT_BYTES)
    if isinstance(said, str):
        return said
    if not isinstance(said.get("$schema"), str):
        # Without it no installer knows what the rest means, and takes none of the release.
        return "it names no `$schema`"
    return _labels_fault(said.get("variants"))


def _labels_fault(variants: object) -> str:
    if not isinstance(variants, dict):
        return "it has no object `variants`"
    for label, properties in variants.items():
        if not _is_label(label):
            return f"{shown(label[:_MOST_SHOWN])!r} is no variant label"
        if not isinstance(properties, dict):
            return f"what it says of the label {label} is no object"
    return ""
