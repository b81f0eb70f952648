"""A series -> its VEVENT (RRULE, EXDATE), and an instance that the record changed -> the VEVENT that takes its place (RECURRENCE-ID).

RFC 5545 3.8.5.3, 3.8.5.1 and 3.8.4.4; ics rules 14 and 15. The rule ends by COUNT: a number needs no zone, whereas the UNTIL of local
times is an instant in UTC, which some readers compare with local times. Each EXDATE is a property of its own: readers differ over lists.
"""

from typing import Final

from icalendar import Event as VEvent
from icalendar.prop import vRecur
from msgspec import Struct

from dosecal.write import mould
from dosecal.write.compact import Planned, Series
from dosecal.write.vevents import Shape, parameters_of, vevent

SERIES_MARK: Final = b"X-DOSECAL-SERIES:yes\r\n"
"""The calendar's own line that tells it from one with a VEVENT an event: who has read one kind would have doses twice after the other."""
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Instance(Struct, frozen=True):
    """A planned event of a series, as its override names it: the series' own shape says in which form."""

    series: Series
    planned: Planned
    of_series: Shape

    def override(self, shape: Shape) -> VEvent:
        """The VEVENT, with holes, of the event that takes the place of this instance (ics rule 15)."""
        event = vevent(shape)
        event.add("RECURRENCE-ID", mould.text(self.planned.span.start.decode(), parameters_of(self.of_series)))
        return event


def series_vevent(shape: Shape, series: Series) -> VEvent:
    """The VEVENT of a series, with holes, the dates of its first event among them (ics rule 14)."""
    event, rule = vevent(shape), series.run.rule
    parts: dict[str, object] = {"FREQ": rule.frequency, "COUNT": series.run.given}
    if rule.interval > 1:
        parts["INTERVAL"] = rule.interval
    if rule.frequency == "WEEKLY":
        parts |= {"BYDAY": [_WEEKDAYS[day] for day in rule.weekdays], "WKST": _WEEKDAYS[rule.week_start]}
    elif rule.frequency == "MONTHLY":
        parts["BYMONTHDAY"] = series.first.event.date.day
    event.add("RRULE", vRecur(parts))
    for start in series.excluded():
        event.add("EXDATE", mould.text(start.decode(), parameters_of(shape)))
    return event
