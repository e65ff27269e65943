"""Package managers: the tables against the rule pages, and their commands in the clothes that people put on them."""

from __future__ import annotations

import json

import pytest

from dockerlint import catalogue
from dockerlint.catalogue import managers as compiler
from dockerlint.catalogue.pages import read
from dockerlint.costs import cost
from dockerlint.effects.managers import COMPILED, Cache, Manager, configurers, managers
from dockerlint.effects.tools.packages import command_of
from dockerlint.effects.tree import Entry
from dockerlint.engine.run import inspect
from dockerlint.file import File
from dockerlint.rewrite.cleaning import cleaning
from dockerlint.settings import Settings
from dockerlint.source import Source
from dockerlint.verify.cleanups import cleanup

PAGES = [read(path).rule for path in sorted(catalogue.folder().glob("*-left-behind.yaml"))]
CACHE_PAGES = {rule.name: rule for rule in PAGES if rule.module == "cache_left_behind"}
WITH_CACHE = [(m, c) for m in managers().values() for c in m.caches]
IDS = [f"{m.name}-{c.kind}" for m, c in WITH_CACHE]


def ledger(*commands: str, image: str = "example.com/base", before: str = "", flags: str = "") -> list[Entry]:
    """The package caches that a stage still shows at its end."""
    runs = "".join(f"RUN {flags}{command}\n" for command in commands)
    found = File(Source(f"FROM {image}\n{before}{runs}")).shipped
    assert found is not None
    return [entry for entry in found.alive() if entry.cache]


def left(*commands: str, image: str = "example.com/base", before: str = "", flags: str = "") -> set[tuple[str, str]]:
    return {entry.cache for entry in ledger(*commands, image=image, before=before, flags=flags) if entry.cache}


def filler(manager: Manager, cache: Cache, program: str = "") -> str:
    """A command that fills the cache."""
    sub = "-S" if manager.operations else min(cache.filled_by - {""})
    return f"{program or min(manager.programs)} {sub} x"


def test_the_compiled_table_is_not_stale() -> None:
    assert COMPILED.read_text("utf-8") == compiler.compiled(), "run python -m dockerlint.catalogue.compile"


def test_every_file_of_the_table_is_named_after_its_manager() -> None:
    assert {path.stem for path in COMPILED.parent.glob("*.yaml")} == set(managers())


def test_every_page_has_its_data() -> None:
    for name in CACHE_PAGES:
        manager, kind = name.split("-")[:2]
        kinds = {c.kind for c in managers()[manager].caches}
        assert kind == "cache" or kind in kinds


def test_every_manager_with_a_cache_has_its_page() -> None:
    assert {name.split("-")[0] for name in CACHE_PAGES} == {m.name for m, _ in WITH_CACHE}


def test_codes_are_in_the_order_of_the_issue() -> None:
    order = (
        "apk pip npm yarn pnpm bun yum dnf zypper pacman conda poetry uv gem bundle composer"
        " cargo go maven gradle nuget brew"
    )
    assert [CACHE_PAGES[f"{name}-cache-left-behind"].code for name in order.split()] == [
        f"PKG{number:03d}" for number in range(5, 27)
    ]


@pytest.mark.parametrize("rule", CACHE_PAGES.values(), ids=CACHE_PAGES)
def test_a_page_is_triggered_by_the_programs_of_its_manager(rule: catalogue.Rule) -> None:
    manager = managers()[rule.name.split("-")[0]]
    assert rule.triggers is not None
    assert manager.programs <= rule.triggers.commands
    assert not manager.modules or {"python", "python3"} <= rule.triggers.commands


def test_the_layer_rules_are_triggered_by_every_manager() -> None:
    rules = {rule.name: rule.triggers for rule in catalogue.rules()}
    late, removed = rules["cleaned-in-later-layer"], rules["packages-removed-in-later-layer"]
    assert late is not None
    assert removed is not None
    assert {p for m, c in WITH_CACHE if c.emptied_by for p in m.programs} <= late.commands
    assert {p for m in managers().values() if m.uninstall for p in m.programs} <= removed.commands


@pytest.mark.parametrize(("manager", "cache"), WITH_CACHE, ids=IDS)
def test_the_table_says_what_can_be_true(manager: Manager, cache: Cache) -> None:
    assert all(path.startswith(("/", "~/")) for path in (*cache.paths, *cache.root_paths))
    assert cache.cost is None or cost(cache.cost) is not None
    assert not cache.filled_by & cache.emptied_by
    assert cache.option is None or (cache.option in cache.avoided_by and cache.option_for <= cache.filled_by)
    assert not cache.dependencies or cache.needed_by
    assert bool(cache.place) == cache.paths[0].startswith("/~/")
    by_page = [rule for name, rule in CACHE_PAGES.items() if name.startswith(manager.name + "-")]
    assert bool(cache.clean) == any(rule.fix != "none" for rule in by_page)


@pytest.mark.parametrize(("manager", "cache"), WITH_CACHE, ids=IDS)
def test_a_clean_up_that_is_applied_is_one_that_verify_knows(manager: Manager, cache: Cache) -> None:
    name = f"{manager.name}-{cache.kind}-left-behind"
    if name not in CACHE_PAGES or CACHE_PAGES[name].fix != "safe":
        return
    for program in manager.programs:
        for path in (*cache.root_paths[:1], *cache.paths[:1]):
            words = tuple(word.format(program=program, path=path) for word in cache.clean)
            if "dnf5" in words:
                continue  # verify's table has it under dnf's name alone
            assert cleanup(words) is not None, words


@pytest.mark.parametrize(("manager", "cache"), WITH_CACHE, ids=IDS)
@pytest.mark.parametrize(
    "shape",
    [
        "{}",
        "sudo {}",
        "sudo -E -u root {}",
        "env X=1 Y=2 {}",
        "X=1 {}",
        "nice -n 10 {}",
        "timeout -k 5 600 {}",
        "nohup time {}",
        "sh -c '{}'",
        'bash -lc "{}"',
        "/usr/bin/{}",
        "/opt/some/where/bin/{}",
        "echo a b | xargs {}",
        "set -eux; {}; true",
        "( cd /srv && {} )",
        "if test ! -e /x; then exit 1; fi && {}",
    ],
)
def test_a_command_is_known_in_every_wrapping(manager: Manager, cache: Cache, shape: str) -> None:
    for program in sorted(manager.programs):
        assert (manager.name, cache.kind) in left(shape.format(filler(manager, cache, program))), program


@pytest.mark.parametrize(("manager", "cache"), WITH_CACHE, ids=IDS)
def test_a_command_is_known_behind_options(manager: Manager, cache: Cache) -> None:
    command = filler(manager, cache)
    program, _, rest = command.partition(" ")
    for option in sorted(manager.value_options - cache.avoided_by - cache.moved_by):
        assert (manager.name, cache.kind) in left(f"{program} {option} v {rest}"), option
    assert (manager.name, cache.kind) in left(f"{program} --some-switch {rest}")
    assert (manager.name, cache.kind) in left(f"{command} --some-switch -- y")


@pytest.mark.parametrize("manager", [m for m in managers().values() if m.modules], ids=lambda m: m.name)
def test_a_module_is_known(manager: Manager) -> None:
    for module in manager.modules:
        for python in ("python", "python3", "/usr/bin/python3.12", "sudo python3 -u", "pypy3"):
            (invocation,) = File(Source(f"FROM x\nRUN {python} -m {module} install x\n")).invocations
            found = command_of(invocation)
            assert found is not None
            assert (found[0], found[2]) == (manager, "install")


@pytest.mark.parametrize(("manager", "cache"), WITH_CACHE, ids=IDS)
def test_what_fills_it_fills_it(manager: Manager, cache: Cache) -> None:
    program = min(manager.programs)
    for sub in cache.filled_by - {"--sync"}:
        assert (manager.name, cache.kind) in left(f"{program} {sub} x" if sub else program), sub
    assert ((manager.name, cache.kind) in left(f"{program} some-other-word")) == ("*" in cache.filled_by)
    assert (manager.name, cache.kind) not in left(f'{program} "$WHAT" x')
    assert (manager.name, cache.kind) not in left(f"echo {filler(manager, cache)}")


@pytest.mark.parametrize(("manager", "cache"), WITH_CACHE, ids=IDS)
def test_what_avoids_or_moves_it_silences(manager: Manager, cache: Cache) -> None:
    command = filler(manager, cache)
    for option in cache.avoided_by | cache.moved_by:
        text = option if "=" in option else f"{option}=/v" if option in cache.moved_by else option
        assert (manager.name, cache.kind) not in left(f"{command} {text}"), option
    for name in cache.avoided_env:
        assert (manager.name, cache.kind) not in left(command, before=f"ENV {name}=1\n")
        assert (manager.name, cache.kind) not in left(f"{name}=true {command}")
        assert (manager.name, cache.kind) in left(command, before=f"ENV {name}=0\n")
    for name in cache.moved_env:
        text = name if "=" in name else f"{name}=/v"
        assert (manager.name, cache.kind) not in left(command, before=f"ENV {text}\n"), name
        assert (manager.name, cache.kind) not in left(f"env {text} {command}"), name
        assert not name.partition("=")[2] or (manager.name, cache.kind) in left(f"{name}x {command}")


@pytest.mark.parametrize(("manager", "cache"), WITH_CACHE, ids=IDS)
def test_what_empties_it_empties_it(manager: Manager, cache: Cache) -> None:
    program, command = min(manager.programs), filler(manager, cache)
    for sub in cache.emptied_by:
        assert (manager.name, cache.kind) not in left(f"{command} && {program} {sub}"), sub
    for path in (*cache.root_paths, *cache.paths):
        known = not path.startswith("/~/")
        path = path.replace("/~/", "/somewhere/")
        for text in (path, f"{path}/", f"{path}/*", *([path.rpartition("/")[0]] if known else [])):
            if text.rstrip("/*") not in ("~", "/var/lib", "/usr/local"):
                assert (manager.name, cache.kind) not in left(f"{command} && rm -rf {text}"), text
    assert (manager.name, cache.kind) in left(f"{command} && rm -rf /tmp/x")
    assert (manager.name, cache.kind) in left(f"{command} && echo rm -rf {cache.paths[0]}")


@pytest.mark.parametrize(("manager", "cache"), WITH_CACHE, ids=IDS)
def test_its_own_clean_up_empties_it(manager: Manager, cache: Cache) -> None:
    for user in ("", "USER app\n"):
        command = filler(manager, cache)
        file = File(Source(f"FROM example.com/base\n{user}RUN {command}\n"))
        assert file.shipped is not None
        entry = next(e for e in file.shipped.alive() if e.cache == (manager.name, cache.kind))
        words = cleaning(file.shipped, manager, cache, entry, file.invocations[0])
        if isinstance(words, tuple):
            assert (manager.name, cache.kind) not in left(f"{command} && {' '.join(words)}", before=user)
        else:
            assert not cache.clean


@pytest.mark.parametrize(("manager", "cache"), WITH_CACHE, ids=IDS)
def test_a_mount_over_it_keeps_it_out(manager: Manager, cache: Cache) -> None:
    for path in (*cache.root_paths, *cache.paths):
        target = path.replace("/~/", "/somewhere/").replace("~", "/root")
        for mount in (target, f"{target}/", "$WHERE"):
            flags = f"--mount=type=cache,target={mount} "
            assert (manager.name, cache.kind) not in left(filler(manager, cache), flags=flags), mount
    flags = "--mount=type=cache,target=/some/thing/else "
    assert (manager.name, cache.kind) in left(filler(manager, cache), flags=flags)


@pytest.mark.parametrize("program", sorted(configurers()))
def test_a_command_that_configures_the_cache_silences(program: str) -> None:
    for words, name in configurers()[program]:
        manager = managers()[name]
        cache = manager.caches[0]
        text = " ".join((program, *words, "value"))
        assert not left(text, filler(manager, cache)) & {(name, cache.kind)}, text
        assert not left(f"{text} || true", filler(manager, cache)) & {(name, cache.kind)}


@pytest.mark.parametrize("manager", [m for m in managers().values() if m.configured_files], ids=lambda m: m.name)
def test_a_file_that_configures_the_cache_silences(manager: Manager) -> None:
    command = filler(manager, manager.caches[0])
    for name in manager.configured_files:
        assert not left(command, before=f"COPY {name} ./\n")
        assert not left(f"echo x > {name} && {command}", before="WORKDIR /app\n")
    assert left(command, before="COPY package.json ./\n")


def test_official_images_whose_env_says_where() -> None:
    def place(command: str, image: str) -> list[str]:
        return [entry.path for entry in ledger(command, image=image)]

    assert place("gem install x", "ruby:3.3-slim") == ["/usr/local/bundle/cache"]
    assert place("cargo install x", "docker.io/library/rust:1") == ["/usr/local/cargo/registry"]
    assert place("cargo install x", "debian:12") == ["/root/.cargo/registry"]
    assert place("composer install", "composer:2") == ["/tmp/cache"]
    assert place("gradle build", "gradle:8-jdk21") == []


def test_an_index_costs_once() -> None:
    entries = ledger("yum install -y a", "yum install -y b")
    assert [entry.size.bytes for entry in entries] == [150_000_000, None]
    assert [entry.size.bytes for entry in ledger("dnf install -y a && dnf install -y b")] == [150_000_000, None]


def test_a_place_belongs_to_a_user() -> None:
    assert [e.path for e in ledger("yarn")] == ["/usr/local/share/.cache/yarn"]
    assert [e.path for e in ledger("yarn", before="USER node\n")] == ["/~node/.cache/yarn"]


def reasons(text: str) -> list[str]:
    found = inspect(Source(text), Settings(select=tuple(CACHE_PAGES)))
    return [f.withheld.reason if f.withheld else "" if f.fix else "none" for f in found.findings]


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        ("conda install x", ""),
        ("/usr/bin/conda install x", ""),
        ("/opt/conda/bin/conda install x", "by its path"),
        ("bash -lc 'conda install x'", "shell of its own"),
        ("( conda install x )", "shell of its own"),
        ("yes | conda install x", "shell of its own"),
        ("PATH=/opt/conda/bin:$PATH conda install x", "PATH of its own"),
        ("env PATH=/opt/conda/bin conda install x", "PATH of its own"),
        ("sudo conda install x", "sudo"),
        ("conda install x && apt-get purge -y python3", "may be gone"),
        ("cd /tmp/x && conda install x && rm -rf /tmp/x", "is deleted"),
        ("cd /tmp/x && conda install x && cd / && rm -rf /tmp/x", ""),
        ('cd "$D" && conda install x && rm -rf /tmp/x', "may be deleted"),
    ],
)
def test_a_program_is_called_again_only_where_it_surely_runs(run: str, reason: str) -> None:
    (found,) = reasons(f"FROM x\nRUN {run}\n")
    assert reason in found if reason else found == ""


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        ("yum install -y x", ""),
        ("yes | /usr/bin/yum install x", ""),
        ("yum install -y gcc && make && yum remove -y gcc", ""),
        ("cd /tmp/x && yum install -y x && rm -rf /tmp/x", ""),
        ("yum install -y x && rpm -e --nodeps python", "may be gone"),
        ("yum install -y x && rpm -qa", ""),
        ("yum install -y x && rm -f /etc/yum.repos.d/x.repo", "may need it"),
        ("yum install -y x && rm -rf /var/lib/rpm", "may need it"),
        ("yum install -y x && rm -rf /usr/lib/python2.7", "may need it"),
        ("yum install -y x && rm -rf /usr/share/doc", ""),
        ("yum install -y x && yum-config-manager --disable y", "disable"),
        ("dnf install -y x && dnf config-manager --disable y", "disable"),
        ("dnf install -y x && subscription-manager unregister", "disable"),
        ("yum install -y --disablerepo=* --enablerepo=y x", "none to clean"),
        ("/opt/yum install -y x", "by its path"),
    ],
)
def test_a_system_manager_is_called_again_only_where_it_still_works(run: str, reason: str) -> None:
    (found,) = reasons(f"FROM x\nRUN {run}\n")
    assert reason in found if reason else found == ""


def test_a_moved_home_is_no_place_to_clean() -> None:
    assert reasons("FROM x\nENV HOME=/root\nRUN npm ci\n") == [""]
    assert "HOME" in reasons("FROM x\nENV HOME=/srv\nRUN npm ci\n")[0]
    assert "HOME" in reasons("FROM x\nRUN HOME=/srv npm ci\n")[0]
    assert "HOME" in reasons("FROM x\nRUN export HOME=/srv && npm ci\n")[0]


@pytest.mark.parametrize(
    "run",
    [
        'yarn && rm -rf "$(yarn cache dir)"',
        'npm ci && rm -rf "$NPM_CACHE"',
        "pnpm i && rm -rf $(pnpm store path)",
        "gem install x && rm -rf $GEM_HOME/cache",
        "conda install x && rm -rf ${PREFIX}/pkgs",
    ],
)
def test_a_deletion_that_may_be_of_the_cache_silences(run: str) -> None:
    assert reasons(f"FROM x\nRUN {run}\n") == []
    assert reasons(f"FROM x\nRUN {run.partition('&&')[0]} && rm -rf $OTHER/thing\n") != []


@pytest.mark.parametrize(
    ("fills", "reads"),
    [
        ("npm ci", "npm ci --offline"),
        ("npm ci", "npm i --prefer-offline x"),
        ("yarn install", "yarn install --offline"),
        ("yum makecache", "yum -C install -y git"),
        ("dnf install -y git", "dnf --cacheonly install -y make"),
        ("conda install x", "conda create --offline -n y x"),
        ("pnpm install", "pnpm install --offline"),
        ("uv sync", "uv sync --offline"),
        ("uv sync", "UV_OFFLINE=1 uv run app"),
        ("npm ci", "npm_config_offline=true npm ci"),
        ("conda install x", "CONDA_OFFLINE=1 conda install y"),
        ("composer install", "COMPOSER_DISABLE_NETWORK=1 composer dump-autoload"),
        ("composer install", "composer install --no-scripts"),
        ("pacman -Syu --noconfirm git", "pacman -U --noconfirm /var/cache/pacman/pkg/x.zst"),
    ],
)
def test_a_later_reader_withholds_in_the_stage_and_in_those_built_on_it(fills: str, reads: str) -> None:
    assert "reads" in reasons(f"FROM x\nRUN {fills}\nRUN {reads}\n")[0]
    assert "reads" in reasons(f"FROM x AS a\nRUN {fills}\nFROM a\nRUN {reads}\n")[0]
    assert "cannot be followed" in reasons(f'FROM x\nRUN {fills}\nRUN ["/setup"]\n')[0]


@pytest.mark.parametrize(
    ("build", "later"),
    [
        ("go build -o /app .", "go test ./..."),
        ("go build -o /app .", "make"),
        ("go build -o /app .", "./build.sh"),
        ("cargo build", "cargo +nightly test"),
        ("mvn package", "mvn -o verify"),
        ("./gradlew build", "./gradlew --offline test"),
        ("dotnet publish -o /a", "dotnet build --no-restore"),
    ],
)
def test_where_libraries_live_is_no_waste_while_something_may_read_it(build: str, later: str) -> None:
    assert reasons(f'FROM x\nRUN {build}\nCMD ["/app"]\n') == ["none"]
    assert reasons(f'FROM x\nRUN {build}\nRUN {later} && rm -rf /root /go /usr\nCMD ["/app"]\n') == []
    assert reasons(f"FROM x\nRUN {build}\n") == []
    assert reasons(f'FROM x\nRUN {build}\nCMD ["bash"]\n') == []
    assert reasons(f'FROM x\nRUN {build}\nENTRYPOINT ["/docker-entrypoint.sh"]\n') == []
    assert reasons(f"FROM x\nRUN {build}\nCMD {later}\n") == []


def test_broken_tables_are_refused() -> None:
    from dockerlint.effects.managers import manager

    row = json.loads(COMPILED.read_text("utf-8"))[0]
    for wrong in ({**row, "cachez": []}, {**row, "caches": [{**row["caches"][0], "pathz": []}]}):
        with pytest.raises(ValueError, match="unknown"):
            manager(wrong)
    with pytest.raises(KeyError):
        manager({k: v for k, v in row.items() if k != "name"})
