"""What the tests of facts ask of a golden schedule: the events of an item, their dates, clock times and amounts."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from dosecal.schedule import Event
from tests.golden.cases import events_of


def days(start: date, offsets: Iterable[int]) -> list[date]:
    """Days so far after `start`; 0 is `start` itself."""
    return [start + timedelta(offset) for offset in offsets]


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A time on the clock of a day."""
    return datetime.combine(day, time(hour, minute))


def of(case: str, item: str, phase: str | None = None) -> list[Event]:
    """The events of an item of a case, in order of time; there is at least one."""
    found = [event for event in events_of(case) if event.item == item and phase in (None, event.phase)]
    assert found, f"{case} has no {item}"
    return found


def dates(events: list[Event]) -> list[date]:
    return [event.date for event in events]


def clocks(events: list[Event]) -> list[datetime]:
    """What the clock on the wall shows."""
    return [event.clock.local.replace(tzinfo=None) for event in events if event.clock is not None]


def amounts(events: list[Event]) -> list[Decimal | None]:
    """The amounts; None for a placebo."""
    return [event.dose.amount.value if event.dose and event.dose.amount else None for event in events]
