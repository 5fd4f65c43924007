"""Start a command and end it: the one place where an error becomes words and an exit code."""

from __future__ import annotations

import json
import os
import re
import sys
import traceback
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

import typer

from weigh.cli.talk import printable, utf8_streams
from weigh.errors import EvidenceError, Fault, NotFoundError, WeighError

__all__ = ["BROKEN", "STOPPED", "main", "run"]

#: Of a fault of the program itself, as in BSD's sysexits: no code that a script would act on.
BROKEN = 70
STOPPED = 130

#: So many names are listed where none is near to the one asked for.
MOST_NAMES = 20

# The class of errors in how a command is called. Newer versions of typer carry their parser
# inside, older ones import it, and only its child has a public name in both.
_UsageError: type[Any] = typer.BadParameter.__mro__[1]


def main() -> None:
    """Run the command line of this process."""
    utf8_streams()
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    arguments
        What stands after ``weigh``.
    """
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    as_json = "--json" in options
    debug = "--debug" in options
    # What belongs before the command's name is taken after it too.
    before = [option for option in ("--debug", "--quiet") if option in options]
    arguments = [*before, *(argument for argument in arguments if argument not in before)]
    try:
        code = _start(arguments)
        sys.stdout.flush()
    except WeighError as error:
        _report(_parts(error), as_json=as_json, debug=debug)
        return error.exit_code
    except _UsageError as error:
        _report([_usage(error)], as_json=as_json, debug=debug)
        return 2
    except (KeyboardInterrupt, typer.Abort):
        code = STOPPED
    except BrokenPipeError:
        # Whoever read the result has read enough. Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001  # a fault of ours is told, never shown as a dump
        _report([_broken(error)], as_json=as_json, debug=debug)
        return BROKEN
    if code == STOPPED:
        stopped = {
            "kind": "stopped",
            "message": "Stopped. Files that were written are whole.",
            "hint": "Run the command again to continue; what is there is replaced.",
        }
        _report([stopped], as_json=as_json, debug=False)
    return code


def _start(arguments: Sequence[str]) -> int:
    # Imported here, so that an error while importing is told like any other.
    from weigh.cli.app import app

    command = typer.main.get_command(app)
    result = command.main(args=list(arguments), prog_name="weigh", standalone_mode=False)
    return result if isinstance(result, int) else 0


Parts = dict[str, Any]


def _parts(error: WeighError) -> list[Parts]:
    if isinstance(error, EvidenceError):
        return list(_faults(error))
    hint = error.hint
    if hint is None and isinstance(error, NotFoundError) and 0 < len(error.known) <= MOST_NAMES:
        hint = f"There is {', '.join(error.known)}."
    return [{"kind": error.kind, "message": error.message, "hint": hint}]


def _faults(error: EvidenceError) -> Iterator[Parts]:
    for fault in error.faults:
        yield _fault_parts(fault)


def _fault_parts(fault: Fault) -> Parts:
    """A fault as ``--json`` prints it."""
    return {"kind": "fault", "message": str(fault), **fault.to_dict()}


def _usage(error: Any) -> Parts:
    message = re.sub(r"\s*\n\s*", " ", error.format_message()).strip()
    message = message.replace("Value error, ", "")
    # Versions of the parser differ in the marks around the name.
    message = re.sub(
        r"^No such (option|command):? ['\"]?(.+?)['\"]?(?=[ .]|$)", r"No such \1: \2", message
    )
    message = re.sub(r"\s*\(Possible options?: .*\)$|\.? Did you mean .*$", "", message)
    hint = "`weigh --help` lists the commands."
    context = getattr(error, "ctx", None)
    if context is not None and context.parent is not None:
        hint = f"`{context.command_path} --help` explains the command."
    near = _nearest(error, message, context)
    if near:
        hint = f"Did you mean {near}?"
    return {"kind": "usage", "message": message.rstrip(".") + ".", "hint": hint}


def _nearest(error: Any, message: str, context: Any) -> str | None:
    """The command or option that was probably meant."""
    asked = re.search(r"^No such command: (.+?)\.?$", message)
    if asked and context is not None:
        near = get_close_matches(asked[1], context.command.list_commands(context), n=1)
        return f"`weigh {near[0]}`" if near else None
    option = getattr(error, "option_name", None)
    if "No such option" in message and option and context is not None:
        known = [name for param in context.command.params for name in param.opts]
        near = get_close_matches(option, known, n=1)
        return near[0] if near else None
    return None


def _broken(error: Exception) -> Parts:
    return {
        "kind": "broken",
        "message": f"weigh met a fault of its own: {type(error).__name__}: {error}.",
        "hint": "Run it again with --debug and report what it shows.",
    }


def _report(errors: list[Parts], *, as_json: bool, debug: bool) -> None:
    """Tell errors on stderr: a line each, or with ``--json`` an object each."""
    if debug and sys.exc_info()[0] is not None:
        typer.echo(printable(traceback.format_exc()), err=True, nl=False)
    for parts in errors:
        if as_json:
            usual: Parts = {"file": None, "line": None, "field": None}
            typer.echo(json.dumps({**usual, **parts}, ensure_ascii=False), err=True)
            continue
        text = parts["message"]
        if parts["kind"] != "fault" and parts.get("hint"):
            text += f" {parts['hint']}"
        typer.echo(printable(text), err=True)
    if len(errors) > 1 and not as_json:
        typer.echo(f"{len(errors)} faults.", err=True)
