"""`axletree token …`: who may upload to the index."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import click

from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.sources.house import open_to_fill, reading
from axletree.commands.sources.named import settings_for
from axletree.console import Console, UsageError
from axletree.resolver.model.json_types import JsonObject
from axletree.wheelhouse.access.rights import Right
from axletree.wheelhouse.access.tokens import Token, Tokens
from axletree.wheelhouse.catalog.founding import require
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now


@click.command(cls=VerbCommand)
@options_of("token make")
def token_make(  # noqa: PLR0913  one parameter for each option
    name: str,
    *,
    right: tuple[str, ...],
    days: int,
    as_json: bool,
    verbose: int,
    quiet: int,
) -> int:
    """Make a token, and print its secret: this once, for it is not kept.

    What it may do is said by rights: upload:acme-* for the projects acme and acme-…,
    upload for all. Where a project's files were collected, replace-upstream:PROJECT is
    needed as well.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    if not right:
        raise UsageError(
            "nothing is said of what the token may do",
            where="command line",
            hint=f"allow something: --right 'upload:{name}-*'",
        )
    rights = tuple(map(Right.parse, right))
    settings = settings_for()
    with reading(settings):
        require(settings.place)
    with open_to_fill(settings, console) as house:
        token, secret = Tokens(house=house).make(
            name, rights, utc_now() + timedelta(days=days)
        )
    if console.is_json:
        console.document(
            {"format": "axletree.token/1", **_to_json(token), "secret": secret}
        )
        return 0
    console.result(f"{secret}\n")
    console.say(
        f"the token {name} may {_rights(token)}, until {_day(token.expires_at)}; "
        + "; ".join(_users(token))
    )
    return 0


@click.command(cls=VerbCommand)
@options_of("token list")
def token_list(*, as_json: bool, verbose: int, quiet: int) -> int:
    """List all tokens that were ever made, without their secrets."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    settings = settings_for()
    with reading(settings), Wheelhouse.open_to_read(settings.place) as house:
        tokens = Tokens(house=house).all()
    if console.is_json:
        console.document(
            {
                "format": "axletree.tokens/1",
                "tokens": [_to_json(token) for token in tokens],
            }
        )
        return 0
    if not tokens:
        console.say(
            "there is no token: axletree token make NAME --right upload:PROJECT"
        )
    console.result("".join(map(_line, tokens)))
    return 0


@click.command(cls=VerbCommand)
@options_of("token revoke")
def token_revoke(name: str, *, as_json: bool, verbose: int, quiet: int) -> int:
    """Take all rights from a token, for good: a running server hears of it at once."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    settings = settings_for()
    with reading(settings):
        require(settings.place)
    with open_to_fill(settings, console) as house:
        tokens = Tokens(house=house)
        before = tokens.revoke(name)
        [after] = [token for token in tokens.all() if token.name == name]
    if console.is_json:
        console.document({"format": "axletree.token/1", **_to_json(after)})
    elif before.revoked_at is not None:
        console.say(f"the token {name} was revoked on {_day(before.revoked_at)}")
    else:
        console.say(f"the token {name} is revoked")
    return 0


def _line(token: Token) -> str:
    state = token.state(utc_now())
    ends = token.revoked_at if state == "revoked" else token.expires_at
    how = {"valid": "valid until", "expired": "expired", "revoked": "revoked"}[state]
    used = f"used {_day(token.used_at)}" if token.used_at else "never used"
    return f"{token.name}: {_rights(token)}; {how} {_day(ends)}, {used}\n"


def _rights(token: Token) -> str:
    return ", ".join(map(str, token.rights))


def _users(token: Token) -> Iterator[str]:
    """Say who takes a token, and how."""
    verbs = {right.verb for right in token.rights}
    if "upload" in verbs:
        yield "twine and uv publish take it as the password of __token__"
    elif "replace-upstream" in verbs:
        yield "it uploads nothing without a right upload:PROJECT beside that"
    if "read" in verbs:
        yield "pip and uv take it as the password of __token__"
    if "metrics" in verbs:
        yield "Prometheus sends it as its credentials"


def _day(moment: datetime | None) -> str:
    return "for ever" if moment is None else moment.date().isoformat()


def _to_json(token: Token) -> JsonObject:
    return {
        "name": token.name,
        "rights": [str(right) for right in token.rights],
        "state": token.state(utc_now()),
        "made_at": _instant(token.made_at),
        "expires_at": _instant(token.expires_at),
        "revoked_at": _instant(token.revoked_at),
        "used_at": _instant(token.used_at),
    }


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
