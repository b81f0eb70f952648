"""A regimen in numbers: its arms, its items, and the doses of each arm for a reference participant."""

from collections.abc import Iterator
from datetime import UTC, date, time
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from dosecal.diagnostic import Refused
from dosecal.dose import Amount
from dosecal.expand import expand
from dosecal.participant import Cohort, Participant, Roster, Site
from dosecal.phrases.tree import NamedTime, NearTime, Weekly
from dosecal.regimen import Arm, Item, Regimen, items_of
from dosecal.schedule import Schedule
from dosecal.study_time import WEEKDAYS, NamedTimeOfDay, Weekday, Zone, plus_months

if TYPE_CHECKING:
    from dosecal.roster import Rostered

REFERENCE_DAY_1: Final = date(2026, 1, 5)
"""A Monday in the first week of a year."""
REFERENCE_SITE: Final = Site()
"""A site that never closes."""
REFERENCE_MONTHS: Final = 24
"""How far an open-ended regimen is counted."""

REFERENCE_MEASURES: Final = {
    "weight": Amount(Decimal(70), "kg"),
    "height": Amount(Decimal(170), "cm"),
    "bsa": Amount(Decimal("1.8"), "m2"),
    "bmi": Amount(Decimal(24), "kg/m2"),
    "age": Amount(Decimal(40), "years"),
    "gfr": Amount(Decimal(90), "mL/min"),
    "creatinine clearance": Amount(Decimal(90), "mL/min"),
}

_UTC: Final = Zone("UTC", UTC, "")


class ArmCount(Struct, frozen=True):
    """How many doses (of the section `doses`) an arm has; `arm` None where the regimen has no arms."""

    arm: str | None
    doses: int
    events: int


def arms_or_none(regimen: Regimen) -> tuple[Arm | None, ...]:
    """Every arm, or None once where the regimen has no arms."""
    return regimen.arms or (None,)


def count_of(schedule: Schedule) -> ArmCount:
    """The counts of one schedule."""
    doses = sum(event.section == "doses" for event in schedule.events)
    return ArmCount(schedule.arm, doses, len(schedule.events))


def reference_schedule(regimen: Regimen, arm: Arm | None) -> Schedule:
    """The schedule of a participant who starts on REFERENCE_DAY_1, open choices filled evenly. Raises Refused as `expand` does."""
    return reference_plan(regimen, arm)[1]


def reference_plan(regimen: Regimen, arm: Arm | None) -> tuple[Participant, Schedule]:
    """As `reference_schedule`, with the participant: their choices and measures, and a horizon where the regimen has no end of its own."""
    participant = _reference_participant(regimen, arm)
    try:
        return participant, expand(regimen, participant, REFERENCE_SITE)
    except Refused as refused:
        if any(one.name != "no-horizon" for one in refused.diagnostics):
            raise
    participant = replace(participant, horizon=plus_months(REFERENCE_DAY_1, REFERENCE_MONTHS))
    return participant, expand(regimen, participant, REFERENCE_SITE)


def reference_roster(regimen: Regimen) -> "Iterator[Rostered]":
    """Two cohorts of every cohort plan, filled with reference participants of the first arm. Raises Refused as `lay_out_roster` does."""
    if not regimen.cohort_plans:
        return
    from dosecal.roster import lay_out_roster  # noqa: PLC0415  (only a trial with cohorts needs it)

    arm = regimen.arms[0] if regimen.arms else None
    for plan in regimen.cohort_plans:
        places = max(place.places.last for place in plan.places)
        ids = [[f"{cohort}-{number}" for number in range(1, places + 1)] for cohort in (1, 2)]
        people = {identity: _reference_participant(regimen, arm) for cohort in ids for identity in cohort}
        cohorts = tuple(Cohort(plan.name, tuple(cohort)) for cohort in (ids if plan.next is not None else ids[:1]))
        yield lay_out_roster(regimen, Roster(day_1=REFERENCE_DAY_1, zone=_UTC, cohorts=cohorts, participants=people), REFERENCE_SITE)


def _reference_participant(regimen: Regimen, arm: Arm | None) -> Participant:
    items = [one.item for one in items_of(regimen, arm)]
    return Participant(
        day_1=REFERENCE_DAY_1,
        arm=arm.name if arm is not None else None,
        zone=_UTC,
        cohort=1,
        place_time=time(9),
        days={item.name: days for item in items if (days := _open_weekdays(item))},
        times=_times(items),
        measures=REFERENCE_MEASURES,
    )


def _open_weekdays(item: Item) -> tuple[Weekday, ...]:
    """Weekdays spread over the week for an item that leaves them to the participant."""
    weekly = next((when for when in item.when if isinstance(when, Weekly)), None)
    if weekly is None or item.days is not None:
        return ()
    return tuple(WEEKDAYS[number * 7 // weekly.times] for number in range(min(weekly.times, 7)))


def _times(items: list[Item]) -> dict[str, NamedTimeOfDay]:
    """Named times spread from 08:00 to 20:00, in the order in which the regimen names them."""
    slots = [slot for item in items for step in item.at for slot in step.value]
    names = list(dict.fromkeys(slot.name for slot in slots if isinstance(slot, NamedTime | NearTime)))
    return {name: NamedTimeOfDay((time(8 + number * 12 // max(len(names) - 1, 1)),) * 7) for number, name in enumerate(names)}
