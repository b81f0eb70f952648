"""Schedules built by hand, for the tests of what is written: no regimen, no expansion."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from dosecal.dose import Amount, Dose
from dosecal.regimen import Section
from dosecal.schedule import Event, Schedule
from dosecal.study_time import Instant, StudyDay, Window, Zone

DAY_1 = date(2026, 1, 5)  # a Monday
ZONE = Zone("America/Los_Angeles", ZoneInfo("America/Los_Angeles"), "2026f")


def dose(amount: str | None = "44", unit: str = "mcg", route: str = "SC") -> Dose:
    return Dose(None if amount is None else Amount(Decimal(amount), unit), route)


def event(item: str, day: date, section: Section = "doses", **fields: Any) -> Event:
    """An event that stands where it is planned, with a study day counted from DAY_1 by plain subtraction."""
    distance = (day - DAY_1).days
    defaults: dict[str, Any] = {
        "key": f"{item}/{day}",
        "nominal_date": day,
        "due_date": day,
        "study_day": StudyDay(distance + 1 if distance >= 0 else distance),
    }
    return Event(section=section, item=item, date=day, **(defaults | fields))


def at(day: date, clock: time, hours: int = -8, **fields: Any) -> Instant:
    return Instant(local=datetime.combine(day, clock, ZONE.rules), utc_offset=timedelta(hours=hours), **fields)


def schedule(*events: Event, **fields: Any) -> Schedule:
    defaults: dict[str, Any] = {"study": "CARE-MS II", "day_1": DAY_1}
    return Schedule(events=events, **(defaults | fields))


def injections(*days: date, **fields: Any) -> list[Event]:
    return [event("interferon beta-1a", day, **({"dose": dose()} | fields)) for day in days]


def every(step: int, count: int, first: date = DAY_1) -> list[date]:
    return [first + timedelta(step * k) for k in range(count)]


def on_weekdays(weekdays: set[int], first: date, last: date) -> list[date]:
    """Every date from `first` through `last` on one of the weekdays (Monday is 0)."""
    return [day for day in every(1, (last - first).days + 1, first) if day.weekday() in weekdays]


def interferon_arm() -> Schedule:
    """Two years of the interferon arm from Monday 5 January 2026: 313 injections, 24 laboratory tests, 8 assessments."""
    doses = injections(*on_weekdays({0, 2, 4}, DAY_1, date(2028, 1, 4)), month=0)
    months = [(m, date(2026 + m // 12, m % 12 + 1, 5)) for m in range(1, 25)]
    labs = [event("laboratory tests", day, "labs", month=m) for m, day in months]
    visits = [
        event("comprehensive assessment", day, "assessments", month=m, window=Window(day - timedelta(7), day + timedelta(7)))
        for m, day in months
        if m % 3 == 0
    ]
    events = sorted([*doses, *labs, *visits], key=lambda one: one.date)
    return schedule(*events, participant="1042", arm="interferon-beta-1a", zone=ZONE)
