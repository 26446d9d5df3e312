"""Dataclasses with slots whose methods are compiled when the first of them is called.

The standard library compiles up to six methods for a dataclass, each from a text of its
own: half a millisecond, and a run imports a hundred classes of which it makes a third.
Here a class has its slots at once, and the rest when it is first looked for, as the
standard library makes it. To whoever checks types it is the standard library's own.
"""

from __future__ import annotations

import dataclasses
from _thread import RLock  # `threading` is not imported on the way to a quick answer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from dataclasses import dataclass
else:

    def dataclass(**options: bool) -> Callable[[type], type]:
        """Make a class a dataclass, with options of the standard library.

        :raises TypeError: for one without slots, or with options that few need.
        """
        if not options.pop("slots", False) or options.keys() - _OPTIONS:
            message = "only with slots, and options that are known here, is one late"
            raise TypeError(message)
        return lambda plain: _Late(plain, options).slotted


__all__ = ("dataclass",)

_OPTIONS = frozenset({"frozen", "kw_only", "eq", "order"})
_FACTS = ("__dataclass_fields__", "__dataclass_params__", "__match_args__")
_NOT_TAKEN = ("__dict__", "__weakref__")
_SHOWN = frozenset(
    {"__repr__", "__eq__", "__hash__", "__lt__", "__le__", "__gt__", "__ge__"}
)
_LOCK = RLock()
"""Of all classes, since one that is completed completes those that it inherits from."""


class _Late:
    """A class with slots, and who completes it."""

    def __init__(self, plain: type, options: dict[str, bool]) -> None:
        """Make the class with slots.

        :param plain: the class as it was written; the standard library needs it so.
        """
        self._plain = plain
        self._options = options
        self._completed: set[bool] = set()
        names = dict(plain.__dict__)
        said = names.get("__annotations__", {}).items()
        self._fields = tuple(name for name, kind in said if not _is_of_class(kind))
        inherited = {
            slot for base in plain.__mro__ for slot in getattr(base, "__slots__", ())
        }
        for name in (*self._fields, *_NOT_TAKEN):
            names.pop(name, None)
        names["__slots__"] = tuple(n for n in self._fields if n not in inherited)
        for name in self._methods():
            names.setdefault(name, _method(self, name))
        for name in _FACTS:
            names[name] = _Fact(self, name)
        if "__eq__" in plain.__dict__ and plain.__dict__.get("__hash__") is None:
            # Python has put it there beside an `__eq__`; whether there is a hash is
            # for the options to say, which the standard library heeds.
            message = f"{plain.__name__} compares in its own way: let it say its hash"
            raise TypeError(message)
        if options.get("eq", True) and not options.get("frozen"):
            # What can change, and is compared by what it holds, has no hash.
            names.setdefault("__hash__", None)
        self.slotted = type(plain)(plain.__name__, plain.__bases__, names)
        self.slotted.__qualname__ = plain.__qualname__

    def _methods(self) -> Iterator[str]:
        """Name the methods that the standard library will make."""
        is_frozen, has_eq = self._options.get("frozen"), self._options.get("eq", True)
        yield from ("__init__", "__repr__")
        if has_eq:
            yield "__eq__"
        if has_eq and is_frozen:
            yield "__hash__"
        if self._options.get("order"):
            yield from ("__lt__", "__le__", "__gt__", "__ge__")
        if is_frozen:
            yield from ("__setattr__", "__delattr__", "__getstate__", "__setstate__")

    def complete(self, name: str) -> None:
        """Put what the standard library makes in place, the named method at least.

        Most are made, and neither shown nor compared.
        """
        is_shown = name in _SHOWN
        with _LOCK:
            if is_shown not in self._completed:
                self._completed.add(is_shown)
                try:
                    self._take(
                        {} if is_shown else {"repr": False, "eq": False, "order": False}
                    )
                except BaseException:
                    # The next who asks hears the same, and does not ask without end.
                    self._completed.discard(is_shown)
                    raise

    def _take(self, fewer: dict[str, bool]) -> None:
        names = dict(self._plain.__dict__)
        for name in _NOT_TAKEN:
            names.pop(name, None)
        twin = type(self._plain)(self._plain.__name__, self._plain.__bases__, names)
        options = {**self._options, **fewer, "slots": True}
        made: type = dataclasses.dataclass(twin, **options)
        there = {*self._plain.__dict__, *self._fields, "__slots__"}
        if fewer:
            # It would be one by identity.
            there |= _SHOWN
        for name, value in made.__dict__.items():
            if name not in there:
                setattr(self.slotted, name, value)


def _is_of_class(kind: object) -> bool:
    """Tell whether an annotation says that a name is no field."""
    return "ClassVar" in str(kind)


class _Fact:
    """What is known of a class once it is complete."""

    __slots__ = ("_late", "_name")

    def __init__(self, late: _Late, name: str) -> None:
        self._late = late
        self._name = name

    def __get__(self, instance: object, owner: type) -> object:
        self._late.complete(self._name)
        return getattr(owner, self._name)


def _method(late: _Late, name: str) -> object:
    def method(self: object, *args: object, **named: object) -> object:
        late.complete(name)
        return getattr(late.slotted, name)(self, *args, **named)

    return method
