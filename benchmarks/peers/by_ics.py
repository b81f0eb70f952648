"""Rows of a roster -> their calendars, as PyPI ics (ics.py 0.7) writes them: an `Event` with keywords for each event.

Not the same file: ics.py turns every local time into UTC, so there is neither a TZID nor a VTIMEZONE, and the events stand in no order.
SEQUENCE, NAME and X-WR-CALNAME have no attribute and go in as extra lines. One alarm stands in every event.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import arrow
import plan
from ics import Calendar, DisplayAlarm, Event
from ics.grammar.parse import ContentLine

LIBRARY = "ics"
STAMP = arrow.get(datetime(1970, 1, 1, tzinfo=UTC))
ALARMS = [DisplayAlarm(trigger=plan.BEFORE, display_text=plan.REMINDER)]
SEQUENCE = ContentLine(name="SEQUENCE", value="0")
NAMES = [ContentLine(name=name, value=plan.CALENDAR_NAME) for name in ("NAME", "X-WR-CALNAME")]


def event(planned: plan.Planned, zone: ZoneInfo) -> Event:
    kind, start = planned.kind, planned.start.replace(tzinfo=zone)
    component = Event(
        uid=planned.uid,
        created=STAMP,  # which ics.py writes as DTSTAMP
        last_modified=STAMP,
        begin=start,
        end=start + kind.lasts,
        name=kind.title,
        categories=[kind.category],
        status="CONFIRMED",
        transparent=kind.transp == "TRANSPARENT",
        alarms=ALARMS,
    )
    component.extra.append(SEQUENCE)
    return component


def calendars(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    for identifier, _, day_1, zone in rows:
        calendar = Calendar(creator=plan.PRODID)
        calendar.extra.extend(NAMES)
        local = ZoneInfo(zone)
        calendar.events.update(event(planned, local) for planned in plan.events(identifier, date.fromisoformat(day_1)))
        yield calendar.serialize().encode()
