"""Plain data classes at a twentieth of the start-up cost of `dataclasses`.

A linter runs on every commit and every keystroke. Python's own decorator takes a third of a millisecond to make a
frozen, slotted class (measured, CPython 3.11); with a hundred of them that is most of the start-up. Here a class is
made without compiling anything; its ``__init__`` is compiled when the first instance is made. Type checkers treat
`record` as they treat `dataclass`. What is supported is what this project uses: positional or keyword fields, defaults,
`field`, inheritance, equality and hash by value, pickling, `match`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, overload

T = TypeVar("T")

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_: object) -> Callable[[T], T]:
        """Only type checkers look at it."""
        return lambda decorator: decorator


class _Factory:
    """A default that is made anew for each instance."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], object]) -> None:
        self.make = make


_MISSING: Any = object()


def field(*, default_factory: Callable[[], T]) -> T:
    """A default made by a call, for each instance its own."""
    return _Factory(default_factory)  # type: ignore[return-value]  # what the checker is to see is the field's type


@overload
def record(cls: type[T], /) -> type[T]: ...


@overload
def record(*, frozen: bool = ..., eq: bool = ..., slots: bool = ...) -> Callable[[type[T]], type[T]]: ...


@dataclass_transform(frozen_default=True, eq_default=True, field_specifiers=(field,))
def record(
    cls: type[T] | None = None, /, *, frozen: bool = True, eq: bool = True, slots: bool = True
) -> type[T] | Callable[[type[T]], type[T]]:
    """Make a data class of the annotated names. Without `slots` an instance may hold cached properties."""

    def make(base: type[T]) -> type[T]:
        return _make(base, frozen, eq, slots)

    return make if cls is None else make(cls)


def _make(cls: type[T], frozen: bool, eq: bool, slots: bool) -> type[T]:
    body = dict(cls.__dict__)
    own = list(body.get("__annotations__", ()))
    parent: tuple[str, ...] = getattr(cls, "__match_args__", ())
    defaults = {**getattr(cls, "__defaults_of_fields__", {}), **{n: body.pop(n) for n in own if n in body}}
    body.pop("__dict__", None)
    body.pop("__weakref__", None)
    names = (*parent, *(n for n in own if n not in parent))
    body["__match_args__"] = names
    body["__defaults_of_fields__"] = defaults
    if slots:
        body["__slots__"] = tuple(n for n in own if n not in parent)
    body["__init__"] = _first_init
    body["__repr__"] = _repr
    body["__reduce__"] = _reduce
    if frozen:
        body["__setattr__"] = body["__delattr__"] = _frozen
    if eq:
        body["__eq__"] = _eq
        body["__hash__"] = _hash if frozen else None
    new: type[T] = type.__call__(type(cls), cls.__name__, cls.__bases__, body)
    new.__qualname__ = cls.__qualname__
    return new


def _first_init(self: Any, *args: Any, **kwargs: Any) -> None:
    """Compile the class's own ``__init__`` and go on with it."""
    cls = type(self)
    cls.__init__ = _compiled(cls)
    cls.__init__(self, *args, **kwargs)


def _compiled(cls: type) -> Callable[..., None]:
    names: tuple[str, ...] = cls.__match_args__  # type: ignore[attr-defined]  # set by _make
    defaults: dict[str, Any] = cls.__defaults_of_fields__  # type: ignore[attr-defined]
    scope: dict[str, Any] = {"_missing": _MISSING}
    parameters, lines = [], []
    slotted = all(hasattr(getattr(cls, n, None), "__set__") for n in names)
    if not slotted:
        lines.append("_fields = self.__dict__")
    for name in names:
        value = name
        default = defaults.get(name, _MISSING)
        if isinstance(default, _Factory):
            scope[f"_make_{name}"] = default.make
            parameters.append(f"{name}=_missing")
            value = f"_make_{name}() if {name} is _missing else {name}"
        elif default is not _MISSING:
            scope[f"_default_{name}"] = default
            parameters.append(f"{name}=_default_{name}")
        else:
            parameters.append(name)
        if slotted:
            scope[f"_set_{name}"] = getattr(cls, name).__set__
            lines.append(f"_set_{name}(self, {value})")
        else:
            lines.append(f"_fields[{name!r}] = {value}")
    exec(f"def __init__(self, {', '.join(parameters)}):\n " + "\n ".join(lines or ["pass"]), scope)
    made: Callable[..., None] = scope["__init__"]
    return made


def _values(self: Any) -> tuple[Any, ...]:
    return tuple([getattr(self, name) for name in self.__match_args__])


def _frozen(self: Any, name: str, value: object = None) -> None:
    raise AttributeError(f"{type(self).__name__}.{name} cannot be changed")


def _eq(self: Any, other: object) -> bool:
    return NotImplemented if type(self) is not type(other) else self is other or _values(self) == _values(other)


def _hash(self: Any) -> int:
    return hash(_values(self))


def _repr(self: Any) -> str:
    fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
    return f"{type(self).__qualname__}({fields})"


def _reduce(self: Any) -> tuple[Any, ...]:
    return type(self), _values(self)


def defaults(cls: type) -> dict[str, Any]:
    """The default of each field that has one."""
    found: dict[str, Any] = cls.__defaults_of_fields__  # type: ignore[attr-defined]  # set by _make
    return found


def replace(instance: T, /, **changes: Any) -> T:
    """A copy with some fields changed. Raises TypeError on a name that is no field."""
    cls: Any = type(instance)
    return cls(**{**dict(zip(cls.__match_args__, _values(instance), strict=True)), **changes})  # type: ignore[no-any-return]
