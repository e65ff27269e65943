"""RUN bodies before and after, and whether the gate may let them pass. Most are facts of dash and bash, executed."""

from __future__ import annotations

from typing import NamedTuple


class Join(NamedTuple):
    """Two RUN bodies, what joining them without thought gives, and what is right (None: nothing is)."""

    name: str
    first: str
    second: str
    naive: str
    right: str | None
    naive_is_right: bool = False


JOINS = [
    Join(
        "cd",
        "cd src && cat m >/dev/null",
        "cp m out",
        "cd src && cat m >/dev/null && cp m out",
        "(cd src && cat m >/dev/null) && cp m out",
    ),
    Join(
        "or in second",
        "false",
        "test -d x || mkdir x",
        "false && test -d x || mkdir x",
        "false && { test -d x || mkdir x; }",
    ),
    Join(
        "list in second",
        "false",
        "echo a >a; echo b >b",
        "false && echo a >a; echo b >b",
        "false && { echo a >a; echo b >b; }",
    ),
    Join("trailing semicolon", "echo a >a;", "echo b >b", "echo a >a; && echo b >b", "echo a >a && echo b >b"),
    Join("trailing ampersand", "sleep 0 &", "echo b >b", "sleep 0 & && echo b >b", None),
    # One errexit list: `ok` left of `&&` is a single command, so that nothing is ignored that was not before.
    Join(
        "set -e joined by &&",
        "set -e; false; echo ok >ok",
        "echo b >b",
        "set -e; false; echo ok >ok && echo b >b",
        None,
        True,
    ),
    Join(
        "set -e joined by ;",
        "set -e; false; echo ok >ok",
        "set -e; echo b >b",
        "(set -e; false; echo ok >ok) && echo b >b",
        "set -e; false; echo ok >ok; echo b >b",
    ),
    Join(
        "set -f",
        'set -f; echo "*.txt" >/dev/null',
        "cat *.txt >all",
        'set -f; echo "*.txt" >/dev/null && cat *.txt >all',
        '(set -f; echo "*.txt" >/dev/null) && cat *.txt >all',
    ),
    Join(
        "export",
        "export X=1 && echo $X >a",
        'echo "[$X]" >b',
        'export X=1 && echo $X >a && echo "[$X]" >b',
        '(export X=1 && echo $X >a) && echo "[$X]" >b',
    ),
    Join(
        "function",
        "ls() { echo fake; }; ls >a",
        "ls >b",
        "ls() { echo fake; }; ls >a && ls >b",
        "(ls() { echo fake; }; ls >a) && ls >b",
    ),
    Join(
        "exit",
        "test -e nofile || exit 0; echo never >n",
        "echo b >b",
        "test -e nofile || exit 0; echo never >n && echo b >b",
        "(test -e nofile || exit 0; echo never >n) && echo b >b",
    ),
    Join("exec", "exec true", "echo b >b", "exec true && echo b >b", "(exec true) && echo b >b"),
    Join(
        "umask",
        "umask 077 && echo k >key",
        "echo app >app && stat -c %a app >mode",
        "umask 077 && echo k >key && echo app >app && stat -c %a app >mode",
        "(umask 077 && echo k >key) && echo app >app && stat -c %a app >mode",
    ),
    Join(
        "ulimit",
        "ulimit -n 64 && make",
        "make check",
        "ulimit -n 64 && make && make check",
        "(ulimit -n 64 && make) && make check",
    ),
    Join(
        "trap",
        'trap "rm -rf tmpd" EXIT; echo x >x',
        "test ! -d tmpd && echo gone >g",
        'trap "rm -rf tmpd" EXIT; echo x >x && test ! -d tmpd && echo gone >g',
        '(trap "rm -rf tmpd" EXIT; echo x >x) && test ! -d tmpd && echo gone >g',
    ),
    Join(
        "set --",
        "set -- p q; echo $1 >a",
        'echo "[$1]" >b',
        'set -- p q; echo $1 >a && echo "[$1]" >b',
        '(set -- p q; echo $1 >a) && echo "[$1]" >b',
    ),
    Join(
        "exec redirection",
        "exec >log; echo one",
        "echo two",
        "exec >log; echo one && echo two",
        "(exec >log; echo one) && echo two",
    ),
    Join(
        "command hash",
        "PATH=$PWD/b2:$PWD/b1:$PATH; tool >/dev/null; mv b1/tool b2/tool",
        "tool >out",
        "PATH=$PWD/b2:$PWD/b1:$PATH; tool >/dev/null; mv b1/tool b2/tool && tool >out",
        "(PATH=$PWD/b2:$PWD/b1:$PATH; tool >/dev/null; mv b1/tool b2/tool) && tool >out",
    ),
    Join(
        "pip upgrades itself",
        "pip install -U pip",
        "pip install flask",
        "pip install -U pip && pip install flask",
        "(pip install -U pip) && pip install flask",
    ),
    Join(
        "background job",
        "(sleep 1; echo late >late) & echo a >a",
        "sleep 1.5; test -e late",
        "(sleep 1; echo late >late) & echo a >a && sleep 1.5; test -e late",
        None,
    ),
    Join(
        "cd that fails",
        "cd nodir || true",
        "echo b >b",
        "cd nodir || true && echo b >b",
        "(cd nodir || true) && echo b >b",
    ),
    Join("pipe", "false | cat", "echo b >b", "false | cat && echo b >b", "{ false | cat; } && echo b >b", True),
    Join(
        "IFS",
        "IFS=:; x=a:b; for i in $x; do echo $i; done >a",
        'y="p q"; for i in $y; do echo $i; done >b',
        'IFS=:; x=a:b; for i in $x; do echo $i; done >a && y="p q"; for i in $y; do echo $i; done >b',
        '(IFS=:; x=a:b; for i in $x; do echo $i; done >a) && y="p q" && for i in $y; do echo $i; done >b',
    ),
    Join("negation", "! test -e zz", "echo b >b", "! test -e zz && echo b >b", "! test -e zz && echo b >b", True),
    Join(
        "or in first",
        "false || echo f >f",
        "echo b >b",
        "false || echo f >f && echo b >b",
        "false || echo f >f && echo b >b",
        True,
    ),
    Join("comment at the end", "echo a >a # note", "echo b >b", "echo a >a # note && echo b >b", None),
    Join(
        "pipefail",
        "set -o pipefail; a | b",
        "c | d",
        "set -o pipefail; a | b && c | d",
        "(set -o pipefail; a | b) && c | d",
    ),
    Join("alias", "alias ll=ls && true", "ll", "alias ll=ls && true && ll", None),
    Join(
        "source",
        ". ./env.sh && make",
        "make install",
        ". ./env.sh && make && make install",
        "(. ./env.sh && make) && make install",
    ),
    Join("eval", 'eval "$X"', "make", 'eval "$X" && make', None),
    Join("process number", "make", "echo $$ >pid", "make && echo $$ >pid", None),
    Join("random", "make", "echo $RANDOM >r", "make && echo $RANDOM >r", None),
    Join("wait", "make", "wait", "make && wait", None),
    Join("own name", "make", "echo $0", "make && echo $0", None),
    Join("computed command", "make", "$CMD x", "make && $CMD x", None),
    Join(
        "usermod",
        "usermod -d /home/new root && usermod -aG docker root",
        "touch ~/x",
        "usermod -d /home/new root && usermod -aG docker root && touch ~/x",
        None,
    ),
    Join("useradd of another", "useradd app", "touch /x", "useradd app && touch /x", "useradd app && touch /x", True),
    Join(
        "profile",
        "echo 'export PATH=/opt/x/bin:$PATH' >> /etc/profile.d/x.sh",
        "xtool",
        "echo 'export PATH=/opt/x/bin:$PATH' >> /etc/profile.d/x.sh && xtool",
        None,
    ),
    Join("bashrc", "echo x >> ~/.bashrc", "xtool", "echo x >> ~/.bashrc && xtool", None),
    Join(
        "service",
        "service mysql start && mysql -e 'create database a'",
        "rm -f /var/lib/mysql/ib_logfile0",
        "service mysql start && mysql -e 'create database a' && rm -f /var/lib/mysql/ib_logfile0",
        None,
    ),
    Join(
        "daemon",
        "mongod --fork --logpath /l && mongo init.js",
        "rm /l",
        "mongod --fork --logpath /l && mongo init.js && rm /l",
        None,
    ),
    Join(
        "hosts file",
        "echo '1.2.3.4 a' >> /etc/hosts && curl a",
        "curl b",
        "echo '1.2.3.4 a' >> /etc/hosts && curl a && curl b",
        None,
    ),
    Join("shared memory", "cp x /dev/shm/x", "test ! -e /dev/shm/x", "cp x /dev/shm/x && test ! -e /dev/shm/x", None),
    Join("the folder itself goes", "make && rm -rf ../src", "pwd", "make && rm -rf ../src && pwd", None),
    Join("template marker", "echo {{ version }}", "make", "echo {{ version }} && make", None),
    Join(
        "default assigned",
        ": ${V:=1} && make",
        "echo $V",
        ": ${V:=1} && make && echo $V",
        "(: ${V:=1} && make) && echo $V",
    ),
    Join(
        "loop variable",
        "for i in a b; do touch $i; done",
        "echo [$i]",
        "for i in a b; do touch $i; done && echo [$i]",
        "(for i in a b; do touch $i; done) && echo [$i]",
    ),
    Join(
        "read",
        "read x <f && touch $x",
        "echo [$x]",
        "read x <f && touch $x && echo [$x]",
        "(read x <f && touch $x) && echo [$x]",
    ),
    Join("plain", "a && b", "c && d", "a && b && c && d", "a && b && c && d", True),
    Join("plain, needless parentheses", "a && b", "c", "a && b && c", "( a && b ) && c", True),
    Join("list then command", "a; b", "c", "a; b && c", "{ a; b; } && c", True),
    Join("list then or", "a; b", "c || d", "a; b && c || d", "(a; b) && { c || d; }"),
    Join("if", "if a; then b; fi", "c", "if a; then b; fi && c", "(if a; then b; fi) && c", True),
    Join("or, list", "a || b", "c; d", "a || b && c; d", "{ a || b; } && { c; d; }"),
    Join("set -x does not matter", "set -x && a", "b", "set -x && a && b", "(set -x && a) && b", True),
    Join("nounset matters", "set -u && a", 'b "$X"', 'set -u && a && b "$X"', '(set -u && a) && b "$X"'),
    Join(
        "shift",
        "set -- a b; shift; c $1",
        "d $1",
        "set -- a b; shift; c $1 && d $1",
        "(set -- a b; shift; c $1) && d $1",
    ),
    Join("break out of a list", "return 0", "b", "return 0 && b", "(return 0) && b"),
    Join(
        "assignment before a special built-in", "X=1 . ./f", "echo $X", "X=1 . ./f && echo $X", "(X=1 . ./f) && echo $X"
    ),
    Join(
        "arithmetic",
        "i=1; echo $((i=i+1))",
        "echo $i",
        "i=1; echo $((i=i+1)) && echo $i",
        "(i=1; echo $((i=i+1))) && echo $i",
    ),
    Join("printf -v", "printf -v X a", "echo $X", "printf -v X a && echo $X", "(printf -v X a) && echo $X"),
]

BASH = 'SHELL ["/bin/bash", "-eo", "pipefail", "-c"]'


class Pair(NamedTuple):
    """What stands between FROM and the end of the file, before and after."""

    name: str
    before: str
    after: str


ACCEPTED = [
    Pair("a service that is only asked", "RUN nginx -t\nRUN a", "RUN nginx -t && a"),
    Pair(
        "an account of another",
        "RUN usermod -aG docker app && groupmod -g 5 tty\nRUN a",
        "RUN usermod -aG docker app && groupmod -g 5 tty && a",
    ),
    Pair("a shell that is only asked", "RUN ls -l /bin/sh\nRUN a", "RUN ls -l /bin/sh && a"),
    Pair("three RUNs", "RUN a\nRUN b\nRUN c", "RUN a && b && c"),
    Pair("continuations", "RUN a\nRUN b", "RUN a \\\n    && b"),
    Pair("operators at the end of the line", "RUN a\nRUN b", "RUN a && \\\n    b"),
    Pair("comment between", "RUN a\n# why\nRUN b", "RUN a \\\n    # why\n    && b"),
    Pair("shell comment moved out", "RUN a # why\nRUN b", "RUN a \\\n    # why\n    && b"),
    Pair("comment inside", "RUN a \\\n  # why\n  && b\nRUN c", "RUN a \\\n  # why\n  && b \\\n  && c"),
    Pair("blank line inside", "RUN a \\\n\n  && b\nRUN c", "RUN a \\\n\n  && b \\\n  && c"),
    Pair("only layout", "RUN a && b", "RUN a \\\n && b"),
    Pair(
        "same flags",
        "RUN --mount=type=cache,target=/c a\nRUN --mount=type=cache,target=/c b",
        "RUN --mount=type=cache,target=/c a && b",
    ),
    Pair(
        "same flags in another order",
        "RUN --network=none --security=sandbox a\nRUN --security=sandbox --network=none b",
        "RUN --network=none --security=sandbox a && b",
    ),
    Pair("in a later stage", "RUN a\nFROM y\nRUN b\nRUN c", "RUN a\nFROM y\nRUN b && c"),
    Pair("errexit SHELL, plain chains", f"{BASH}\nRUN a && b\nRUN c", f"{BASH}\nRUN a && b && c"),
    Pair("errexit SHELL, lists by ;", f"{BASH}\nRUN a; b\nRUN c; d", f"{BASH}\nRUN a; b; c; d"),
    Pair("errexit SHELL, single list last", f"{BASH}\nRUN a\nRUN c; d", f"{BASH}\nRUN a; c; d"),
    Pair("set -e kept once", "RUN set -e; a; b\nRUN set -e; c; d", "RUN set -e; a; b; c; d"),
    Pair("set -eux kept twice", "RUN set -eux; a\nRUN set -eux; b", "RUN set -eux; a; set -eux; b"),
    Pair("set -ex && chains", "RUN set -ex && a && b\nRUN set -ex && c", "RUN (set -ex && a && b) && set -ex && c"),
    Pair(
        "if under set -e", "RUN set -e; if a; then b; c; fi; d\nRUN set -e; e", "RUN set -e; if a; then b; c; fi; d; e"
    ),
    Pair("state on both sides", "RUN cd a && b\nRUN cd c && d", "RUN (cd a && b) && cd c && d"),
    Pair("three, all isolated", "RUN cd a && b\nRUN cd c && d\nRUN e", "RUN (cd a && b) && (cd c && d) && e"),
    Pair(
        "nvm",
        "RUN . /nvm.sh && nvm install 20\nRUN . /nvm.sh && npm i -g x",
        "RUN (. /nvm.sh && nvm install 20) && (. /nvm.sh && npm i -g x)",
    ),
    Pair("or at the end", "RUN a\nRUN b || true", "RUN a && { b || true; }"),
    Pair("pipe in the middle", "RUN a | b\nRUN c", "RUN a | b && c"),
    Pair("quoted text is left alone", "RUN echo 'a && b; c'\nRUN d", "RUN echo 'a && b; c' && d"),
    Pair("substitution", 'RUN a "$(b; c)"\nRUN d', 'RUN a "$(b; c)" && d'),
    Pair("case", "RUN case $A in x) b;; *) c;; esac\nRUN d", "RUN case $A in x) b;; *) c;; esac && d"),
    Pair(
        "while read", "RUN cat f | while read x; do a $x; done\nRUN b", "RUN cat f | while read x; do a $x; done && b"
    ),
    Pair("useless group", "RUN a && b", "RUN { a && b; }"),
    Pair("list is a group", "RUN a; b; c", "RUN { a; b; }; c"),
    Pair("exit at the very end", "RUN a\nRUN b || exit 1", "RUN a && { b || exit 1; }"),
    Pair("service in the last", "RUN a\nRUN service mysql start && b", "RUN a && service mysql start && b"),
    Pair("volatile RUN untouched", "RUN a\nRUN b\nRUN echo $RANDOM", "RUN a && b\nRUN echo $RANDOM"),
    Pair("exec form untouched", 'RUN a\nRUN b\nRUN ["x"]', 'RUN a && b\nRUN ["x"]'),
    Pair("heredoc untouched", "RUN a\nRUN b\nRUN <<EOF\nc\nEOF", "RUN a && b\nRUN <<EOF\nc\nEOF"),
    Pair(
        "powershell untouched",
        'RUN a\nRUN b\nSHELL ["powershell", "-c"]\nRUN $x = 1; y',
        'RUN a && b\nSHELL ["powershell", "-c"]\nRUN $x = 1; y',
    ),
    Pair("ONBUILD untouched", "RUN a\nRUN b\nONBUILD RUN c", "RUN a && b\nONBUILD RUN c"),
    Pair("keyword's case", "run a\nrun b", "run a && b"),
    Pair(
        "pragma stays",
        "RUN a\nRUN b\n# hadolint ignore=DL3008\nRUN c\nUSER u",
        "RUN a && b\n# hadolint ignore=DL3008\nRUN c\nUSER u",
    ),
]

REFUSED = [
    Pair(
        "the shell is replaced",
        "RUN rm /bin/sh && ln -s /bin/bash /bin/sh\nRUN a",
        "RUN rm /bin/sh && ln -s /bin/bash /bin/sh && a",
    ),
    Pair(
        "the shell is replaced by debconf",
        "RUN dpkg-reconfigure -p critical dash\nRUN a",
        "RUN dpkg-reconfigure -p critical dash && a",
    ),
    Pair("a mount of the RUN's own", "RUN mount -t tmpfs none /x && a\nRUN b", "RUN mount -t tmpfs none /x && a && b"),
    Pair("an ERR trap", "RUN set -e; trap x ERR; a; b", "RUN set -e; trap x ERR; a && b"),
    Pair(
        "what command -v says",
        "RUN pip -V && pip install -U pip\nRUN command -v pip >f",
        "RUN pip -V && pip install -U pip && command -v pip >f",
    ),
    Pair("USER between", "RUN a\nUSER u\nRUN b", "RUN a && b\nUSER u"),
    Pair("WORKDIR between", "RUN a\nWORKDIR /w\nRUN b", "WORKDIR /w\nRUN a && b"),
    Pair("ENV between", "RUN a\nENV X=1\nRUN b", "ENV X=1\nRUN a && b"),
    Pair("ARG between", "RUN a\nARG X=1\nRUN b", "ARG X=1\nRUN a && b"),
    Pair("SHELL between", f"RUN a\n{BASH}\nRUN b", f"{BASH}\nRUN a && b"),
    Pair("COPY between", "RUN a\nCOPY x y\nRUN b", "COPY x y\nRUN a && b"),
    Pair("other mount", "RUN --mount=type=secret,id=t a\nRUN b", "RUN --mount=type=secret,id=t a && b"),
    Pair("mount glued into the chain", "RUN a\nRUN --network=none b", "RUN a && --network=none b"),
    Pair("mount lost", "RUN --mount=type=cache,target=/c a", "RUN a"),
    Pair("mount option lost", "RUN --mount=type=bind,target=/c,rw a", "RUN --mount=type=bind,target=/c a"),
    Pair(
        "tmpfs mount",
        "RUN --mount=type=tmpfs,target=/t a >/t/x\nRUN --mount=type=tmpfs,target=/t b",
        "RUN --mount=type=tmpfs,target=/t a >/t/x && b",
    ),
    Pair(
        "writable bind mount",
        "RUN --mount=type=bind,target=/t,rw a\nRUN --mount=type=bind,target=/t,rw b",
        "RUN --mount=type=bind,target=/t,rw a && b",
    ),
    Pair("exec form", 'RUN ["a", "b"]\nRUN c', "RUN a b && c"),
    Pair("heredocs", "RUN <<EOF\na\nEOF\nRUN b", "RUN a && b"),
    Pair("redirected heredoc", "RUN cat <<EOF >f\na\nEOF\nRUN b", "RUN cat <<EOF >f && b\na\nEOF"),
    Pair("login shell", 'SHELL ["/bin/bash", "-lc"]\nRUN a\nRUN b', 'SHELL ["/bin/bash", "-lc"]\nRUN a && b'),
    Pair("BASH_ENV", "ENV BASH_ENV=/e\nRUN a\nRUN b", "ENV BASH_ENV=/e\nRUN a && b"),
    Pair("zsh", 'SHELL ["/bin/zsh", "-c"]\nRUN a\nRUN b', 'SHELL ["/bin/zsh", "-c"]\nRUN a && b'),
    Pair("powershell", 'SHELL ["powershell", "-c"]\nRUN a\nRUN b', 'SHELL ["powershell", "-c"]\nRUN a; b'),
    Pair("cmd", 'SHELL ["cmd", "/S", "/C"]\nRUN a\nRUN b', 'SHELL ["cmd", "/S", "/C"]\nRUN a && b'),
    Pair("unknown shell", 'SHELL ["/bin/tcl", "-c"]\nRUN a\nRUN b', 'SHELL ["/bin/tcl", "-c"]\nRUN a && b'),
    Pair("ONBUILD", "ONBUILD RUN a\nONBUILD RUN b", "ONBUILD RUN a && b"),
    Pair(
        "pragma between", "RUN a\n# hadolint ignore=DL3008\nRUN b", "RUN a \\\n    # hadolint ignore=DL3008\n    && b"
    ),
    Pair("pragma over the first", "# hadolint ignore=DL3008\nRUN a\nRUN b", "# hadolint ignore=DL3008\nRUN a && b"),
    Pair("pragma over another", "# nosec\nRUN a\nRUN b\nUSER u", "RUN a\n# nosec\nRUN b\nUSER u"),
    Pair("pragma pushed away", "# hadolint ignore=DL3008\nRUN a", "# hadolint ignore=DL3008\n\nRUN a"),
    Pair(
        "shellcheck pragma inside",
        "RUN a \\\n  # shellcheck disable=SC1\n  && b",
        "RUN a \\\n  && b \\\n  # shellcheck disable=SC1\n",
    ),
    Pair("errexit lost in a group", "RUN set -e; a; b\nRUN c", "RUN { set -e; a; b; } && c"),
    Pair("errexit lost in a condition", "RUN set -e; a; b\nRUN c", "RUN if (set -e; a; b); then c; fi"),
    Pair("errexit SHELL, list grouped", f"{BASH}\nRUN a; b\nRUN c", f"{BASH}\nRUN {{ a; b; }} && c"),
    Pair("errexit SHELL, list in a subshell", f"{BASH}\nRUN cd x; b\nRUN c", f"{BASH}\nRUN (cd x; b) && c"),
    Pair("errexit, a chain now in the middle", "RUN set -e; a; b && c\nRUN set -e; d", "RUN set -e; a; b && c; d"),
    Pair("errexit over one that had none", "RUN set -e; a\nRUN b; c", "RUN set -e; a; b; c"),
    Pair("errexit over one that had none, by &&", "RUN set -e; a; b\nRUN c; d", "RUN set -e; a; b && c; d"),
    Pair("errexit turned on", "RUN a; b", "RUN set -e; a; b"),
    Pair("errexit turned off", "RUN set -e; a; b", "RUN a; b"),
    Pair("set -e dropped where it hardly matters", "RUN set -e && a", "RUN a"),
    Pair("trailing ampersand", "RUN a", "RUN a &"),
    Pair("&> in sh", "RUN a &> log\nRUN b", "RUN a &> log && b"),
    Pair("split of a chain with state", "RUN cd a && b", "RUN cd a\nRUN b"),
    Pair("order of RUNs", "RUN a\nRUN b", "RUN b\nRUN a"),
    Pair("a comment made of a command", "RUN a \\\n  && b", "RUN a \\\n  # && b"),
    Pair("comment lost", "# why\nRUN a", "RUN a"),
    Pair("comment invented", "RUN a", "# why\nRUN a"),
    Pair("comment inside lost", "RUN a \\\n  # why\n  && b", "RUN a \\\n  && b"),
    Pair("a flag of COPY", "COPY --from=x a b", "COPY a b"),
    Pair("COPY's chown", "COPY a b", "COPY --chown=app a b"),
    Pair("ADD to COPY", "ADD a b", "COPY a b"),
    Pair("CMD's form", 'CMD ["a"]', "CMD a"),
    Pair("ENV's quotes", 'ENV A="b c"', "ENV A=b c"),
    Pair("HEALTHCHECK", "HEALTHCHECK CMD a", "HEALTHCHECK NONE"),
    Pair("unlicensed label", "MAINTAINER a", "LABEL org.opencontainers.image.authors=a"),
    Pair("unlicensed clean-up", "RUN apt-get update", "RUN apt-get update && rm -rf /var/lib/apt/lists/*"),
    Pair("unlicensed option", "RUN pip install a", "RUN pip install --no-cache-dir a"),
    Pair("WORKDIR deleted", "WORKDIR /w\nRUN rm -rf /w\nRUN a", "WORKDIR /w\nRUN rm -rf /w && a"),
    Pair(
        "WORKDIR's parent deleted by variable",
        "ENV D=/w\nWORKDIR /w/x\nRUN rm -rf $D\nRUN a",
        "ENV D=/w\nWORKDIR /w/x\nRUN rm -rf $D && a",
    ),
    Pair(
        "numeric user gets a name",
        "USER 1000\nRUN sudo useradd -u 1000 app\nRUN cd ~",
        "USER 1000\nRUN sudo useradd -u 1000 app && cd ~",
    ),
]
