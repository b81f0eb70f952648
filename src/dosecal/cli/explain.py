"""`dosecal explain REGIMEN`: a regimen in plain English; with SELECTION and `--on DATE`, why each event of that date is there."""

from datetime import date
from typing import Any, Final

import click

from dosecal.check import check
from dosecal.cli.messages import say
from dosecal.cli.output import tell
from dosecal.cli.selection import Selected, a_date, select, selection_options
from dosecal.diagnostic import Misused, Refused, nearest
from dosecal.expand.expansion import arm_of
from dosecal.outline import arms_or_none, reference_plan
from dosecal.read.files import regimen_path
from dosecal.read.regimen import RegimenFile, read_regimen_file
from dosecal.regimen import Arm
from dosecal.write.explain import ArmPlan, explain
from dosecal.write.why import why

_ALONE: Final = {"regimen", "arm"}
"""What may stand without `--on`."""


@click.command("explain")
@selection_options
@click.option("--on", "day", callback=a_date, metavar="YYYY-MM-DD", help="Why the participant's events of this date are there.")
@click.option("--item", metavar="NAME", help="With --on: only this item.")
def command(*, day: date | None, item: str | None, **selection: Any) -> None:
    """Read a regimen back in plain English, for review.

    With a participant and --on: why each event of that date is there. REGIMEN is a file, or the name of a published regimen.
    """
    if day is not None:
        _explain_day(select(**selection), day, item)
        return
    given = [name for name, value in selection.items() if value not in (None, ()) and name not in _ALONE]
    if given or item is not None:
        raise click.UsageError("a participant is explained on a date: add --on YYYY-MM-DD, or name no more than REGIMEN and --arm")
    read = read_regimen_file(regimen_path(selection["regimen"]), selection["regimen"])
    arms = _arms(read, selection["arm"])
    found = check(read.regimen)
    located = [read.locate(one) for one in found.diagnostics]
    if not found.good:
        raise Refused(located)
    plans = [ArmPlan(arm, *reference_plan(read.regimen, arm)) for arm in arms]
    tell(explain(read.regimen, plans).rstrip("\n"))
    say(located)


def _arms(read: RegimenFile, name: str | None) -> tuple[Arm | None, ...]:
    """The arm that is named, or every arm. Raises Misused."""
    if name is None:
        return arms_or_none(read.regimen)
    try:
        return (arm_of(read.regimen, name),)
    except Refused as refused:
        wrong = refused.diagnostics[0]
        raise Misused("--arm", wrong.name, wrong.message, wrong.help) from None


def _explain_day(selected: Selected, day: date, item: str | None) -> None:
    names = dict.fromkeys(event.item for event in selected.schedule.events)
    if item is not None and item not in names:
        near = nearest(item, names)
        mend = f"did you mean `{near}`?" if near else f"the items of this schedule are {', '.join(names)}"
        raise Misused("--item", "unknown-name", f"this schedule has no item `{item}`", mend)
    tell(why(selected.regimen.regimen, selected.schedule, day, item).rstrip("\n"))
    say(note for note in selected.schedule.notes if note.severity == "warning")
