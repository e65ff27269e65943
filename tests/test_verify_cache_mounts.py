"""Cache mounts that the gate lets pass, and those it refuses whatever a fix asks for."""

from __future__ import annotations

import pytest

from dockerlint.edits import Licence
from dockerlint.verify import verify

PIP = "--mount=type=cache,target=/root/.cache/pip"
LISTS = "--mount=type=cache,target=/var/lib/apt/lists,sharing=locked"


def verdict(before: str, after: str, *flags: str) -> str:
    found = verify(f"FROM debian:12\n{before}\n", f"FROM debian:12\n{after}\n", Licence(cached=frozenset(flags)))
    return "" if found.ok else found.reason


def test_a_known_cache_may_be_mounted() -> None:
    assert not verdict("RUN pip install x", f"RUN {PIP} pip install x", PIP)
    update = "apt-get update && apt-get install -y x"
    assert not verdict(f"RUN {update}", f"RUN {LISTS} {update}", LISTS)


@pytest.mark.parametrize(
    ("before", "flag", "reason"),
    [
        ("RUN pip install x", "--mount=type=cache,target=/root", "more than a known cache"),
        ("RUN pip install x", "--mount=type=cache,target=/root/.cache/pip,from=other", "other RUN flags"),
        ("RUN pip install x", "--mount=type=tmpfs,target=/root/.cache/pip", "other RUN flags"),
        ("RUN apt-get install -y x", LISTS, "would miss the package lists"),
        ("RUN apt-get install -y x && apt-get update", LISTS, "would miss the package lists"),
        ("RUN apt-get update\nRUN apt-get install -y x", LISTS, "would miss the package lists"),
        ("RUN pip install x && cp -r ~/.cache/pip /x", PIP, "names it"),
        ("RUN pip install x && pip install --find-links ~/.cache/pip/w y", PIP, ""),
        ("USER app\nRUN pip install x", PIP, "belongs to root"),
        ("RUN sudo pip install x", PIP, "belongs to root"),
    ],
)
def test_what_is_refused(before: str, flag: str, reason: str) -> None:
    after = before.replace("RUN", f"RUN {flag}", 1)
    assert reason in verdict(before, after, flag)
    assert verdict(before, after), "no licence, no mount"


def test_a_mount_replaces_no_other_flag() -> None:
    assert verdict("RUN --network=none pip install x", f"RUN {PIP} pip install x", PIP)
    assert verdict("RUN pip install x", f"RUN {PIP} pip install y", PIP)


@pytest.mark.parametrize("base", ["jupyter/base-notebook", "homebrew/brew", "python:3-nonroot", "$BASE"])
def test_a_mount_in_the_home_of_root_needs_root(base: str) -> None:
    before, after = (f"FROM {base}\nRUN {flag}pip install x\n" for flag in ("", f"{PIP} "))
    assert "another user" in verify(before, after, Licence(cached=frozenset((PIP,)))).reason
    before, after = (text.replace("\nRUN", "\nUSER root\nRUN") for text in (before, after))
    assert verify(before, after, Licence(cached=frozenset((PIP,)))).ok
