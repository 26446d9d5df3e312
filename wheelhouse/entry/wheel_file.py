"""The WHEEL file of a wheel: a format that installers know, and what its name says.

Source: binary distribution format, "The .dist-info directory".
"""

from collections.abc import Mapping

from packaging.tags import Tag

from axletree.resolver.model.distribution import expand_tag
from axletree.resolver.model.file_names import MOST_TAGS, count_tags
from axletree.wheelhouse.findings import Findings
from axletree.wheelhouse.gate import Kind
from axletree.wheelhouse.metadata.core import read_headers, unknown_format

_BOOLEANS = frozenset({"true", "false"})


def check_wheel_file(
    raw: bytes, where: str, tags: frozenset[Tag], build: str, findings: Findings
) -> None:
    """Hold WHEEL against the file name.

    :param tags: of the file name, expanded.
    :param build: build tag of the file name, or empty.
    """
    headers = read_headers(raw)
    _check_version(headers, where, findings)
    is_pure = headers.get("root-is-purelib", ("",))[0].strip().lower()
    if is_pure not in _BOOLEANS:
        text = "its WHEEL does not say whether Root-Is-Purelib is true or false"
        findings.found(Kind.ROOT_IS_PURELIB, text, where)
    elif is_pure == "true" and all(tag.abi != "none" for tag in tags):
        text = "its WHEEL says Root-Is-Purelib: true, and its name has an ABI"
        findings.found(Kind.ROOT_IS_PURELIB, text, where)
    named = frozenset(map(str, tags))
    said = headers.get("tag", ())
    if sum(map(count_tags, said)) > MOST_TAGS or _expanded(said) != named:
        text = "the tags in its WHEEL and in its file name differ"
        findings.found(Kind.WHEEL_TAGS, text, where)
    if headers.get("build", ("",))[0] != build:
        text = "the build tags in its WHEEL and in its file name differ"
        findings.found(Kind.WHEEL_BUILD, text, where)


def _check_version(
    headers: Mapping[str, tuple[str, ...]], where: str, findings: Findings
) -> None:
    unknown = unknown_format(headers)
    said = headers.get("wheel-version", ("",))[0]
    if unknown:
        findings.found(Kind.WHEEL_VERSION, unknown, where)
    elif said.strip() not in {"1.0", "1"}:
        text = f"its WHEEL says Wheel-Version: {said[:40]}, newer than 1.0"
        findings.found(Kind.NEWER_WHEEL_VERSION, text, where)


def _expanded(tags: tuple[str, ...]) -> frozenset[str]:
    return frozenset(single for tag in tags for single in expand_tag(tag))
