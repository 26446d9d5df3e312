"""What is said against a choice of releases that is no solution."""

from dataclasses import dataclass

from packaging.utils import NormalizedName

from axletree.resolver.model.fact_keys import FallenKey
from axletree.resolver.universe.candidates import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """A clause the checker asks for: one of these must hold."""

    refused: tuple[Release, ...]
    """One of these is not chosen…"""
    admitted: tuple[Release, ...]
    """…or one of these is…"""
    required: tuple[NormalizedName, ...]
    """…or one of these projects is."""
    facts: tuple[FallenKey, ...]
    """The shut gates; with one of them left out, the clause says nothing."""
