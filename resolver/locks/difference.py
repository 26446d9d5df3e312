"""Whether a lock is what would be written now, and what differs."""

from collections.abc import Iterable, Iterator

from axletree.late_dataclasses import dataclass
from axletree.resolver.locks.reading import WrittenPin
from axletree.resolver.model.json_types import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedPin:
    """A pin that stays, with other files."""

    text: str
    new_hashes: tuple[str, ...]
    lost_hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LockDifference:
    """What a lock lacks, has too much, and has with other hashes; by spelling."""

    missing: tuple[WrittenPin, ...]
    superfluous: tuple[WrittenPin, ...]
    changed: tuple[ChangedPin, ...]

    @property
    def is_none(self) -> bool:
        """Tell whether both hold the same."""
        return not (self.missing or self.superfluous or self.changed)

    def lines(self) -> Iterator[str]:
        """Spell it as a short diff: `-` what stands there, `+` what would."""
        old, new = (
            ((p, "-") for p in self.superfluous),
            ((p, "+") for p in self.missing),
        )
        listed = sorted((*old, *new), key=lambda pair: (pair[0].label, pair[1] == "+"))
        yield from (f"{sign} {pin.text}" for pin, sign in listed)
        for pin in self.changed:
            count = len(pin.new_hashes)
            yield (
                f"  {pin.text}: {count} new {'hash' if count == 1 else 'hashes'}, "
                f"{len(pin.lost_hashes)} no longer listed"
            )

    def to_json(self, file: str) -> JsonObject:
        """Give the document `axletree.lock-check/1`."""
        return {
            "format": "axletree.lock-check/1",
            "file": file,
            "is_current": self.is_none,
            "missing": [pin.text for pin in self.missing],
            "superfluous": [pin.text for pin in self.superfluous],
            "changed": [
                {
                    "pin": pin.text,
                    "new_hashes": list(pin.new_hashes),
                    "lost_hashes": list(pin.lost_hashes),
                }
                for pin in self.changed
            ],
        }


def compare(
    written: Iterable[WrittenPin], wanted: Iterable[WrittenPin]
) -> LockDifference:
    """Compare a lock with the one that would be written now."""
    old = {pin.text: pin for pin in written}
    new = {pin.text: pin for pin in wanted}
    return LockDifference(
        missing=tuple(new[text] for text in sorted(new.keys() - old.keys())),
        superfluous=tuple(old[text] for text in sorted(old.keys() - new.keys())),
        changed=tuple(
            ChangedPin(
                text=text,
                new_hashes=tuple(sorted(new[text].hashes - old[text].hashes)),
                lost_hashes=tuple(sorted(old[text].hashes - new[text].hashes)),
            )
            for text in sorted(new.keys() & old.keys())
            if new[text].hashes != old[text].hashes
        ),
    )
