"""Typer: help, completion, and errors in the way a command is written. The only module that imports it."""

from __future__ import annotations

import inspect
import operator
import pkgutil
from typing import Annotated, Any

import typer

from dockerlint import __version__
from dockerlint.cli import commands
from dockerlint.cli.arguments import Command, Spec, build, command, specs
from dockerlint.cli.output import Failure, emit

_TYPES: dict[str, Any] = {
    "flag": bool,
    "text": str | None,
    "list": list[str] | None,
    "one": str,
    "maybe": str | None,
    "many": list[str] | None,
}
# Typer has had two homes for click's exceptions; UsageError is what BadParameter is made of in both.
_USAGE_ERROR: Any = typer.BadParameter.__base__


def front(arguments: list[str]) -> int:
    """Run a command line through Typer; the exit code. Raises Failure for one that makes no sense."""
    run = typer.main.get_command(application())
    try:
        code = run.main(args=arguments, prog_name="dockerlint", standalone_mode=False)
    except _USAGE_ERROR as wrong:
        where = f"dockerlint {arguments[0]}" if command(arguments[0]) else "dockerlint"
        raise Failure(f"{wrong.format_message().rstrip('.')} (see `{where} --help`)") from None
    except typer.Abort:
        return 130
    return code if isinstance(code, int) else 0


def application() -> typer.Typer:
    """Every module of `dockerlint.cli.commands` as a Typer command."""
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, context_settings=_NAMES)
    app.callback(help=_ABOUT, epilog=_EXIT)(_root)
    for module in pkgutil.iter_modules(commands.__path__):
        found = command(module.name)
        if found is not None:
            text = _help(found)
            app.command(found.name, help=text, short_help=text.split("\n")[0].rstrip("."))(_call(found))
    return app


_ABOUT = "Find what bloats Docker images, in bytes, and rewrite the Dockerfile without changing what it builds."
_EXIT = "Exit codes: 0 all well; 1 findings, or something to fix; 2 it could not do what was asked."
_NAMES = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def _help(found: Command) -> str:
    """What the command does, and what its positional arguments are."""
    listed = [f"{spec.metavar}: {spec.help}" for spec in specs(found.arguments).values() if not spec.name]
    return "\n\n".join((inspect.getdoc(found.arguments) or "", *listed))


def _version(wanted: bool) -> None:
    if wanted:
        emit(f"dockerlint {__version__}\n")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


def _call(found: Command) -> Any:
    """A function with the signature that the specification describes, for Typer to read."""

    def run(**given: Any) -> int:
        return found.run(build(found.arguments, given))

    parameters = [_parameter(name, spec) for name, spec in specs(found.arguments).items()]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _parameter(name: str, spec: Spec) -> inspect.Parameter:
    metavar = spec.metavar or None
    if spec.name:
        typed: Any = typer.Option(spec.name, metavar=metavar, help=spec.help, show_default=False)
        default: Any = False if spec.kind == "flag" else None
    else:
        # Typer would print the Python type behind the name; `_help` has what there is to say.
        typed = typer.Argument(metavar=metavar, help=spec.help, show_default=False, hidden=True)
        default = inspect.Parameter.empty if spec.kind == "one" else None
    annotation: Any = operator.getitem(Annotated, (_TYPES[spec.kind], typed))
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
