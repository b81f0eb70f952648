"""An item's minimum gap, read off the wall clock (rule 16): a plan that breaks its own gap is refused."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Final

from dosecal.diagnostic import Diagnostic
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import Gap
from dosecal.regimen import Item
from dosecal.schedule import Event

_MINUTES: Final = {"minute": 1, "hour": 60, "day": 24 * 60, "week": 7 * 24 * 60}


def gap_faults(item: Item, events: list[Event]) -> Iterator[Diagnostic]:
    """The first two events that lie nearer to each other than the item allows. Without clock times, 48 hours are 2 days."""
    gap = item.at_least
    if gap is None:
        return
    least = _length(gap)
    if least is None:
        yield Diagnostic(
            "not-built", f"`{spell(gap)}` is not laid out by this version of dosecal", "give the gap in hours or days", path=("at-least",)
        )
        return
    for earlier, later in pairwise(events):
        if _wall(later) - _wall(earlier) < least:
            message = f"`{item.name}` on {earlier.date} and on {later.date} are less than {spell(gap)}"
            yield Diagnostic("gap", message, "choose weekdays or times that keep the gap", path=("at-least",))
            return


def _length(gap: Gap) -> timedelta | None:
    minutes = _MINUTES.get(gap.unit)
    return timedelta(minutes=float(gap.amount) * minutes) if minutes is not None else None


def _wall(event: Event) -> datetime:
    """The event's time on the wall clock, so that a clock change moves no dose."""
    return event.clock.local.replace(tzinfo=None) if event.clock is not None else datetime.combine(event.date, time.min)
