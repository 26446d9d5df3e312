"""Names of listings of variants: `{name}-{version}-variants.json`.

Such a file lies beside the wheels of a release and says what their variant labels stand
for. It is no distribution and no candidate, and the one kind of file on an index that may
change under its name. Source: PEP 825, "Index-level metadata".
"""

from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.bounds import LONGEST_VERSION
from axletree.resolver.model.file_names import SafeName, UnsafeNameError, safe_name

SUFFIX = "-variants.json"


class BadVariantsNameError(ValueError):
    """Say in a clause why something is no name of a listing of variants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantsName:
    """What the name of a listing says."""

    filename: SafeName
    project: NormalizedName
    version: str
    """Normalised."""


def is_variants_name(text: str) -> bool:
    """Tell whether a file means to be a listing of variants."""
    return text.endswith(SUFFIX)


def read_variants_name(text: str) -> VariantsName:
    """Split a name.

    It is spelled in one way only, so that a release has one listing.

    :raises BadVariantsNameError: it is not of that form.
    """
    try:
        filename = safe_name(text)
    except UnsafeNameError as error:
        raise BadVariantsNameError(str(error)) from None
    name, dash, version = filename.removesuffix(SUFFIX).partition("-")
    project = canonicalize_name(name)
    if not (filename.endswith(SUFFIX) and name and dash):
        raise BadVariantsNameError(
            "its name is not of the form NAME-VERSION-variants.json"
        )
    normalised = _normalised(version)
    if normalised is None:
        raise BadVariantsNameError("its name has no version of PEP 440")
    wanted = f"{project.replace('-', '_')}-{normalised}{SUFFIX}"
    if filename != wanted:
        raise BadVariantsNameError(f"its name is not normalised: {wanted} would be")
    return VariantsName(filename=filename, project=project, version=normalised)


def _normalised(version: str) -> str | None:
    try:
        return str(Version(version)) if len(version) <= LONGEST_VERSION else None
    except InvalidVersion:
        return None
