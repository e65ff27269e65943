"""Python projects in a build context: what is installed, what is imported, and what is not needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from dockerlint.api import check, fix
from dockerlint.context import Context
from dockerlint.context.pyproject import declared
from dockerlint.context.python_project import PythonProject
from dockerlint.context.requirements import Installation, installations
from dockerlint.costs import cost
from dockerlint.embedded.mentions import MAX_TEXT, mentions
from dockerlint.file import File
from dockerlint.findings import Finding
from dockerlint.model import python_packages
from dockerlint.settings import Settings
from dockerlint.source import Source

FLASK = 'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install {}\nCMD ["python", "app.py"]\n'


@pytest.fixture
def lay(tmp_path: Path):  # type: ignore[no-untyped-def]
    def write(**files: str) -> Context:
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/").replace("_py", ".py").replace("_txt", ".txt").replace(
                "_toml", ".toml"
            )
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return Context(tmp_path, tmp_path / "Dockerfile")

    return write


def installed(text: str, context: Context | None) -> list[Installation]:
    file = File(Source(text), context)
    return installations(file.graph, file.invocations, context)


def names(done: Installation) -> list[str]:
    return [r.name for r in done.requirements]


def found(text: str, context: Context, *rules: str) -> list[Finding]:
    return [
        f for f in check(text, context=context.folder) if f.rule in rules or (not rules and f.code.startswith("PYP"))
    ]


class TestInstallations:
    def test_a_requirements_file_with_all_its_layout(self, lay) -> None:  # type: ignore[no-untyped-def]
        text = (
            "# first\n--extra-index-url https://x.example/simple\nFlask[async]>=3 # web\n\n"
            "numpy==2.0 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\n"
            "zope.interface ; python_version < '3.9'\n-r more.txt\n-c pins.txt\n"
        )
        context = lay(requirements_txt=text, more_txt="Django\n", pins_txt="scipy\n")
        (done,) = installed(FLASK.format("-r requirements.txt"), context)
        assert names(done) == ["flask", "numpy", "zope-interface", "django"]
        assert [(r.line, r.file) for r in done.requirements] == [
            (3, "requirements.txt"),
            (5, "requirements.txt"),
            (8, "requirements.txt"),
            (1, "more.txt"),
        ]
        assert done.whole
        assert done.indexed
        assert done.requirements[0].extras == ("async",)
        assert [r.marked for r in done.requirements] == [False, False, True, False]

    @pytest.mark.parametrize(
        "run",
        [
            "COPY requirements.txt /tmp/r.txt\nRUN pip install -r /tmp/r.txt",
            "COPY requirements.txt /tmp/\nRUN cd /tmp && pip install -r requirements.txt",
            "COPY requirements.txt /tmp\nRUN pip3.12 install --requirement=/tmp/requirements.txt",
            "COPY *.txt /tmp/\nRUN python3 -m pip install -r/tmp/requirements.txt",
            "ADD . /srv\nWORKDIR /srv\nRUN uv pip install --system -r requirements.txt",
            "RUN --mount=type=bind,source=requirements.txt,target=/r.txt pip install -r /r.txt",
            "RUN --mount=type=bind,target=/src pip install -r /src/requirements.txt",
        ],
    )
    def test_the_file_is_found_wherever_it_lies(self, run: str, lay) -> None:  # type: ignore[no-untyped-def]
        (done,) = installed(f"FROM python:3.12\n{run}\n", lay(requirements_txt="flask\n"))
        assert names(done) == ["flask"]
        assert done.whole

    @pytest.mark.parametrize(
        "words",
        [
            "-r missing.txt",
            "$PACKAGES",
            "https://x.example/a.tar.gz",
            "git+https://x.example/a.git",
            "'a @ https://x.example/a.whl'",
            "-r https://x.example/r.txt",
        ],
    )
    def test_what_cannot_be_told_is_not_whole(self, words: str, lay) -> None:  # type: ignore[no-untyped-def]
        (done,) = installed(FLASK.format(f"flask {words}"), lay(app_py="import flask\n"))
        assert not done.whole or done.local
        assert "flask" in names(done)

    def test_files_that_include_each_other(self, lay) -> None:  # type: ignore[no-untyped-def]
        context = lay(a_txt="-r b.txt\nflask\n", b_txt="-r a.txt\nredis\n")
        (done,) = installed(FLASK.format("-r a.txt"), context)
        assert sorted(names(done)) == ["flask", "redis"]

    def test_a_path_out_of_the_context_is_not_followed(self, lay, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
        (tmp_path.parent / "outside.txt").write_text("secret\n")
        (done,) = installed(FLASK.format("-r ../../outside.txt"), lay(app_py=""))
        assert names(done) == []
        assert not done.whole

    @pytest.mark.parametrize(
        "command",
        [
            "pip install .",
            "pip install --no-cache-dir -e .",
            "uv sync --frozen",
            "poetry install --only main",
            "pip install '.[web]'",
        ],
    )
    def test_the_project_itself(self, command: str, lay) -> None:  # type: ignore[no-untyped-def]
        project = '[project]\nname = "x"\ndependencies = [\n  "flask>=3",\n  "numpy",\n]\n'
        project += "[project.optional-dependencies]\nweb = []\n"
        context = lay(pyproject_toml=project, x_py="")
        (done,) = installed(f"FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN {command}\n", context)
        assert names(done) == ["flask", "numpy"]
        assert [r.line for r in done.requirements] == [4, 5]
        assert done.whole

    @pytest.mark.parametrize(
        "command",
        [
            "uv sync --group x",
            "poetry install --with dev",
            "pip install --dry-run flask",
            "pip download flask",
            "pip install -t x flask",
        ],
    )
    def test_other_groups_and_other_places(self, command: str, lay) -> None:  # type: ignore[no-untyped-def]
        assert installed(f"FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN {command}\n", lay(app_py="")) == []


def test_declared_dependencies() -> None:
    poetry = '[tool.poetry.dependencies]\npython = "^3.11"\nflask = "^3"\nx = {git = "https://x.example"}\n'
    poetry += 'y = {version = "1", optional = true}\n'
    found = declared(poetry)
    assert found is not None
    assert found.dependencies == ("flask", "x @ https://elsewhere")
    assert declared("[project]\nname='x'\ndynamic=['dependencies']\n") is not None
    assert not declared("[project]\nname='x'\ndynamic=['dependencies']\n").whole  # type: ignore[union-attr]
    assert not declared("[project]\nname='x'\n[project.entry-points.plugins]\na='b'\n").whole  # type: ignore[union-attr]
    assert declared("[tool.ruff]\n") is None
    assert declared("no toml [") is None


class TestMentions:
    def test_imports_in_every_form(self) -> None:
        text = "import a.b as c, d\nfrom e.f import g as h, i\nfrom . import j\nfrom .k import l\n"
        text += "def m():\n    import n\ntry:\n    import o\nexcept ImportError:\n    o = None\n"
        seen = mentions(text)
        assert seen is not None
        assert seen.modules == {"a.b", "d", "e.f", "e.f.g", "e.f.i", "n", "o"}
        assert not seen.dynamic

    @pytest.mark.parametrize(
        "text",
        [
            "import importlib\nimportlib.import_module(name)",
            "from importlib import import_module as load\n__import__(x)",
            "from importlib.metadata import entry_points\nentry_points(group='a')",
            "import pkg_resources\npkg_resources.iter_entry_points('a')",
            "import pluggy",
            "exec(open('x').read())",
            "import pkgutil\nfor x in pkgutil.iter_modules(): pass",
            "import runpy",
            "importlib.import_module('.x', __package__)",
        ],
    )
    def test_what_only_a_run_can_tell(self, text: str) -> None:
        seen = mentions(text)
        assert seen is not None
        assert seen.dynamic

    def test_a_module_that_is_written_out_is_an_import(self) -> None:
        seen = mentions("import importlib\nimportlib.import_module('pandas.io')\nmodel.eval()\nre.compile('x')\n")
        assert seen is not None
        assert "pandas.io" in seen.modules
        assert not seen.dynamic

    def test_comments_and_docstrings_name_nothing(self) -> None:
        seen = mentions('"""pandas"""\n# pandas\ndef f():\n    """Uses pandas."""\nx = "scipy.stats:norm"\n')
        assert seen is not None
        assert "pandas" not in seen.names
        assert {"scipy", "stats", "norm"} <= seen.names

    @pytest.mark.parametrize(
        "text", ["print 'python 2'", "def f(:", "x = " + "(" * 200 + ")" * 200, "a\0b", "x" * (MAX_TEXT + 1)]
    )
    def test_no_python_3_is_not_known(self, text: str) -> None:
        assert mentions(text) is None


class TestSilence:
    """Each of these has a package that is imported nowhere, and something that makes it unsure."""

    def test_the_plain_case_is_found(self, lay) -> None:  # type: ignore[no-untyped-def]
        context = lay(app_py="import flask\n")
        (one,) = found(FLASK.format("flask pandas"), context)
        assert one.rule == "unused-python-packages"
        assert one.bytes == cost("pip:pandas").typical  # type: ignore[union-attr]
        assert "confidence" in one.message
        assert one.fix is not None
        assert one.fix.safety.value == "display"

    @pytest.mark.parametrize(
        "app",
        [
            "import flask, pandas\n",
            "import flask\nfrom pandas.io import sql\n",
            "import flask\nINSTALLED_APPS = ['pandas']\n",
            "import flask\nx = __import__('pan' + 'das')\n",
            "import flask\nimport importlib\nimportlib.import_module(NAME)\n",
            "import flask\nprint 'pandas'\n",
            "import somethingelse\n",
            "import flask\nimport pickle\nmodel = pickle.load(open('m', 'rb'))\n",
            "import flask\nfrom x import load_model\n",
            "import flask\nimport subprocess\nsubprocess.run(['python', '-m', 'pandas.report'])\n",
        ],
    )
    def test_the_program(self, app: str, lay) -> None:  # type: ignore[no-untyped-def]
        assert found(FLASK.format("flask pandas"), lay(app_py=app)) == []

    @pytest.mark.parametrize(
        "words",
        [
            "flask pandas streamlit",
            "flask pandas unheard-of-package",
            "flask pandas git+https://x.example/y.git",
            "flask pandas -r missing.txt",
            "flask pandas $MORE",
            "'flask' 'pandas; python_version<\"3\"'",
        ],
    )
    def test_what_else_is_installed(self, words: str, lay) -> None:  # type: ignore[no-untyped-def]
        app = "import flask\nimport streamlit\n" if "streamlit" in words else "import flask\n"
        assert found(FLASK.format(words), lay(app_py=app)) == []

    @pytest.mark.parametrize(
        "end",
        [
            'CMD ["bash"]',
            'CMD ["python"]',
            "CMD jupyter lab",
            "",
            'ENTRYPOINT ["python3"]',
            "CMD sleep infinity",
            "RUN python -c 'import pandas'\nCMD python app.py",
            "CMD python -m pandas",
            "ENV ENGINE=pandas\nCMD python app.py",
        ],
    )
    def test_how_it_is_started(self, end: str, lay) -> None:  # type: ignore[no-untyped-def]
        text = f"FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install flask pandas\n{end}\n"
        assert found(text, lay(app_py="import flask\n")) == []

    def test_entrypoint_and_cmd_are_one_command(self, lay) -> None:  # type: ignore[no-untyped-def]
        text = 'FROM python:3.12-slim\nCOPY . .\nRUN pip install flask pandas\nENTRYPOINT ["python3"]\nCMD ["app.py"]\n'
        assert len(found(text, lay(app_py="import flask\n"))) == 1

    def test_no_python_file_is_taken_along(self, lay) -> None:  # type: ignore[no-untyped-def]
        text = "FROM python:3.12-slim\nCOPY data.txt /\nRUN pip install flask pandas\nCMD python /x.py\n"
        assert found(text, lay(app_py="import flask\n", data_txt="")) == []

    @pytest.mark.parametrize("name", ["settings.cfg", "run.sh", "report.ipynb", "Makefile", "conf/app.yaml"])
    def test_named_in_a_configuration(self, name: str, lay, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
        context = lay(app_py="import flask\n")
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("engine = pandas\n")
        assert found(FLASK.format("flask pandas"), context) == []

    def test_too_many_files(self, lay, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
        context = lay(app_py="import flask\n", b_py="")
        monkeypatch.setattr("dockerlint.context.python_project._MOST_FILES", 1)
        assert PythonProject(context).files is None
        assert found(FLASK.format("flask pandas"), context) == []

    def test_too_much_text(self, lay, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
        context = lay(app_py="import flask\n" * 100)
        monkeypatch.setattr("dockerlint.context.python_project._MOST_BYTES", 100)
        assert found(FLASK.format("flask pandas"), context) == []

    def test_an_image_to_test_in(self, lay) -> None:  # type: ignore[no-untyped-def]
        text = FLASK.format("flask pytest").replace("slim\n", "slim AS test\n")
        assert found(text, lay(app_py="import flask\n")) == []
        assert [f.rule for f in found(FLASK.format("flask pytest"), lay(app_py="import flask\n"))] == [
            "development-packages-shipped"
        ]

    def test_what_another_rule_reports(self, lay) -> None:  # type: ignore[no-untyped-def]
        project = '[project]\nname = "x"\ndependencies = ["flask"]\n[project.optional-dependencies]\ndev = ["pytest"]\n'
        context = lay(app_py="import flask\n", pyproject_toml=project)
        text = FLASK.format("'.[dev]'")
        assert [f.code for f in check(text, context=context) if f.code in ("PKG027", "PYP002")] == ["PKG027"]
        assert [f.code for f in found(text.replace("[dev]", ""), context)] == []

    @pytest.mark.parametrize("start", ["sphinx-autobuild docs", "python -m sphinx", "sh -c 'sphinx-build . out'"])
    def test_a_program_of_the_package_is_started(self, start: str, lay) -> None:  # type: ignore[no-untyped-def]
        text = FLASK.format("flask sphinx").replace('["python", "app.py"]', start)
        assert found(text, lay(app_py="import flask\n")) == []

    def test_without_a_context(self) -> None:
        assert [
            f for f in check(FLASK.format("flask pandas pytest opencv-python torch")) if f.code.startswith("PYP")
        ] == []


class TestTorch:
    @pytest.mark.parametrize(
        "words",
        [
            "torch --index-url https://download.pytorch.org/whl/cpu",
            "torch --extra-index-url=https://download.pytorch.org/whl/cpu",
            "torch==2.4.0+cpu",
            "torch==2.4.0+cu121",
            "torch -f https://download.pytorch.org/whl/torch_stable.html",
        ],
    )
    def test_an_index_or_a_build_is_named(self, words: str, lay) -> None:  # type: ignore[no-untyped-def]
        assert found(FLASK.format(words), lay(app_py="import torch\n"), "cuda-build-on-cpu-image") == []

    @pytest.mark.parametrize(
        "base",
        [
            "nvidia/cuda:12.2.0-runtime-ubuntu22.04",
            "python:3.12-alpine",
            "--platform=linux/arm64 python:3.12",
            "$BASE",
            "pytorch/pytorch",
        ],
    )
    def test_the_base(self, base: str, lay) -> None:  # type: ignore[no-untyped-def]
        text = FLASK.format("torch").replace("python:3.12-slim", base)
        assert found(text, lay(app_py="import torch\n"), "cuda-build-on-cpu-image") == []

    @pytest.mark.parametrize("app", ["x.cuda()", "device_map = 'auto'", "pipeline('x', device=0)", "# runs on the GPU"])
    def test_the_program_speaks_of_a_gpu(self, app: str, lay) -> None:  # type: ignore[no-untyped-def]
        assert found(FLASK.format("torch"), lay(app_py=f"import torch\n{app}\n"), "cuda-build-on-cpu-image") == []

    def test_the_environment_names_an_index(self, lay) -> None:  # type: ignore[no-untyped-def]
        text = FLASK.format("torch").replace(
            "WORKDIR", "ENV PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu\nWORKDIR"
        )
        assert found(text, lay(app_py="import torch\n"), "cuda-build-on-cpu-image") == []


def test_nothing_is_written_for_what_is_only_advice(lay) -> None:  # type: ignore[no-untyped-def]
    context = lay(app_py="import flask\n")
    text = FLASK.format("flask pandas pytest")
    assert len(found(text, context)) == 2
    done = fix(text, settings=Settings(unsafe_fixes=True, select=("PYP",)), context=context.folder)
    assert done.text == text
    assert done.applied == ()


class TestTable:
    def test_names_are_normalised(self) -> None:
        assert python_packages.modules_of("PyYAML") == ("yaml",)
        assert python_packages.modules_of("ruamel_yaml") == ("ruamel.yaml",)
        assert python_packages.modules_of("scikit_learn") == ("sklearn",)
        assert python_packages.modules_of("unheard-of") is None

    def test_what_is_heavy_is_known(self) -> None:
        heavy = [row for row in ("numpy", "pandas", "scipy", "torch", "tensorflow", "pyarrow") if cost(f"pip:{row}")]
        assert len(heavy) == 6
        assert all(python_packages.known(name) for name in heavy)

    def test_what_needs_what(self) -> None:
        assert {"numpy", "pandas", "matplotlib"} <= python_packages.required(["seaborn"])
        assert "botocore" in python_packages.required(["boto3"])
        assert python_packages.required(["flask"]) == set()
        assert python_packages.brings_torch("Sentence_Transformers")
        assert not python_packages.brings_torch("numpy")

    def test_the_table_is_whole(self) -> None:
        table = python_packages._table()
        for needed in table["requires"].values():
            assert all(python_packages.known(name) for name in needed), needed
        every = [*table["imports"], *table["same"], *table["builds"], *table["torch"], *table["requires"]]
        every += [name for names in table["roles"].values() for name in names]
        assert [name for name in every if python_packages.normalised(name) != name] == []
