"""Rows of a roster -> their calendars, as PyPI vobject writes them: `add(name).value` for each property.

Writes all that dosecal writes. The VTIMEZONE is parsed once and stands in every calendar; without it vobject would work it out each time.
Times are pytz's, which vobject depends on: from those alone (and from a parsed VTIMEZONE) it knows the zone's name.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import plan
import pytz
import vobject

LIBRARY = "vobject"
STAMP = datetime(1970, 1, 1, tzinfo=vobject.icalendar.utc)
VTIMEZONE = vobject.readOne(plan.VTIMEZONE)


def add_event(calendar: Any, planned: plan.Planned, zone: Any) -> None:
    kind, start = planned.kind, zone.localize(planned.start)
    component = calendar.add("vevent")
    component.add("uid").value = planned.uid
    component.add("dtstamp").value = STAMP
    component.add("last-modified").value = STAMP
    component.add("sequence").value = "0"
    component.add("dtstart").value = start
    component.add("dtend").value = start + kind.lasts
    component.add("summary").value = kind.title
    component.add("categories").value = [kind.category]
    component.add("status").value = "CONFIRMED"
    component.add("transp").value = kind.transp
    alarm = component.add("valarm")
    alarm.add("action").value = "DISPLAY"
    alarm.add("description").value = plan.REMINDER
    alarm.add("trigger").value = plan.BEFORE


def calendars(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    for identifier, _, day_1, zone in rows:
        calendar = vobject.iCalendar()
        calendar.add("prodid").value = plan.PRODID
        calendar.add("name").value = plan.CALENDAR_NAME
        calendar.add("x-wr-calname").value = plan.CALENDAR_NAME
        calendar.add(VTIMEZONE)
        local = pytz.timezone(zone)
        for planned in plan.events(identifier, date.fromisoformat(day_1)):
            add_event(calendar, planned, local)
        yield calendar.serialize().encode()
