"""An item's occurrences as the record leaves them, all together: no two doses of one item at one time."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.courses import Laid
from dosecal.expand.gaps import length_of, moment_on, too_near
from dosecal.expand.told import Told
from dosecal.phrases.spell import spell
from dosecal.record import TookPlace, Voided
from dosecal.schedule import Event


def apart(laid: Laid, told: Told) -> Laid:
    """The item with no two of its doses at one time: two that were given are marked, one that is still planned is asked about."""
    if laid.item.section not in ("doses", "medicines"):
        return laid
    events = list(_gaps_marked(laid))
    taken: dict[tuple[date, object], int] = {}
    slots = {spell(slot) for step in laid.item.at for slot in step.value if len(step.value) > 1}
    for number, event in enumerate(events):
        slot = event.key.rpartition("/")[2].partition(" again ")[0]
        spot = (event.date, event.clock.local if event.elapsed and event.clock is not None else slot if slot in slots else None)
        other = taken.setdefault(spot, number)
        if other == number:
            continue
        if _at_another_time(event, events[other], laid):
            continue
        if event.state == events[other].state == "done":
            for one in (other, number):
                events[one] = replace(events[one], flags=tuple(dict.fromkeys((*events[one].flags, "two-on-one-day"))))
            continue
        _ask_about_both(events[other], event, laid, told)
    return replace(laid, events=tuple(events))


def _last(event: Event) -> str:
    """An occurrence in words: "`day 8`, planned", "`day 1`, given"."""
    return f"`{event.key.rpartition('/')[2]}`, {'given' if event.state == 'done' else event.state}"


def _gaps_marked(laid: Laid) -> Iterator[Event]:
    """The events, of which those are marked that stand nearer to the one before than the minimum gap; a fact may."""
    gap = laid.item.at_least
    if gap is None:
        yield from laid.events
        return
    least = length_of(gap)
    moments = {one.key: moment_on(one.date, one.clock.local.time() if one.clock is not None else None) for one in laid.events}
    in_time = sorted(laid.events, key=lambda one: moments[one.key].wall)
    near = {
        (later if later.key in laid.causes else earlier).key
        for earlier, later in pairwise(in_time)
        if too_near(moments[earlier.key], moments[later.key], least)
    }
    for event in laid.events:
        yield replace(event, flags=(*event.flags, "gap-broken")) if event.key in near and event.key in laid.causes else event


def _at_another_time(first: Event, second: Event, laid: Laid) -> bool:
    """Whether one of two took place at a time of its own: an evening's dose after midnight is no doubt about the next evening's."""
    told = [entry for event in (first, second) for entry in laid.causes.get(event.key, ())]
    timed = any(isinstance(entry.act, TookPlace) and entry.act.at is not None for entry in told)
    return timed and first.clock != second.clock


def _ask_about_both(first: Event, second: Event, laid: Laid, told: Told) -> None:
    entries = laid.causes.get(second.key) or laid.causes.get(first.key)
    planned = first if first.state == "planned" and second.key in laid.causes else second
    name = laid.item.name
    undone = [one for one in told.record if isinstance(one.act, Voided) or one.corrects is not None]
    if entries and undone and undone[-1].number > entries[-1].number:
        entries = (undone[-1],)  # what it undid had kept the two apart
    given, other = (first, second) if planned is second else (second, first)
    message = f"two doses of `{name}` would fall on {first.date}: those due on {first.due_date} and on {second.due_date}"
    if first.due_date == second.due_date:
        message = f"two doses of `{name}` would fall on {first.date}: {_last(given)} and {_last(other)}"
    delays = told.delays(first.phase or "", first.cycle or 0) + told.delays(second.phase or "", second.cycle or 0)
    if not entries and delays:
        entries = (delays[-1][0],)
    if not entries:
        raise Refused([Diagnostic("two-on-one-day", message, "let the times or the days differ", path=("when",))])
    mend = f"say what becomes of the one due on {planned.due_date}: enter it first, as `not-given`, `moved` or `given`"
    told.doubt(entries[-1], "two-on-one-day", message, mend)
