"""What is wrong with an item's events as a whole, and what a coordinator should know about them."""

from collections.abc import Iterator, Sequence
from datetime import date

from dosecal.diagnostic import Diagnostic
from dosecal.expand.occurrence import Occurrence
from dosecal.participant import Site
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import Weekly
from dosecal.regimen import Item
from dosecal.schedule import Event
from dosecal.study_time import Instant


def collisions(item: Item, events: Sequence[Event]) -> Iterator[Diagnostic]:
    """Two doses of one item never meet on one day and time, and no two events share a key."""
    if len({event.key for event in events}) == len({event.date for event in events}) == len(events):
        return
    if len({event.key for event in events}) == len({(event.date, event.clock) for event in events}) == len(events):
        return
    keys: set[str] = set()
    taken: dict[tuple[date, object], Event] = {}
    for event in events:
        if event.key in keys:
            message = f"two parts of `when` name their occurrences alike (`{event.key}`)"
            yield Diagnostic("same-key", message, "let one of the parts say its start with `from`", path=("when",))
            return
        keys.add(event.key)
        spot = (event.date, event.clock.local if event.clock is not None else None)
        other = taken.setdefault(spot, event)
        if other is not event and item.section in ("doses", "medicines") and other.nominal_date == event.nominal_date:
            message = f"two doses of `{item.name}` would fall on {event.date} at one clock time"
            yield Diagnostic("two-on-one-day", message, "let the times differ", path=("at",))
            return
        if other is not event and item.section in ("doses", "medicines"):
            message = f"two doses of `{item.name}` would fall on {event.date}: those of {other.nominal_date} and of {event.nominal_date}"
            yield Diagnostic("two-on-one-day", message, "say another `if-closed`, such as `stay`", path=("if-closed",))
            return


def notes_on(
    item: Item, unmoved: Sequence[tuple[Occurrence, str]], events: Sequence[Event], day_1: date, site: Site | None
) -> Iterator[Diagnostic]:
    """No dose on Day 1, moves that were not made, closed days on which an item stays, clock times that were shifted."""
    weekly = item.section == "doses" and any(isinstance(when, Weekly) for when in item.when)
    if weekly and events and events[0].phase is None and events[0].date > day_1:
        first = events[0]
        message = f"no dose of {item.name} on Day 1; the first is on Day {first.study_day}, {first.date:%a} {first.date}"
        yield Diagnostic("no-dose-on-day-1", message, severity="note", path=("when",))
    for one, reason in unmoved:
        if one.course_day == 1:
            what = f"the course of `{item.name}` from {one.nominal}" if one.course_days > 1 else f"`{item.name}` of {one.nominal}"
            message = f"{what} meets a closed day and stays: {reason}"
            yield Diagnostic("not-moved", message, severity="warning", path=("if-closed",))
    if item.if_closed is not None and item.if_closed.rule != "stay" and site is not None and not site.known and events:
        message = f"`{item.name}` says `if-closed: {spell(item.if_closed)}`, and no site is described: no date was moved"
        yield Diagnostic("no-site", message, "add --site FILE", severity="warning", path=("if-closed",))
    if item.if_closed is None and site is not None and not site.never_closes:
        closed = [event.date for event in events if not event.at_home and not site.is_open(event.date, item.name)]
        if closed:
            others = len(closed) - 1
            more = f" (and on {others} more closed {'day' if others == 1 else 'days'})" if others else ""
            message = f"`{item.name}` stays on {closed[0]}, a closed day{more}: the regimen does not say `if-closed`"
            yield Diagnostic("closed", message, severity="note")
    for event in events if item.at else ():
        if event.clock is not None and (event.clock.shifted is not None or event.clock.ambiguous):
            yield Diagnostic("clock-change", _clock_change(event, event.clock), severity="note", path=("at",))


def _clock_change(event: Event, clock: Instant) -> str:
    if clock.shifted is not None:
        return (
            f"{event.item} on {event.date}: {clock.shifted:%H:%M} does not exist that day (the clocks go forward), so {clock.local:%H:%M}"
        )
    return f"{event.item} on {event.date}: {clock.local:%H:%M} comes twice that day (the clocks go back); the first is meant"
