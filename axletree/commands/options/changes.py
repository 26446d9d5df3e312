"""Options -> what the user changes in requirements: overrides and exclusions."""

from packaging.utils import InvalidName, canonicalize_name

from axletree.commands.options.input_files import InputFiles
from axletree.commands.options.shared import InputOptions
from axletree.environ import process_environment
from axletree.reading import STDIN, is_there
from axletree.resolver.inputs.override_files import (
    OverrideFile,
    parse_overrides,
)
from axletree.resolver.model.errors import InvalidRequirementError
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.overrides import Changes
from axletree.resolver.model.requirements import Exclusion


def changes_from(inputs: InputOptions, files: InputFiles) -> Changes:
    """Read overrides and exclusions.

    A value of --override that names a file is read as one, else it is the override.

    :raises InvalidRequirementError: for what is neither, or no project's name.
    """
    values = [
        OverrideFile(path=value) if value == STDIN or is_there(value) else value
        for value in inputs.overrides
    ]
    return Changes(
        overrides=parse_overrides(
            values,
            read=files.text,
            environ=process_environment(),
        ),
        exclusions=tuple(map(_exclusion, inputs.excluded)),
    )


def _exclusion(name: str) -> Exclusion:
    try:
        project = canonicalize_name(name.strip(), validate=True)
    except InvalidName as error:
        raise InvalidRequirementError(
            f"--exclude {name} is not the name of a project",
            where="command line",
            hint="give the name alone: requirements on all its versions are dropped",
        ) from error
    return Exclusion(project=project, origin=Origin())
