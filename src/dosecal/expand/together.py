"""An item's occurrences as the record leaves them, all together: no two doses of one item at one time."""

from datetime import date

from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.courses import Laid
from dosecal.expand.told import Told
from dosecal.phrases.spell import spell
from dosecal.record import TookPlace
from dosecal.schedule import Event


def apart(laid: Laid, told: Told) -> Laid:
    """The item with no two of its doses at one time: two that were given are marked, one that is still planned is asked about."""
    if laid.item.section not in ("doses", "medicines"):
        return laid
    events = list(laid.events)
    taken: dict[tuple[date, object], int] = {}
    slots = {spell(slot) for step in laid.item.at for slot in step.value if len(step.value) > 1}
    for number, event in enumerate(events):
        slot = event.key.rpartition("/")[2].partition(" again ")[0]
        spot = (event.date, event.clock.local if event.elapsed and event.clock is not None else slot if slot in slots else None)
        other = taken.setdefault(spot, number)
        if other == number:
            continue
        if event.state == events[other].state == "done" or _at_another_time(event, events[other], laid):
            for one in (other, number):
                events[one] = replace(events[one], flags=tuple(dict.fromkeys((*events[one].flags, "two-on-one-day"))))
            continue
        _ask_about_both(events[other], event, laid, told)
    return replace(laid, events=tuple(events))


def _at_another_time(first: Event, second: Event, laid: Laid) -> bool:
    """Whether one of two took place at a time of its own: an evening's dose after midnight is no doubt about the next evening's."""
    told = [entry for event in (first, second) for entry in laid.causes.get(event.key, ())]
    timed = any(isinstance(entry.act, TookPlace) and entry.act.at is not None for entry in told)
    return timed and first.clock != second.clock


def _ask_about_both(first: Event, second: Event, laid: Laid, told: Told) -> None:
    entries = laid.causes.get(second.key) or laid.causes.get(first.key)
    planned = first if first.state == "planned" and second.key in laid.causes else second
    name = laid.item.name
    message = f"two doses of `{name}` would fall on {first.date}: those due on {first.due_date} and on {second.due_date}"
    delays = told.delays(first.phase or "", first.cycle or 0) + told.delays(second.phase or "", second.cycle or 0)
    if not entries and delays:
        entries = (delays[-1][0],)
    if not entries:
        raise Refused([Diagnostic("two-on-one-day", message, "let the times or the days differ", path=("when",))])
    mend = f"say what becomes of the one due on {planned.due_date}: enter it first, as `not-given`, `moved` or `given`"
    told.doubt(entries[-1], "two-on-one-day", message, mend)
