"""Dataclasses with slots whose methods are compiled when the first of them is called.

The standard library compiles up to six methods for a dataclass, each from a text of its
own: half a millisecond, and a run imports a hundred classes of which it makes a third.
Here a class has its slots at once, and the rest when it is first looked for, as the
standard library makes it. To whoever checks types it is the standard library's own.

Of most classes few objects are made. The first ones are filled slot by slot, if nothing
is unusual about the class and the call; all else, and whatever is wrong, is left to the
`__init__` of the standard library, which is compiled then.
"""

from __future__ import annotations

import dataclasses
from _thread import RLock  # `threading` is not imported on the way to a quick answer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from dataclasses import Field, dataclass
    from typing import Protocol, TypeAlias

    _Put: TypeAlias = Callable[[object, object], None]
    _Make: TypeAlias = Callable[[], object]
    _Finish: TypeAlias = Callable[[object], None]

    class _Method(Protocol):
        """A method that is called with whatever it takes."""

        def __call__(self, one: object, /, *given: object, **named: object) -> object:
            """Call it."""
            ...
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
_NONE = dataclasses.MISSING
_FIELDS = "__dataclass_fields__"
_FACTS = (_FIELDS, "__dataclass_params__", "__match_args__")
_NOT_TAKEN = ("__dict__", "__weakref__")
_SHOWN = frozenset(
    {"__repr__", "__eq__", "__hash__", "__lt__", "__le__", "__gt__", "__ge__"}
)
_FEW = 50
"""Objects of a class that are filled slot by slot, which takes as long as to compile."""
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
        self._filled = 0
        self._filling: _Filling | None = None
        self._is_derived = any(_FIELDS in base.__dict__ for base in plain.__mro__)
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
            make = _init if name == "__init__" else _method
            names.setdefault(name, make(self, name))
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

    def fill(
        self, one: object, given: tuple[object, ...], named: dict[str, object]
    ) -> bool:
        """Fill an object's slots; False if that is for the standard library to do."""
        if self._filled == _FEW or type(one) is not self.slotted:
            return False
        if self._filling is None:
            if self._is_derived:
                return False
            self._filling = _Filling(self.slotted, self.fields())
        self._filled += 1
        return self._filling.fill(one, given, named)

    def fields(self) -> dict[str, Field[object]]:
        """Put the fields alone in place: nothing has to be compiled for that."""
        if self._is_derived:
            self.complete("__init__")
            known: dict[str, Field[object]] = self.slotted.__dict__[_FIELDS]
            return known
        none = {"init": False, "repr": False, "eq": False, "match_args": False}
        options = {"kw_only": self._options.get("kw_only", False), **none}
        made: type = dataclasses.dataclass(self._twin(), **options)
        found: dict[str, Field[object]] = made.__dict__[_FIELDS]
        setattr(self.slotted, _FIELDS, found)
        return found

    def _twin(self) -> type:
        """Give the class once more as it was written."""
        names = dict(self._plain.__dict__)
        for name in _NOT_TAKEN:
            names.pop(name, None)
        # Else the library spells the signature, which takes longer than all the rest.
        names["__doc__"] = self._plain.__doc__ or self._plain.__name__
        return type(self._plain)(self._plain.__name__, self._plain.__bases__, names)

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
        options = {**self._options, **fewer, "slots": True}
        made: type = dataclasses.dataclass(self._twin(), **options)
        there = {*self._plain.__dict__, *self._fields, "__slots__"}
        if fewer:
            # It would be one by identity.
            there |= _SHOWN
        for name, value in made.__dict__.items():
            if name not in there:
                setattr(self.slotted, name, value)


class _Filling:
    """How the slots of a class are filled, where that is plain to see."""

    __slots__ = ("_finish", "_is_plain", "_positional", "_required", "_steps", "_taken")

    def __init__(self, slotted: type, fields: Mapping[str, Field[object]]) -> None:
        """Look at the fields.

        :param fields: as the standard library has them, those of the class included.
        """
        self._steps: list[tuple[str, _Put, object, _Make | None]] = []
        """Of each field: its name, who fills its slot, its default, who makes one."""
        self._taken: set[str] = set()
        """Fields that may be given."""
        self._required: set[str] = set()
        """Those that must be."""
        self._positional: list[str] = []
        self._finish: _Finish | None = getattr(slotted, "__post_init__", None)
        own = [each for each in fields.values() if not _is_of_class(each.type)]
        # Else there are variables of `__init__` among them.
        self._is_plain = len(own) == len(dataclasses.fields(slotted))
        for each in own:
            self._add(each, slotted)

    def _add(self, each: Field[object], slotted: type) -> None:
        name, default, make = each.name, each.default, each.default_factory
        is_required = each.init and default is _NONE and make is _NONE
        if each.init and not each.kw_only:
            # Of one without a default behind one with it the library complains.
            is_late = is_required and not self._required.issuperset(self._positional)
            self._is_plain &= not is_late
            self._positional.append(name)
        if each.init:
            self._taken.add(name)
        if is_required:
            self._required.add(name)
        put = slotted.__dict__[name].__set__
        made = None if make is _NONE else make
        self._steps.append((name, put, default, made))

    def fill(
        self, one: object, given: tuple[object, ...], named: dict[str, object]
    ) -> bool:
        """Fill the slots; False, and nothing is done, if something is unusual."""
        if given:
            if len(given) > len(self._positional) or not named.keys().isdisjoint(
                self._positional[: len(given)]
            ):
                return False
            # In a dict of its own: that of the call is still needed if this is refused.
            named = {**named, **dict(zip(self._positional, given, strict=False))}
        if not self._is_plain or not self._required <= named.keys() <= self._taken:
            return False
        for name, put, default, make in self._steps:
            if name in named:
                put(one, named[name])
            elif make is not None:
                put(one, make())
            elif default is not _NONE:
                put(one, default)
        if self._finish is not None:
            self._finish(one)
        return True


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
        if self._name == _FIELDS:
            self._late.fields()
        else:
            self._late.complete(self._name)
        return getattr(owner, self._name)


def _method(late: _Late, name: str) -> _Method:
    def method(self: object, /, *args: object, **named: object) -> object:
        late.complete(name)
        return getattr(late.slotted, name)(self, *args, **named)

    return method


def _init(late: _Late, name: str) -> _Method:
    make = _method(late, name)

    def method(self: object, /, *given: object, **named: object) -> None:
        if not late.fill(self, given, named):
            make(self, *given, **named)

    return method
