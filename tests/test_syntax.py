"""The Dockerfile tree: what the builder reads, where it stands, and what it would refuse."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockerlint.source import Source, Span
from dockerlint.syntax import Dockerfile, Instruction, parse
from dockerlint.syntax.mounts import mount_options, value_span
from dockerlint.syntax.tokens import tokens


def only(text: str) -> Instruction:
    nodes = parse(text).instructions
    assert len(nodes) == 1
    return nodes[0]


def outline(text: str) -> list[tuple[str, str, int, int]]:
    return [(n.keyword, n.arguments, n.start_line, n.end_line) for n in parse(text).instructions]


def at(dockerfile: Dockerfile, span: Span) -> str:
    return dockerfile.source.slice(span)


def errors(text: str) -> list[tuple[str, str]]:
    dockerfile = parse(text)
    return [(error.message, at(dockerfile, error.span)) for error in dockerfile.errors]


class TestDirectives:
    def test_each_kind_with_its_span(self) -> None:
        dockerfile = parse("# syntax = docker/dockerfile:1 // opts\n#ESCAPE=`\n# check=skip=all\nFROM a\n")
        found = [(d.name, d.value, at(dockerfile, d.span), d.line) for d in dockerfile.directives]
        assert found == [
            ("syntax", "docker/dockerfile:1 // opts", "# syntax = docker/dockerfile:1 // opts", 1),
            ("escape", "`", "#ESCAPE=`", 2),
            ("check", "skip=all", "# check=skip=all", 3),
        ]
        assert dockerfile.escape == "`"
        assert dockerfile.directive("check") == "skip=all"
        assert dockerfile.directive("nothing") is None

    @pytest.mark.parametrize(
        "before", ["# a comment\n", "#\n", "# key=value\n", "\n", "FROM b\n", "#!/bin/sh\n", "# syntax=\n"]
    )
    def test_escape_has_no_effect_behind_anything_else(self, before: str) -> None:
        dockerfile = parse(before + "# escape=`\nFROM a\nRUN b `\n c\n")
        assert dockerfile.escape == "\\"
        assert dockerfile.directives == ()
        assert dockerfile.instructions[-1].keyword == "C"

    def test_syntax_and_check_are_found_behind_a_shebang(self) -> None:
        dockerfile = parse("#!/usr/bin/env docker\n# syntax=x\n# check=error=true\nFROM a\n")
        assert [d.name for d in dockerfile.directives] == ["syntax", "check"]
        assert [c.text for c in dockerfile.comments] == ["#!/usr/bin/env docker"]

    def test_twice_or_wrong_is_an_error(self) -> None:
        assert errors("# escape=`\n# escape=\\\nFROM a\n") == [
            ("only one escape parser directive can be used", "# escape=\\")
        ]
        assert errors("# escape=x\nFROM a\n") == [("invalid escape token 'x' does not match ` or \\", "# escape=x")]


class TestLines:
    def test_keywords_arguments_and_lines(self) -> None:
        text = "from a\n\n  RuN b  c  \nCMD\td\n"
        assert outline(text) == [("FROM", "a", 1, 1), ("RUN", "b  c", 3, 3), ("CMD", "d", 4, 4)]

    def test_continuations_with_comments_and_blank_lines(self) -> None:
        text = "RUN a \\\n  # one\n\n   b \\ \t\n#two\n c\nRUN d\n"
        dockerfile = parse(text)
        run = dockerfile.instructions[0]
        assert (run.arguments, run.start_line, run.end_line, run.head_end_line) == ("a    b  c", 1, 6, 6)
        assert [(c.text, at(dockerfile, c.span), c.line) for c in run.comments] == [
            ("# one", "# one", 2),
            ("#two", "#two", 5),
        ]
        assert dockerfile.comments == ()
        assert at(dockerfile, run.span) == text[: text.index("\nRUN d")]

    def test_every_character_of_the_joined_text_has_its_place(self) -> None:
        text = "\ufeffRU\\\r\nN a \\\r\n# c\r\n\\\r\n  b\\\r\nc"
        run = parse(text).instructions[0]
        assert run.logical.text == "RUN a   bc"
        assert [text[run.logical.offset(i)] for i in range(len(run.logical.text))] == list(run.logical.text)
        assert run.keyword == "RUN"
        assert text[slice(*run.keyword_span)] == "RU\\\r\nN"

    def test_lines_without_text_are_no_pieces(self) -> None:
        assert only("\\\n\\\nRUN a \\\n\\\nb").logical.pieces == [(0, 4), (6, 14)]

    def test_a_doubled_escape_character_continues_nothing(self) -> None:
        assert outline("RUN a\\\\\nRUN b\n") == [("RUN", "a\\\\", 1, 1), ("RUN", "b", 2, 2)]

    def test_a_comment_at_the_end_of_a_line_is_none(self) -> None:
        assert outline("RUN a # b \\\n c\n") == [("RUN", "a # b  c", 1, 2)]

    def test_continuation_at_the_end_of_the_file(self) -> None:
        assert outline("RUN a \\") == [("RUN", "a", 1, 1)]
        assert outline("RUN a \\\n\n# c\n") == [("RUN", "a", 1, 3)]
        assert parse("\\\n\\\n").instructions == ()

    def test_backquote_continues_when_it_is_the_escape_character(self) -> None:
        text = "# escape=`\nRUN dir C:\\ `\n x\n"
        assert outline(text) == [("RUN", "dir C:\\  x", 2, 3)]
        assert only(text).escape == "`"

    def test_crlf_bom_and_no_final_newline(self) -> None:
        dockerfile = parse("\ufeff# escape=`\r\nFROM a\r\nRUN b `\r\n c")
        assert [n.arguments for n in dockerfile.instructions] == ["a", "b  c"]
        assert at(dockerfile, dockerfile.instructions[1].span) == "RUN b `\r\n c"
        assert dockerfile.errors == ()

    def test_bytes_that_are_not_utf8_are_kept(self) -> None:
        data = b"FROM a\nRUN echo \xff\xfe\n"
        dockerfile = parse(Source.from_bytes(data, "x"))
        assert dockerfile.text.encode("utf-8", "surrogateescape") == data

    def test_blanks_are_those_of_the_builder(self) -> None:
        assert outline("\u00a0RUN \u00a0a\u3000\n") == [("RUN", "a", 1, 1)]
        assert outline("RUN \x1c a\n") == [("RUN", "\x1c a", 1, 1)]


class TestArguments:
    def test_flags(self) -> None:
        text = 'RUN --mount=type=cache,target=/a \\\n  --network="no ne" --security= x --not\n'
        dockerfile = parse(text)
        run = dockerfile.instructions[0]
        assert [(f.name, f.value, at(dockerfile, f.span)) for f in run.flag_nodes] == [
            ("mount", "type=cache,target=/a", "--mount=type=cache,target=/a"),
            ("network", "no ne", '--network="no ne"'),
            ("security", "", "--security="),
        ]
        assert run.arguments == "x --not"
        assert run.flags == ["--mount=type=cache,target=/a", '--network="no ne"', "--security="]
        flag = run.flag("network")
        assert flag is not None
        assert at(dockerfile, value_span(run, flag)) == '"no ne"'
        assert run.flag("device") is None

    def test_two_dashes_end_the_flags(self) -> None:
        run = only("RUN -- --mount=a b")
        assert run.flag_nodes == ()
        assert run.arguments == "--mount=a b"

    def test_words_keep_their_quotes_where_the_builder_reads_quotes(self) -> None:
        assert [w.text for w in only("LABEL a=\"b c\" d='e f' g\\ h=i").words] == ['a="b c"', "d='e f'", "g\\ h=i"]
        assert [w.text for w in only('COPY "a b" c').words] == ['"a', 'b"', "c"]
        assert [w.text for w in only("# escape=`\nARG a=` b").words] == ["a=` b"]

    def test_words_across_lines_have_spans(self) -> None:
        dockerfile = parse("COPY a\\\nb \\\n  # why\n  c /d\n")
        assert [(w.text, at(dockerfile, w.span)) for w in dockerfile.instructions[0].words] == [
            ("ab", "a\\\nb"),
            ("c", "c"),
            ("/d", "/d"),
        ]

    def test_pairs(self) -> None:
        dockerfile = parse('ENV A=1 B="x y" \\\n C=\nENV OLD some  value\nARG D E=5\nLABEL f=g=h\nRUN A=1\n')
        env, old, arg, label, run = dockerfile.instructions
        assert [(p.name, p.value, at(dockerfile, p.span), p.legacy) for p in env.pairs] == [
            ("A", "1", "A=1", False),
            ("B", '"x y"', 'B="x y"', False),
            ("C", "", "C=", False),
        ]
        assert [(p.name, p.value, p.legacy) for p in old.pairs] == [("OLD", "some  value", True)]
        assert old.pairs[0].value_span is not None
        assert at(dockerfile, old.pairs[0].value_span) == "some  value"
        assert [(p.name, p.value, p.value_span is None) for p in arg.pairs] == [("D", None, True), ("E", "5", False)]
        assert [(p.name, p.value) for p in label.pairs] == [("f", "g=h")]
        assert run.pairs == ()

    def test_json_elements(self) -> None:
        dockerfile = parse('CMD [ "a b", \\\n  "\\"c\\u0041" ]\nHEALTHCHECK --retries=1 CMD ["d"]\nRUN [] \n')
        cmd, check, run = dockerfile.instructions
        assert cmd.json_form == ["a b", '"cA']
        assert [at(dockerfile, w.span) for w in cmd.words] == ['"a b"', '"\\"c\\u0041"']
        assert check.json_form == ["d"]
        assert [at(dockerfile, w.span) for w in check.words] == ['"d"']
        assert run.json_form == []

    @pytest.mark.parametrize(
        "text", ["CMD ['a']", 'CMD ["a"] b', 'CMD ["a"', "CMD [NaN]", 'WORKDIR ["a"]', 'CMD x ["a"]', "CMD [[[["]
    )
    def test_not_json(self, text: str) -> None:
        assert only(text).json_form is None
        assert "strings only" not in str(parse(text).errors)

    def test_half_a_surrogate_in_json_is_no_character(self) -> None:
        assert only('CMD ["\\ud800"]').json_form == ["\ufffd"]

    def test_mount_options(self) -> None:
        dockerfile = parse('RUN --mount=type=bind,From=b\\\nase,"source=a,b",ro c')
        run = dockerfile.instructions[0]
        found = mount_options(run, run.flag_nodes[0])
        assert [(o.key, o.value, at(dockerfile, o.span)) for o in found] == [
            ("type", "bind", "type=bind"),
            ("from", "base", "From=b\\\nase"),
            ("source", "a,b", '"source=a,b"'),
            ("ro", None, "ro"),
        ]
        assert found[1].value_span is not None
        assert at(dockerfile, found[1].value_span) == "b\\\nase"


class TestHeredocs:
    def test_script(self) -> None:
        text = "RUN <<EOF\na\n  # kept\n\nEOF\nRUN b\n"
        dockerfile = parse(text)
        run = dockerfile.instructions[0]
        (doc,) = run.heredocs
        assert (doc.name, doc.body, doc.expand, doc.strip_tabs) == ("EOF", "a\n  # kept\n\n", True, False)
        assert [at(dockerfile, s) for s in (doc.span, doc.body_span, doc.end_span)] == ["<<EOF", doc.body, "EOF"]
        assert (run.end_line, run.head_end_line) == (5, 1)
        assert at(dockerfile, run.span).endswith("EOF")
        assert dockerfile.instructions[1].arguments == "b"

    def test_several_quoted_and_stripped(self) -> None:
        text = "COPY <<-'one' <<\"t w\" 3<<three /x\n\ta\n\tone\n\tb\nt w\nthree\n"
        docs = only(text).heredocs
        assert [(d.name, d.body, d.expand, d.strip_tabs) for d in docs] == [
            ("one", "a\n", False, True),
            ("t w", "\tb\n", False, False),
            ("three", "", True, False),
        ]

    def test_on_a_continued_line_and_with_crlf(self) -> None:
        dockerfile = parse("ADD a \\\r\n <<E /b\r\nx\r\nE\r\nRUN c\r\n")
        doc = dockerfile.instructions[0].heredocs[0]
        assert (doc.body, at(dockerfile, doc.span), at(dockerfile, doc.end_span)) == ("x\r\n", "<<E", "E")
        assert [n.keyword for n in dockerfile.instructions] == ["ADD", "RUN"]

    def test_in_an_onbuild_trigger(self) -> None:
        node = only("ONBUILD RUN <<E\na\nE\n")
        assert node.trigger is not None
        assert [d.body for d in node.heredocs] == [d.body for d in node.trigger.heredocs] == ["a\n"]

    @pytest.mark.parametrize(
        "text", ['RUN echo "<<EOF"\n', "RUN cat <<<EOF\n", "CMD <<EOF\n", 'RUN ["<<EOF"]\n', "RUN echo \\<<EOF\n"]
    )
    def test_none(self, text: str) -> None:
        assert only(text).heredocs == []

    @pytest.mark.parametrize(
        "rest", ["<<EOF'", '<<EOF"', '<<EOF "x', "<<EOF it's", "<<EOF ${x", "<<EOF ${#x}", "<<EOF ${x^^}", "<<''", "<<"]
    )
    def test_none_on_a_line_that_buildkit_cannot_lex(self, rest: str) -> None:
        assert [n.keyword for n in parse(f"RUN {rest}\nEOF\n").instructions] == ["RUN", "EOF"]

    @pytest.mark.parametrize("rest", ["<< EOF", "<<- EOF", "<<EOF ${x:=}", "<<EOF ${x//a/b}", "<<EOF it\\'s"])
    def test_found_on_a_line_that_it_can(self, rest: str) -> None:
        assert [d.name for d in only(f"RUN cat {rest}\nEOF\n").heredocs] == ["EOF"]

    @pytest.mark.parametrize(
        ("word", "name", "expand"),
        [("E", "E", True), ("'E'", "E", False), ('E"F"', "EF", False), ("E\\F", "EF", True), ("${E}", "${E}", True)],
    )
    def test_only_quotes_keep_variables(self, word: str, name: str, expand: bool) -> None:
        (doc,) = only(f"RUN <<{word}\n{name}\n").heredocs
        assert (doc.name, doc.expand, doc.body) == (name, expand, "")

    def test_unterminated(self) -> None:
        dockerfile = parse("FROM a\nRUN <<A <<B\nx\n")
        assert [d.body for d in dockerfile.instructions[1].heredocs] == ["x\n", ""]
        assert errors("FROM a\nRUN <<A\nx\n") == [("unterminated heredoc", "<<A")]


class TestErrors:
    @pytest.mark.parametrize(
        ("line", "message", "token"),
        [
            ("WORKDIR", "WORKDIR requires exactly one argument", "WORKDIR"),
            ("EXPOSE", "EXPOSE requires at least one argument", "EXPOSE"),
            ("foo bar", "unknown instruction: FOO", "foo"),
            ("COPY a", "COPY requires at least two arguments, but only one was provided", "COPY"),
            ("ADD --link", "ADD requires at least two arguments, but no arguments were provided", "ADD"),
            ("ENV A", "ENV must have two arguments", "A"),
            ("ENV A=1 B", "Syntax error - can't find = in 'B'", "B"),
            ("LABEL =x", "LABEL names can not be blank", "=x"),
            ("RUN --Mount=a b", "unknown flag: --Mount", "--Mount=a"),
            ("MAINTAINER --boo x", "unknown flag: --boo", "--boo"),
            ("COPY --from=a --from=b c d", "Duplicate flag specified: --from", "--from=b"),
            ("COPY --chown a b", "Missing a value on flag: --chown", "--chown"),
            ("COPY --from=$A b c", "variable expansion is not supported for --from", "--from=$A"),
            ("RUN --mount=type=bind,z a", "invalid field 'z' must be a key=value pair", "z"),
            ("RUN [1]", "When using JSON array syntax, arrays must be comprised of strings only", "[1]"),
            ('HEALTHCHECK CMD ["a", 1]', "When using JSON array syntax", '["a", 1]'),
            ("HEALTHCHECK x y", "Unknown type 'X' in HEALTHCHECK (try CMD)", "HEALTHCHECK"),
            ("HEALTHCHECK CMD", "Missing command after HEALTHCHECK CMD", "HEALTHCHECK"),
            ("HEALTHCHECK NONE x", "HEALTHCHECK NONE takes no arguments", "HEALTHCHECK"),
            ("SHELL sh -c", "SHELL requires the arguments to be in JSON form", "SHELL"),
            ("SHELL []", "SHELL requires at least one argument", "SHELL"),
            ("ONBUILD FROM a", "FROM isn't allowed as an ONBUILD trigger", "FROM"),
            ("ONBUILD ONBUILD RUN a", "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed", "ONBUILD"),
            ("ONBUILD COPY a", "COPY requires at least two arguments", "COPY"),
            ("FROM a b", "FROM requires either one or three arguments", "FROM"),
            ("FROM a AS 1b", "invalid name for build stage: '1b'", "1b"),
        ],
    )
    def test_one_instruction(self, line: str, message: str, token: str) -> None:
        ((found, span),) = errors(f"FROM a\n{line}\n")
        assert found.startswith(message)
        assert span == token

    def test_well_formed_instructions_have_none(self) -> None:
        text = (
            "ARG V=1\nFROM --platform=linux/amd64 a:$V AS b.c-d\nRUN --mount=type=cache,target=/x,ro --mount=a=b true\n"
            "COPY --link --from=b --exclude=x --exclude=y a b\nADD --keep-git-dir=true a b\nCMD\nENTRYPOINT []\n"
            "HEALTHCHECK NONE\nHEALTHCHECK --interval=5s CMD a\nONBUILD RUN a\nMAINTAINER a b\nARG A B=c\n"
            'VOLUME /a /b\nSHELL ["a"]\nSTOPSIGNAL 9\nUSER a\nEXPOSE 80/tcp\nLABEL a b\n'
        )
        assert errors(text) == []

    def test_no_instructions(self) -> None:
        assert errors("") == errors("# x\n\n") == [("file with no instructions", "")]

    def test_nothing_but_continuations(self) -> None:
        assert errors("FROM a\n\\\n\\ \n") == [("unknown instruction: ", "\\\n\\ ")]

    def test_text_before_from(self) -> None:
        assert errors("ARG A\nRUN x\nCMD y\nFROM a\n") == [("no build stage in current context", "RUN")]
        assert errors("hello\nFROM a\n")[0][0] == "unknown instruction: HELLO"

    def test_a_physical_line_of_65536_bytes(self) -> None:
        fits = "FROM a\nRUN " + "x" * 65531 + "\n"
        assert errors(fits) == []
        assert errors(fits.replace("\n", "\r\n"))[0][0].startswith("dockerfile line greater than")
        longer = "FROM a\nRUN " + "é" * 32766 + "\nRUN b\n"
        dockerfile = parse(longer)
        assert [n.keyword for n in dockerfile.instructions] == ["FROM"]
        assert [(e.message, e.span) for e in dockerfile.errors] == [
            ("dockerfile line greater than maximum allowed size of 65535", Span(7, 7 + 4 + 32766))
        ]
        assert "".join(at(dockerfile, t.span) for t in tokens(dockerfile)) == longer


def kinds(text: str) -> list[tuple[str, str]]:
    dockerfile = parse(text)
    return [(t.kind, at(dockerfile, t.span)) for t in tokens(dockerfile) if t.kind not in ("blank", "newline")]


class TestTokens:
    def test_kinds(self) -> None:
        text = (
            "\ufeff# syntax=a\n# why\nFROM --platform=b c\r\n\nONBUILD RUN d \\\n # no\n 'e f' <<G\nh\nG\n"
            'CMD ["i", "j"]\n'
        )
        assert kinds(text) == [
            ("bom", "\ufeff"),
            ("directive", "# syntax=a"),
            ("comment", "# why"),
            ("keyword", "FROM"),
            ("flag", "--platform=b"),
            ("word", "c"),
            ("keyword", "ONBUILD"),
            ("keyword", "RUN"),
            ("word", "d"),
            ("continuation", "\\"),
            ("comment", "# no"),
            ("word", "'e f'"),
            ("word", "<<G"),
            ("heredoc-body", "h\n"),
            ("heredoc-end", "G"),
            ("keyword", "CMD"),
            ("punctuation", "["),
            ("string", '"i"'),
            ("punctuation", ","),
            ("string", '"j"'),
            ("punctuation", "]"),
        ]

    def test_a_word_over_two_lines_is_two_tokens(self) -> None:
        assert kinds("RUN a\\\nb") == [("keyword", "RUN"), ("word", "a"), ("continuation", "\\"), ("word", "b")]

    def test_what_the_builder_does_not_read_is_junk(self) -> None:
        long = "x" * 70_000
        assert kinds(f"FROM a\n{long}\n")[-1] == ("junk", long)


PIECES = [
    "FROM a", "run ", "RUN b", "COPY --from=a b", "ENV A=1", 'CMD ["a", "b"]', "ONBUILD ", "HEALTHCHECK CMD ", "<<EOF",
    "<<-'E F'", "EOF", "E F", "\n", "\n", "\r\n", "\\\n", "\\ \n", "`\n", "\\", "# c", "#", "# escape=`", "\t", " ",
    "'", '"', "--mount=type=bind,from=x", "$A", "[", "]", "\ufeff", "\u00a0", "é", "\udcff", "#!/bin/sh", "[1]",
    "ß", "\x1c",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_parsing_any_text(text: str) -> None:
    dockerfile = parse(text)
    assert dockerfile.text == text
    at_ = 0
    for token in tokens(dockerfile):
        assert token.span.start == at_ < token.span.end, token
        at_ = token.span.end
    assert at_ == len(text)
    for node in dockerfile.instructions:
        check_places(text, node)
    for error in dockerfile.errors:
        assert 0 <= error.span.start <= error.span.end <= len(text)


def check_places(text: str, node: Instruction) -> None:
    logical = node.logical
    assert "".join(text[logical.offset(i)] for i in range(len(logical.text))) == logical.text
    assert "".join(text[slice(*cut)] for cut in logical.cuts(0, len(logical.text))) == logical.text
    assert "".join(text[node.body.offset(i)] for i in range(len(node.body.text))) == node.body.text
    for flag in node.flag_nodes:
        assert logical.text.startswith(flag.text, flag.at)
    for span in (*(word.span for word in node.words), *(pair.span for pair in node.pairs)):
        assert node.span.contains(span)
    assert 1 <= node.start_line <= node.head_end_line <= node.end_line
    if node.trigger is not None:
        check_places(text, node.trigger)


def test_parsing_mangled_files() -> None:
    whole = "\n".join(PIECES) + "".join(PIECES)
    chance = random.Random(7)
    for _ in range(200):
        cut = sorted(chance.sample(range(len(whole)), 2))
        text = whole[: cut[0]] + whole[cut[1] :]
        dockerfile = parse(text)
        assert "".join(at(dockerfile, token.span) for token in tokens(dockerfile)) == text
