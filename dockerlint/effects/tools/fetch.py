"""curl, wget, git clone: what is downloaded and where it lands."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import pairwise

from dockerlint.effects.options import Parsed, parse
from dockerlint.effects.types import UNSIZED, AnyEffect, Created
from dockerlint.model.invocations import Invocation
from dockerlint.model.paths import absolute
from dockerlint.values import Unknown, Value

_WGET = frozenset(
    "-O --output-document -P --directory-prefix -o --output-file -a --append-output -t --tries -T --timeout -U"
    " --user-agent --header -e"
    " --execute -i --input-file --user --password --post-data --ca-certificate -w --wait -Q -A -R -D -l -I -X"
    " --read-timeout --connect-timeout --dns-timeout --waitretry".split()
)
_CURL = frozenset(
    "-o --output -H --header -d --data -u --user -A --user-agent -e --referer -b --cookie -c --cookie-jar -F --form -X"
    " --request -m --max-time --connect-timeout --retry --retry-delay --retry-max-time -x --proxy --cacert -E --cert"
    " --key -T --upload-file -w --write-out --output-dir -C --continue-at -r --range -K --config --url -Y -y -z -D"
    " --dump-header --data-binary --data-raw"
    " --data-urlencode --ciphers --tls-max --resolve --noproxy --create-file-mode --stderr".split()
)
_GIT = frozenset(
    "-b --branch --depth -o --origin -u --upload-pack --reference -c --config --separate-git-dir -j --jobs --template"
    " --shallow-since --shallow-exclude --filter --recurse-submodules=".split()
)


def _url_name(url: Value) -> str | None:
    """The last part of the URL's path, as wget and ``curl -O`` name the file."""
    if isinstance(url, Unknown):
        return None
    _, _, path = url.rpartition("://")[2].partition("/")
    name = re.split(r"[?#]", path)[0].rsplit("/", 1)[-1]
    if "%" in name:
        from urllib.parse import unquote  # with ipaddress it takes 3 ms to load

        name = unquote(name)
    return name or None


def _created(inv: Invocation, path: Value) -> Iterator[AnyEffect]:
    target = absolute(path, inv.cwd)
    if not isinstance(target, Unknown) and not target.startswith("/dev/"):
        yield Created(inv.span, inv.certain, target, UNSIZED, origin=inv.program)


def wget(inv: Invocation) -> Iterator[AnyEffect]:
    """``wget [-O FILE | -P DIR] URL…``."""
    args = parse(inv.arguments, _WGET)
    if args.has("--spider", "-r", "--recursive", "-i", "--input-file"):
        return
    output = args.value("-O", "--output-document")
    if output is not None:
        if output != "-":
            yield from _created(inv, output)
        return
    folder = args.value("-P", "--directory-prefix")
    for operand in args.operands:
        name = _url_name(operand.value)
        if name is not None and not isinstance(folder, Unknown):
            yield from _created(inv, posixpath.join(folder or "", name))


def curl(inv: Invocation) -> Iterator[AnyEffect]:
    """``curl -o FILE URL``, ``curl -O URL…``; without either the data goes to standard output."""
    args = parse(inv.arguments, _CURL)
    folder = args.value("--output-dir") or ""
    if isinstance(folder, Unknown):
        return
    outputs = _all(inv, args)
    for output in outputs:
        if output != "-" and isinstance(output, str) and "#" not in output:
            yield from _created(inv, posixpath.join(folder, output))
    if args.has("-O", "--remote-name", "--remote-name-all") and not outputs:
        for url in (*(o.value for o in args.operands), *_url_option(args)):
            name = _url_name(url)
            if name is not None and not re.search(r"[{}\[\]]", name):
                yield from _created(inv, posixpath.join(folder, name))


def _all(inv: Invocation, args: Parsed) -> list[Value]:
    """Every -o of the command, not only the last."""
    values = [a.value for a in inv.arguments]
    found = [w for v, w in pairwise(values) if v in ("-o", "--output")]
    single = args.value("-o", "--output")
    return found or ([] if single is None else [single])


def _url_option(args: Parsed) -> list[str]:
    url = args.value("--url")
    return [url] if isinstance(url, str) else []


def git(inv: Invocation) -> Iterator[AnyEffect]:
    """``git clone URL [DIR]``: a tree."""
    args = parse(inv.arguments, _GIT | {"-C"})
    if not args.operands or args.operands[0].value != "clone" or args.has("-C"):
        return
    operands = args.operands[1:]
    target: Value = ""
    if len(operands) >= 2:
        target = operands[1].value
    elif operands and isinstance(operands[0].value, str):
        target = posixpath.basename(operands[0].value.rstrip("/").rsplit(":", 1)[-1])
        target = target[:-4] if target.endswith(".git") else target
    path = absolute(target, inv.cwd)
    if not isinstance(path, Unknown):
        yield Created(inv.span, inv.certain, path, UNSIZED, tree=True, origin="git clone")


HANDLERS = {"wget": wget, "curl": curl, "git": git}
