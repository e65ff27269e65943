"""Shell bodies with every kind of state, run one after the other in shells of their own, or as one."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

BODIES = r"""
echo a >a
true
false
echo a >>log; echo b >>log
false; echo c >>log
false || echo d >>log
true || echo e >>log
false && echo f >>log
test -f a && rm a
test -f a || touch a
[ -e zz ] && echo zz >>log || true
cd d && echo x >x
cd d; pwd >>log
cd nodir; echo n >>log
(cd d && echo y >y)
{ cd d; }
{ echo g >>log; false; }
(false; echo h >>log)
(exit 3)
(exit 0)
exit 0
exit 3
exit
false; exit
echo i >>log; exit 0
test -e zz || exit 0; echo j >>log
exec true
exec false
exec echo k >>log
exec >out
exec 2>err; ls nosuch
X=1
X=1; echo "$X" >>log
X=1 && export X
export Y=2; sh -c 'echo $Y' >>log
echo "[$X$Y]" >>log
unset HOME; echo "${HOME-none}" >>log
echo "${HOME-none}" >>log
set -e; false; echo l >>log
set -e; true; echo m >>log
set -e
set -eu; echo ok >>log
set -u; echo "$NOPE" >>log
set +e; false; echo o >>log
set -f; echo * >>log
echo * >>log
set -x; echo p >>log
set -- q r; echo $1 >>log
echo "[$1]$#" >>log
IFS=:; v=a:b; for i in $v; do echo $i; done >>log
v="s t"; for i in $v; do echo $i; done >>log
for i in 1 2; do echo $i >>log; done
for i in 1 2; do false; done
for i in 1 2; do test $i = 1 || false; done; echo u >>log
while false; do :; done
until true; do :; done; false
if false; then echo v >>log; fi
if true; then false; fi
if false; then :; else echo w >>log; fi && echo x >>log
case a in a) echo y >>log;; esac
case a in b) ;; esac
case a in a) false;; esac
f() { echo z >>log; }; f
f() { exit 0; }; f; echo never >>log
ls() { echo fake >>log; }; ls
f
umask 077; echo 1 >priv
touch pub; stat -c %a pub >>log
trap 'echo bye >>log' EXIT
trap 'echo bye >>log' EXIT; false
trap 'rm -rf d' EXIT; echo t >>log
! false
! true
! true; echo neg >>log
true | false
false | true
false | cat; echo pipe >>log
echo p | cat >>log
echo 2 >>log;
echo 3 >>log; true;
{ echo 4 >>log; } && false
(echo 5 >>log) || true
true && { false || true; }
false || { echo 6 >>log; false; }
echo 7 >>log || false && echo 8 >>log
false && true || echo 9 >>log
: ${Z:=1}; echo $Z >>log
echo "$Z" >>log
read l <a; echo "$l" >>log
echo '(' >>log; echo "{" >>log
echo "a && b" '; c' >>log
alias ll=ls
eval 'X=5'
command true
command -v ls >>log
hash -r
cat <a >>log
cat nosuch 2>/dev/null
cat nosuch 2>/dev/null; true
echo $? >>log
true; echo $? >>log
ulimit -n 64; ulimit -n >>log
ulimit -n 100 && true
test -d d && { rm -rf d; echo 10 >>log; }
rmdir d || true
mkdir -p e/f && cd e/f && echo deep >g
mv a b
: >a
>a
echo tail >>log # a comment
echo "#no" >>log
return 0
break
shift
false; :
. ./lib.sh
. ./lib.sh; echo "$LIB" >>log
echo "$LIB" >>log
printf 'x\n' >>log && false || printf 'y\n' >>log
[ "$X" = 1 ] && echo one >>log
wait
sleep 0 & wait
cd d
""".strip().split("\n")


def leaves(
    shell: Sequence[str], bodies: Sequence[str], folder: Path, setup: str = "true"
) -> list[tuple[str, int, str]] | None:
    """Path, mode and text of all that bodies leave in a fresh folder; None when one fails, as the build does."""
    (folder / "d").mkdir(parents=True)
    (folder / "a").write_text("one\n")
    (folder / "lib.sh").write_text("LIB=5; cd d\n")
    environment = {"PATH": os.environ["PATH"], "HOME": "/root"}
    for body in (setup, *bodies):
        done = subprocess.run(
            [*shell, body], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=20
        )
        if done.returncode:
            return None
    found = []
    for path in sorted(folder.rglob("*")):
        text = path.read_text(errors="replace").replace(str(folder), "@") if path.is_file() else ""
        found.append((str(path.relative_to(folder)), path.stat().st_mode, text))
    return found


def main(count: int, length: int, seed: int) -> int:
    """Try `count` rows of `length` bodies in each shell; print what differs."""
    import random

    from test_join import SHELLS, one_body

    pick, wrong, tried = random.Random(seed), 0, 0
    for _ in range(count):
        shell = SHELLS[pick.choice(list(SHELLS))]
        bodies = tuple(pick.choice(BODIES) for _ in range(length))
        body = one_body(shell, bodies)
        if body is None:
            continue
        tried += 1
        with tempfile.TemporaryDirectory() as folder:
            apart, together = leaves(shell, bodies, Path(folder, "a")), leaves(shell, (body,), Path(folder, "b"))
        if apart != together:
            wrong += 1
            print(shell, bodies, body, apart, together, sep="\n  ")
    print(f"{count} rows of {length}, {tried} joined, {wrong} different")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(*(int(a) for a in (*sys.argv[1:], *("1000", "2", "1")[len(sys.argv) - 1 :]))))
