"""The commands by name, each imported only when it is called, and the exit code of whatever happens."""

import importlib
import os
import sys
from typing import Final

import click

from dosecal import __version__
from dosecal.cli.messages import say
from dosecal.cli.output import Unwritable, drop_stdout
from dosecal.diagnostic import Diagnostic, Misused, Place, Refused, nearest
from dosecal.read.files import Unreadable

COMMANDS: Final = {
    "validate": "dosecal.cli.validate",
    "schedule": "dosecal.cli.schedule",
    "ics": "dosecal.cli.ics",
    "explain": "dosecal.cli.explain",
    "deviations": "dosecal.cli.deviations",
    "new": "dosecal.cli.new",
    "record": "dosecal.cli.record",
    "verify": "dosecal.cli.verify",
    "cohort": "dosecal.cli.cohort",
}

_BARE: Final[tuple[type[click.ClickException], ...]] = tuple(
    getattr(click.exceptions, name) for name in ("NoArgsIsHelpError",) if hasattr(click.exceptions, name)
)
"""`dosecal` alone: the answer is the help text. Clicks before 8.2 print it themselves."""

GOOD, WRONG_CONTENT, WRONG_COMMAND, WRONG_PROGRAM = 0, 1, 2, 3


class _Commands(click.Group):
    """A group whose commands are imported on call."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = COMMANDS.get(cmd_name)
        if module is None:
            if ctx.resilient_parsing:
                return None
            near = nearest(cmd_name, COMMANDS)
            mend = f"did you mean `{near}`?" if near else f"the commands are {', '.join(COMMANDS)}"
            raise Misused("dosecal", "command", f"there is no command `{cmd_name}`", mend)
        command: click.Command = importlib.import_module(module).command
        return command


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dosecal")
def app() -> None:
    """Turn a clinical trial's regimens into a participant's visit schedule and calendar."""


def run(argv: list[str] | None) -> int:
    """Run the command line and say what goes wrong, in one line where it is not about a file's content."""
    try:
        return _answered(argv)
    except (BrokenPipeError, SystemExit):  # click makes an exit of a closed pipe
        drop_stdout()
        return GOOD
    except OSError as error:
        drop_stdout()
        say([Diagnostic("output", f"the output could not be written: {error.strerror or error}", "make room, or write elsewhere")])
        return WRONG_COMMAND
    except (KeyboardInterrupt, click.Abort):
        return WRONG_COMMAND
    except Exception as error:  # noqa: BLE001  (the last door: nobody should see a traceback)
        return _own_fault(error)


def _answered(argv: list[str] | None) -> int:
    """Run the command line: what a user can mend becomes a message and a code, and what was printed has left."""
    try:
        result = app.main(args=argv, prog_name="dosecal", standalone_mode=False)
        code = result if isinstance(result, int) else GOOD
    except _BARE as bare:
        click.echo(bare.format_message(), err=True)
        code = WRONG_COMMAND
    except click.ClickException as error:
        say([_in_our_words(error, sys.argv[1:] if argv is None else argv)])
        code = WRONG_COMMAND
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except Refused as refused:
        say(refused.diagnostics)
        code = WRONG_CONTENT
    except (Misused, Unreadable, Unwritable) as problem:
        say([problem.diagnostic])
        code = WRONG_COMMAND
    if sys.stdout is not None:
        sys.stdout.flush()
    return code


def _in_our_words(error: click.ClickException, argv: list[str]) -> Diagnostic:
    """A wrong command line that click has noticed, in the form of every other message."""
    command = " ".join(["dosecal", *(word for word in argv[:1] if word in COMMANDS)])
    message = error.format_message().rstrip(".")
    mend = f"`{command} --help` shows what can be written"
    if isinstance(error, click.NoSuchOption):
        message = f"there is no option `{error.option_name}`"
        near = nearest(error.option_name, error.possibilities or ())
        mend = f"did you mean `{near}`?" if near else mend
    return Diagnostic("command", message[:1].lower() + message[1:], mend, place=Place(command))


def _own_fault(error: Exception) -> int:
    if os.environ.get("DOSECAL_TRACEBACK"):
        raise error
    mend = "please report it with the command and the files; DOSECAL_TRACEBACK=1 shows where"
    say([Diagnostic("bug", f"dosecal itself is wrong: {type(error).__name__}: {error}", mend)])
    return WRONG_PROGRAM
