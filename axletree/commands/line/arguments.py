"""What each verb takes without a name; the quick reader asks for none of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axletree.commands.line.option import Argument

if TYPE_CHECKING:
    from collections.abc import Mapping

_REQUIREMENTS = Argument("requirements", "[REQ]...", is_repeated=True)
_NAMES = Argument(
    "names", "PROJECT|RELEASE|FILE...", is_repeated=True, is_required=True
)
_JOB = Argument("job", "JOB", is_required=True)

_SET = Argument("name", "NAME", is_required=True)

ARGUMENTS: Mapping[str, tuple[Argument, ...]] = {
    "lock": (_REQUIREMENTS,),
    "explain": (_REQUIREMENTS,),
    "why": (Argument("project", "PROJECT", is_required=True), _REQUIREMENTS),
    "check": (Argument("paths", "[FILE|DIR|GLOB]...", is_repeated=True),),
    "audit": (),
    "init": (),
    "add": (
        Argument(
            "paths", "FILE|DIR...", kind="existing", is_repeated=True, is_required=True
        ),
    ),
    "collect": (_REQUIREMENTS,),
    "build": (
        Argument(
            "paths",
            "[RECIPE|DIR|SDIST]...",
            kind="path",
            is_repeated=True,
        ),
    ),
    "jobs list": (),
    "jobs show": (_JOB,),
    "jobs follow": (_JOB,),
    "jobs cancel": (_JOB,),
    "jobs retry": (_JOB,),
    "recipe new": (Argument("source", "URL@REF|SDIST", is_required=True),),
    "recipe check": (
        Argument(
            "paths", "FILE|DIR...", kind="existing", is_repeated=True, is_required=True
        ),
    ),
    "recipe update": (Argument("path", "FILE", kind="existing", is_required=True),),
    "serve": (),
    "export-site": (Argument("folder", "DIR", kind="path", is_required=True),),
    "policy set": (Argument("file", "FILE", kind="path", is_required=True),),
    "policy show": (),
    "policy check": (Argument("file", "[FILE]", kind="path"),),
    "view make": (Argument("name", "NAME", is_required=True),),
    "view list": (),
    "view show": (Argument("name", "NAME", is_required=True),),
    "view remove": (Argument("name", "NAME", is_required=True),),
    "set add": (_SET, _REQUIREMENTS),
    "set update": (_SET, _REQUIREMENTS),
    "set list": (),
    "set show": (_SET,),
    "set diff": (_SET, Argument("versions", "[FROM] [TO]", is_repeated=True)),
    "set rm": (_SET,),
    "set lock": (_SET, Argument("environments", "[ENVIRONMENT]...", is_repeated=True)),
    "set check": (Argument("names", "[NAME]...", is_repeated=True),),
    "key init": (),
    "key show": (),
    "token make": (Argument("name", "NAME", is_required=True),),
    "token list": (),
    "token revoke": (Argument("name", "NAME", is_required=True),),
    "snapshot": (_REQUIREMENTS,),
    "list": (),
    "show": (Argument("name", "PROJECT|RELEASE|FILE", is_required=True),),
    "yank": (_NAMES,),
    "unyank": (_NAMES,),
    "remove": (_NAMES,),
    "withdraw": (_NAMES,),
    "status": (
        Argument("project", "PROJECT", is_required=True),
        Argument("marker", "[active|archived|deprecated|quarantined]"),
    ),
    "log": (),
    "pin": (Argument("generation", "[N]"),),
    "du": (),
    "verify": (),
    "gc": (),
    "verify-provenance": (Argument("name", "FILE", is_required=True),),
    "backup": (Argument("folder", "DIR", kind="path", is_required=True),),
    "restore": (Argument("folder", "DIR", kind="path", is_required=True),),
    "docs": (Argument("topic", "[TOPIC]", kind="topic", is_repeated=True),),
}
"""Of each verb, in their order."""
