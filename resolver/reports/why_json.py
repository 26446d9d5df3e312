"""Why, and what if, as JSON; the schemas are docs/schema/why and docs/schema/if."""

from axletree.resolver.locks.json_form import (
    counters_to_json,
    environment_to_json,
    pin_to_json,
)
from axletree.resolver.model.answers import Counters
from axletree.resolver.model.json_types import (
    Json,
    JsonObject,
)
from axletree.resolver.queries.pin_changes import PinChange
from axletree.resolver.queries.requirers import (
    Chain,
    Link,
)
from axletree.resolver.queries.what_if import WhatIf
from axletree.resolver.queries.why import (
    Why,
    WhyNotNewer,
)
from axletree.resolver.reports.conflict_json import (
    evidence_to_json,
    fact_to_json,
    repair_to_json,
)


def why_to_json(why: Why, counters: Counters) -> JsonObject:
    """Give the document `axletree.why/1`."""
    return {
        "format": "axletree.why/1",
        "environment": environment_to_json(why.environment),
        "pin": pin_to_json(why.pin, why.environment),
        "chains": [_chain_to_json(chain) for chain in why.chains],
        "newer": _newer_to_json(why.newer),
        "counters": counters_to_json(counters),
    }


def what_if_to_json(found: WhatIf, counters: Counters) -> JsonObject:
    """Give the document `axletree.if/1`."""
    environment = found.after.environment
    return {
        "format": "axletree.if/1",
        "environment": environment_to_json(environment),
        "supposed": [
            {
                "requirement": supposed.root.text,
                "replaces": [root.text for root in supposed.replaced],
            }
            for supposed in found.suppositions
        ],
        "satisfiable_before": found.before is not None,
        "changes": [_change_to_json(change) for change in found.changes],
        "pins": [pin_to_json(pin, environment) for pin in found.after.pins],
        "notes": list(found.after.notes),
        "counters": counters_to_json(counters),
    }


def _chain_to_json(chain: Chain) -> list[Json]:
    return [_link_to_json(link) for link in chain.links]


def _link_to_json(link: Link) -> JsonObject:
    return {
        "text": link.text,
        "project": link.requirer,
        "version": link.version,
        "target": link.target,
        "requirement": link.requirement,
        "evidence": evidence_to_json(link.evidence),
    }


def _newer_to_json(newer: WhyNotNewer) -> JsonObject:
    core = newer.core
    return {
        "verdict": newer.verdict,
        "version": newer.version,
        "core": [fact_to_json(fact) for fact in core.facts] if core else [],
        "claim": core.claim if core else None,
        "repairs": [repair_to_json(repair) for repair in newer.repairs],
        "changes": [_change_to_json(change) for change in newer.changes],
        "barred": [
            {"reason": barred.bar, "versions": list(barred.versions)}
            for barred in newer.barred
        ],
    }


def _change_to_json(change: PinChange) -> JsonObject:
    before, after = change.before, change.after
    return {
        "change": change.change,
        "name": change.name,
        "before": None if before is None else str(before),
        "after": None if after is None else str(after),
    }
