"""Manifests: which files a package manager reads to install what a project needs, and which folders it fills."""

from __future__ import annotations

from dockerlint.record import record


@record
class Ecosystem:
    """The manifests of one package manager. Names are relative to the folder that the command runs in."""

    name: str
    needs: tuple[str, ...]
    """The command fails without these; a wildcard is for one name that is not fixed."""
    reads: tuple[str, ...] = ()
    """Read when they are there."""
    makes: tuple[str, ...] = ()
    """Folders beside the manifest that the command fills."""
    hazards: str = r"(?!)"
    """What in a manifest shows that more than the manifests is read."""
    in_the_way: tuple[str, ...] = ()
    """Files and folders that the command reads as well when they are there, and that cannot be copied beside it."""


_NODE_HAZARDS = (
    r'"(?:preinstall|install|postinstall|prepare|prepublish|preprepare|postprepare|dependencies)"\s*:\s*"'
    r'|"@?prisma(?:/client)?"\s*:\s*"'  # makes its client of the schema when it is installed
    r'|"workspaces"\s*:|"(?:file|link|portal|patch|workspace):|"patchedDependencies"\s*:|"(?:\./|\.\./)'
)
_NODE_IN_THE_WAY = ("binding.gyp", "lerna.json", "patches", ".puppeteerrc.cjs", "puppeteer.config.cjs")
_NPMRC = (".npmrc",)
NODE: dict[str, Ecosystem] = {
    "npm": Ecosystem(
        "npm",
        ("package.json",),
        ("package-lock.json", "npm-shrinkwrap.json", *_NPMRC),
        ("node_modules",),
        _NODE_HAZARDS,
        _NODE_IN_THE_WAY,
    ),
    "yarn": Ecosystem(
        "yarn",
        ("package.json",),
        ("yarn.lock", ".yarnrc", ".yarnrc.yml", *_NPMRC),
        ("node_modules",),
        _NODE_HAZARDS,
        (*_NODE_IN_THE_WAY, ".yarn", ".pnp.cjs", ".pnp.js"),
    ),
    "pnpm": Ecosystem(
        "pnpm",
        ("package.json",),
        ("pnpm-lock.yaml", ".pnpmfile.cjs", *_NPMRC),
        ("node_modules",),
        _NODE_HAZARDS,
        (*_NODE_IN_THE_WAY, "pnpm-workspace.yaml"),
    ),
    "bun": Ecosystem(
        "bun",
        ("package.json",),
        ("bun.lock", "bun.lockb", "bunfig.toml", *_NPMRC),
        ("node_modules",),
        _NODE_HAZARDS,
        _NODE_IN_THE_WAY,
    ),
}
PIP = Ecosystem(
    "pip",
    (),
    (),
    (),
    r"(?m)^\s*(?:-e\b|--editable|\.{1,2}(?:/|\s|\[|$)|file:|[^#\n]*@\s*(?:file:|\.)|--no-index"
    r"|(?:-f|--find-links)(?![ =]*https?:)|(?!-|[\w+.-]+:)[^\s#@;]*(?:/|\.(?:whl|zip|tgz|tar\.\w+)(?:\s|\[|$)))",
)
PIPENV = Ecosystem("pipenv", ("Pipfile",), ("Pipfile.lock",), (), r"\b(?:path|file)\s*=|editable\s*=", (".venv",))
_PYPROJECT_PATHS = r"(?m)\bpath\s*=\s*[\"']|\bfile:|^\s*\[tool\.uv\.workspace\]|\bdevelop\s*=\s*true"
POETRY = Ecosystem("poetry", ("pyproject.toml",), ("poetry.lock", "poetry.toml"), (".venv",), _PYPROJECT_PATHS)
UV = Ecosystem(
    "uv", ("pyproject.toml",), ("uv.lock", "uv.toml", ".python-version"), (".venv",), _PYPROJECT_PATHS, (".venv",)
)
BUNDLER = Ecosystem(
    "bundler",
    ("Gemfile",),
    ("Gemfile.lock", ".ruby-version", ".tool-versions"),
    ("vendor/bundle",),
    r"\bpath\b|\bgemspec\b|\beval_gemfile\b|\brequire_relative\b|\bFile\.|\bDir\b|__dir__|\bload\b|\bglob\b",
    (".bundle", "vendor/cache"),
)
COMPOSER = Ecosystem(
    "composer",
    ("composer.json",),
    ("composer.lock",),
    ("vendor",),
    r'"(?:classmap|files|post-[\w-]+|pre-[\w-]+)"\s*:|"type"\s*:\s*"path"'
    r'|"(?:optimize-autoloader|classmap-authoritative)"\s*:\s*true',
    ("auth.json", "packages", "patches"),
)
GO = Ecosystem("go", ("go.mod",), ("go.sum",), (), r"=>\s*(?:\.|/)", ("go.work", "vendor"))
CARGO = Ecosystem("cargo", ("Cargo.toml",), ("Cargo.lock",))
MAVEN = Ecosystem("maven", ("pom.xml",), (), ("target",), r"<modules>|<relativePath>[^<]|\bfile:|systemPath", (".mvn",))
GRADLE = Ecosystem(
    "gradle",
    ("build.gradle*",),
    ("settings.gradle", "settings.gradle.kts", "gradle.properties"),
    ("build", ".gradle"),
    r"\binclude\b|\bincludeBuild\b|\bproject\(|\bapply\s+from\b|\bfile(?:s|Tree)?\(|\bflatDir\b",
    ("buildSrc", "gradle"),
)
DOTNET = Ecosystem(
    "dotnet",
    ("*.*proj",),
    (
        *("NuGet.config", "nuget.config", "NuGet.Config", "global.json", "packages.lock.json"),
        *("Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"),
    ),
    ("bin", "obj"),
    r"<ProjectReference\b|<Import\b|<RestoreSources>",
    (".config",),
)
MIX = Ecosystem(
    "mix",
    ("mix.exs",),
    ("mix.lock",),
    ("deps", "_build"),
    r"\bFile\.|apps_path|\bpath:|\bCode\.|\bSystem\.cmd",
    ("config", "apps"),
)
POINTERS = frozenset(
    "PIP_CONSTRAINT PIP_REQUIREMENT PIP_FIND_LINKS PIP_CONFIG_FILE PIP_BUILD_CONSTRAINT UV_CONSTRAINT UV_OVERRIDE"
    " UV_FIND_LINKS UV_CONFIG_FILE PIPENV_PIPFILE BUNDLE_GEMFILE NPM_CONFIG_USERCONFIG npm_config_userconfig COMPOSER"
    " YARN_RC_FILENAME GOWORK GOFLAGS".split()
)
"""Variables that make an install read a file of another name."""
