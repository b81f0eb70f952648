"""Regimen + Participant + Site -> Schedule: every item in order of dependence, every occurrence in order of date.

The order is that of the language's rule 14: nominal date; `except`; the calendar rule; `not-before` and gaps: the due date; the record:
where it stands. All that is wrong is found before anything is refused.
"""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.courses import Laid
from dosecal.expand.plan import Plan
from dosecal.participant import ALWAYS_OPEN, Participant, Site
from dosecal.phrases.tree import Weekly
from dosecal.regimen import Arm, PlacedItem, Regimen
from dosecal.schedule import Schedule, in_order

if TYPE_CHECKING:
    from dosecal.expand.bound import Bindings


def expand(
    regimen: Regimen,
    participant: Participant,
    site: Site = ALWAYS_OPEN,
    *,
    sites: Mapping[str, Site] = {},
    amendments: Mapping[str, Regimen] = {},
    known: "Bindings | None" = None,
) -> Schedule:
    """The schedule of `participant` on `regimen`, as the record leaves it. Pure: no clock, no environment, no file.

    `sites` are those that the record may name, `amendments` the later versions of the protocol; `known` keeps what entries mean while one
    participant is laid out with more and more of one record. Raises Refused with every reason why it
    cannot be laid out; paths lead into the regimen file, those that begin with `record` into the participant's.
    """
    if participant.record:
        from dosecal.expand.bound import Bindings  # noqa: PLC0415  (only where there is a record)
        from dosecal.expand.replay import expand_record  # noqa: PLC0415

        return expand_record(regimen, participant, site, sites, amendments, Bindings() if known is None else known)
    arm = arm_of(regimen, participant.arm)
    return schedule_of(Plan(regimen, arm, participant, site))


def schedule_of(plan: Plan) -> Schedule:
    """The schedule of a plan: everything in it laid out. Raises Refused."""
    regimen, participant = plan.regimen, plan.participant
    faults = [*_wrong_days(participant, plan.items), *_wrong_flags(participant, regimen)]
    if faults:
        raise Refused(faults)
    laid = _laid_out(plan)
    horizon = participant.horizon or date.max
    listed = [event for _, one in laid for event in one.events]
    notes = [replace(note, path=(*placed.path, *note.path)) for placed, one in laid for note in one.notes]
    return Schedule(
        study=regimen.study,
        participant=participant.id,
        arm=plan.arm.name if plan.arm is not None else None,
        day_1=participant.day_1,
        zone=participant.zone,
        months=regimen.months,
        holidays=plan.site.holidays.source if plan.site.holidays is not None else None,
        events=in_order(event for event in listed if event.date <= horizon),
        notes=tuple(dict.fromkeys(notes)),
        absent=in_order(event for _, one in laid for event in one.absent if event.date <= horizon),
        beyond=in_order(event for event in listed if event.date > horizon) if participant.horizon is not None else (),
    )


def arm_of(regimen: Regimen, name: str | None) -> Arm | None:
    """The arm called `name`; None where the regimen has no arms. Raises Refused when it is unknown, missing, or there are no arms."""
    names = ", ".join(arm.name for arm in regimen.arms)
    if name is None:
        if not regimen.arms:
            return None
        message = "the regimen has several arms, and none is named"
        raise Refused([Diagnostic("arm", message, f"name one of its arms: {names}", path=("arms",))])
    arm = regimen.arm(name)
    if arm is not None:
        return arm
    if not regimen.arms:
        raise Refused([Diagnostic("arm", f"there is no arm `{name}`: the regimen has no arms", "leave the arm out")])
    raise Refused([Diagnostic("arm", f"there is no arm `{name}`", f"the arms are {names}", path=("arms",))])


def _laid_out(plan: Plan) -> list[tuple[PlacedItem, Laid]]:
    """Every item laid out. Raises Refused with the refusals of all items, each once."""
    laid: list[tuple[PlacedItem, Laid]] = []
    faults: list[Diagnostic] = []
    for one in plan.items:
        try:
            laid.append((one, plan.laid_out(one)))
        except Refused as refused:
            faults += refused.diagnostics
            if any(fault.name == "too-many" for fault in refused.diagnostics):
                break  # the rest would only take its time
    if faults:
        raise Refused(dict.fromkeys(faults))
    return laid


def _wrong_flags(participant: Participant, regimen: Regimen) -> list[Diagnostic]:
    """Flags that the regimen does not name: a slip here would give or withhold treatment in silence."""
    known = f"its flags are {', '.join(regimen.flags)}" if regimen.flags else "it has none"
    return [
        Diagnostic("flags", f"the regimen has no flag `{flag}`", f"{known}", part=flag)
        for flag in sorted(participant.flags)
        if flag not in regimen.flags
    ]


def _wrong_days(participant: Participant, placed: tuple[PlacedItem, ...]) -> list[Diagnostic]:
    """Weekdays chosen for what takes none: a preference only fills what the regimen leaves open."""
    weekly = [one.item.name for one in placed if any(isinstance(when, Weekly) for when in one.item.when)]
    known = f"the items that take one are {', '.join(weekly)}" if weekly else "no item of this arm takes one"
    return [
        Diagnostic("days", f"`{name}` takes no choice of weekdays in this arm", f"leave it out of `days`: {known}", part=name)
        for name in participant.days
        if name not in weekly
    ]
