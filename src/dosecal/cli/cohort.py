"""`dosecal cohort REGIMEN ROSTER.csv -o DIR`: a file for every participant of a roster, and a manifest of them all."""

from typing import Final

import click
from click.core import ParameterSource

from dosecal.cli.audiences import audience_option
from dosecal.cli.languages import language_option
from dosecal.cli.output import write_out
from dosecal.cli.wishes import Wishes, calendar_options
from dosecal.diagnostic import Misused
from dosecal.languages import ENGLISH
from dosecal.read.files import read_bytes, regimen_path

FORMS: Final = ("ics", "json", "csv")


@click.command("cohort")
@click.argument("regimen", required=False)
@click.argument("roster", required=False, metavar="ROSTER")
@click.option("-o", "--output", "folder", metavar="DIR", help="The folder for the files, made if need be; or a shared store's address.")
@click.option("--format", "form", type=click.Choice(FORMS), default="ics", show_default=True, help="What each file is.")
@click.option("--compact", is_flag=True, help="Regular events as one series instead of one by one; the same dates in smaller files.")
@audience_option("participant")
@language_option
@click.option("--site", "site_files", metavar="FILE", multiple=True, help="A site file; once for each site that the roster names.")
@click.option("--jobs", type=click.IntRange(1, 512), metavar="N", help="Processes that work side by side [default: one a processor].")
@click.option("--scheduler", metavar="ADDRESS", help="Work on a Dask cluster instead: tcp://HOST:PORT (extra `cluster`).")
@click.option("--force", is_flag=True, help="Replace files of the same names even if dosecal did not write them.")
@click.option("--template", is_flag=True, help="Print an example roster for REGIMEN instead.")
@calendar_options
def command(
    *, regimen: str | None, roster: str | None, folder: str | None, form: str, compact: bool, audience: str, language: str | None,
    site_files: tuple[str, ...], jobs: int | None, scheduler: str | None, force: bool, template: bool, wishes: Wishes,
) -> int:  # fmt: skip
    """Write a calendar (or a schedule as data) for every participant of a roster.

    ROSTER is a table, CSV or Parquet, with a row for each participant: id, arm, day-1, timezone and more (--template prints an example).
    The whole roster is checked before the first file is written. A run that was interrupted goes on when it is repeated; files that are as
    they should be are left untouched. What was written stands in manifest.json, which `dosecal verify DIR` checks.
    """
    if template:
        if roster is not None or folder is not None:
            raise Misused("--template", "command", "a template is printed, and no roster is read", "leave the roster and -o out")
        return _template(regimen)
    if regimen is None or roster is None:
        missing = "the regimen and the roster are" if regimen is None else "the roster is"
        raise Misused("dosecal cohort", "command", f"{missing} not named", "write: dosecal cohort REGIMEN ROSTER.csv -o DIR")
    if folder is None:
        raise Misused("-o", "no-output", "the folder for the files is not named", "add -o DIR")
    _check(form, wishes, compact=compact, jobs=jobs, scheduler=scheduler)
    if language not in (None, ENGLISH.code) and audience != "participant":
        raise Misused("--language", "language", f"what the {audience} reads is in English alone", "leave it out")
    from dosecal.cli.cohort_run import run  # noqa: PLC0415  (icalendar is slow to import: not for a wrong command)
    from dosecal.cohort.job import Job, Source  # noqa: PLC0415
    from dosecal.cohort.store import place_of  # noqa: PLC0415

    path = regimen_path(regimen)
    job = Job(
        regimen=Source(regimen, path, read_bytes(path)),
        sites=tuple(Source(file, file, read_bytes(file)) for file in site_files),
        folder=place_of(folder),
        form=form,
        audience=audience,
        language=language,
        compact=compact,
        options=wishes.options(),
        force=force,
    )
    return run(job, roster, (path, roster, *site_files, *wishes.inputs), jobs, scheduler)


def _template(regimen: str | None) -> int:
    from dosecal.cohort.workshop import arms_of  # noqa: PLC0415  (as above)
    from dosecal.laying.sight import UNBLINDED  # noqa: PLC0415
    from dosecal.read.regimen import read_regimen_file  # noqa: PLC0415
    from dosecal.read.table import template_of  # noqa: PLC0415

    arms = arms_of(read_regimen_file(regimen_path(regimen), regimen).regimen, UNBLINDED) if regimen is not None else {}
    write_out(template_of(arms).encode(), None, (), force=False)
    return 0


def _check(form: str, wishes: Wishes, *, compact: bool, jobs: int | None, scheduler: str | None) -> None:
    """Raises Misused for options that do not go together."""
    key = click.get_current_context().get_parameter_source("uid_key_file") is ParameterSource.COMMANDLINE  # a variable is for all runs
    asked = {"--compact": compact, "--alarm": wishes.alarm, "--todo": wishes.todo, "--refresh": wishes.refresh, "--color": wishes.color}
    asked |= {"--uid-key-file": key}
    also = ", ".join(option for option, value in asked.items() if value)
    if form != "ics" and also:
        raise Misused(also, "format", f"{form} is no calendar", "leave it out, or ask for --format ics")
    if jobs is not None and scheduler is not None:
        raise Misused("--jobs", "jobs", "a cluster has its own workers", "leave --jobs or --scheduler out")
