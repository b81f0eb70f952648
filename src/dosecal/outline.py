"""A regimen in numbers: its arms, its items, and the doses of each arm for a reference participant."""

from datetime import UTC, date, time
from decimal import Decimal
from typing import Final

from msgspec import Struct

from dosecal.dose import Amount
from dosecal.expand import expand
from dosecal.participant import NamedTimeOfDay, Participant
from dosecal.phrases.tree import Every, NamedTime, NearTime, Until, Weekly
from dosecal.regimen import Arm, Item, Regimen, items_of, phases_of
from dosecal.schedule import Schedule
from dosecal.study_time import WEEKDAYS, Weekday, Zone, plus_months

REFERENCE_DAY_1: Final = date(2026, 1, 5)
"""A Monday in the first week of a year."""
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
    items = [one.item for one in items_of(regimen, arm)]
    endless = any(phase.cycle is not None and phase.cycle.count is None for phase in phases_of(regimen, arm))
    endless |= any(
        isinstance(when, Every | Weekly) and (when.end is None or isinstance(when.end, Until)) for item in items for when in item.when
    )
    participant = Participant(
        day_1=REFERENCE_DAY_1,
        arm=arm.name if arm is not None else None,
        zone=Zone("UTC", UTC, ""),
        horizon=plus_months(REFERENCE_DAY_1, REFERENCE_MONTHS) if endless else None,
        days={item.name: days for item in items if (days := _open_weekdays(item))},
        times=_times(items),
        measures=REFERENCE_MEASURES,
    )
    return expand(regimen, participant)


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
