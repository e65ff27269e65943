"""The gate: what it lets pass, what it refuses, and that it says why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dockerlint.edits import Licence
from dockerlint.syntax import parse
from dockerlint.verify import Verdict, verify
from dockerlint.verify.cleanups import STORES, cleanup
from dockerlint.verify.insertion import inserted
from dockerlint.verify.programs import Memory
from dockerlint.verify.witness import agrees
from verify_cases import ACCEPTED, JOINS, REFUSED, Join, Pair

NONE = Licence()
SHARED = Path(__file__).resolve().parents[2] / "shared"
LISTS = ("rm", "-rf", "/var/lib/apt/lists/*")
CLEAN = ("apt-get", "clean")


def gate(before: str, after: str, licence: Licence = NONE, head: str = "FROM x\n") -> Verdict:
    return verify(f"{head}{before}\n", f"{head}{after}\n", licence)


def accepts(before: str, after: str, licence: Licence = NONE) -> None:
    verdict = gate(before, after, licence)
    assert verdict.ok, verdict.reason


def refuses(before: str, after: str, licence: Licence = NONE) -> str:
    verdict = gate(before, after, licence)
    assert not verdict.ok
    assert verdict.reason
    if verdict.span is not None:
        assert 0 <= verdict.span.start <= verdict.span.end <= len(f"FROM x\n{after if verdict.in_after else before}\n")
    return verdict.reason


def named(pairs: list[Join] | list[Pair]) -> list[object]:
    return [pytest.param(pair, id=pair.name) for pair in pairs]


@pytest.mark.parametrize("join", named(JOINS))
def test_two_runs_may_become_one_only_where_it_is_the_same(join: Join) -> None:
    before = f"RUN {join.first}\nRUN {join.second}"
    assert gate(before, f"RUN {join.naive}").ok == join.naive_is_right, gate(before, f"RUN {join.naive}").reason
    if join.right is not None:
        accepts(before, f"RUN {join.right}")


@pytest.mark.parametrize("join", [pytest.param(j, id=j.name) for j in JOINS if j.right])
def test_what_is_right_one_way_is_right_the_other(join: Join) -> None:
    """The check is symmetric without a licence: a RUN may be split where it may be joined."""
    accepts(f"RUN {join.right}", f"RUN {join.first}\nRUN {join.second}")


@pytest.mark.parametrize("pair", named(ACCEPTED))
def test_right_rewrites_pass(pair: Pair) -> None:
    accepts(pair.before, pair.after)


# a carriage return in a here-document is part of its commands: such a script is not followed
@pytest.mark.parametrize("pair", named([pair for pair in ACCEPTED if pair.name != "heredocs"]))
def test_right_rewrites_pass_with_windows_line_endings(pair: Pair) -> None:
    before, after = (f"FROM x\n{text}\n".replace("\n", "\r\n") for text in (pair.before, pair.after))
    verdict = verify(before, after, NONE)
    assert verdict.ok, verdict.reason


@pytest.mark.parametrize("pair", named(REFUSED))
def test_wrong_rewrites_are_refused(pair: Pair) -> None:
    refuses(pair.before, pair.after)


@pytest.mark.parametrize("pair", [*named(ACCEPTED), *named(REFUSED)])
def test_the_same_text_passes(pair: Pair) -> None:
    assert verify(pair.before, pair.before, NONE) == Verdict(True)


def test_a_verdict_names_the_token_in_the_way() -> None:
    assert "after `cd src` in the same shell" in refuses("RUN cd src\nRUN b", "RUN cd src && b")
    assert "background job" in refuses("RUN a & b\nRUN c", "RUN a & b && c")
    assert "/etc/hosts" in refuses("RUN echo a >>/etc/hosts\nRUN c", "RUN echo a >>/etc/hosts && c")
    assert "--network=none" in refuses("RUN --network=none a", "RUN a")


@pytest.fixture(scope="module")
def hazards() -> Path:
    path = SHARED / "cases/hazards.jsonl"
    if not path.parent.is_dir():
        pytest.skip("../shared is not here; JOINS has a copy of what matters")
    return path


def test_shared_hazards(hazards: Path) -> None:
    # The reference's own "right" of set_e_first is the well-known wrong one; comment_tail's loses the comment.
    odd = {("set_e_first", "naive"), ("set_e_first", "right"), ("comment_tail", "right"), ("pipe_status", "naive")}
    for row in map(json.loads, hazards.read_text().splitlines()):
        before = f"RUN {row['first']}\nRUN {row['second']}"
        for kind in ("naive", "right"):
            if row[kind] is not None and (row["id"], kind) not in odd:
                expected = kind == "right" or row[kind] == row["right"]
                assert gate(before, f"RUN {row[kind]}").ok == expected, (row["id"], kind)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("FROM x\nRUN a\n", "FROM x\r\nRUN a\r\n"),
        ("FROM x\r\nRUN a\r\nRUN b\r\n", "FROM x\r\nRUN a \\\n && b\r\n"),
        ("\ufeffFROM x\nRUN a\n", "FROM x\nRUN a\n"),
        ("FROM x\nRUN a", "FROM x\nRUN a\n"),
        ("FROM x\nRUN a\n", "FROM x\nRUN a"),
        ("# syntax=docker/dockerfile:1\nFROM x\n", "FROM x\n"),
        ("# escape=`\nFROM x\n", "# escape=\\\nFROM x\n"),
        ("FROM x\nRUN a\n", "FROM x\nRUN a\nFOO b\n"),
        ("FROM x\nRUN a\n", "FROM x\nRUN a \\\n"),
        ("FROM x\nRUN a\n", "FROM x\nRUN a\0\n"),
    ],
)
def test_the_text_keeps_its_form(before: str, after: str) -> None:
    assert not verify(before, after, NONE).ok


def test_broken_files_may_be_edited_where_they_are_whole() -> None:
    before = "FROM x\nFOO bar\nRUN a\nRUN b\nRUN if\n"
    assert verify(before, "FROM x\nFOO bar\nRUN a && b\nRUN if\n", NONE).ok
    assert not verify(before, "FROM x\nFOO bar\nRUN a && b\nRUN fi\n", NONE).ok


def test_joined_runs_fit_into_one_argument() -> None:
    one = f"RUN a {' '.join(['x' * 1000] * 25)} \\\n  {' '.join(['y' * 1000] * 26)}"
    assert "longer" in refuses(f"{one}\n{one}", f"{one} \\\n && {one.removeprefix('RUN ')}")
    accepts(f"{one}\nRUN b", f"{one} && b")


def test_backtick_escapes() -> None:
    before = "# escape=`\nFROM debian:12\nRUN a\nRUN b\n"
    assert verify(before, "# escape=`\nFROM debian:12\nRUN a `\n  && b\n", NONE).ok
    assert not verify(before, "# escape=`\nFROM debian:12\nRUN a \\\n  && b\n", NONE).ok


def test_added_clean_up() -> None:
    licence = Licence(added=frozenset((LISTS, CLEAN)))
    update = "RUN apt-get update && apt-get install -y curl"
    accepts(update, f"{update} && rm -rf /var/lib/apt/lists/*", licence)
    accepts(update, f"{update} && apt-get clean && rm -rf /var/lib/apt/lists/*", licence)
    accepts(
        "RUN apt-get update; apt-get install -y curl",
        "RUN apt-get update; apt-get install -y curl && rm -rf /var/lib/apt/lists/*",
        licence,
    )
    accepts(
        "RUN apt-get update\nRUN apt-get install -y a",
        "RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*",
        licence,
    )
    script = "RUN <<EOF\nset -e\napt-get update\napt-get install a\n"
    accepts(f"{script}EOF", f"{script}rm -rf /var/lib/apt/lists/*\nEOF", licence)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("RUN apt-get update", "RUN rm -rf /var/lib/apt/lists/* && apt-get update"),
        ("RUN apt-get update", "RUN apt-get update; rm -rf /var/lib/apt/lists/*"),
        ("RUN apt-get update", "RUN apt-get update || rm -rf /var/lib/apt/lists/*"),
        ("RUN make", "RUN make && rm -rf /var/lib/apt/lists/*"),
        ("RUN apt-get update", "RUN apt-get update\nRUN rm -rf /var/lib/apt/lists/*"),
        (
            "RUN apt-get update\nRUN apt-get install a",
            "RUN apt-get update && rm -rf /var/lib/apt/lists/*\nRUN apt-get install a",
        ),
        (
            "RUN apt-get update\nCOPY a b\nRUN sh -c 'apt-get install a'",
            "RUN apt-get update && rm -rf /var/lib/apt/lists/*\nCOPY a b\nRUN sh -c 'apt-get install a'",
        ),
        (
            "RUN apt-get update\nFROM y\nCOPY --from=0 /var/lib/apt/lists /l",
            "RUN apt-get update && rm -rf /var/lib/apt/lists/*\nFROM y\nCOPY --from=0 /var/lib/apt/lists /l",
        ),
        (
            "RUN apt-get update\nRUN ls /var/lib/apt/lists/",
            "RUN apt-get update && rm -rf /var/lib/apt/lists/*\nRUN ls /var/lib/apt/lists/",
        ),
        ("RUN apt-get update\nUSER app\nRUN a", "RUN apt-get update\nUSER app\nRUN a && rm -rf /var/lib/apt/lists/*"),
        ("USER app\nRUN apt-get update", "USER app\nRUN apt-get update && rm -rf /var/lib/apt/lists/*"),
        ("RUN sudo apt-get update", "RUN sudo apt-get update && rm -rf /var/lib/apt/lists/*"),
        ("RUN apt-get update && ! a", "RUN apt-get update && ! { a && rm -rf /var/lib/apt/lists/*; }"),
        ("RUN if apt-get update; then a; fi", "RUN if apt-get update && rm -rf /var/lib/apt/lists/*; then a; fi"),
        ("RUN set -f; apt-get update", "RUN set -f; apt-get update && rm -rf /var/lib/apt/lists/*"),
        ("RUN rm() { :; }; apt-get update", "RUN rm() { :; }; apt-get update && rm -rf /var/lib/apt/lists/*"),
        ("RUN apt-get update; echo $?", "RUN apt-get update && rm -rf /var/lib/apt/lists/*; echo $?"),
        ("RUN apt-get update && a $?", "RUN apt-get update && rm -rf /var/lib/apt/lists/* && a $?"),
        (
            "RUN --mount=type=cache,target=/var/lib/apt apt-get update",
            "RUN --mount=type=cache,target=/var/lib/apt apt-get update && rm -rf /var/lib/apt/lists/*",
        ),
        ("RUN apt-get update", "RUN apt-get update && rm -rf /var/lib/apt/lists/* >/dev/null"),
        ("RUN apt-get update", "RUN apt-get update && rm -rf /var/lib/apt/lists/* &"),
        ("RUN apt-get update", "RUN apt-get update && rm -rf /var/lib/apt/lists"),
    ],
)
def test_clean_up_that_could_do_harm(before: str, after: str) -> None:
    refuses(before, after, Licence(added=frozenset((LISTS, (*LISTS[:2], "/var/lib/apt/lists")))))


def test_lists_are_missed_in_a_stage_built_on_this_one() -> None:
    licence = Licence(added=frozenset((LISTS,)))
    before = "FROM x AS base\nRUN apt-get update\n{}FROM base\nRUN {}apt-get install a\n"
    after = before.replace("RUN apt-get update\n", "RUN apt-get update && rm -rf /var/lib/apt/lists/*\n")
    assert not verify(before.format("", ""), after.format("", ""), licence).ok
    assert verify(before.format("", "apt-get update && "), after.format("", "apt-get update && "), licence).ok


@pytest.mark.parametrize(
    "argv",
    [
        ("rm", "-rf", "/"),
        ("rm", "-rf", "/var/lib/apt/lists/*", "/etc"),
        ("rm", "-rf", "/var/lib/apt/lists/../../../etc/*"),
        ("make", "clean"),
        ("rm", "/var/lib/apt/lists/*"),
        ("apt-get", "purge", "curl"),
        ("rm", "-rf", "$X/*"),
    ],
)
def test_a_licence_alone_adds_nothing(argv: tuple[str, ...]) -> None:
    update = "RUN apt-get update && apt-get install curl"
    refuses(update, f"{update} && {' '.join(argv)}", Licence(added=frozenset((argv,))))


def test_moved_clean_up() -> None:
    licence = Licence(added=frozenset((LISTS, CLEAN)), dropped=frozenset((LISTS, CLEAN)))
    update = "RUN apt-get update && apt-get install -y a"
    rm = "rm -rf /var/lib/apt/lists/*"
    accepts(f"{update}\nCOPY a b\nRUN {rm}", f"{update} && {rm}\nCOPY a b", licence)
    accepts(f"{update}\nCOPY a b\nRUN apt-get clean && {rm}", f"{update} && apt-get clean && {rm}\nCOPY a b", licence)
    accepts(f"{update}\nCOPY a b\nRUN apt-get clean; {rm}", f"{update} && apt-get clean && {rm}\nCOPY a b", licence)
    accepts(f"{update} && {rm}\nRUN make && {rm}", f"{update} && {rm}\nRUN make", licence)
    refuses(f"{update}\nCOPY a b\nRUN {rm}", f"{update}\nCOPY a b", licence)
    refuses(f"{update}\nRUN {update.removeprefix('RUN ')} && {rm}", f"{update} && {rm}\n{update}", licence)
    refuses(f"{update} && {rm}\nRUN ./more.sh && {rm}", f"{update} && {rm}\nRUN ./more.sh", licence)
    refuses(f"{update} && {rm}\nFROM y\nRUN {rm} && a", f"{update} && {rm}\nFROM y\nRUN a", licence)
    refuses(f"{update} && {rm} && apt-get clean", f"{update} && {rm}", licence)
    refuses(f"{update} && if a; then {rm}; fi\nRUN {rm}", f"{update} && if a; then {rm}; fi", licence)
    refuses(f"{update} && if a; then b; fi\nRUN {rm}", f"{update} && if a; then b && {rm}; fi", licence)
    whole = Licence(dropped=frozenset((("rm", "-rf", "/var/lib/apt/lists"),)))
    refuses(f"{update} && {rm}\nRUN a && rm -rf /var/lib/apt/lists", f"{update} && {rm}\nRUN a", whole)
    refuses(f"{update} && {rm}\nRUN a || {rm}", f"{update} && {rm}\nRUN a", licence)


def test_inserted_options() -> None:
    licence = Licence(options=frozenset(("--no-cache-dir", "--no-cache", "--no-install-recommends", "-y")))
    accepts("RUN pip install a", "RUN pip install --no-cache-dir a", licence)
    accepts("RUN pip3 install -r a.txt && b", "RUN pip3 install --no-cache-dir -r a.txt && b", licence)
    accepts("RUN python3 -m pip install -U a", "RUN python3 -m pip install -U --no-cache-dir a", licence)
    accepts("RUN sudo -H pip install a", "RUN sudo -H pip install --no-cache-dir a", licence)
    accepts("RUN apt-get -q install a", "RUN apt-get -q install -y --no-install-recommends a", licence)
    accepts("RUN A=1 apt-get install a", "RUN A=1 apt-get install --no-install-recommends a", licence)
    accepts("RUN apk add a\nRUN apk add b", "RUN apk add --no-cache a\nRUN apk add --no-cache b", licence)
    accepts("RUN if a; then pip install b; fi", "RUN if a; then pip install --no-cache-dir b; fi", licence)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("pip install a", "pip --no-cache-dir install a"),
        ("pip install -r f", "pip install -r --no-cache-dir f"),
        ("pip install -f u a", "pip install -f --no-cache-dir u a"),
        ("pip install -- a", "pip install -- --no-cache-dir a"),
        ("apk add -X u a", "apk add -X --no-cache u a"),
        ("apk add -t v a", "apk add -t --no-cache v a"),
        ("pip install a", "pip install --no-cache-dir"),
        ("pip install a", "pip install --no-cache-dir b"),
        ("echo install a", "echo install --no-cache-dir a"),
        ("make install", "make install --no-cache-dir"),
        ("sh -c 'pip install a'", "sh -c 'pip install --no-cache-dir a'"),
        ("pip install a", "pip install a >--no-cache-dir"),
        ("apk add -U a\nRUN apk add b", "apk add -U --no-cache a\nRUN apk add b"),
        ("useradd -u 1 a", "useradd -u -y 1 a"),
        ("pip install a", "--no-cache-dir pip install a"),
        ("! pip install a", "! pip install --no-cache-dir a"),
    ],
)
def test_options_in_the_wrong_place(before: str, after: str) -> None:
    refuses(f"RUN {before}", f"RUN {after}", Licence(options=frozenset(("--no-cache-dir", "--no-cache", "-y"))))


def test_maintainer_as_label() -> None:
    licence = Licence(instructions=frozenset(("MAINTAINER", "LABEL")))
    key = "org.opencontainers.image.authors"
    accepts("MAINTAINER Jo <j@x.org>", f'LABEL {key}="Jo <j@x.org>"', licence)
    accepts('MAINTAINER "Jo"', f'LABEL {key}="Jo"', licence)
    accepts('MAINTAINER Jo "J" Doe', f'LABEL {key}="Jo \\"J\\" Doe"', licence)
    accepts("MAINTAINER a$b", f'LABEL {key}="a\\$b"', licence)
    accepts("MAINTAINER 陈", f"LABEL {key}=陈", licence)
    accepts("# who\nMAINTAINER a\nRUN b\nRUN c", f"# who\nLABEL {key}=a\nRUN b && c", licence)
    refuses("MAINTAINER Jo <j@x.org>", f"LABEL {key}=Jo <j@x.org>", licence)
    refuses("MAINTAINER a$b", f'LABEL {key}="a$b"', licence)
    refuses("MAINTAINER a", f'LABEL {key}="a$b"', licence)
    refuses("MAINTAINER a", f"LABEL {key}=b", licence)
    refuses("MAINTAINER a", "LABEL maintainer=a", licence)
    refuses("MAINTAINER a", f"LABEL {key}=a b=c", licence)
    refuses(f"LABEL {key}=b\nMAINTAINER a", f"LABEL {key}=b\nLABEL {key}=a", licence)
    refuses("MAINTAINER a", f"LABEL {key}=a", Licence(instructions=frozenset(("LABEL",))))
    refuses("ADD a b", "COPY a b", Licence(instructions=frozenset(("ADD", "COPY"))))


def test_every_store_is_cleaned_by_its_own_commands() -> None:
    for store in STORES:
        for path in store.paths:
            found = cleanup(("rm", "-rf", f"{path}/*"))
            assert found is not None
            assert store.name in found.stores
    assert cleanup(("rm", "-rf", "/var/lib/apt/lists/*", "/tmp/*")) is None
    assert cleanup(("apt-get", "clean", "&&")) is None


def test_a_shell_remembers_where_programs_were() -> None:
    memory = Memory()
    assert not memory.call(["pip", "install", "flask"])
    assert not memory.call(["pip", "install", "--upgrade", "pip"])
    assert memory.call(["pip", "install", "x"])
    assert not memory.call(["pip3", "--version"])
    assert not memory.call(["npm", "ci"])
    assert not memory.call(["make", "install"])
    assert memory.call(["npm", "test"])
    assert not memory.call(["make", "-C", "b"])
    assert not memory.call(["rm", "-rf", "~/.cache/pip"])
    assert not memory.call(["echo", "rm"])


def test_inserted_gives_what_was_put_in() -> None:
    licensed = frozenset(("-y", "-q"))
    assert inserted(("apt-get", "install", "a"), ("apt-get", "install", "-y", "-q", "a"), licensed) == ("-y", "-q")
    assert inserted(("apt-get", "install", "a"), ("apt-get", "install", "a"), licensed) is None
    assert inserted(("apt-get", "install", "a"), ("apt-get", "install", "-x", "a"), licensed) is None
    assert inserted(("apt-get", "update"), ("apt-get", "update", "-y"), licensed) == ("-y",)


@pytest.mark.parametrize(
    "text",
    [
        "FROM x\nRUN a \\\n\n  # c\n  b\nCMD c\n",
        "\ufeffFROM x\r\nRUN a \\\r\n  b\r\n",
        "FROM x\nRUN <<EOF\nRUN b\nEOF\nCOPY <<A <<B /\na\nA\nb\nB\nUSER u\n",
        "# escape=`\nFROM x\nRUN a `\n  b\nRUN c",
        "from x\nrun a\n",
        "FROM x\nRUN a \\\n",
    ],
)
def test_the_witness_reads_what_we_read(text: str) -> None:
    assert agrees(parse(text))


def test_the_witness_writes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Dockerfile").write_text("FROM untouched\n")
    accepts("RUN a\nRUN b", "RUN a && b")
    assert [p.name for p in tmp_path.iterdir()] == ["Dockerfile"]
    assert (tmp_path / "Dockerfile").read_text() == "FROM untouched\n"


@pytest.mark.parametrize("deep", [200, 5000])
def test_deep_nesting_is_a_verdict_not_an_error(deep: int) -> None:
    nested = f"RUN {'(' * deep}a{')' * deep}"
    refuses(f"{nested}\nRUN b", f"RUN {'(' * deep}a{')' * deep} || b")
    chain = f"RUN {' && '.join(['a'] * deep)}"
    refuses(f"{chain}\nRUN b", f"{chain} || b")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0",
        "RUN",
        "FROM",
        "\ufeff",
        "RUN <<",
        "FROM x\nRUN \\",
        "\udcff",
        "FROM x\nRUN a \udcff b",
        "ONBUILD",
        "# escape=`",
    ],
)
def test_any_text_gets_a_verdict(text: str) -> None:
    for other in ("FROM x\nRUN a\n", text + "\n", text + "\nRUN b"):
        assert isinstance(verify(text, other, NONE), Verdict)
        assert isinstance(verify(other, text, NONE), Verdict)


@pytest.mark.parametrize(
    "late",
    [
        "RUN setup.sh",
        "RUN sudo bash tools/install.sh",
        "RUN /usr/local/bin/install_deps",
        "RUN make install-deps",
        "RUN python3 install_deps.py",
        "ONBUILD RUN apt-get install -y git",
    ],
)
def test_lists_stay_for_scripts_that_may_need_them(late: str) -> None:
    before = "RUN apt-get update && apt-get install -y curl"
    after = f"{before} && rm -rf /var/lib/apt/lists/*\nENV A=b\n"
    refuses(f"{before}\nENV A=b\n{late}", f"{after}{late}", Licence(added=frozenset((LISTS,))))
    for harmless in ("RUN make install", "RUN ./configure", "RUN python3 setup.py build", "RUN echo setup.sh"):
        accepts(f"{before}\nENV A=b\n{harmless}", f"{after}{harmless}", Licence(added=frozenset((LISTS,))))
