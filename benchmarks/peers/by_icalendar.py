"""Rows of a roster -> their calendars, as PyPI icalendar writes them: a component for each event, filled by `add`.

Writes all that dosecal writes. The VTIMEZONE is parsed once, and one VALARM component stands in every event.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import plan
from icalendar import Alarm, Calendar, Event, Timezone

LIBRARY = "icalendar"
STAMP = datetime(1970, 1, 1, tzinfo=UTC)
VTIMEZONE = Timezone.from_ical(plan.VTIMEZONE)
ALARM = Alarm()
ALARM.add("action", "DISPLAY")
ALARM.add("description", plan.REMINDER)
ALARM.add("trigger", plan.BEFORE)


def event(planned: plan.Planned, zone: ZoneInfo) -> Event:
    kind, start = planned.kind, planned.start.replace(tzinfo=zone)
    component = Event()
    component.add("uid", planned.uid)
    component.add("dtstamp", STAMP)
    component.add("last-modified", STAMP)
    component.add("sequence", 0)
    component.add("dtstart", start)
    component.add("dtend", start + kind.lasts)
    component.add("summary", kind.title)
    component.add("categories", [kind.category])
    component.add("status", "CONFIRMED")
    component.add("transp", kind.transp)
    component.add_component(ALARM)
    return component


def calendars(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    for identifier, _, day_1, zone in rows:
        calendar = Calendar()
        calendar.add("version", "2.0")
        calendar.add("prodid", plan.PRODID)
        calendar.add("name", plan.CALENDAR_NAME)
        calendar.add("x-wr-calname", plan.CALENDAR_NAME)
        calendar.add_component(VTIMEZONE)
        local = ZoneInfo(zone)
        for planned in plan.events(identifier, date.fromisoformat(day_1)):
            calendar.add_component(event(planned, local))
        yield calendar.to_ical()
