"""LAY001 to LAY007 on what real files do: cases met when findings were read against files of the corpus."""

from __future__ import annotations

import pytest

from dockerlint.engine import check_source
from dockerlint.fixer import fix
from dockerlint.settings import Settings
from dockerlint.source import Source

LAYERS = Settings(select=("LAY001", "LAY002", "LAY004", "LAY005", "LAY006", "LAY007"))


def found(body: str, base: str = "debian:12") -> list[str]:
    """``LAY001@3``: code and line of each finding."""
    source = Source(f"FROM {base}\n{body}\n")
    return [f"{f.code}@{source.position(f.span.start).line}" for f in check_source(source, LAYERS)]


# fmt: off
SILENT = [
    # once reported, and wrong: what deletes deletes its own, or nobody can tell
    ("what npm installed, not what COPY brought",
     "WORKDIR /app\nADD . /app\nRUN npm install && npm run production && rm -rf node_modules"),
    ("what a build script made",
     "COPY . /app/\nRUN cd /app && sh build.sh && rm -rf _build _oasis _tags"),
    ("a program that a script downloaded into a clone",
     "RUN git clone --depth 1 https://x/miner /m\nWORKDIR /m\n"
     "RUN curl https://x/i.sh > i.sh && sh i.sh && rm rustup-init"),
    ("a file of a system folder into which a tree was copied",
     "COPY --from=builder /home/builder/etc/ /etc/\nRUN rm -f /etc/yum.repos.d/x.repo"),
    ("a file that a base image brings, below a copied root",
     "COPY image-files/ /\nRUN rm -f /usr/local/etc/php/conf.d/docker-php-ext-exif.ini"),
    ("another file than the pattern copied",
     "COPY nginx-files/* /etc/nginx/\nRUN rm /etc/nginx/conf.d/default.conf"),
    ("a generated file beside the copied ones",
     "ADD *.sh entry.sh.in /opt/bin/\nRUN make -C /opt/bin && rm -f /opt/bin/generate.sh"),
    ("an unpacked part of an archive that a program unpacked",
     "COPY $PKG install.rsp /u01/\nRUN cd /u01 && jar xf $PKG && ./x && rm -rf /u01/oracle/cfgtoollogs"),
    ("archives that the image itself deletes, cleaned behind an install of the same RUN",
     "RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\n"
     "RUN apt-get update && apt-get install -y b && apt-get autoclean && rm -rf /var/lib/apt/lists/*"),
    ("what runs only where the RUN did not end before",
     "RUN apt-get update && apt-get install -y a\n"
     "RUN [ -n \"$SKIP\" ] && exit 0; apt-get clean; rm -rf /var/lib/apt/lists/*"),
    ("an archive that a loop deletes",
     "RUN cd /opt && curl -O https://x/a.tgz && tar xzf a.tgz && for f in *.tgz; do rm $f; done"),
    ("an archive that find deletes",
     "RUN cd /opt && curl -O https://x/a.tgz && tar xzf a.tgz && find . -name '*.tgz' -delete"),
    ("an archive that xargs deletes",
     "RUN cd /opt && curl -O https://x/a.tgz && tar xzf a.tgz && ls *.tgz | xargs rm"),
    ("a source tree that a trap deletes",
     "RUN trap 'rm -rf /src' EXIT; git clone https://x/y /src && make -C /src install"),
    ("a folder's own mode",
     "COPY conf.d /etc/x/conf.d\nRUN chmod 755 /etc/x/conf.d"),
    ("a folder that is called otherwise than its archive, and deleted under that name",
     "RUN cd /tmp && wget https://x/node-latest.tgz && tar xf node-latest.tgz && rm node-latest.tgz && cd node-v*"
     " && cd /tmp && rm -rf /tmp/node-v*"),
    ("the same, moved away",
     "RUN cd /tmp && wget https://x/mvn-3-bin.tgz && tar xf mvn-3-bin.tgz && rm mvn-3-bin.tgz && mv mvn-3 /opt/mvn"),
    ("a folder that is called otherwise than its archive, as the start shows",
     "RUN curl -o /tmp/db-5.tar.gz https://x/a && tar xf /tmp/db-5.tar.gz -C /tmp && rm /tmp/db-5.tar.gz\n"
     "WORKDIR /tmp/x-db-5/bin\nCMD [\"./db\"]"),
    ("what is put into /tmp on purpose",
     "RUN wget -O x.tar.gz https://x/x && mv x.tar.gz /tmp && cp /usr/bin/y /tmp/y\nENTRYPOINT [\"start\"]"),
    ("keys, signatures and checksums",
     "RUN cd /tmp && curl -O https://x/a.asc -O https://x/a.sha256 -O https://x/linux_signing_key.pub"),
    ("what some command printed",
     "RUN ls /usr/bin > /tmp/got && diff /tmp/got /expected"),
    ("a source tree in which the program starts",
     "RUN git clone --depth 1 https://x/y /opt/y && make -C /opt/y install\nENTRYPOINT [\"/opt/y/bin/y\"]"),
    ("the same, by a variable",
     "ENV HOME_OF_Y /opt/y\nRUN git clone --depth 1 https://x/y /opt/y && make -C /opt/y install\n"
     "CMD ${HOME_OF_Y}/bin/y"),
    ("the same, from the folder above",
     "WORKDIR /opt\nRUN git clone --depth 1 https://x/y && make -C y install\nCMD [\"y/bin/y\"]"),
    ("a source tree in which the container starts",
     "RUN git clone --depth 1 https://x/y /opt/y && make -C /opt/y install\nWORKDIR /opt/y"),
    ("a source tree that is searched for programs",
     "RUN git clone --depth 1 https://x/y /opt/y && make -C /opt/y install\nENV PATH=/opt/y/bin:$PATH\nCMD [\"y\"]"),
    ("a library that is built where programs look for it",
     "RUN git clone --depth 1 https://x/lfe /usr/lib/erlang/lib/lfe && cd /usr/lib/erlang/lib/lfe && make install"),
    ("a source tree that a script of the image names",
     "RUN git clone --depth 1 https://x/y /opt/y && make -C /opt/y install && echo 'prove /opt/y/test/*' > /test.sh"),
    ("a source tree that a here-document names",
     "RUN git clone --depth 1 https://x/y /opt/y && make -C /opt/y install\n"
     "RUN <<A\ncat > /etc/y.conf <<EOF\nroot /opt/y/html\nEOF\nA"),
    ("a source tree to which a link leads",
     "RUN git clone --depth 1 https://x/y /opt/y && make -C /opt/y install && ln -s /opt/y/bin/y2 /usr/bin/y2"),
    ("what is mounted",
     "RUN --mount=type=cache,target=/c curl -o /c/a.tgz https://x/a.tgz\nRUN --mount=type=cache,target=/c rm /c/a.tgz"),
]
FOUND = [
    # once overlooked
    ("the old style of tar with f before z",
     "RUN cd /tmp && wget https://x/a-1.tgz && tar xvfz a-1.tgz", ["LAY006@2", "LAY007@2"]),
    ("a tree from it, installed from",
     "RUN cd /tmp && wget https://x/a-1.tgz && tar xvfz a-1.tgz && rm a-1.tgz && cd a-1 && make install", ["LAY007@2"]),
    ("a file copied into a folder of every image",
     "COPY run.sh /usr/local/bin\nRUN chmod 755 /usr/local/bin/run.sh", ["LAY002@3"]),
    ("files copied into a folder made before, by one COPY each",
     "RUN mkdir -p /etc/x\nCOPY a.conf /etc/x\nCOPY b.conf /etc/x\nRUN chmod 640 /etc/x/*", ["LAY002@5"]),
    ("what a pattern copied, under the same pattern",
     "COPY *.deb /tmp/\nRUN dpkg -i /tmp/*.deb && rm /tmp/*.deb", ["LAY001@3"]),
    ("a source whose folder is not known",
     "COPY $CLOUD/setup.sh /tmp/\nRUN sh /tmp/setup.sh && rm /tmp/setup.sh", ["LAY001@3"]),
    ("packages that sudo removes inside a shell",
     "RUN apt-get install -y gcc\nRUN sudo sh -c 'apt-get purge -y gcc'", ["LAY005@3"]),
    ("part of what COPY brought, with nothing between that could have made it",
     "COPY . /app\nRUN rm -rf /app/.git", ["LAY001@3"]),
    ("a URL with a query",
     "ADD https://x/a.tar.gz?raw=1 /tmp/\nRUN tar xf /tmp/a.tar.gz -C /opt && rm /tmp/a.tar.gz", ["LAY001@3"]),
    ("a bare exit behind ||, which fails the build",
     "COPY a.sh /a.sh\nRUN grep -q x /etc/y || exit && chmod +x /a.sh", ["LAY002@3"]),
    ("sed before chmod: it is sed that stores the file again",
     "ADD ./x-init /etc/init.d/x\nRUN sed -i s/a/b/ /etc/init.d/x \\\n && chmod +x /etc/init.d/x", ["LAY002@3"]),
    ("a folder whose archive alone is deleted",
     "RUN cd /tmp && wget https://x/a-1.tgz && tar xf a-1.tgz && rm a-1.tgz", ["LAY007@2"]),
    ("a source tree in which the container starts a program of another place",
     "RUN git clone --depth 1 https://x/y /src && make -C /src install\nWORKDIR /src\nCMD [\"/usr/local/bin/y\"]",
     ["LAY007@2"]),
    ("a source tree that a variable of the build names",
     "ENV SRC=/src\nRUN git clone --depth 1 https://x/y $SRC && make -C $SRC install\nCMD [\"y\"]", ["LAY007@3"]),
    ("the history of a clone in which the program starts",
     "RUN git clone https://x/y /opt/y && make -C /opt/y install\nENTRYPOINT [\"/opt/y/bin/y\"]", ["LAY007@2"]),
    ("an apt clean-up of its own, even where the image has done it already",
     "RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\nRUN apt-get clean", ["LAY004@3"]),
]
# fmt: on


@pytest.mark.parametrize("body", [row[1] for row in SILENT], ids=[row[0] for row in SILENT])
def test_silent(body: str) -> None:
    assert found(body) == []


@pytest.mark.parametrize(("body", "expected"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_found(body: str, expected: list[str]) -> None:
    assert found(body) == expected


def test_a_sum_of_which_a_part_is_not_known_is_a_lower_bound() -> None:
    body = "RUN dd if=/dev/zero of=/a bs=1M count=1\nRUN curl -o /b https://x/b\nRUN"
    said = {"rm /a": "stored its 1.049 MB", "rm /a /b": "stored at least 1.049 MB", "rm /b": "what it"}
    for late, word in said.items():
        (finding,) = check_source(Source(f"FROM debian:12\n{body} {late}\n"), Settings(select=("LAY001",)))
        assert word in finding.message, finding.message


@pytest.mark.parametrize(
    ("late", "reason"),
    [
        ("apt-get dist-upgrade -y", "reads what the clean-up deletes"),
        ("apt-get install -y git", "reads what the clean-up deletes"),
        ("./install.sh", "a script"),
        ("bash install.sh", "a script"),
        ("curl https://x/i | bash -s -- -y", "a script"),
        (". ./configure.in.sh", "a script"),
    ],
)
def test_a_clean_up_is_not_moved_before_what_needs_the_cache(late: str, reason: str) -> None:
    text = (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nENV A=b\n"
        f"RUN {late} && rm -rf /var/lib/apt/lists/*\n"
    )
    result = fix(Source(text), Settings(select=("LAY004",)))
    assert result.text == text
    assert [reason in f.withheld.reason for f in result.withheld if f.withheld] == [True]


def test_a_clean_up_is_moved_where_nothing_needs_the_cache() -> None:
    text = (
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nENV A=b\n"
        "RUN echo done > /x; { echo a; echo b; } > /y; rm -rf /var/lib/apt/lists/*\n"
    )
    result = fix(Source(text), Settings(select=("LAY004",)))
    assert "install -y curl && rm -rf /var/lib/apt/lists/*\n" in result.text


@pytest.mark.parametrize(
    "between",
    [
        "./configure --prefix=/usr",
        ". /usr/local/nvm/nvm.sh && nvm install 20",
        "bash /root/Miniconda3-latest-Linux-x86_64.sh -b",
        "/etc/init.d/postgresql start",
        "./mvnw package",
        "/opt/venv/bin/pip install --no-cache-dir x",
    ],
)
def test_scripts_that_install_no_system_packages_need_no_lists(between: str) -> None:
    text = f"FROM debian:12\nRUN apt-get update && apt-get install -y curl\nENV A=b\nRUN {between}\n"
    result = fix(Source(text), Settings(select=("PKG001",)))
    assert "install -y curl && rm -rf /var/lib/apt/lists/*\n" in result.text


UPDATED = "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nENV A=b\n"


@pytest.mark.parametrize(
    "late",
    [
        "RUN setup.sh",
        "COPY tool /usr/local/bin/\nRUN tool",
        "COPY prepare.sh /usr/local/bin/prepare\nRUN prepare",
        "RUN /usr/local/bin/install_deps.sh",
        "RUN install-deps",
        "RUN make install-deps",
        "RUN make -C x setup",
        "RUN python3 tools/install_build_deps.py",
        "ONBUILD RUN apt-get install -y git",
        'CMD ["sh", "-c", "apt-get install -y git && git pull"]',
    ],
)
def test_what_may_need_the_lists_later_keeps_them(late: str) -> None:
    text = f"{UPDATED}{late}\n"
    result = fix(Source(text), Settings(select=("PKG001",)))
    assert result.text == text
    assert [f.withheld is not None for f in result.withheld] == [True]


@pytest.mark.parametrize(
    "late",
    [
        "RUN make && make install",
        "RUN python3 setup.py install",
        "RUN php /tmp/composer-setup.php",
        "RUN docker-php-ext-install zip",
        "COPY --from=composer /usr/bin/composer /usr/bin/\nRUN composer about",
        "ONBUILD RUN apt-get update && apt-get install -y git",
        "RUN apt-key add x",
    ],
)
def test_what_needs_no_lists_later_lets_them_go(late: str) -> None:
    result = fix(Source(f"{UPDATED}{late}\n"), Settings(select=("PKG001",)))
    assert "install -y curl && rm -rf /var/lib/apt/lists/*\n" in result.text
