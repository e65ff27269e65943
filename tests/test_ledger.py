"""The ledger: which bytes of which layer die, what kills them, and what nothing may be said of."""

from __future__ import annotations

from pathlib import Path

import pytest

from dockerlint.context import Context
from dockerlint.effects.ledger import Death, Ledger, ledgers
from dockerlint.effects.types import EMPTY
from dockerlint.effects.waste import wasted
from dockerlint.file import File
from dockerlint.model.build import build
from dockerlint.source import Source
from dockerlint.syntax import parse


def ledger(body: str, context: Context | None = None, base: str = "debian:12") -> Ledger:
    text = body if body.startswith("FROM") else f"FROM {base}\n{body}"
    return ledgers(build(parse(text + "\n")), context)[-1]


def brief(book: Ledger, death: Death) -> str:
    """``removed /big 5 of 2 by 3``: how, what, bytes, and the lines of both ends."""
    source = book.graph.dockerfile.source
    lines = [source.position(e.span.start).line for e in (death.entry.effect, death.effect)]
    part = "part of " if death.partial else ""
    size = "?" if death.size.bytes is None else death.size.bytes
    return f"{death.how} {part}{death.entry.path} {size} of {lines[0]} by {lines[1]}"


def deaths(body: str, context: Context | None = None, base: str = "debian:12") -> list[str]:
    book = ledger(body, context, base)
    return [brief(book, d) for d in book.deaths if d.size != EMPTY]


def alive(body: str, context: Context | None = None) -> list[str]:
    return [e.path for e in ledger(body, context).alive() if not e.package and e.size.bytes != 0]


BIG = "RUN dd if=/dev/zero of=/big bs=5 count=1"


def test_a_file_that_a_later_layer_deletes() -> None:
    assert deaths(f"{BIG}\nRUN rm /big") == ["removed /big 5 of 2 by 3"]


def test_in_one_layer_nothing_dies() -> None:
    for late in ("rm /big", "mv /big /b", "chmod 755 /big", "dd if=/dev/zero of=/big bs=7 count=1", "rm -rf /*"):
        assert deaths(f"{BIG} && {late}") == [], late


# fmt: off
LATE = [
    ("rm /big", ["removed"]),
    ("rm -rf /big", ["removed"]),
    ("rm -rf /*", ["removed"]),
    ("rm /b*", ["removed"]),
    ("rm /b[h-j]g", ["removed"]),
    ("rm /b?g /other", ["removed"]),
    ("rm /c*", []),
    ("rm -f /big/*", []),
    ("rm -f /BIG", []),
    ("cd / && rm ./big", ["removed"]),
    ("unlink /big", ["removed"]),
    ("mv /big /b", ["rewritten"]),
    ("mv /big /b && rm /b", ["rewritten"]),                 # the copy that `mv` makes is of this layer
    ("chmod 600 /big", ["rewritten"]),
    ("chown a /big", ["rewritten"]),
    ("chown -R a /", ["rewritten"]),
    ("chgrp a /b*", ["rewritten"]),
    ("setfacl -m u:a:r /big", ["rewritten"]),
    ("sed -i s/a/b/ /big", ["rewritten"]),
    ("strip /big", ["rewritten"]),
    ("chmod 600 /big && chown a /big && rm /big", ["rewritten"]),
    ("gzip /big", ["removed"]),
    ("gunzip -k /big", []),
    ("curl -o /big http://x/y", ["overwritten"]),
    ("ls > /big", ["overwritten"]),
    (": > /big", ["overwritten"]),
    ("truncate -s 0 /big", ["overwritten"]),
    ("cp /etc/passwd /big", ["overwritten"]),
    ("mv /etc/passwd /big", []),                            # of what a base image's file weighs nothing is known
    ("curl -o /x http://x/y && mv /x /big", ["overwritten"]),
    ("ls >> /big", []),
    ("touch /big", []),
    ("mkdir -p /big", []),
    ("tar xf /big", []),
    ("find / -name big -delete", []),                       # which files it finds is not known
    ("ls / | xargs rm", []),
    ("rm $BIG", []),
    ("rm /$BIG", []),
    ("test -f /big && rm /big || true", []),                # may not run
    ("if true; then rm /big; fi", []),
    ("for f in /big; do rm $f; done", []),
    ("f() { rm /big; }; f", []),
    ("exit 0; rm /big", []),
    ("rm /big || true", ["removed"]),
    ("set -e; rm /big; ls", ["removed"]),
    ("sudo rm /big", ["removed"]),
    ("env A=b nice rm /big", ["removed"]),
    ("sh -c 'rm /big'", ["removed"]),
    ("bash -euo pipefail -c 'cd /; rm big'", ["removed"]),
]
# fmt: on


@pytest.mark.parametrize(("late", "how"), LATE)
def test_what_kills(late: str, how: list[str]) -> None:
    book = ledger(f"{BIG}\nRUN {late}")
    assert [(d.how, d.size.bytes) for d in book.deaths] == [(h, 5) for h in how]


def test_a_rewritten_file_dies_again_with_the_layer_that_holds_its_copy() -> None:
    assert deaths(f"{BIG}\nRUN chmod 600 /big\nRUN rm /big") == [
        "rewritten /big 5 of 2 by 3",
        "removed /big 5 of 3 by 4",
    ]


def test_a_moved_file_dies_at_its_new_place() -> None:
    assert deaths(f"{BIG}\nRUN mv /big /opt\nRUN rm /opt/big") == [
        "rewritten /big 5 of 2 by 3",
        "removed /opt/big 5 of 3 by 4",
    ]
    tree = "RUN mkdir /a && dd if=/dev/zero of=/a/b bs=5 count=1"
    assert deaths(f"{tree}\nRUN mv /a /c\nRUN rm -r /c") == [
        "rewritten /a/b 5 of 2 by 3",
        "removed /c/b 5 of 3 by 4",
    ]
    assert deaths(f"{tree}\nRUN mv /a/* /opt\nRUN rm /opt/b")[1] == "removed /opt/b 5 of 3 by 4"


def test_what_a_command_makes_in_a_folder_has_its_own_name_there() -> None:
    made = "dd if=/dev/zero of=/tmp/f bs=5 count=1"
    for way in (
        "cp /tmp/f /opt",  # a folder of every image
        "mkdir /d && cp /tmp/f /d",
        "install -D /tmp/f /d/f && cp /tmp/f /d",
        "ls > /d/x && cp /tmp/f /d",  # it holds a file: it is a folder
    ):
        where = "/opt" if "/opt" in way else "/d"
        gone = deaths(f"RUN {made} && {way}\nRUN rm {where}/f")
        assert [g.partition(" of ")[0] for g in gone] == [f"removed {where}/f ?"], way
    assert deaths(f"RUN {made} && cp /tmp/f /d\nRUN rm /d/f") == []  # a file called `d`
    assert deaths("WORKDIR /d\nCOPY a.txt /d\nRUN rm /d/a.txt") == ["removed /d/a.txt ? of 3 by 4"]


def test_uncertain_writes_are_no_waste() -> None:
    book = ledger("RUN test -f /x || dd if=/dev/zero of=/big bs=5 count=1\nRUN rm /big")
    assert list(wasted(book, "removed")) == []


def test_files_of_no_bytes_are_no_waste() -> None:
    book = ledger("RUN touch /a && mkdir /b && ln -s /x /c\nRUN rm -r /a /b /c")
    assert list(wasted(book, "removed")) == []


def test_a_command_is_told_once_with_all_that_it_kills() -> None:
    book = ledger(f"{BIG}\nRUN dd if=/dev/zero of=/big2 bs=6 count=1\nRUN curl -o /c http://x/y\nRUN rm /b* /c")
    (waste,) = wasted(book, "removed")
    assert (waste.size.bytes, waste.size.basis, len(waste.writers)) == (11, "estimated", 3)


def test_symbolic_links_lead_to_what_they_name() -> None:
    made = "RUN mkdir /opt/a-1 && ln -s /opt/a-1 /opt/a && dd if=/dev/zero of=/opt/a/big bs=5 count=1"
    assert deaths(f"{made}\nRUN rm /opt/a-1/big") == ["removed /opt/a-1/big 5 of 2 by 3"]
    assert deaths(f"{made}\nRUN rm -rf /opt/a/*") == ["removed /opt/a-1/big 5 of 2 by 3"]
    assert deaths(f"{made}\nRUN rm -rf /opt/a") == []  # the link alone
    assert deaths(f"{made}\nRUN ln -sfn ../opt/b /opt/a\nRUN rm /opt/a/big") == []
    assert deaths("RUN ln -s a-1 /opt/a\nRUN ls > /opt/a/x\nRUN rm /opt/a-1/x") == ["removed /opt/a-1/x ? of 3 by 4"]
    assert deaths("RUN ln -s / /x && ln -s /x /x/x && ln -s /y /z && ln -s /z /y\nRUN rm /y/a /x/x/x") == []


# Layers of several stages


def test_a_stage_inherits_the_layers_of_the_one_it_is_built_from() -> None:
    text = f"FROM debian:12 AS base\n{BIG}\nFROM base\nRUN rm /big"
    assert deaths(text) == ["removed /big 5 of 2 by 4"]
    three = f"FROM debian:12 AS a\n{BIG}\nFROM a AS b\nRUN ls\nFROM b\nRUN rm /big"
    assert deaths(three) == ["removed /big 5 of 2 by 6"]


def test_only_what_ships_counts() -> None:
    file = File(Source(f"FROM debian:12 AS build\n{BIG}\nRUN rm /big\nFROM debian:12\nCOPY --from=build /x.txt /x\n"))
    assert file.shipped is not None
    assert file.shipped.deaths == []
    assert len(file.ledgers[0].deaths) == 1


def test_siblings_do_not_share_what_comes_later() -> None:
    text = f"FROM debian:12 AS a\n{BIG}\nFROM a AS b\nRUN rm /big\nFROM a\nRUN ls"
    assert deaths(text) == []


def test_copies_from_a_stage_bring_no_history() -> None:
    text = f"FROM debian:12 AS a\n{BIG}\nFROM debian:12\nCOPY --from=a /big.bin /b.bin\nRUN rm /b.bin"
    assert deaths(text) == ["removed /b.bin ? of 4 by 5"]


def test_no_stage_at_all() -> None:
    assert ledgers(build(parse("RUN rm /x\n")), None) == ()


# Trees: COPY, ADD, clones


def test_a_copied_tree_is_deleted_or_owned_anew() -> None:
    assert deaths("COPY . /app\nRUN rm -rf /app") == ["removed /app ? of 2 by 3"]
    assert deaths("COPY . /app\nRUN rm -rf /app/*") == ["removed /app ? of 2 by 3"]
    assert deaths("COPY . /app\nRUN chown -R a /app") == ["rewritten /app ? of 2 by 3"]
    assert deaths("COPY . /app\nRUN chown a /app") == []  # the folder alone
    assert deaths("COPY . /app\nRUN chmod 755 /app") == []
    assert deaths("WORKDIR /app\nCOPY . .\nRUN chown -R a .") == ["rewritten /app ? of 3 by 4"]
    assert deaths("COPY --from=x /usr/ /usr/\nRUN rm -rf /usr") == ["removed /usr ? of 2 by 3"]
    assert deaths("RUN git clone https://x/y /src\nRUN rm -rf /src") == ["removed /src ? of 2 by 3"]


def test_a_file_or_a_folder() -> None:
    """Without a context `COPY main /x` may be either: only what is done to files alone makes it one."""
    assert deaths("COPY main /x\nRUN chmod 755 /x") == []
    assert deaths("COPY main /x\nRUN chown a /x") == []
    assert deaths("COPY main /x\nRUN chmod +x /x") == ["rewritten /x ? of 2 by 3"]
    assert deaths("COPY main /x\nRUN chown -R a /x") == ["rewritten /x ? of 2 by 3"]
    assert deaths("COPY main /x\nRUN rm -r /x") == ["removed /x ? of 2 by 3"]
    assert deaths("COPY main.sh /x\nRUN chmod 755 /x") == ["rewritten /x ? of 2 by 3"]
    assert deaths("COPY conf.d /x\nRUN chmod 755 /x") == []


def test_wildcards_of_a_copy() -> None:
    assert deaths("COPY *.deb /tmp/\nRUN rm /tmp/*.deb") == ["removed /tmp/*.deb ? of 2 by 3"]
    assert deaths("COPY *.deb /tmp/\nRUN rm -rf /tmp/*") == ["removed /tmp/*.deb ? of 2 by 3"]
    assert deaths("COPY *.deb /tmp/\nRUN rm /tmp/a.deb") == []  # perhaps another's
    assert deaths("COPY *.sh /x/\nRUN chmod +x /x/*.sh") == ["rewritten /x/*.sh ? of 2 by 3"]


def test_unknown_sources_and_destinations() -> None:
    assert deaths("COPY $A /x/\nRUN rm /x/a.txt") == []
    assert deaths("COPY $A /x/\nRUN rm -r /x") == ["removed /x/* ? of 2 by 3"]
    assert deaths("COPY $A/a.txt /x/\nRUN rm /x/a.txt") == ["removed /x/a.txt ? of 2 by 3"]
    assert deaths("COPY a.txt $X\nRUN rm $X") == []
    assert deaths("ARG A=a.txt\nCOPY $A /x/\nRUN rm /x/$A") == ["removed /x/a.txt ? of 3 by 4"]


# fmt: off
PARTS = [
    # what comes between `COPY . /app` and `rm -rf /app/part`; is the deletion of what COPY brought?
    ("", True),
    ("RUN ls /app", True),
    ("RUN apt-get update && apt-get install -y curl", True),
    ("RUN useradd app\nENV A=b\nRUN mkdir /x && echo a > /x/y", True),
    ("RUN chmod +x /app/x.sh", True),
    ("RUN npm ci && npm run build", False),                 # who knows what it makes
    ("RUN pip install -e /app", False),
    ("RUN make -C /app", False),
    ("RUN ./configure", False),
    ("RUN . /app/env.sh", False),
    ("RUN tar xzf /app/x.tgz -C /app", False),
    ("RUN git submodule update", False),
    ("RUN cp $X /app", False),
    ("RUN curl http://x/y | sh", False),
    ("RUN [\"/app/build\"]", False),                        # cannot be followed
    ("RUN <<EOF python3\nprint(1)\nEOF", False),
    ("RUN cp /etc/x /app/part", False),                     # the entry of `cp` is what dies
    ("COPY part /app/part", False),
]
# fmt: on


@pytest.mark.parametrize(("between", "counts"), PARTS)
def test_part_of_a_copied_tree_without_a_context(between: str, counts: bool) -> None:
    found = deaths(f"COPY . /app\n{between}\nRUN rm -rf /app/part")
    assert any(d.startswith("removed part of /app ?") for d in found) == counts


def test_part_of_a_tree_made_in_the_same_run() -> None:
    assert deaths("COPY . /app\nRUN cd /app && npm ci && rm -rf node_modules") == []
    assert deaths("COPY . /app\nRUN cd /app && rm -rf .git && npm ci") == ["removed part of /app ? of 2 by 3"]


def test_part_of_a_tree_counts_once() -> None:
    found = deaths("COPY . /app\nRUN rm -rf /app/part\nRUN rm -rf /app/part")
    assert found == ["removed part of /app ? of 2 by 3"]


def test_part_of_a_shared_folder_may_be_anybodys() -> None:
    for folder in ("/", "/etc", "/usr/local/bin", "/tmp"):
        assert deaths(f"COPY root/ {folder}\nRUN rm -rf {folder.rstrip('/')}/part") == [], folder


def test_a_pattern_below_a_tree_says_nothing() -> None:
    assert deaths("COPY . /app\nRUN rm -rf /app/*.log /app/test/*") == []


def test_part_of_the_innermost_tree() -> None:
    found = deaths("COPY . /app\nCOPY lib/ /app/lib\nRUN rm -rf /app/lib/part")
    assert found == ["removed part of /app/lib ? of 3 by 4"]


def test_part_of_a_clone_or_of_another_stages_tree() -> None:
    assert deaths("RUN git clone https://x/y /src\nRUN rm -rf /src/.git") == ["removed part of /src ? of 2 by 3"]
    assert deaths("RUN git clone https://x/y /src\nRUN make -C /src\nRUN rm -rf /src/obj") == []
    assert deaths("COPY --from=b /app/ /app/\nRUN rm -rf /app/x") == ["removed part of /app ? of 2 by 3"]


# With a build context


@pytest.fixture
def context(tmp_path: Path) -> Context:
    for name, size in {"main": 3, "src/a.py": 5, "src/sub/b.py": 7, "big.deb": 11, "Dockerfile": 1}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)
    return Context(tmp_path, tmp_path / "Dockerfile")


def test_measured_in_the_context(context: Context) -> None:
    assert deaths("COPY main /x\nRUN chmod 755 /x", context) == ["rewritten /x 3 of 2 by 3"]
    assert deaths("COPY src /x\nRUN chmod 755 /x", context) == []
    assert deaths("COPY src /x\nRUN rm -r /x", context) == ["removed /x 12 of 2 by 3"]
    assert deaths("COPY *.deb /x/\nRUN rm /x/*.deb", context) == ["removed /x/*.deb 11 of 2 by 3"]
    (death,) = ledger("COPY main /x\nRUN rm /x", context).deaths
    assert death.size.basis == "measured"


def test_part_of_a_tree_is_measured(context: Context) -> None:
    assert deaths("COPY . /app\nRUN rm -rf /app/src/sub", context) == ["removed part of /app 7 of 2 by 3"]
    assert deaths("COPY src /app\nRUN rm -rf /app/sub", context) == ["removed part of /app 7 of 2 by 3"]
    assert deaths("COPY src/ /\nRUN rm -rf /sub", context) == ["removed part of / 7 of 2 by 3"]
    assert deaths("COPY . /app\nRUN make\nRUN rm -rf /app/src", context) == ["removed part of /app 12 of 2 by 4"]


def test_what_the_context_does_not_hold_somebody_else_made(context: Context) -> None:
    for between in ("", "RUN npm ci && npm run build\n"):
        assert deaths(f"COPY . /app\n{between}RUN rm -rf /app/node_modules", context) == []


def test_what_the_ignore_file_keeps_back_is_not_there(context: Context) -> None:
    (context.folder / ".dockerignore").write_text("src/sub\n")
    ignoring = Context(context.folder, context.folder / "Dockerfile")
    assert deaths("COPY . /app\nRUN rm -rf /app/src/sub", ignoring) == []
    assert deaths("COPY src /app\nRUN rm -rf /app", ignoring) == ["removed /app 5 of 2 by 3"]


@pytest.mark.parametrize("only", [[], ["Dockerfile"], ["Dockerfile", ".dockerignore"]])
def test_a_context_with_the_dockerfile_alone_is_not_the_real_one(tmp_path: Path, only: list[str]) -> None:
    for name in only:
        (tmp_path / name).write_text("")
    found = deaths("COPY . /app\nRUN rm -rf /app/tests", Context(tmp_path, tmp_path / "Dockerfile"))
    assert found == ["removed part of /app ? of 2 by 3"]


# Mounts


def test_what_is_written_under_a_mount_is_not_in_the_layer() -> None:
    for mount in ("type=cache,target=/c", "type=tmpfs,target=/c/", "type=cache,dst=/c", "type=cache,destination=/c"):
        assert deaths(f"RUN --mount={mount} dd if=/dev/zero of=/c/x bs=5 count=1\nRUN rm -rf /c") == [], mount
    assert len(deaths("RUN --mount=type=cache,target=/c dd if=/dev/zero of=/cx bs=5 count=1\nRUN rm /cx")) == 1


def test_what_is_under_a_mount_is_out_of_reach() -> None:
    for late in ("rm -rf /c/x", "rm -rf /c/*", "chmod 600 /c/x", "chown -R a /c"):
        found = deaths(f"RUN mkdir /c && dd if=/dev/zero of=/c/x bs=5 count=1\nRUN --mount=type=cache,target=/c {late}")
        assert found == [], late


# Caches


INSTALL = "RUN apt-get update && apt-get install -y curl"


def test_a_cache_is_cleaned_too_late_by_rm_and_by_its_manager() -> None:
    for late in ("rm -rf /var/lib/apt/lists/*", "rm -rf /var/lib/apt/lists", "rm -rf /var/lib/apt /x", "rm -r /var/*"):
        (death,) = [d for d in ledger(f"{INSTALL}\nRUN {late}").deaths if d.entry.cache == ("apt", "lists")]
        assert (death.how, death.size.basis) == ("cleaned", "estimated"), late
    assert any(d.how == "cleaned" for d in ledger(f"{INSTALL}\nRUN apt-get clean").deaths)
    assert any(d.how == "cleaned" for d in ledger("RUN pip install x\nRUN pip cache purge").deaths)


def test_a_cache_that_is_cleaned_where_it_was_filled_is_gone() -> None:
    assert not [d for d in ledger(f"{INSTALL} && rm -rf /var/lib/apt/lists/*").deaths if d.entry.cache]
    book = ledger(f"{INSTALL} && rm -rf /var/lib/apt/lists/*")
    assert ("apt", "lists") not in {e.cache for e in book.alive()}


def test_an_index_that_is_fetched_twice_is_there_once() -> None:
    twice = ledger(f"{INSTALL} && apt-get update && apt-get install -y git\nRUN rm -rf /var/lib/apt/lists/*")
    once = ledger(f"{INSTALL}\nRUN rm -rf /var/lib/apt/lists/*")
    sums = [sum(d.size.bytes or 0 for d in b.deaths if d.entry.cache == ("apt", "lists")) for b in (twice, once)]
    assert sums[0] == sums[1] > 0


def test_caches_of_homes() -> None:
    for user, home in (("", "/root"), ("USER root\n", "/root"), ("ENV HOME=/h\n", "/h"), ("USER app\n", "/home/app")):
        for late in (f"rm -rf {home}/.cache/pip", f"rm -rf {home}/.cache", "rm -rf ~/.cache"):
            found = [d.how for d in ledger(f"{user}RUN pip install x\nRUN {late}").deaths]
            assert found == ["cleaned"], (user, late)
    assert deaths("RUN pip install x\nRUN rm -rf /home/app/.cache") == []
    assert deaths("RUN pip install x\nRUN rm -rf /root/.cache/other") == []


def test_the_cache_of_a_command_run_by_another_user_is_not_roots() -> None:
    (entry,) = [e for e in ledger("RUN sudo -u app pip install x").entries if e.cache]
    assert not entry.path.startswith("/root")


def test_a_cache_under_a_mount_is_not_in_the_layer() -> None:
    book = ledger("RUN --mount=type=cache,target=/root/.cache pip install x")
    assert [e.cache for e in book.entries if e.cache] == []


# Packages


def test_packages_that_a_later_layer_uninstalls() -> None:
    text = "RUN apk add --no-cache --virtual .build gcc musl-dev && apk add --no-cache curl\nRUN apk del .build"
    gone = {d.entry.package for d in ledger(text, base="alpine").deaths if d.how == "uninstalled"}
    assert gone == {"gcc", "musl-dev"}
    late = ledger(f"{INSTALL} git\nRUN apt-get purge -y --auto-remove curl wget $X").deaths
    assert [d.entry.package for d in late if d.how == "uninstalled"] == ["curl"]
    assert not [d for d in ledger(f"{INSTALL} && apt-get purge -y curl").deaths if d.how == "uninstalled"]


# What is alive


# fmt: off
LEFT = [
    ("ls", ["/tmp/x.tgz"]),
    ("rm /tmp/x.tgz", []),
    ("rm -rf /tmp/*", []),
    ("rm -rf /tmp/other", ["/tmp/x.tgz"]),
    ("rm -rf /other/$X", ["/tmp/x.tgz"]),
    ("rm -rf $X", []),                                      # perhaps
    ("rm -rf /tmp/$X", []),
    ("rm -rf /tmp/$X.zip", ["/tmp/x.tgz"]),
    ("rm -f $X/x.tgz", []),
    ("rm -f $X/y.tgz", ["/tmp/x.tgz"]),
    ("ls /tmp/* | xargs rm", []),
    ("find /tmp -type f -delete", []),
    ("find /tmp -name '*.tgz' -delete", []),
    ("find /tmp -name '*.o' -delete", ["/tmp/x.tgz"]),
    ("find /usr -delete", ["/tmp/x.tgz"]),
    ("for f in /tmp/*.tgz; do rm $f; done", []),
    ("if true; then rm /tmp/x.tgz; fi", []),
    ("test -f /x && rm /tmp/x.tgz || true", []),
    ("trap 'rm -f /tmp/x.tgz' EXIT", []),
    ("f() { rm -f /tmp/x.tgz; }; f", []),
    ("gzip /tmp/x.tgz", ["/tmp/x.tgz.gz"]),
    ("mv /tmp/x.tgz /opt/", ["/opt/x.tgz"]),
    ("test -f /x && mv /tmp/x.tgz /opt/ || true", []),
]
# fmt: on


@pytest.mark.parametrize(("then", "left"), LEFT)
def test_what_surely_stays(then: str, left: list[str]) -> None:
    assert alive(f"RUN curl -o /tmp/x.tgz http://x/y && {then}") == left
    assert alive(f"RUN curl -o /tmp/x.tgz http://x/y\nRUN {then}") == left


def test_long_words_of_unknown_parts_are_quick() -> None:
    path = "/tmp/" + "a-" * 60 + ".tgz"
    for word in ("$A" * 60 + "/b", "$A*?" * 40 + "b", "$A/" * 40 + "b", "$A-" * 60 + "b", "$A-" * 20 + "b"):
        assert alive(f"RUN curl -o {path} http://x/y && rm -rf {word}") == [path]


def test_a_cache_that_a_variable_may_name_is_doubtful() -> None:
    lists = ("apt", "lists")
    kept = {e.cache for e in ledger(f"{INSTALL} && rm -rf $TMP").alive()}
    assert lists in kept  # nobody names the lists by a variable alone
    assert lists not in {e.cache for e in ledger(f"{INSTALL} && rm -rf $R/var/lib/apt/lists/*").alive()}
    assert lists not in {e.cache for e in ledger(f"{INSTALL} && find /var/lib/apt -type f -delete").alive()}
    assert lists not in {e.cache for e in ledger(f"{INSTALL} && if a; then apt-get distclean; fi").alive()}


def test_odd_files_do_not_upset_the_ledger() -> None:
    for text in (
        "RUN mv /a/* /a",
        "RUN mv / /x",
        "RUN rm -rf / && rm -rf /",
        "COPY . /\nRUN rm -rf /",
        "COPY a /\nCOPY b /\nRUN mv /* /x && mv /x/* /",
        "RUN cp / /",
        "RUN git clone . .",
        "RUN tar xf",
        "RUN curl -o",
        "RUN find",
        "RUN dd of=/a of=/b if= bs=",
        "COPY . .\nRUN rm -rf .",
        "COPY \\\n\nRUN rm",
        "RUN rm -rf '[' '*' /[a /tmp/[!]*",
    ):
        ledger(text)


def test_what_an_archive_held_is_rewritten_or_deleted_by_a_later_layer() -> None:
    unpack = "RUN curl -fsSL https://x/a.tgz | tar xz -C /opt/a\n"
    assert deaths(unpack + "RUN chown -R app /opt/a") == ["rewritten /opt/a ? of 2 by 3"]
    assert deaths(unpack + "RUN rm -rf /opt/a") == ["removed /opt/a ? of 2 by 3"]
    assert deaths(unpack + "RUN rm -rf /opt/a/build") == [], "perhaps it never was there"
    assert deaths(unpack + unpack + "RUN rm -rf /opt/a/doc") == [], "whose it was is not known"
    assert deaths(unpack + "RUN rm -rf /opt/a/doc") == ["removed part of /opt/a ? of 2 by 3"]


@pytest.mark.parametrize("away", ["mv /tmp/a-1 /opt/a", "rm -rf /tmp/a-1", "rm -rf /tmp/a*", "mv /tmp/$NAME /opt/a"])
def test_what_was_unpacked_and_taken_away_does_not_die_later(away: str) -> None:
    unpack = f"RUN curl -fsSL https://x/a.tgz | tar xz -C /tmp && {away}\n"
    assert [d for d in deaths(unpack + "RUN rm -rf /tmp/*") if " /tmp" in d] == []


def test_packages_installed_together_share_what_they_need() -> None:
    def sizes(body: str) -> list[int | None]:
        return [e.size.bytes for e in ledger(body).entries if e.package]

    gcc = "RUN apt-get install -y gcc"
    assert sizes(gcc) == [269_000_000]
    assert sizes(f"{gcc} --no-install-recommends") == [180_000_000]
    assert sizes(f"{gcc} -o APT::Install-Recommends=false") == [180_000_000]
    assert sizes(f"{gcc} curl libodd") == [269_000_000, 0, None]
    assert sizes(f"{gcc}\n{gcc}") == [269_000_000, None], "there already"


def held(body: str) -> list[tuple[str, int | None]]:
    """What the layers hold at their ends."""
    return [(e.path, e.size.bytes) for e in ledger(body).entries if not (e.fleeting or e.package)]


def test_a_layer_does_not_hold_what_it_deleted_itself() -> None:
    assert held(BIG + " && rm /big") == []
    assert held(BIG + " && mv /big /b") == [("/b", 5)]
    assert held(BIG + "\nRUN rm /big") == [("/big", 5)]


def test_a_file_that_was_rewritten_or_moved_weighs_what_it_did() -> None:
    for later in ("chmod 600 /big", "mv /big /b"):
        book = ledger(f"{BIG}\nRUN {later}")
        assert [book.size(e).bytes for e in book.entries] == [5, 5]


@pytest.mark.parametrize("late", ["strip /app", "sed -i s/a/b/ /app", "chmod +x /app"])
def test_what_people_do_to_files_is_done_to_a_file(late: str) -> None:
    assert deaths(f"COPY app /app\nRUN {late}") == ["rewritten /app ? of 2 by 3"]
