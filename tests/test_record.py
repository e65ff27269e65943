"""`record` does what the project needs of `dataclass(frozen=True, slots=True)`."""

from __future__ import annotations

import pickle
import subprocess
import sys
from functools import cached_property

import pytest

from dockerlint.record import field, record, replace


@record
class Point:
    x: int
    y: int = 2

    def sum(self) -> int:
        return self.x + self.y


@record
class Named(Point):
    name: str = "p"
    tags: list[str] = field(default_factory=list)


@record(eq=False, slots=False)
class Lazy:
    n: int

    @cached_property
    def double(self) -> int:
        return 2 * self.n


@record(frozen=False)
class Open:
    n: int = 0


def test_fields_by_position_by_name_and_by_default() -> None:
    assert (Point(1).x, Point(1).y, Point(1, y=3).y, Point(x=4, y=5).sum()) == (1, 2, 3, 9)
    with pytest.raises(TypeError):
        Point()  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Point(1, z=2)  # type: ignore[call-arg]


def test_a_record_cannot_be_changed_unless_it_says_so() -> None:
    with pytest.raises(AttributeError):
        Point(1).x = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        del Point(1).x
    with pytest.raises(AttributeError):
        Lazy(1).n = 2  # type: ignore[misc]
    it = Open()
    it.n = 5
    assert it == Open(5)


def test_equality_and_hash_are_by_value_and_type() -> None:
    assert Point(1) == Point(1, 2)
    assert Point(1) != Point(2)
    assert Point(1) != Named(1)
    assert len({Point(1), Point(1), Point(2)}) == 2
    assert Lazy(1) != Lazy(1)
    with pytest.raises(TypeError):
        hash(Open())


def test_inherited_fields_come_first_and_factories_make_anew() -> None:
    one, two = Named(1), Named(1, 2, "q", ["t"])
    one.tags.append("x")
    assert (Named(1).tags, two.name, two.tags, one.sum()) == ([], "q", ["t"], 3)
    assert not hasattr(one, "__dict__")


def test_copies_pickles_matches_and_shows() -> None:
    assert replace(Named(1), name="r") == Named(1, 2, "r")
    with pytest.raises(TypeError):
        replace(Point(1), nothing=1)
    assert pickle.loads(pickle.dumps(Named(1, 2, "s", ["t"]))) == Named(1, 2, "s", ["t"])
    assert pickle.loads(pickle.dumps(Lazy(3))).double == 6
    match Named(7):
        case Point(x, y):
            assert (x, y) == (7, 2)
    assert repr(Point(1)) == "Point(x=1, y=2)"


def test_a_check_makes_no_dataclass() -> None:
    code = (
        "import sys, dockerlint.cli as c\n"
        "sys.argv = ['dockerlint', 'check', '--isolated', '-']\n"
        "c.main()\n"
        "print(sorted(m for m in sys.modules if m in ('dataclasses', 'typer', 'libcst', 'ruamel.yaml', 'rich')))"
    )
    out = subprocess.run([sys.executable, "-c", code], input="FROM scratch\nRUN true\n", capture_output=True, text=True)
    assert out.stdout.splitlines()[-1] == "[]", out
