"""curl, wget, git clone: what is downloaded and where it lands."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from dockerlint.effects.options import parse
from dockerlint.effects.types import UNSIZED, AnyEffect, Created
from dockerlint.model.invocations import Invocation
from dockerlint.model.paths import absolute
from dockerlint.values import Unknown, Value

_WGET = frozenset(
    "-O --output-document -P --directory-prefix -o --output-file -a --append-output -t --tries -T --timeout -U"
    " --user-agent --header -e --execute -i --input-file --user --password --post-data --post-file --ca-certificate"
    " --ca-directory --certificate --private-key -w --wait -Q --quota -A --accept -R --reject -D --domains -l"
    " --level -I --include-directories -X --exclude-directories -B --base --read-timeout --connect-timeout --dns-"
    " timeout --waitretry --limit-rate --progress --referer --max-redirect --secure-protocol --http-user --http-"
    " password --ftp-user --ftp-password --body-data --body-file --method --cut-dirs --load-cookies --save-cookies"
    " --default-page --prefer-family --bind-address --rejected-log --start-pos --compression --local-encoding"
    " --remote-encoding".split()
)
_WGET_OTHER_NAMES = (
    "-r --recursive -m --mirror -p --page-requisites -i --input-file -x --force-directories --content-disposition"
    " --trust-server-names -E --adjust-extension"
).split()
_CURL = frozenset(
    "-o --output -H --header -d --data -u --user -A --user-agent -e --referer -b --cookie -c --cookie-jar -F --form -X"
    " --request -m --max-time --connect-timeout --retry --retry-delay --retry-max-time -x --proxy --cacert -E --cert"
    " --key -T --upload-file -w --write-out --output-dir -C --continue-at -r --range -K --config --url -Y --speed-limit"
    " -y --speed-time -z --time-cond -D --dump-header --data-binary --data-raw --data-urlencode --data-ascii --json"
    " --ciphers --tls13-ciphers --tls-max --resolve --connect-to --noproxy --create-file-mode --stderr --proto"
    " --proto-default --proto-redir --limit-rate --interface --dns-servers --pass --cert-type --key-type --capath"
    " --crlfile --oauth2-bearer --aws-sigv4 --unix-socket --netrc-file --max-filesize --max-redirs --keepalive-time"
    " --doh-url --url-query --form-string -Q --quote -P --ftp-port -t --telnet-option --proxy-user --proxy-header"
    " --trace --trace-ascii --libcurl --hsts --etag-save --etag-compare --expect100-timeout --local-port --rate".split()
)
_CURL_OUTPUTS = frozenset(("-o", "--output", "-O", "--remote-name"))
_CURL_PLACEHOLDER = re.compile(r"[{}\[\]#]")  # `#1` stands for what a `{a,b}` or `[1-3]` of the URL matched
_GIT = frozenset(
    "-b --branch --depth -o --origin -u --upload-pack --reference -c --config --separate-git-dir -j --jobs --template"
    " --shallow-since --shallow-exclude --filter --server-option --reference-if-able --bundle-uri --git-dir --work-tree"
    " --namespace -C".split()
)


def _url_name(url: Value | None, query: bool = False) -> str | None:
    """The last part of a URL's path, which names the file; `query`: with the query, as wget does."""
    if url is None or isinstance(url, Unknown):
        return None
    _, _, path = (url.partition("://")[2] or url).partition("#")[0].partition("/")
    path, mark, asked = path.partition("?")
    name = path.rpartition("/")[2]
    if query and name:
        name += mark + asked.replace("/", "%2F")
    if "%" in name:
        from urllib.parse import unquote  # with ipaddress it takes 3 ms to load

        name = unquote(name).replace("/", "%2F")
    return name or None


def _created(inv: Invocation, path: Value) -> Iterator[AnyEffect]:
    target = absolute(path, inv.cwd)
    if not isinstance(target, Unknown) and not target.startswith("/dev/"):
        yield Created(inv.span, inv.certain, target, UNSIZED, origin=inv.program)


def wget(inv: Invocation) -> Iterator[AnyEffect]:
    """``wget [-O FILE | -P DIR] URL…``."""
    args = parse(inv.arguments, _WGET)
    if args.has("--spider", "-h", "--help", "-V", "--version"):
        return
    output = args.value("-O", "--output-document")
    if output is not None:
        if output != "-":
            yield from _created(inv, output)
        return
    folder = args.value("-P", "--directory-prefix")
    if args.has(*_WGET_OTHER_NAMES) or isinstance(folder, Unknown):
        return
    for operand in args.operands:
        name = _url_name(operand.value, query=True)
        if name is not None and not re.search(r"[*\[]", name):
            yield from _created(inv, posixpath.join(folder or "", name))


def curl(inv: Invocation) -> Iterator[AnyEffect]:
    """``curl -o FILE URL``, ``curl -O URL…``; without either the data goes to standard output."""
    args = parse(inv.arguments, _CURL)
    folder = args.value("--output-dir") or ""
    if isinstance(folder, Unknown) or args.has("-h", "--help", "-V", "--version", "-J", "--remote-header-name"):
        return
    urls = [*(o.value for o in args.operands), *(value for name, value in args.every if name == "--url")]
    outputs = [(name, value) for name, value in args.every if name in _CURL_OUTPUTS]
    if args.has("--remote-name-all"):
        outputs += [("-O", None)] * (len(urls) - len(outputs))
    for i, (name, value) in enumerate(outputs):  # the first is for the first URL, and so on
        if name in ("-O", "--remote-name"):
            value = _url_name(urls[i]) if i < len(urls) else None
        if isinstance(value, str) and value != "-" and not _CURL_PLACEHOLDER.search(value):
            yield from _created(inv, posixpath.join(folder, value))


def git(inv: Invocation) -> Iterator[AnyEffect]:
    """``git clone URL [DIR]``: a tree."""
    args = parse(inv.arguments, _GIT)
    if not args.operands or args.operands[0].value != "clone" or args.has("-C", "--bare", "--mirror"):
        return
    operands = args.operands[1:]
    target: Value = ""
    if len(operands) >= 2:
        target = operands[1].value
    elif operands and isinstance(operands[0].value, str):
        target = _clone_name(operands[0].value)
    path = absolute(target, inv.cwd)
    if not isinstance(path, Unknown):
        yield Created(inv.span, inv.certain, path, UNSIZED, tree=True, origin="git clone")


def _clone_name(url: str) -> str:
    url = url.rstrip("/").removesuffix("/.git")
    return posixpath.basename(url if "://" in url else url.rpartition(":")[2]).removesuffix(".git")


HANDLERS = {"wget": wget, "curl": curl, "git": git}
