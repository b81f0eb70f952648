"""The commands by name, each imported only when it is called, and the exit code of whatever happens."""

import importlib
import os
import sys
from typing import Final

import click

from dosecal import __version__
from dosecal.cli.messages import say
from dosecal.cli.output import Unwritable
from dosecal.diagnostic import Diagnostic, Refused
from dosecal.read.files import Unreadable

COMMANDS: Final = {
    "validate": "dosecal.cli.validate",
    "schedule": "dosecal.cli.schedule",
    "ics": "dosecal.cli.ics",
}

GOOD, WRONG_CONTENT, WRONG_COMMAND, WRONG_PROGRAM = 0, 1, 2, 3


class _Commands(click.Group):
    """A group whose commands are imported on call."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = importlib.import_module(module).command
        return command


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dosecal")
def app() -> None:
    """Turn a clinical trial's regimens into a participant's visit schedule and calendar."""


def run(argv: list[str] | None) -> int:
    """Run the command line and say what goes wrong, in one line where it is not about a file's content."""
    try:
        result = app.main(args=argv, prog_name="dosecal", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except Refused as refused:
        say(refused.diagnostics)
        return WRONG_CONTENT
    except (Unreadable, Unwritable) as problem:
        say([problem.diagnostic])
        return WRONG_COMMAND
    except BrokenPipeError:
        _drop_stdout()
        return GOOD
    except OSError as error:
        _drop_stdout()
        say([Diagnostic("output", f"the output could not be written: {error.strerror or error}", "make room, or write elsewhere")])
        return WRONG_COMMAND
    except (KeyboardInterrupt, click.Abort):
        return WRONG_COMMAND
    except Exception as error:  # noqa: BLE001  (the last door: nobody should see a traceback)
        return _own_fault(error)
    return result if isinstance(result, int) else GOOD


def _own_fault(error: Exception) -> int:
    if os.environ.get("DOSECAL_TRACEBACK"):
        raise error
    mend = "please report it with the command and the files; DOSECAL_TRACEBACK=1 shows where"
    say([Diagnostic("bug", f"dosecal itself is wrong: {type(error).__name__}: {error}", mend)])
    return WRONG_PROGRAM


def _drop_stdout() -> None:
    """Nobody reads on: let the interpreter's last flush go nowhere instead of complaining."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # standard output is no file (a test reads it)
        return
