"""The command tree: what the shell would run, in its grouping, whatever the grammar underneath makes of it."""

from __future__ import annotations

from random import Random

import pytest

from dockerlint.shell.tree import Sequence, ShellKind, Simple
from dockerlint.shell.walk import canonical, children, descendants, redirects_of, simple_commands, words_of
from shell_dump import bash_reads, body, dump

TREES = {
    # lists
    "a": "(a)",
    "a b  c": "(a b c)",
    "a; b": "(seq (a); (b))",
    "a;": "(seq (a);)",
    "a & b": "(seq (a)& (b))",
    "a &": "(seq (a)&)",
    "a\nb\n": r"(seq (a)\n (b))",
    "a\n": "(a)",
    "a && b || c && d": "(&& (|| (&& (a) (b)) (c)) (d))",
    "a || b; c && d": "(seq (|| (a) (b)); (&& (c) (d)))",
    "a && b &": "(seq (&& (a) (b))&)",
    "a &&\n# why\n\nb": "(&& (a) (b))",
    "a |\n b": "(| (a) (b))",
    # pipelines
    "a | b | c && d": "(&& (| (a) (b) (c)) (d))",
    "a && b | c": "(&& (a) (| (b) (c)))",
    "a | b && c | d || e": "(|| (&& (| (a) (b)) (| (c) (d))) (e))",
    "! a": "(! (a))",
    "! a | b": "(!| (a) (b))",
    "a && ! b | c > x": "(&& (a) (!| (b) (c {> x})))",
    "! { a; b; } && c": "(&& (! (group (seq (a); (b);))) (c))",
    "if ! { a; }; then b; fi": "(if [(seq (! (group (seq (a);)));) (seq (b);)])",
    "! ( a )": "(! (sub (a)))",
    "a |& b | c": "(| |& | (a) (b) (c))",
    "time a | b": "(| (time a) (b))",
    # redirections
    "a > x": "(a {> x})",
    "a && b > x": "(&& (a) (b {> x}))",
    "a | b > x": "(| (a) (b {> x}))",
    "a || b | c 2>&1 >> x": "(|| (a) (| (b) (c {2>& 1} {>> x})))",
    "> x a b": "(a b {> x})",
    "a >&2 b": "(a b {>& 2})",
    "a 2>/dev/null b >x c": "(a b c {2> /dev/null} {> x})",
    "> x": "({> x})",
    "a\n> x": r"(seq (a)\n ({> x}))",
    "a <&- 2>&-": "(a {<& -} {2>& -})",
    "a &>> x": "(a {&>> x})",
    'a <<<"$x y" b': '(a b {<<< "$x y"})',
    "{ a; } > x 2>&1": "(group (seq (a);) {> x} {2>& 1})",
    "a && (b; c) > x": "(&& (a) (sub (seq (b); (c)) {> x}))",
    "while a; do b; done < x | c": "(| (while (seq (a);) (seq (b);) {< x}) (c))",
    "x=$(a - 2>&1) || b -": "(|| (x<-$(a - 2>&1)) (b -))",
    # here-documents
    "a <<E\nx $y\nE": "(a {<< E 'x $y\\n'})",
    "a <<'E' && b > x\n  y\nE\nc": r"(seq (&& (a {<< 'E' '  y\n'}) (b {> x}))\n (c))",
    "a <<E | b || c\nx\nE": r"(|| (| (a {<< E 'x\n'}) (b)) (c))",
    "a <<-E\n\tx\n\t\ty\n\tE\nb": r"(seq (a {<<- E 'x\ny\n'})\n (b))",
    "a <<A b <<B\n1\nA\n2\nB": r"(a b {<< A '1\n'} {<< B '2\n'})",
    "{ a <<E; } | b\nx\nE": r"(| (group (seq (a {<< E 'x\n'});)) (b))",
    "(a 3<<E) && b\n(\nE\nc": r"(seq (&& (sub (a {3<< E '(\n'})) (b))\n (c))",
    "a \"$((1<<2))\" '<<E' # <<E\nb": "(seq (a \"$((1<<2))\" '<<E')\\n (b))",
    "a <<E\nE\nb": r"(seq (a {<< E ''})\n (b))",
    # compound commands
    "(a && b)": "(sub (&& (a) (b)))",
    "{ a\n}": "(group (a))",
    "( (a; b); c)": "(sub (seq (sub (seq (a); (b))); (c)))",
    "if a; then b; elif c; then d; else e; fi": "(if [(seq (a);) (seq (b);)] [(seq (c);) (seq (d);)] else (seq (e);))",
    "if a\nthen b\nfi > x": "(if [(a) (b)] {> x})",
    'for i in a "b c" $d; do e; done': '(for i [a "b c" $d] (seq (e);))',
    "for i; do a; done": "(for i (seq (a);))",
    "for ((i=0; i<3; i++)); do a; done": "(for (test ((i=0; i<3; i++))) (seq (a);))",
    "while ! a; do b; done": "(while (seq (! (a));) (seq (b);))",
    "until a && b; do c & done": "(until (seq (&& (a) (b));) (seq (c)&))",
    "select x in a b; do c; done": "(select x [a b] (seq (c);))",
    'case $x in a|"b c") d;; (e*) f; g ;; *) ;; esac': '(case $x [a|"b c" (d)] [e* (seq (f); (g))] [* ()])',
    "case x in\n# one\na) b;& # two\nc) d;;&\n*) e\nesac": "(case x [a (b)] [c (d)] [* (e)] ;& ;;& )",
    "f() { a; }; f": "(seq (function f (group (seq (a);))); (f))",
    "function f { a; } > x": "(function f (group (seq (a);) {> x}))",
    "f() ( a )": "(function f (sub (a)))",
    # simple commands
    'X=1 Y="a b" a z': '(X<-1 Y<-"a b" a z)',
    "X=1": "(X<-1)",
    "X= Y+=2 a": "(X<- Y+<-2 a)",
    "X=(1 2) Z[0]=3": "(X<-array Z<-array)",
    "a X=1": "(a X=1)",
    "export A=1 B=$C D": "(export A=1 B=$C D)",
    "unset a b": "(unset a b)",
    '[ "$x" = y -a ! -f z ] && a': '(&& ([ "$x" = y -a ! -f z ]) (a))',
    '[ -n "$(a b)" ]': '([ -n "$(a b)" ])',
    "[[ $x =~ ^a|b$ ]] && ((x+1)) > y": "(&& (test [[ $x =~ ^a|b$ ]]) (test ((x+1)) {> y}))",
    "a 'b'\"c\"$d`e`{f,g}": "(a 'b'\"c\"$d`e`{f,g})",
    "a $\"b\"$'c d'": "(a $\"b\"$'c d')",
    "a \\\n  b\\\nc": "(a b\\\nc)",
    'a b#c "d"#e # f': '(a b#c "d"#e)',
    "a # b\nc": r"(seq (a)\n (c))",
    "a <(b | c) >(d)": "(a <(b | c) >(d))",
    'a \\ b c\\ d ""\\ ': r'(a \ b c\ d ""\ )',
    "((((a))))": "(test ((((a)))))",
    "héé ünï && $x 中 > é": "(&& (héé ünï) ($x 中 {> é}))",
}

OPAQUE = {
    "a '": "syntax error",
    "a &&": "syntax error",
    "if a; then b": "syntax error",
    "a & && b": "syntax error",
    "a; }": "unsupported: } as a command",
    "then a": "unsupported: then as a command",
    "! ! a": "unsupported: ! as a command",
    "coproc a": "unsupported: coproc as a command",
    "time { a; }": "unsupported: time {",
    "time (a)": "unsupported: subshell in a command",
    "f(a)": "unsupported: subshell in a command",
    "echo ! { a; }": "unsupported: ! in a command",
    "[ a > b ]": "unsupported: word '> b ]'",
    "a <<E\nb": "unsupported: unterminated heredoc",
    "declare -A a=([x]=1)": "unsupported: word 'a=([x]=1)'",
    # known: legal, and refused by the grammar
    "if { a; } then b; fi": "syntax error",
    "for i in a; do if b; then c; fi done": "syntax error",
    "for i in; do a; done": "syntax error",
    "(( a && b ) || c)": "syntax error",
    "a $() $.b": "syntax error",
    # what the grammar takes for something else, found by comparing with bash
    "{a; }": "unsupported: text behind {",
    "if a; then] b; fi": "unsupported: text behind then",
    "function\nf { a; }": "unsupported: newline before 'f'",
    "fi() { a; }": "unsupported: name of a function",
    "for i in\na b; do c; done": "unsupported: newline before 'a'",
    "for i;; do a; done": "unsupported: for without in",
    "case x in a) b\n2>&1 esac": "unsupported: esac in a command",
    "a -2>&1 b": "unsupported: descriptor '-2'",
    "a > 2>&1": "unsupported: descriptor '2'",
    "a <<2>&1 b\nx\n2": "unsupported: heredoc",
    "a <>(b)": "unsupported: < without a target",
    "a <&-t": "unsupported: word against a redirection",
    "a &\\\n>> x": "unsupported: line continuation in an operator",
    "a ;&>> x": "unsupported: ;file_redirect",
    "!\na": "unsupported: ! without a command",
    "a | ! b": "unsupported: ! without a command",
    "a && ! ((b))": "unsupported: ((",
    "X=(1)y": "unsupported: text behind an array",
    "a $(<<E) && b\nx\nE": "unsupported: heredoc with its body behind a substitution",
    "a <<-E\nx\\\n\ty\nE": "unsupported: line continuation in a heredoc",
    "a $x\\\ny": "unsupported: line continuation in a name",
    "a\x0bb": r"unsupported: text '\x0b'",
    "a\r\nb": "carriage return",
    "a \0": "null character",
    "exec {fd}>x": "unsupported: descriptor '{fd}'",
    "": "empty",
    " \n# a\n": "empty",
    "x=${a[}": "syntax error",
}


@pytest.mark.parametrize(("text", "expected"), TREES.items(), ids=list(TREES))
def test_tree(text: str, expected: str) -> None:
    found = body(text)
    assert found.opaque == ""
    assert dump(found.root) == expected


@pytest.mark.parametrize(("text", "reason"), OPAQUE.items(), ids=map(repr, OPAQUE))
def test_what_cannot_be_followed_is_opaque(text: str, reason: str) -> None:
    found = body(text)
    assert (found.root, found.opaque) == (None, reason)


def test_very_deep_nesting_is_opaque() -> None:
    found = body("( " * 20000 + "a" + " )" * 20000)
    assert found.root is None
    assert found.opaque in ("nested too deeply", "syntax error")


def test_a_long_list_is_no_deep_one() -> None:
    found = body(" && ".join(f"c{i}" for i in range(5000)))
    assert found.root is not None
    assert [c.words[0].text for c in simple_commands(found.root)][::2500] == ["c0", "c2500"]
    assert canonical(found.root).endswith("&& c4998 && c4999")


@pytest.mark.parametrize("shell", ["powershell", "pwsh", "cmd", "fish", "python3"])
def test_other_languages_are_opaque(shell: str) -> None:
    found = body("a && b", shell)
    assert (found.root, found.opaque) == (None, shell)


def test_every_span_is_what_it_says() -> None:
    for text in TREES:
        found = body(text)
        assert found.root is not None
        for word in words_of(found.root, substitutions=True):
            assert text[word.span.start : word.span.end] == word.text
        for node in descendants(found.root):
            source = text[node.span.start : node.span.end]
            inner = [child.span for child in children(node)]
            assert source.strip() == source.removesuffix(" " * source.endswith("\\ "))
            assert all(node.span.contains(span) for span in inner)
            assert inner == sorted(inner)
            for redirect in redirects_of(node):
                written = text[redirect.span.start : redirect.span.end]
                assert written.startswith(redirect.descriptor + redirect.operator)
            if isinstance(node, Sequence):
                for item in node.items:
                    assert text[item.terminator_span.start : item.terminator_span.end] == item.terminator
            if isinstance(node, Simple):
                for assignment in node.assignments:
                    assert text[assignment.span.start : assignment.span.end] == assignment.text


def test_a_heredoc_body_is_no_part_of_its_command() -> None:
    text = "a <<E b\nx\nE\nc"
    root = body(text).root
    assert isinstance(root, Sequence)
    node = root.items[0].node
    assert text[node.span.start : node.span.end] == "a <<E b"
    assert [text[r.span.start : r.span.end] for r in redirects_of(node)] == ["<<E"]


def test_comments_are_kept_with_their_place() -> None:
    text = "# one\na 'b # no' c#no # two\n(d # three\n)"
    found = body(text).comments
    assert [comment.text for comment in found] == ["# one", "# two", "# three"]
    assert [text[comment.span.start : comment.span.end] for comment in found] == [c.text for c in found]


def test_bash_reads_the_canonical_text_as_it_reads_the_original() -> None:
    roots = [body(text).root for text in TREES]
    texts = [canonical(root) for root in roots if root is not None]
    original = bash_reads(list(TREES))
    assert len(texts) == len(original) == len(TREES)
    assert all(original)
    assert bash_reads(texts) == original


def test_the_canonical_text_has_the_same_canonical_text() -> None:
    for text in TREES:
        root = body(text).root
        assert root is not None
        again = body(canonical(root)).root
        assert again is not None
        assert canonical(again) == canonical(root)


def test_damaged_text_is_read_as_bash_reads_it_or_not_at_all() -> None:
    snippets = "; & && | ! ( ) { } [[ ]] (( )) $ $( ` < > >&2 <<E # ' \" \\ = 1 - * é".split()
    snippets += ["if", "then", "fi", "do", "done", "case", "esac", " ", "\n", "\\\n", "\nE\n", "; }", "{ "]
    random = Random(20)
    read: dict[str, str] = {}
    for text in TREES:
        for _ in range(60):
            at = random.randrange(len(text) + 1)
            until = at + random.choice((0, 0, 1, 2))
            damaged = text[:at] + random.choice(snippets) + text[until:]
            root = body(damaged).root
            if root is not None:
                read[damaged] = canonical(root)
    assert len(read) > 2000
    assert bash_reads(list(read)) == bash_reads(list(read.values()))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a  &&\tb", "a && b"),
        ("a; b", "a\n\n# c\nb;"),
        ("if a; then b; fi", "if a\nthen b\nfi"),
        ("a >x b", "a b > x"),
        ("{ a; }", "{ a\n}"),
        ("a b\\\nc", "a bc"),
    ],
)
def test_layout_is_not_in_the_canonical_text(one: str, other: str) -> None:
    first, second = body(one).root, body(other).root
    assert first is not None
    assert second is not None
    assert canonical(first) == canonical(second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a && b", "a; b"),
        ("a & b", "a; b"),
        ("a 'b  c'", "a 'b c'"),
        ("a 2>&1 >x", "a >x 2>&1"),
        ("(a; b)", "{ a; b; }"),
        ("X=(1 2)", "X=(1 3)"),
        ("a <<E\nx\nE", "a <<E\ny\nE"),
        ("a | b", "a |& b"),
        ("case x in a) b;; c) d;; esac", "case x in a) b;& c) d;; esac"),
        ("a 'b\\\nc'", "a 'bc'"),
        ('a "b\\\\\nc"', 'a "b\\c"'),
    ],
)
def test_what_runs_differently_has_another_canonical_text(one: str, other: str) -> None:
    first, second = body(one).root, body(other).root
    assert first is not None
    assert second is not None
    assert canonical(first) != canonical(second)


def test_simple_commands_come_in_order_and_from_substitutions_when_asked() -> None:
    root = body('a "$(b `c`)" && { d | (e); f() { g; }; } || for i in $(h); do i; done > "${x:-$(j)}"').root
    assert root is not None
    assert [c.words[0].text for c in simple_commands(root)] == list("adegi")
    assert [c.words[0].text for c in simple_commands(root, substitutions=True)] == list("abcdeghji")


def test_letters_of_a_shell_kind() -> None:
    assert ShellKind("bash", ("-eo", "pipefail", "-c")).letters() == {"e", "o", "c", "pipefail"}
