"""The ledger as a page and as a drawing: well formed whatever the file holds, and right about who killed whom."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockerlint.context import Context
from dockerlint.file import File
from dockerlint.report.graph import dot, mermaid
from dockerlint.report.ledger_dot import ledger_dot
from dockerlint.report.ledger_html import FLOOR, POOL, ledger_html
from dockerlint.source import Source

VOID = {"meta"}
TAGS = set(
    "html head meta title style body header p h1 h2 ul li i main div section aside pre span b small a table thead tbody"
    " tr th td code details summary".split()
)
ATTRIBUTES = {"lang", "charset", "http-equiv", "content", "name", "class", "id", "style", "href", "title"}
DOT_STRING = re.compile(r'"(?:\\.|[^"\\])*"')
IMAGE = "</script><img src=x onerror=alert(1)>"


class Page(HTMLParser):
    """A page read back; every tag must be closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert all(value is not None for _, value in attrs)
        assert len({name for name, _ in attrs}) == len(attrs)
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.append((self.open[-1], data))

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def of(self, kind: str) -> list[dict[str, str]]:
        """The attributes of all elements of a class."""
        return [attributes for _, attributes in self.tags if kind in attributes.get("class", "").split()]


def page_text(text: str, path: str = "Dockerfile", context: Context | None = None) -> str:
    file = File(Source(text, path), context)
    return ledger_html(file.dockerfile, file.ledgers)


def page(text: str, path: str = "Dockerfile", context: Context | None = None) -> Page:
    """The page, with what must hold of every page."""
    got = Page(page_text(text, path, context))
    assert {tag for tag, _ in got.tags} <= TAGS
    assert {name for _, attributes in got.tags for name in attributes} <= ATTRIBUTES
    ids = [attributes["id"] for _, attributes in got.tags if "id" in attributes]
    assert len(set(ids)) == len(ids)
    for _, attributes in got.tags:
        assert attributes.get("href", "#L1")[1:] in {*ids, "L1"}, "a link leads to a place on this page"
        assert re.fullmatch(r"(?:(?:height|width):[\d.]+(?:px|%))?", attributes.get("style", ""))
    return got


def drawn(text: str) -> str:
    return ledger_dot(File(Source(text)).ledgers)


def heights(got: Page) -> list[int]:
    return [int(block["style"][len("height:") : -len("px")]) for block in got.of("block")]


BIG = (
    "FROM a\nRUN dd if=/dev/zero of=/big bs=1MB count=90\nRUN dd if=/dev/zero of=/small bs=1MB count=30\nRUN rm /big\n"
)


def test_blocks_are_as_high_as_their_bytes() -> None:
    assert heights(page(BIG)) == [POOL * 3 // 4, POOL // 4, FLOOR]


def test_a_block_leads_to_its_instruction_with_all_its_lines() -> None:
    got = page("FROM a\n\nRUN dd if=/dev/zero \\\n  of=/big bs=1MB count=90\nRUN rm /big\n")
    assert [block["href"] for block in got.of("block")] == ["#L3", "#L5"]
    assert [line["id"] for line in got.of("ins")] == ["L1", "L2", "L3", "L5"]
    numbers = [data for tag, data in got.texts if tag == "span" and data in "12345"]
    assert [n for n in numbers if n not in "35"] == ["1", "2", "4"]


def test_the_dead_part_is_hatched() -> None:
    got = page(
        "FROM a\nRUN dd if=/dev/zero of=/x bs=1MB count=30 && dd if=/dev/zero of=/y bs=1MB count=10\nRUN rm /x\n"
    )
    legend, part = got.of("dead")
    assert "style" not in legend
    assert part["style"] == "width:75.0%"


def test_an_unknown_size_is_no_number() -> None:
    got = page("FROM a\nRUN curl -o /x http://a/x\nRUN rm /x\n")
    first, last = got.of("block")
    assert first["class"].split() == ["block", "unsized", "doomed"]
    assert last["class"].split() == ["block", "empty"]
    assert ("span", "? dead") in got.texts
    assert not any("%" in data for tag, data in got.texts if tag == "span")


def test_a_share_is_only_told_where_every_size_is_known() -> None:
    assert "dead weight, 75 %" in page_text(BIG)
    assert " %" not in page_text(BIG + "RUN curl -o /x http://a/x\n").split("<body>")[1]


def test_an_empty_file_that_dies_is_no_signal() -> None:
    got = page("FROM a\nRUN touch /x\nRUN rm /x\n")
    assert not got.of("lost")
    assert not got.of("doomed")


def test_a_body_that_is_not_followed_is_said_so() -> None:
    got = page('FROM a\nSHELL ["cmd"]\nRUN x\n')
    assert ("td", "not followed") in got.texts
    (block,) = got.of("block")
    assert "unsized" in block["class"].split()


def test_what_copy_takes_is_measured(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"x" * 4321)
    got = page("FROM a\nCOPY data /data\n", context=Context(tmp_path, None))
    assert ("td", "4.321 kB") in got.texts
    assert ("li", " 4.321 kB") in got.texts


def test_what_ships_comes_first() -> None:
    titles = [data for tag, data in page("FROM a AS x\nRUN p\nFROM b\nRUN q\n").texts if tag == "h2"]
    assert titles == ["Stage 1: FROM b", "Stage 0 `x`: FROM a (does not ship)", "Source"]


HOSTILE = [
    f'FROM a\nRUN echo "{IMAGE}"\n',
    f"FROM a AS {IMAGE.replace(' ', '/')}\nRUN x\n",
    f'FROM "><svg/onload=alert(1)>\nRUN x\n# --><!-- {IMAGE}\n',
    "FROM a\nRUN dd if=/dev/zero of='/\"><script>x()</script>' bs=1MB count=1\nRUN rm '/\"><script>x()</script>'\n",
    f"FROM a\nRUN <<E\n</pre></style>{IMAGE}\nE\n",
    "FROM a\nRUN x &lt;b&gt; &#60;script&#62; ]]> <![CDATA[ <?php\n",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_file_stays_text(text: str) -> None:
    got = page(text)
    shown = "".join(data for _, data in got.texts)
    for line in text.splitlines():
        assert line in shown


def test_a_hostile_path_stays_text() -> None:
    path = f"{IMAGE}\"'\x1b[2J/Dockerfile"
    got = page("FROM a\nRUN x\n", path)
    shown = path.replace("\x1b", "\\x1b")
    assert ("h1", shown) in got.texts
    assert ("title", f"Layers of {shown}") in got.texts


def test_nothing_is_loaded_and_nothing_runs() -> None:
    text = page_text(BIG)
    got = Page(text)
    (policy,) = (a["content"] for _, a in got.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert not re.search(r"url\(|@import|https?://|<script|<link", text)


def test_the_source_is_whole() -> None:
    text = "\ufeffFROM a\r\n\tRUN x \udcff\r\n\r\n# end"
    whole = page_text(text)
    rows = [unescape(row) for row in re.findall(r'<span class="text">(.*?)</span>', whole)]
    assert rows == ["\\ufeffFROM a", "\tRUN x \\xff", "", "# end"]
    whole.encode()


def test_no_stages_is_a_page_too() -> None:
    assert ("p", "No stages.") in page("# nothing\n").texts
    assert ("p", "It adds no layers with files.") in page("FROM a\nENV A=1\n").texts


PIECES = st.sampled_from(
    [
        "FROM a",
        " AS ",
        "\n",
        "RUN ",
        "rm -r ",
        "/x",
        "COPY --from=0 ",
        "<<E\n",
        "E\n",
        "<",
        ">",
        '"',
        "'",
        "&",
        "\\",
        "-->",
    ]
)


@given(st.lists(PIECES | st.text(max_size=3), max_size=25).map("".join))
def test_any_file_makes_a_page_and_drawings(text: str) -> None:
    page(text, text)
    file = File(Source(text))
    for drawing in (ledger_dot(file.ledgers), dot(file.graph)):
        outside = DOT_STRING.sub("", drawing)
        assert '"' not in outside
        assert set(outside) <= set("abcdefghijklmnopqrstuvwxyzABT0123456789_{}[]=;,-> \n")
    assert all(line.count('"') in (0, 2) for line in mermaid(file.graph).splitlines())


def test_dot_leads_from_the_killer_to_the_dead() -> None:
    got = drawn(BIG)
    assert re.findall(r"(s0l\d) -> (s0l\d) \[label=(\"[^\"]*\")", got) == [("s0l4", "s0l2", '"removed 90 MB"')]
    assert "s0l2 -> s0l3 -> s0l4 [" in got


def test_dot_says_every_way_a_layer_died_once() -> None:
    got = drawn("FROM a\nRUN touch /x /y && dd if=/dev/zero of=/z bs=1MB count=1\nRUN rm /x /y && chmod 1 /z\n")
    assert 's0l3 -> s0l2 [label="removed 0 B, rewritten 1 MB"' in got


def test_dot_draws_a_layer_once_in_each_stage_that_holds_it() -> None:
    got = drawn("FROM a AS b\nRUN dd if=/dev/zero of=/x bs=1MB count=1\nFROM b\nRUN rm /x\nFROM b\nRUN true\n")
    assert "s1l4 -> s1l2 [" in got
    assert "s2l2 -> s2l6 [" in got
    assert "s2l6 -> s2l2" not in got


def test_a_copy_is_drawn_from_the_last_instruction_of_its_stage_to_the_one_that_takes() -> None:
    text = "FROM a AS b\nRUN p\nRUN q\nFROM c\nCOPY --from=b /x /y\nRUN --mount=type=bind,from=0,target=/m r\n"
    graph = File(Source(text)).graph
    assert 'i2 -> i4 [style=dashed, label="copy"];' in dot(graph)
    assert 'i2 -> i5 [style=dashed, label="mount"];' in dot(graph)
    assert "i2 -. copy .-> i4" in mermaid(graph)
    assert "i2 -. mount .-> i5" in mermaid(graph)


def test_a_copy_from_a_stage_of_nothing_but_from_is_drawn_from_there() -> None:
    assert "i0 -> i2 [style=dashed" in dot(File(Source("FROM a AS b\nFROM c\nCOPY --from=b /x /y\n")).graph)


def test_an_onbuild_copy_is_drawn_once() -> None:
    text = "FROM a AS s\nRUN x\nFROM b AS o\nONBUILD COPY --from=s p q\nFROM o\nFROM o\n"
    got = dot(File(Source(text)).graph)
    assert got.count('label="copy"') == 1
    assert "i1 -> i3 [style=dashed" in got
