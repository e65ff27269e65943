"""What each tool does to the file system: paths, sizes, what stays unknown."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from dockerlint.context import Context
from dockerlint.effects.layer import effects_of
from dockerlint.effects.tools import handlers
from dockerlint.effects.types import (
    EMPTY,
    AnyEffect,
    Created,
    Deleted,
    Erased,
    Extracted,
    Moved,
    Rewritten,
)
from dockerlint.model.build import build
from dockerlint.syntax import parse

BASH = 'SHELL ["/bin/bash", "-c"]\n'


def effects(body: str, head: str = "WORKDIR /w\n", context: Context | None = None) -> list[AnyEffect]:
    keyword = "" if body.startswith(("COPY", "ADD")) else "RUN "
    graph = build(parse(f"FROM debian:12\n{head}{keyword}{body}\n"))
    return [e for action in effects_of(graph.steps[-1], context).actions for e in action.effects]


def brief(effect: AnyEffect) -> str:
    """An effect in short: ``+file``, ``+tree/``, ``-gone``, ``~rewritten``, ``from>to``, ``archive=>folder``."""
    if isinstance(effect, Created):
        text = f"+{effect.path}" + ("/" if effect.tree else "")
        return text + (f"|{effect.name}" if effect.name else "") + ("?" if effect.ambiguous else "")
    if isinstance(effect, Deleted):
        return f"-{effect.path}" + ("/" if effect.recursive else "") + (" glob" if effect.glob else "")
    if isinstance(effect, Rewritten):
        return f"~{effect.path}" + ("/" if effect.recursive else "") + (" x" if effect.executable else "")
    if isinstance(effect, Moved):
        return f"{effect.path}>{effect.target}" + (f"|{effect.name}" if effect.name else "")
    if isinstance(effect, Extracted):
        return f"{effect.archive}=>{effect.target}"
    if isinstance(effect, Erased):
        return f"?{effect.pattern}" + ("" if effect.named else " anything")
    return type(effect).__name__


def run(body: str, head: str = "WORKDIR /w\n") -> list[str]:
    return [brief(e) for e in effects(body, head)]


M = 1 << 20
# fmt: off
SIZES = [
    # command that writes `f`, bytes of it; None: not known. The figures are those of coreutils 9.1 and util-linux 2.38.
    ("dd if=/dev/zero of=f count=3", 1536),
    ("dd if=/dev/zero of=f bs=1 count=7", 7),
    ("dd if=/dev/zero of=f bs=1c count=7", 7),
    ("dd if=/dev/zero of=f bs=1w count=7", 14),
    ("dd if=/dev/zero of=f bs=1b count=7", 3584),
    ("dd if=/dev/zero of=f bs=1K count=7", 7168),
    ("dd if=/dev/zero of=f bs=1k count=7", 7168),
    ("dd if=/dev/zero of=f bs=1KiB count=7", 7168),
    ("dd if=/dev/zero of=f bs=1kB count=7", 7000),
    ("dd if=/dev/zero of=f bs=1KB count=7", 7000),
    ("dd if=/dev/zero of=f bs=1M count=2", 2 * M),
    ("dd if=/dev/zero of=f bs=1MiB count=2", 2 * M),
    ("dd if=/dev/zero of=f bs=1MB count=2", 2_000_000),
    ("dd if=/dev/zero of=f bs=2xK count=2", None),                     # dd refuses it
    ("dd if=/dev/zero of=f bs=2x1K count=2", 4096),
    ("dd if=/dev/zero of=f count=1K bs=1K", M),
    ("dd if=/dev/zero of=f bs=1K count=0", 0),
    ("dd if=/dev/zero of=f ibs=3 obs=5 count=4", 12),
    ("dd if=/dev/zero of=f ibs=3 bs=10 count=4", 40),
    ("dd if=/dev/zero of=f bs=1K seek=3 count=1", 4096),
    ("dd if=/dev/zero of=f bs=1K oseek=3 count=1", 4096),
    ("dd if=/dev/zero of=f bs=1M seek=3 count=0", 3 * M),
    ("dd if=/dev/zero of=f ibs=3 obs=5 count=4 seek=2", 22),
    ("dd if=/dev/zero of=f bs=1K count=2 oflag=seek_bytes seek=100", 2148),
    ("dd if=/dev/zero of=f bs=1K count=100 iflag=count_bytes", 100),
    ("dd if=/dev/zero of=f bs=1K count=100 iflag=count_bytes,fullblock", 100),
    ("dd if=/dev/zero of=f bs=1K count=2 conv=fsync status=none", 2048),
    ("dd if=/dev/zero of=f bs=1K count=2 conv=notrunc", None),         # what was there may be longer
    ("dd if=/dev/zero of=f bs=1K count=2 oflag=append conv=notrunc", None),
    ("dd if=/dev/null of=f bs=1M", 0),
    ("dd if=/dev/null of=f bs=1M seek=3", 3 * M),                      # dd cuts the file at what it seeks to
    ("dd if=/dev/urandom of=f bs=1K count=5", 5120),
    ("dd if=/dev/urandom of=f bs=64M count=1", None),                  # one read gives at most 32 MiB in old kernels
    ("dd if=/dev/zero of=f bs=4G count=1", None),                      # nor more than 2 GiB in any
    ("dd if=/dev/zero of=f bs=1K count=10B", None),                    # bytes since coreutils 9.1, blocks before
    ("dd if=/dev/zero of=f bs=1K seek=1kB count=1", None),
    ("dd if=/dev/random of=f bs=1K count=5", None),
    ("dd if=/dev/stdin of=f bs=1K count=5", None),
    ("dd if=other of=f bs=1K count=5", None),
    ("dd of=f bs=1K count=5", None),
    ("dd if=/dev/zero of=f bs=1K", None),                              # until the disk is full
    ("dd if=/dev/zero of=f bs=1Z count=x", None),
    ("dd if=/dev/zero bs=1K count=5 > f", 5120),
    ("dd if=/dev/zero bs=1K count=5 2>/dev/null >f", 5120),
    ("truncate -s 1000 f", 1000),
    ("truncate -s 1K f", 1024),
    ("truncate -s1KB f", 1000),
    ("truncate --size=2M f", 2 * M),
    ("truncate --size 2MB f", 2_000_000),
    ("truncate -s 0 f", 0),
    ("truncate -s +1K f", None),
    ("truncate -s %4K f", None),
    ("truncate -s '<4K' f", None),
    ("truncate -o -s 4 f", None),
    ("truncate -r other f", None),
    ("fallocate -l 4096 f", 4096),
    ("fallocate -l 1M f", M),
    ("fallocate -l1MiB f", M),
    ("fallocate --length 1MB f", 1_000_000),
    ("fallocate --length=1KB f", 1000),
    ("fallocate -l 1K -o 1K f", None),
    ("fallocate -n -l 1K f", None),
    ("head -c 1000 /dev/zero > f", 1000),
    ("head -c1K /dev/zero > f", 1024),
    ("head -c 1kB /dev/urandom > f", 1000),
    ("head -c 2b /dev/zero > f", 1024),
    ("head --bytes=1M /dev/zero > f", M),
    ("head --bytes 1M /dev/zero > f", M),
    ("head -c 1000 < /dev/zero > f", 1000),
    ("head -c 1000 > f", None),
    ("head -c -5 /dev/zero > f", None),
    ("head -c 5 /dev/zero /dev/zero > f", None),                       # with headings
    ("head -n 5 /dev/zero > f", None),
    (": > f", 0),
    ("> f", 0),
    ("cat /dev/null > f", 0),
    ("ls > f", None),
    ("ls &> f", None),
    ("{ ls; } > f", None),
]
# fmt: on
GNU = shutil.which("dd") is not None and b"coreutils" in subprocess.run(["dd", "--version"], capture_output=True).stdout


@pytest.mark.parametrize(("command", "size"), SIZES)
def test_sizes(command: str, size: int | None) -> None:
    made = [e for e in effects(command, BASH + "WORKDIR /w\n") if isinstance(e, Created)]
    assert [(e.path, e.size.bytes, e.size.basis) for e in made] == [
        ("/w/f", size, "exact" if size is not None else None)
    ]


def test_sizes_are_those_that_the_real_tools_write(tmp_path: Path) -> None:
    """On systems with GNU's tools every figure of the table is measured."""
    wrong = []
    for command, size in SIZES if GNU else ():
        if size is None or shutil.which(command.split()[0].strip(":>")) is None:
            continue
        (tmp_path / "f").unlink(missing_ok=True)
        done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True)
        if done.returncode != 0 or (tmp_path / "f").stat().st_size != size:
            wrong.append((command, size, done.stderr))
    assert not wrong


def test_printed_text_is_an_estimate() -> None:
    (made,) = effects("echo 12345 > f")
    assert isinstance(made, Created)
    assert (made.size.bytes, made.size.basis) == (6, "estimated")
    (made,) = effects("cat <<EOF > f\nab\ncd\nEOF")
    assert isinstance(made, Created)
    assert (made.size.bytes, made.size.basis) == (6, "estimated")


def test_what_is_not_known_has_no_size_and_no_path() -> None:
    assert run("dd if=/dev/zero of=$F bs=1K count=1") == []
    assert run("dd if=/dev/zero of=f bs=$BS count=1") == []
    assert run("dd if=/dev/zero of=/dev/null bs=1K count=1") == []
    assert run("truncate -s 1K $F") == []
    assert run("truncate -s 1K *.log") == []


# fmt: off
TOOLS = [
    # rm
    ("rm f", ["-/w/f"]),
    ("rm -rf f /g/", ["-/w/f/", "-/g/"]),
    ("rm -Rfv -- -f", ["-/w/-f/"]),
    ("rm --recursive --force f", ["-/w/f/"]),
    ("rm /tmp/* ./.[a-z]*", ["-/tmp/* glob", "-/w/.[a-z]* glob"]),
    ("rm -rf ../a/../b", ["-/b/"]),
    ("unlink f", ["-/w/f"]),
    ("rmdir d", ["-/w/d"]),
    ("rm ''", []),
    ("rm", []),
    ("rm $F", ["?(?s:.*)(/.*)? anything"]),
    ("rm -rf $D/cache/*", ["?(?s:.*/cache)(/.*)?"]),
    ("rm -rf /opt/$D", ["?(?s:/opt/.*)(/.*)?"]),
    ("rm a.$E", ["?(?s:/w/a\\..*)(/.*)?"]),
    ("ls | xargs rm -f", ["?.* anything"]),
    ("ls | xargs -I{} rm /a/{}", ["?.* anything"]),
    # mv
    ("mv a b", ["/w/a>/w/b|a"]),
    ("mv a /b/", ["/w/a>/b/a"]),
    ("mv -f a b /c", ["/w/a>/c/a", "/w/b>/c/b"]),
    ("mv -t /c a b", ["/w/a>/c/a", "/w/b>/c/b"]),
    ("mv --target-directory=/c a", ["/w/a>/c/a"]),
    ("mv a .", ["/w/a>/w/a"]),
    ("mv a-* /b", ["/w/a-*>/b|a-*"]),
    ("mv a $B", ["-/w/a/"]),
    ("mv $A b", ["?(?s:.*)(/.*)? anything"]),
    # cp, install
    ("cp a b", ["+/w/b|a"]),
    ("cp a /b/", ["+/b/a"]),
    ("cp a b /c", ["+/c/a", "+/c/b"]),
    ("cp -t /c a b", ["+/c/a", "+/c/b"]),
    ("cp -r a /b", ["+/b/|a"]),
    ("cp -a a/. /b", ["+/b/"]),
    ("cp -r . /b", ["+/b/"]),
    ("cp -r a/ /b/", ["+/b/a/"]),
    ("cp *.conf /etc/", ["+/etc/*.conf/"]),
    ("cp -S .bak a b", ["+/w/b|a"]),
    ("cp --parents a/b /c", []),
    ("cp $A b", []),
    ("cp a $B", []),
    ("cp a", []),
    ("install a /b/c", ["+/b/c|a"]),
    ("install -m755 -o root -g root a /b/c", ["+/b/c|a"]),
    ("install -Dm 755 a /b/c", ["+/b/c|a"]),
    ("install -t /b a c", ["+/b/a", "+/b/c"]),
    ("install -d -m 700 /a /b", ["+/a", "+/b"]),
    # ln, mkdir, touch, tee
    ("ln -s a b", ["+/w/b|a"]),
    ("ln -sf /x/a /b/", ["+/b/a"]),
    ("ln -s a b c", ["+/w/c/a", "+/w/c/b"]),
    ("ln -s a", []),
    ("mkdir -p a/b -m 755 /c", ["+/w/a/b", "+/c"]),
    ("mkdir -pm 755 a", ["+/w/a"]),
    ("touch a -r b -d now c", ["+/w/a", "+/w/c"]),
    ("touch -c a", []),
    ("echo x | tee a b", ["+/w/a", "+/w/b"]),
    ("echo x | tee -a a", []),
    ("echo x | tee /dev/null", []),
    # chmod and its kin
    ("chmod 755 a b", ["~/w/a", "~/w/b"]),
    ("chmod +x a", ["~/w/a x"]),
    ("chmod a+x a", ["~/w/a x"]),
    ("chmod u+rwx a", ["~/w/a"]),
    ("chmod +rx a", ["~/w/a x"]),
    ("chmod u=rwx a", ["~/w/a"]),
    ("chmod -x a", ["~/w/a"]),
    ("chmod -w,+x a", ["~/w/a"]),
    ("chmod -R 755 a", ["~/w/a/"]),
    ("chmod 755 -R a", ["~/w/a/"]),
    ("chmod --recursive u+x a", ["~/w/a/ x"]),
    ("chmod -Rv -x a", ["~/w/a/"]),
    ("chmod --reference=a b", ["~/w/b"]),
    ("chmod --reference a b", ["~/w/b"]),
    ("chmod $M a", ["~/w/a"]),
    ("chmod 755 $A", []),
    ("chown a:b c", ["~/w/c"]),
    ("chown -R a c", ["~/w/c/"]),
    ("chown $U:$G c", ["~/w/c"]),
    ("chown --from=a b c", ["~/w/c"]),
    ("chown -hR --reference=a c", ["~/w/c/"]),
    ("chgrp a c", ["~/w/c"]),
    ("setfacl -m u:a:rw c", ["~/w/c"]),
    ("setfacl -R -m u:a:rw -x g:b c", ["~/w/c/"]),
    ("setfacl -b c", ["~/w/c"]),
    # sed, strip
    ("sed -i s/a/b/ f g", ["~/w/f", "~/w/g"]),
    ("sed -i.bak s/a/b/ f", ["~/w/f"]),
    ("sed -i.orig s/a/b/ f", ["~/w/f"]),
    ("sed --in-place s/a/b/ f", ["~/w/f"]),
    ("sed --in-place=.l s/a/b/ f", ["~/w/f"]),
    ("sed -i -e s/a/b/ -e s/c/d/ f", ["~/w/f"]),
    ("sed -i -f x.sed f", ["~/w/f"]),
    ("sed -ri s/a/b/ f", ["~/w/f"]),
    ("sed -ie s/a/b/ f", ["~/w/f"]),
    ("sed -Ei -e s/a/b/ f", ["~/w/f"]),
    ("sed -n s/a/b/ f", []),
    ("sed s/-i/b/ f", []),
    ("strip -s f g", ["~/w/f", "~/w/g"]),
    ("strip -o g f", []),
    # find
    ("find /a -delete", ["?/a(/.*)?"]),
    ("find /a /b -type f -delete", ["?/a(/.*)?", "?/b(/.*)?"]),
    ("find /a -name '*.pyc' -exec rm -f {} +", ["?/a/(.*/)?(?:(?s:.*\\.pyc))"]),
    ("find -name x -delete", ["?/w/(.*/)?(?:(?s:x))"]),
    ("find -L . -name x -execdir rm {} \\;", ["?/w/(.*/)?(?:(?s:x))"]),
    ("find /a ! -name x -delete", ["?/a(/.*)?"]),
    ("find $D -delete", ["?.*(/.*)? anything"]),
    ("find /a -name x", []),
    ("find /a -exec chmod 644 {} +", []),
    # curl
    ("curl -o f http://x/y", ["+/w/f"]),
    ("curl http://x/y -o /a/f", ["+/a/f"]),
    ("curl -fsSLo f http://x/y", ["+/w/f"]),
    ("curl -sof http://x/y", ["+/w/f"]),
    ("curl -O http://x/y/z.tgz", ["+/w/z.tgz"]),
    ("curl -LO http://x/y/z.tgz?a=b#c", ["+/w/z.tgz"]),
    ("curl -sSL -O -O http://x/a http://x/b", ["+/w/a", "+/w/b"]),
    ("curl -O http://x/a http://x/b", ["+/w/a"]),                      # `b` goes to standard output
    ("curl -o f http://x/a -O http://x/b", ["+/w/f", "+/w/b"]),
    ("curl -O http://x/a -o f http://x/b", ["+/w/a", "+/w/f"]),
    ("curl --remote-name-all http://x/a http://x/b", ["+/w/a", "+/w/b"]),
    ("curl --output-dir /d -O http://x/a", ["+/d/a"]),
    ("curl --output-dir /d -o f http://x/a", ["+/d/f"]),
    ("curl --create-dirs -o a/b/f http://x/a", ["+/w/a/b/f"]),
    ("curl --output f --url http://x/a", ["+/w/f"]),
    ("curl -O --url http://x/a", ["+/w/a"]),
    ("curl -H 'A: b' -u a:b -X POST -d x --retry 3 -O http://x/a", ["+/w/a"]),
    ("curl --proto =https --tlsv1.2 -sSf -O https://x/a.sh", ["+/w/a.sh"]),
    ("curl -sS http://x/a | sh", []),
    ("curl -o - http://x/a", []),
    ("curl -o /dev/null http://x/a", []),
    ("curl -OJ http://x/a", []),
    ("curl -O http://x/", []),
    ("curl -O $URL", []),
    ("curl -o $F http://x/a", []),
    ("curl -O http://x/a[1-3]", []),
    ("curl -o 'f#1' http://x/a{b,c}", []),
    ("curl -sL http://x/a > f", ["+/w/f"]),
    ("curl -O http://x/a%20b", ["+/w/a b"]),
    ("curl -O x.org/a", ["+/w/a"]),
    # wget
    ("wget http://x/y/z.tgz", ["+/w/z.tgz"]),
    ("wget http://x/a http://x/b", ["+/w/a", "+/w/b"]),
    ("wget http://x/a?b=c/d", ["+/w/a?b=c%2Fd"]),                      # wget keeps the query
    ("wget -O f http://x/a", ["+/w/f"]),
    ("wget -qO f http://x/a", ["+/w/f"]),
    ("wget -nv -Of http://x/a", ["+/w/f"]),
    ("wget --output-document=f http://x/a", ["+/w/f"]),
    ("wget -qO- http://x/a | tar xz", ["None=>/w"]),
    ("wget -O - http://x/a", []),
    ("wget -P /d http://x/a", ["+/d/a"]),
    ("wget -qP d http://x/a", ["+/w/d/a"]),
    ("wget --directory-prefix=/d http://x/a", ["+/d/a"]),
    ("wget --no-check-certificate --header 'A: b' --progress dot:giga -t 3 http://x/a", ["+/w/a"]),
    ("wget --user-agent=x -e robots=off -c http://x/a", ["+/w/a"]),
    ("wget -o log http://x/a", ["+/w/a"]),
    ("wget --spider http://x/a", []),
    ("wget -r http://x/a", []),
    ("wget -m http://x/a", []),
    ("wget -i list", []),
    ("wget --content-disposition http://x/a", []),
    ("wget http://x/", []),
    ("wget $URL", []),
    ("wget -P $D http://x/a", []),
    ("wget 'ftp://x/a*'", []),
    # git
    ("git clone https://x/a/b.git", ["+/w/b/"]),
    ("git clone https://x/a/b/", ["+/w/b/"]),
    ("git clone git@x:b.git", ["+/w/b/"]),
    ("git clone --depth 1 -b main --recursive https://x/a/b c", ["+/w/c/"]),
    ("git clone --depth=1 --branch v1 -j 4 https://x/a/b /c", ["+/c/"]),
    ("git clone https://x/a/b .", ["+/w/"]),
    ("git -c http.sslVerify=false clone https://x/a/b", ["+/w/b/"]),
    ("git clone $URL c", ["+/w/c/"]),
    ("git clone $URL", []),
    ("git -C /d clone https://x/a/b", []),
    ("git clone --bare https://x/a/b", []),
    ("git checkout main", []),
    # tar
    ("tar xf a-1.tar", ["/w/a-1.tar=>/w", "+/w/a-1/"]),
    ("tar -xzf a-1.tar.gz", ["/w/a-1.tar.gz=>/w", "+/w/a-1/"]),
    ("tar xzvf a-1.tgz -C /d", ["/w/a-1.tgz=>/d", "+/d/a-1/"]),
    ("tar xfz a-1.tgz", ["/w/a-1.tgz=>/w", "+/w/a-1/"]),               # the old style: `f` is not given `z`
    ("tar xvfj a-1.tbz2", ["/w/a-1.tbz2=>/w", "+/w/a-1/"]),
    ("tar xfC a-1.tgz /d", ["/w/a-1.tgz=>/d", "+/d/a-1/"]),
    ("tar -C /d -xJf a-1.tar.xz", ["/w/a-1.tar.xz=>/d", "+/d/a-1/"]),
    ("tar --extract --file=a-1.tgz --directory=/d", ["/w/a-1.tgz=>/d", "+/d/a-1/"]),
    ("tar --extract --file a-1.tgz --directory /d", ["/w/a-1.tgz=>/d", "+/d/a-1/"]),
    ("tar xzf a.tgz --strip-components=1 -C /d", ["/w/a.tgz=>/d"]),
    ("tar xzf a.tgz --strip 1", ["/w/a.tgz=>/w"]),
    ("tar xzf a.tgz b/c", ["/w/a.tgz=>/w"]),
    ("tar xzf a.tgz --exclude b --no-same-owner", ["/w/a.tgz=>/w", "+/w/a/"]),
    ("tar xz", ["None=>/w"]),
    ("tar xzf - -C /d", ["None=>/d"]),
    ("tar xzOf a.tgz b", ["/w/a.tgz=>None"]),
    ("tar xzf $F", []),
    ("tar xzf a.tgz -C $D", ["/w/a.tgz=>None"]),
    ("tar tzf a.tgz", []),
    ("tar czf a.tgz b", ["+/w/a.tgz"]),
    ("tar -c -f a.tar -C /d .", ["+/w/a.tar"]),
    ("tar cf - b", []),
    ("tar cf a.tar --remove-files b", ["+/w/a.tar", "-/w/b/"]),
    ("bsdtar -xf a.zip -C /d", ["/w/a.zip=>/d"]),
    # unzip and the compressors
    ("unzip a.zip", ["/w/a.zip=>/w"]),
    ("unzip -q a.zip -d /d", ["/w/a.zip=>/d"]),
    ("unzip -qod /d a.zip x/*", ["/w/a.zip=>/d"]),
    ("unzip -l a.zip", []),
    ("unzip -p a.zip b", []),
    ("unzip *.zip", []),
    ("unzip $F", []),
    ("jar xf a.zip", ["/w/a.zip=>/w"]),
    ("jar -xvf /x/a.jar b.class", ["/x/a.jar=>/w"]),
    ("jar cf a.jar -C d .", ["+/w/a.jar"]),
    ("jar tf a.jar", []),
    ("rpm2cpio a.rpm | cpio -idmv", ["None=>/w"]),
    ("cpio -i -F a.cpio -D /d", ["/w/a.cpio=>/d"]),
    ("find . | cpio -o -H newc -F a.cpio", ["+/w/a.cpio"]),
    ("cpio -it < a", []),
    ("gunzip a.gz", ["+/w/a", "-/w/a.gz"]),
    ("gunzip -k a.gz", ["+/w/a"]),
    ("gunzip -c a.gz > b", ["+/w/b"]),
    ("gzip -d a.gz", ["+/w/a", "-/w/a.gz"]),
    ("gzip -9 a", ["+/w/a.gz", "-/w/a"]),
    ("gzip -t a.gz", []),
    ("xz -T 0 a", ["+/w/a.xz", "-/w/a"]),
    ("xz -dk a.xz", ["+/w/a"]),
    ("unxz a.xz", ["+/w/a", "-/w/a.xz"]),
    ("bunzip2 a.bz2", ["+/w/a", "-/w/a.bz2"]),
    ("bzip2 --decompress a.bz2", ["+/w/a", "-/w/a.bz2"]),
    ("zstd -d a.zst", ["+/w/a"]),                                      # zstd keeps its input
    ("zstd -d --rm a.zst -o b", ["+/w/b", "-/w/a.zst"]),
    ("unzstd a.zst", ["+/w/a"]),
    ("gunzip $F", []),
    # redirections
    ("ls > /a 2> /b", ["+/a"]),
    ("ls >| a", ["+/w/a"]),
    ("ls >> a", []),
    ("ls > $F", []),
    ("ls > /dev/null", []),
    ("cd /x && ls > a", ["+/x/a"]),
    ("(cd /x; ls) > a", ["+/w/a"]),
    ("/usr/bin/rm f", ["-/w/f"]),
    ("sudo rm f", ["-/w/f"]),
    ("sh -c 'cd /x; rm f'", ["-/x/f"]),
]
# fmt: on


@pytest.mark.parametrize(("command", "expected"), TOOLS)
def test_tools(command: str, expected: list[str]) -> None:
    assert run(command) == expected


def test_every_tool_has_a_case() -> None:
    """Package managers have tests of their own."""
    from dockerlint.effects.tools import packages

    shown = " ".join(command for command, _ in (*SIZES, *TOOLS))
    missing = {p for p in handlers() if p not in packages.HANDLERS and p not in shown.split()}
    assert missing <= {"pigz", "unpigz", "lzma", "unlzma"}  # gzip's and xz's handler under other names


def test_what_mkdir_touch_and_links_make_has_no_bytes() -> None:
    for command in ("mkdir a", "touch a", "ln -s a b", "install -d a", "cp -l a b"):
        (made,) = effects(command)
        assert isinstance(made, Created)
        assert made.size == EMPTY, command


def test_an_uncertain_command_has_uncertain_effects() -> None:
    made, gone = effects("test -f a || { touch b; rm c; }")
    assert (made.certain, gone.certain) == (False, False)


def folder(tmp_path: Path, **files: bytes | None) -> Context:
    """A build context; None makes a folder."""
    for name, content in files.items():
        path = tmp_path / name.replace("__", "/").replace("_", ".")
        if content is None:
            path.mkdir(parents=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return Context(tmp_path)


# fmt: off
COPIES = [
    # without a context: `?` may be a folder, `|x` is called x if the destination turns out to be one
    ("COPY a.txt /d/", ["+/d/a.txt"]),
    ("COPY a.txt /d", ["+/d|a.txt"]),
    ("COPY a.txt .", ["+/w/a.txt"]),
    ("COPY a.txt ./", ["+/w/a.txt"]),
    ("COPY x/a.txt b.txt /d", ["+/d/a.txt", "+/d/b.txt"]),
    ("COPY a /d", ["+/d?"]),
    ("COPY a /d/", ["+/d/a?"]),
    ("COPY conf.d /d/", ["+/d/conf.d?"]),
    ("COPY app-1.2 /d/", ["+/d/app-1.2?"]),
    ("COPY .bashrc /root/", ["+/root/.bashrc"]),
    ("COPY a/ /d", ["+/d/"]),
    ("COPY . /d", ["+/d/"]),
    ("COPY . .", ["+/w/"]),
    ("COPY ./ /d/", ["+/d/"]),
    ("COPY *.txt /d/", ["+/d/*.txt?"]),
    ("COPY a.txt b* /d/", ["+/d/a.txt", "+/d/b*?"]),
    ("COPY [\"a b.txt\", \"/d/\"]", ["+/d/a b.txt"]),
    ("COPY --chown=a:b --chmod=755 a.txt /d/", ["+/d/a.txt"]),
    ("COPY --parents x/a.txt /d/", ["+/d/"]),
    ("COPY --from=build /a.txt /d/", ["+/d/a.txt"]),
    ("COPY --from=build /a /d", ["+/d?"]),
    ("COPY --from=build /a/ /d", ["+/d/"]),
    ("COPY $A /d/", ["+/d/*?"]),
    ("COPY $A /d", ["+/d?"]),
    ("COPY $A/b.txt /d/", ["+/d/b.txt"]),
    ("COPY $A/b.txt /d", ["+/d|b.txt"]),
    ("COPY a.txt $D", []),
    ("COPY a.txt", []),
    ("ADD a.tar.gz /d/", ["+/d/"]),                                    # unpacked
    ("ADD a.tgz /d", ["+/d/"]),
    ("ADD a.zip /d/", ["+/d/a.zip"]),                                  # not unpacked
    ("ADD http://x/y/a.tar.gz /d/", ["+/d/a.tar.gz"]),                 # neither is what is fetched
    ("ADD https://x/a.tar.gz?b=c /d/", ["+/d/a.tar.gz"]),
    ("ADD https://x/a /d", ["+/d|a"]),
    ("ADD https://x/a.git /d", ["+/d/"]),
    ("ADD https://x/a.git#main /d", ["+/d/"]),
    ("ADD git@x:a/b.git /d", ["+/d/"]),
    ("COPY <<EOF /d/f\nab\nEOF", ["+/d/f|EOF"]),
    ("COPY <<a.txt <<b.txt /d/\n1\na.txt\n2\nb.txt", ["+/d/a.txt", "+/d/b.txt"]),
]
# fmt: on


@pytest.mark.parametrize(("text", "expected"), COPIES)
def test_copies(text: str, expected: list[str]) -> None:
    assert run(text) == expected


def test_heredocs_of_copy_have_their_size() -> None:
    quoted, expanded = effects("COPY <<'a' <<b /d/\n12345\na\n12\nb")
    assert isinstance(quoted, Created)
    assert isinstance(expanded, Created)
    assert (quoted.size.bytes, quoted.size.basis) == (6, "exact")
    assert (expanded.size.bytes, expanded.size.basis) == (3, "estimated")


def test_the_context_tells_files_from_folders(tmp_path: Path) -> None:
    context = folder(tmp_path, main=b"123", src__a=b"12", conf_d=None)
    told = {source: brief(effects(f"COPY {source} /d/", context=context)[0]) for source in ("main", "src", "conf.d")}
    assert told == {"main": "+/d/main", "src": "+/d/", "conf.d": "+/d/"}
    assert brief(effects("COPY missing /d/", context=context)[0]) == "+/d/missing?"
    (inner,) = effects("COPY --from=build src /d/", context=context)
    assert isinstance(inner, Created)
    assert (inner.source, inner.ambiguous) == (None, True)


def test_what_is_measured(tmp_path: Path) -> None:
    context = folder(tmp_path, main=b"123", a_tar=b"12")
    measured = {
        text: effects(text, context=context)[0].source  # type: ignore[union-attr]
        for text in ("COPY main /d/", "COPY m* /d/", "ADD a.tar /d/", "COPY --exclude=x . /d/", "ADD http://x/a /d/")
    }
    assert measured == {
        "COPY main /d/": "main",
        "COPY m* /d/": "m*",
        "ADD a.tar /d/": None,  # unpacked it has another size
        "COPY --exclude=x . /d/": None,
        "ADD http://x/a /d/": None,
    }
