"""Regimen + Participant + Site -> Schedule: every item in order of dependence, every occurrence in order of date.

The order is that of the language's rule 14: nominal date; the calendar rule; the due date. No record is replayed yet, so an event stands
where it is due. All that is wrong is found before anything is refused: each item that cannot be laid out gives its own diagnostic.
"""

from datetime import date, time

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.courses import Laid
from dosecal.expand.dependence import in_order
from dosecal.expand.item import lay_out
from dosecal.expand.points import Scope
from dosecal.expand.unbuilt import unbuilt_constructs
from dosecal.participant import ALWAYS_OPEN, Participant, Site
from dosecal.phrases.tree import Weekly
from dosecal.regimen import SECTIONS, Arm, PlacedItem, Regimen, items_of
from dosecal.schedule import Event, Schedule


def expand(regimen: Regimen, participant: Participant, site: Site = ALWAYS_OPEN) -> Schedule:
    """The schedule of `participant` on `regimen`, as planned. Pure: no clock, no environment, no file.

    Raises Refused with every reason why it cannot be laid out; paths lead into the regimen file.
    """
    arm = arm_of(regimen, participant.arm)
    placed = items_of(regimen, arm)
    faults = [*unbuilt_constructs(regimen, participant.arm, placed), *_wrong_days(participant, placed)]
    if faults:
        raise Refused(faults)
    laid = _laid_out(regimen, participant, site, in_order(placed))
    listed = [event for one in laid for event in one.events if participant.horizon is None or event.date <= participant.horizon]
    return Schedule(
        study=regimen.study,
        participant=participant.id,
        arm=arm.name if arm is not None else None,
        day_1=participant.day_1,
        zone=participant.zone,
        months=regimen.months,
        events=tuple(sorted(listed, key=_by_date)),
        notes=tuple(note for one in laid for note in one.notes),
    )


def arm_of(regimen: Regimen, name: str | None) -> Arm | None:
    """The arm called `name`; None where the regimen has no arms. Raises Refused when it is unknown, missing, or there are no arms."""
    names = ", ".join(arm.name for arm in regimen.arms)
    if name is None:
        if not regimen.arms:
            return None
        raise Refused([Diagnostic("arm", "which arm? the regimen has several", f"its arms are {names}", path=("arms",))])
    arm = regimen.arm(name)
    if arm is not None:
        return arm
    if not regimen.arms:
        raise Refused([Diagnostic("arm", f"there is no arm `{name}`: the regimen has no arms", "leave the arm out")])
    raise Refused([Diagnostic("arm", f"there is no arm `{name}`", f"the arms are {names}", path=("arms",))])


def _laid_out(regimen: Regimen, participant: Participant, site: Site, ordered: tuple[PlacedItem, ...]) -> list[Laid]:
    """Every item laid out, each seeing those before it. Raises Refused with the refusals of all items."""
    laid: dict[str, Laid] = {}
    faults: list[Diagnostic] = []
    for one in ordered:
        scope = Scope(participant.day_1, participant.day_1, regimen.months, site, one.item.name)
        try:
            laid[one.item.name] = lay_out(one, scope, participant, laid)
        except Refused as refused:
            faults += refused.diagnostics
    if faults:
        raise Refused(faults)
    return list(laid.values())


def _wrong_days(participant: Participant, placed: tuple[PlacedItem, ...]) -> list[Diagnostic]:
    """Weekdays chosen for what takes none: a preference only fills what the regimen leaves open."""
    weekly = [one.item.name for one in placed if any(isinstance(when, Weekly) for when in one.item.when)]
    known = f"the items that do are {', '.join(weekly)}" if weekly else "no item of this arm does"
    return [
        Diagnostic("days", f"`{name}` takes no choice of weekdays in this arm", f"leave it out of `days`; {known}")
        for name in participant.days
        if name not in weekly
    ]


_ORDER = {section: number for number, section in enumerate(SECTIONS)}


def _by_date(event: Event) -> tuple[date, bool, time, int]:
    """By date, all-day events first, then by clock time, then by section."""
    clock = event.clock.local.time() if event.clock is not None else time.min
    return event.date, event.clock is not None, clock, _ORDER[event.section]
