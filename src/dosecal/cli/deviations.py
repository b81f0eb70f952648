"""`dosecal deviations PARTICIPANT.yaml...`: where what happened departs from what was planned, of one or several participants."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import Final

import click

from dosecal.cli.messages import say
from dosecal.cli.output import write_out
from dosecal.cli.selection import Selected, a_date, select_participant
from dosecal.deviations import Report, report
from dosecal.diagnostic import Diagnostic, Misused, Refused, visible
from dosecal.read.files import Unreadable
from dosecal.read.participant import read_participant_file

FORMATS: Final = ("table", "csv", "json")


@click.command("deviations")
@click.argument("files", nargs=-1, required=True, metavar="PARTICIPANT.yaml...")
@click.option("--regimen", metavar="REGIMEN", help="The regimen of them all, instead of the one that each file names.")
@click.option("--site", "site_files", multiple=True, metavar="FILE", help="A site file; may be given several times.")
@click.option("--as-of", callback=a_date, metavar="YYYY-MM-DD", help="As known at the end of this day; also what had no entry.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="How to write it.")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of standard output.")
@click.option("--force", is_flag=True, help="Replace FILE even if dosecal did not write it.")
def command(
    *,
    files: tuple[str, ...],
    regimen: str | None,
    site_files: tuple[str, ...],
    as_of: date | None,
    form: str,
    output: str | None,
    force: bool,
) -> int:
    """List what was early, late, missed, out of its window or too soon after the one before.

    Only what the record says counts: with --as-of, planned events without an entry are listed beside the deviations, as that.
    """
    selected, faults, code = _all_of(files, regimen, site_files, as_of)
    if faults:
        say(dict.fromkeys(faults))
        return code
    _refuse_twins(files, selected)
    reports = [report(one.schedule, as_of) for one in selected]
    text = _written(reports, form)
    to_terminal = output is None and sys.stdout is not None and sys.stdout.isatty()
    encoding, errors = (sys.stdout.encoding or "utf-8", "backslashreplace") if to_terminal else ("utf-8", "strict")
    inputs = [path for file, one in zip(files, selected, strict=True) for path in (file, *one.inputs)]
    write_out(text.encode(encoding, errors), output, inputs, force=force)
    _say_written(output, reports)
    notes = [(one.regimen.locate(note) if note.path else note) for one in selected for note in one.schedule.notes]
    say(dict.fromkeys(note for note in notes if note.severity == "warning"))
    return 0


def _all_of(
    files: Sequence[str], regimen: str | None, site_files: tuple[str, ...], as_of: date | None
) -> tuple[list[Selected], list[Diagnostic], int]:
    """The schedule of each file, or everything that is wrong with any of them and the exit code."""
    selected: list[Selected] = []
    faults: list[Diagnostic] = []
    code = 0
    for file in files:
        try:
            selected.append(select_participant(read_participant_file(file), regimen=regimen, site_files=site_files, as_of=as_of))
        except Refused as refused:
            faults += refused.diagnostics
            code = code or 1
        except (Misused, Unreadable) as problem:
            faults.append(problem.diagnostic)
            code = 2
    return selected, faults, code


def _refuse_twins(files: Sequence[str], selected: Sequence[Selected]) -> None:
    """Two files of one participant would count their deviations twice. Raises Misused."""
    seen: dict[tuple[str, str | None], str] = {}
    for file, one in zip(files, selected, strict=True):
        whose = (one.schedule.study, one.schedule.participant)
        if whose in seen:
            message = f"`{seen[whose]}` and `{file}` are of one participant, `{one.schedule.participant}`"
            raise Misused(file, "two-sources", message, "name each participant once")
        seen[whose] = file


def _written(reports: Sequence[Report], form: str) -> str:
    """The deviations in the format asked for; only the table needs dates in words, which are slow to import."""
    if form == "table":
        from dosecal.write.deviations import write  # noqa: PLC0415

        return write(reports)
    from dosecal.write.deviations_data import write_csv, write_json  # noqa: PLC0415

    return write_csv(reports) if form == "csv" else write_json(reports)


def _say_written(output: str | None, reports: Sequence[Report]) -> None:
    """Say on standard error what stands in the file that was just written: `site.csv: 12 deviations of 3 participants`."""
    if output is None or output == "-" or sys.stderr is None:
        return
    found, people = sum(len(one.deviations) for one in reports), len(reports)
    words = f"{found:,} deviation{'' if found == 1 else 's'} of {people:,} participant{'' if people == 1 else 's'}"
    with suppress(OSError):
        print(visible(f"{output}: {words}"), file=sys.stderr, flush=True)
