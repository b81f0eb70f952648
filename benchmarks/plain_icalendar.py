"""The interferon calendar as a plain script writes it with icalendar: the same 345 all-day events with the same properties, to stdout.

It knows nothing of regimens, windows or checks; it is what somebody writes in an afternoon, and what `dosecal ics` is measured against.
"""

import hashlib
import sys
from datetime import UTC, date, datetime, timedelta

from dateutil.relativedelta import relativedelta
from icalendar import Calendar, Event

DAY_1 = date(2026, 1, 5)
STUDY = hashlib.sha256(b"study and participant").hexdigest()[:32]
STAMP = datetime(1970, 1, 1, tzinfo=UTC)
ONE_DAY = timedelta(days=1)


def events() -> list[tuple[date, str, str, str]]:
    """Date, key, title and category of every event: injections on Mon, Wed and Fri, monthly tests, assessments every 3 months."""
    end = DAY_1 + relativedelta(months=24)
    days = [DAY_1 + timedelta(n) for n in range((end - DAY_1).days)]
    injections = [day for day in days if day.weekday() in {0, 2, 4}]
    return sorted(
        [(day, f"dose {number}", "Injection", "Treatment") for number, day in enumerate(injections, 1)]
        + [(DAY_1 + relativedelta(months=month), f"lab {month}", "Blood test", "Test") for month in range(1, 25)]
        + [(DAY_1 + relativedelta(months=month), f"assessment {month}", "Assessment", "Visit") for month in range(3, 25, 3)]
    )


def component(day: date, key: str, title: str, category: str) -> Event:
    event = Event()
    event.add("uid", f"{STUDY}-{hashlib.sha256(key.encode()).hexdigest()[:20]}")
    event.add("dtstamp", STAMP)
    event.add("last-modified", STAMP)
    event.add("sequence", 0)
    event.add("dtstart", day)
    event.add("dtend", day + ONE_DAY)
    event.add("summary", title)
    event.add("categories", [category])
    event.add("status", "CONFIRMED")
    event.add("transp", "TRANSPARENT" if category == "Treatment" else "OPAQUE")
    return event


def main() -> None:
    calendar = Calendar()
    calendar.add("prodid", "-//plain//plain//EN")
    calendar.add("version", "2.0")
    calendar.add("name", "Visits and treatment")
    calendar.add("x-wr-calname", "Visits and treatment")
    for event in events():
        calendar.add_component(component(*event))
    sys.stdout.buffer.write(calendar.to_ical())


if __name__ == "__main__":
    main()
