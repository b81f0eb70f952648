"""`dosecal record PARTICIPANT.yaml KIND VALUE`: one more entry of what really happened, after its consequences were shown."""

import sys

import click

from dosecal.cli.adding import Prepared, Wanted, add_at_once, prepare, write
from dosecal.cli.chained import numbered
from dosecal.cli.composing import KINDS, composed
from dosecal.cli.locked import locked
from dosecal.cli.messages import as_data, say
from dosecal.cli.output import refuse_unchangeable, tell
from dosecal.diagnostic import Misused, visible
from dosecal.write.entry import entry_line


@click.command("record", epilog=f"KIND: {', '.join(KINDS)}.")
@click.argument("file", metavar="PARTICIPANT.yaml")
@click.argument("kind")
@click.argument("value", required=False)
@click.option("--on", metavar="YYYY-MM-DD", help="When it happened [default: today where the participant is].")
@click.option("--due", metavar="YYYY-MM-DD", help="Which occurrence: the date on which it is due [default: that of --on].")
@click.option("--slot", metavar="TIME", help="Which of several a day: its time on the schedule, or the time's name.")
@click.option("--at", metavar="HH:MM", help="The clock time at which it took place.")
@click.option("--amount", metavar="AMOUNT", help='What was really given: "40 mg".')
@click.option("--to", metavar="...", help="The new date, amount or weekdays.")
@click.option("--through", metavar="YYYY-MM-DD", help="The last day for which it holds.")
@click.option("--value", "measured", metavar="AMOUNT", help='What was measured: "79.4 kg".')
@click.option("--why", metavar="TEXT", help="The reason.")
@click.option("--by", required=True, metavar="WHO", help="Who says so.")
@click.option("--corrects", metavar="N", help="The number of the entry in whose place this one holds.")
@click.option("--site", "sites", multiple=True, metavar="FILE", help="A site file; once for each site.")
@click.option("--regimen", metavar="REGIMEN", help="The regimen [default: the one that the participant file names].")
@click.option("--dry-run", is_flag=True, help="Only show what would change, whatever else is said.")
@click.option("--yes", is_flag=True, help="Add the entry without asking.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to say what changes.")
def command(
    *, file: str, kind: str, value: str | None, measured: str | None, sites: tuple[str, ...], regimen: str | None,
    dry_run: bool, yes: bool, form: str, **options: str | None,
) -> None:  # fmt: skip
    """Add an entry to a participant's record, after showing what it changes.

    KIND is what happened, VALUE to what: not-given "interferon beta-1a", delayed "treatment cycle 5", measured weight, void 3. Nothing that
    stands in the file is ever changed: a new entry puts a wrong one right (--corrects) or takes it back (void).
    """
    if not (dry_run or yes) and (form == "json" or not _is_terminal()):
        problem = "nobody can be asked here whether to add the entry"
        raise Misused("dosecal record", "unanswered", problem, "add --yes; or --dry-run, which only shows what would change")
    wanted = Wanted(file, composed(kind, value, {**options, "value": measured}), regimen, sites)
    refuse_unchangeable(file)
    if dry_run:
        _show(wanted, prepare(wanted), None, form)
    elif yes:
        _show(wanted, *add_at_once(wanted), form)
    else:
        _ask(wanted)


def _is_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def _ask(wanted: Wanted) -> None:
    """Show what the entry changes and add it if the answer is yes; again where the file has changed meanwhile.

    Nobody else has to wait for the answer: the lock is taken after it. Raises click.Abort for a no.
    """
    while True:
        prepared = prepare(wanted)
        tell(_text(wanted, prepared))
        say(prepared.notes)
        if not click.confirm("Add this entry?", err=True):
            click.echo("Nothing was written.", err=True)
            raise click.Abort
        with locked(wanted.file):
            head = write(wanted, prepared)
        if head is not None:
            tell(_added(wanted, prepared, head))
            return
        click.echo(f"{visible(wanted.file)} was changed meanwhile, so here is what the entry changes now:", err=True)


def _show(wanted: Wanted, prepared: Prepared, head: str | None, form: str) -> None:
    """Say what the entry changes, and that it was added, where it was (`head`)."""
    if form == "json":
        tell(_json(wanted, prepared, head))
        return
    tell(_text(wanted, prepared))
    say(prepared.notes)
    tell(_added(wanted, prepared, head) if head is not None else "Nothing was written (--dry-run).")


def _text(wanted: Wanted, prepared: Prepared) -> str:
    """The entry, the entries that it chains, and a table of what changes."""
    from dosecal.write.changes import write as write_changes  # noqa: PLC0415  (its dates in words take a while to import)

    lines = [f"{visible(wanted.file)}, entry {prepared.number}: {visible(entry_line(prepared.entry))}"]
    if prepared.by_hand:
        verb = "is" if len(prepared.by_hand) == 1 else "are"
        lines.append(f"{numbered(prepared.by_hand).capitalize()}, written by hand, {verb} chained with this one.")
    table = "The record could not be laid out before this entry.\n"
    if prepared.changed is not None:
        table = write_changes(prepared.changed)
    return "\n".join([*lines, "", table])


def _added(wanted: Wanted, prepared: Prepared, head: str) -> str:
    return f"{visible(wanted.file)}: entry {prepared.number} was added.\nhead: {head}"


def _json(wanted: Wanted, prepared: Prepared, head: str | None) -> str:
    import msgspec.json  # noqa: PLC0415  (only when asked for)

    from dosecal.write.changes_data import changes_data  # noqa: PLC0415

    data = {
        "file": wanted.file,
        "number": prepared.number,
        "entry": prepared.entry,
        "chained_by_hand": list(prepared.by_hand),
        "changes": changes_data(prepared.changed) if prepared.changed is not None else None,
        "diagnostics": [as_data(one) for one in prepared.notes],
        "written": head is not None,
        "head": head,
    }
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode()
