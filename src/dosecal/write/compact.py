"""Events -> the series among them: events of one item alike in all but the date, on dates that recurrence rules give (ics rule 14).

Series are found among the events of the plan without its record, and every such event stays in its series for ever. What the record
changed is written as an override of its instance (RECURRENCE-ID, the planned start), with the event's own SEQUENCE and stamps. So the
record changes no series: neither its UID (that of its first event), nor its rule, nor its SEQUENCE, which is lower than that of any
override; and an override that was once written is written ever after. A client that merges by UID and RECURRENCE-ID, the highest SEQUENCE
winning, thus holds after any number of exports what the last one says.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from dosecal.schedule import Event
from dosecal.study_time import StudyDay, Window, Zone, instant_at
from dosecal.write.recurrence import Run, runs
from dosecal.write.vevents import Span

Texts = tuple[str, str]
"""SUMMARY and DESCRIPTION ("": none)."""


class Planned(Struct, frozen=True):
    """An event as the plan had it, and when it was."""

    event: Event
    span: Span


class Series(Struct, frozen=True):
    """Planned events that one rule gives, in order of date; `run` indexes all that are alike, `instances` are those of this run."""

    instances: tuple[Planned, ...]
    run: Run

    @property
    def first(self) -> Planned:
        return self.instances[0]

    def excluded(self) -> Iterator[bytes]:
        """The starts that the rule gives and no event has, in the form of the first one's."""
        time = self.first.span.start[8:]
        return (f"{day:%Y%m%d}".encode() + time for day in self.run.excluded)


def series_among(planned: Iterable[Planned], zone: Zone | None, texts: Callable[[Event], Texts]) -> tuple[Series, ...]:
    """The series among the events of a plan without its record, in order of their first dates; no event is in two.

    `texts` gives what the audience reads. Events without a DESCRIPTION may stand in a series with all that are alike; with one, which says
    the day's own study day and reason, only doses taken at home on the date on which they were planned, without a window of dates: the
    series says these of its first one. Each rule gives local times that exist once, at those that are excluded too (ics rule 12).
    """
    alike: dict[Hashable, dict[date, Planned]] = {}
    for one in planned:
        what = _what_is_alike(one, texts)
        if what is not None:
            alike.setdefault(what, {}).setdefault(one.event.date, one)  # a second one on that day stands alone
    found = [series for group in alike.values() for series in _series(sorted(group.values(), key=_date), zone)]
    return tuple(sorted(found, key=lambda series: _date(series.first)))


def still_stands(event: Event, planned: Event) -> bool:
    """Whether an event is what the plan had, whatever became of it: the series says all of it."""
    return event == planned or replace(event, state="planned") == replace(planned, state="planned")


def _series(group: list[Planned], zone: Zone | None) -> Iterator[Series]:
    clock = group[0].event.clock

    def exists_once(day: date) -> bool:
        if clock is None or zone is None:
            return True
        instant = instant_at(day, clock.local.time(), zone.rules)
        return instant.shifted is None and not instant.ambiguous

    for run in runs([_date(one) for one in group], exists_once):
        yield Series(tuple(group[run.start : run.end]), run)


def _what_is_alike(one: Planned, texts: Callable[[Event], Texts]) -> Hashable | None:
    """What the events of a series have in common; None for one that stands in none."""
    event, span = one.event, one.span
    clocks = {instant.utc_offset for instant in span.local}
    # An event over a change of the clock ends at another time on the wall than its neighbours, and readers differ over its length.
    if span.clock == "utc" or len(clocks) > 1:
        return None
    read = texts(_undated(event))
    if read[1] and not _is_told_by_the_first(event):
        return None
    when = event.lasts, span.clock, bool(span.end), span.start[8:]
    return event.section, event.item, event.at_home, event.revision, event.revised, when, read


def _undated(event: Event) -> Event:
    """The event without what differs from one regular dose to the next."""
    day = date(2000, 1, 1)
    return replace(
        event, study_day=StudyDay(1), cycle=None, month=None, nominal_date=day, due_date=day, date=day, window=None, clock=None, reasons=()
    )


def _is_told_by_the_first(event: Event) -> bool:
    """Whether nothing is lost when only the first one of a series says its study day, month, cycle and reasons."""
    return event.at_home and event.date == event.due_date == event.nominal_date and not _has_window_of_dates(event)


def _has_window_of_dates(event: Event) -> bool:
    """Whether the window is more than clock times before and after the event's own."""
    match event.window:
        case None:
            return False
        case Window(earliest=datetime(), latest=datetime()) if event.clock is not None:
            return False
    return True


def _date(one: Planned) -> date:
    return one.event.date
