"""What COPY and ADD write, and which paths a command's words mean, as far as the text alone tells."""

from __future__ import annotations

import re
from posixpath import basename, dirname, join, normpath

from dockerlint.model.graph import Step
from dockerlint.record import record
from dockerlint.verify.items import Leaf

_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\})")
_PLAIN = re.compile(r"[\w./:@%+,=~^\[\]*?!${}-]*")
_FILE = re.compile(r"\.(?:[A-Za-z][A-Za-z0-9]{0,9}|7z)$")
_FOLDER = re.compile(r"\.(?:d|git|github|config|cache|ssh|app|vim|m2|npm)$")
SYSTEM_FOLDERS = frozenset(
    "/ /bin /boot /dev /etc /home /lib /lib64 /media /mnt /opt /root /run /sbin /srv /tmp /usr /usr/bin /usr/include"
    " /usr/lib /usr/local /usr/local/bin /usr/local/etc /usr/local/include /usr/local/lib /usr/local/sbin"
    " /usr/local/share /usr/local/src /usr/sbin /usr/share /usr/src /var /var/cache /var/lib /var/log /var/run"
    " /var/spool /var/tmp".split()
)


@record
class Copied:
    """One source of a COPY."""

    source: str
    paths: tuple[str, ...]
    """Where it is afterwards: one path, or two where the destination may be a folder."""
    file: bool
    """One file, by what it is called."""

    def ambiguous(self, path: str) -> bool:
        """Whether `path` is the destination, and by the names of both rather a folder to which a file is copied."""
        if path != self.paths[0] or len(self.paths) == 1 or basename(dirname(path)) in ("bin", "sbin", "init.d"):
            return False
        return _is_file(self.source) and not _is_file(path)


def copied(step: Step) -> tuple[Copied, ...] | None:
    """The sources of a COPY or ADD; None where a path is not known."""
    node = step.instruction
    marks = {h.span: h.name for h in node.heredoc_nodes}
    words = [(w.span, value(w.text, step)) for w in node.words]
    if len(words) < 2:
        return None
    target = words[-1][1]
    if target is None or node.flag("parents") is not None:
        return None
    place = _absolute(target, step.scope.workdir)
    if place is None:
        return None
    folder = target.endswith(("/", "/.")) or target in (".", "./") or len(words) > 2 or place in SYSTEM_FOLDERS
    found = []
    for span, source in words[:-1]:
        if span in marks:
            source, file = marks[span], True
        elif source is None:
            return None
        else:
            file = _is_file(source) and (folder or _is_file(place))
        url = re.match(r"https?://", source)
        name = basename(re.split(r"[?#]", source)[0].rstrip("/")) if source.strip("./") else ""
        inside = join(place, name) if name else place
        sure = folder and name and (span in marks or bool(url) or _is_file(source) or "*" in name)
        found.append(Copied(source, (inside,) if sure else (place, inside), file or bool(url)))
    return tuple(found)


def _is_file(path: str) -> bool:
    """Whether a name says that it is a file: it has a suffix that folders do not have."""
    name = basename(path)
    return not re.search(r"[*?\[]", path) and bool(_FILE.search(name.lstrip("."))) and not _FOLDER.search(name)


def value(word: str, step: Step) -> str | None:
    """A word of an instruction with the variables that the file gives a value."""
    known = step.scope.variables()
    if not _PLAIN.fullmatch(word):
        return None
    missing = False

    def put(match: re.Match[str]) -> str:
        nonlocal missing
        found = known.get(match[1] or match[2])
        missing = missing or not isinstance(found, str)
        return found if isinstance(found, str) else ""

    text = _VARIABLE.sub(put, word)
    return None if missing or "$" in text else text


def _absolute(path: str, folder: object) -> str | None:
    if not path.startswith("/"):
        if not isinstance(folder, str) or path.startswith("~"):
            return None
        path = join(folder, path)
    return "/" + normpath(path).lstrip("/")


def word_of(text: str, leaf: Leaf, step: Step) -> str | None:
    """A word of a command as it is run; None where quotes, patterns of braces or the shell's own variables matter."""
    bare = re.sub(r"\"([^\"\\`]*)\"|'([^'$\\]*)'", r"\1\2", text)
    for match in _VARIABLE.finditer(bare):
        if any(re.search(rf"\b{match[1] or match[2]}\b", change) for change in leaf.state.changes):
            return None
    if "{" in _VARIABLE.sub("", bare):
        return None
    return value(bare, step)


def folder_of(leaf: Leaf, step: Step) -> str | None:
    """The directory in which a command runs; None where it is not known."""
    here = step.scope.workdir if isinstance(step.scope.workdir, str) else None
    for change in leaf.state.changes:
        words = change.split()
        if words[0] in ("cd", "pushd", "popd"):
            target = value(words[1], step) if len(words) == 2 and words[0] == "cd" else None
            if target is None or target.startswith("-"):
                return None
            here = _absolute(target, here)
    return here


def path_of(text: str, leaf: Leaf, step: Step) -> str | None:
    """The absolute path that a word of a command means."""
    plain = word_of(text, leaf, step)
    return _absolute(plain, folder_of(leaf, step)) if plain else None


def below(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies in it."""
    return (path + "/").startswith(folder.rstrip("/") + "/")
