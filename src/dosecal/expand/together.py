"""An item's occurrences as the record leaves them, all together: no two doses at one time, and what a delayed cycle repeats."""

from collections.abc import Mapping
from datetime import date

from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.courses import Laid
from dosecal.expand.happened import Former
from dosecal.expand.told import Told
from dosecal.record import Entry
from dosecal.schedule import Event


def apart(laid: Laid, told: Told) -> Laid:
    """The item with no two of its doses at one time: two that were given are marked, one that is still planned is asked about."""
    if laid.item.section not in ("doses", "medicines"):
        return laid
    events = list(laid.events)
    taken: dict[tuple[date, object], int] = {}
    for number, event in enumerate(events):
        spot = (event.date, event.clock.local if event.clock is not None else None)
        other = taken.setdefault(spot, number)
        if other == number:
            continue
        if event.state == events[other].state == "done":
            for one in (other, number):
                events[one] = replace(events[one], flags=tuple(dict.fromkeys((*events[one].flags, "two-on-one-day"))))
            continue
        _ask_about_both(events[other], event, laid, told)
    return replace(laid, events=tuple(events))


def _ask_about_both(first: Event, second: Event, laid: Laid, told: Told) -> None:
    entry = laid.causes.get(second.key) or laid.causes.get(first.key)
    planned = first if first.state == "planned" and second.key in laid.causes else second
    name = laid.item.name
    message = f"two doses of `{name}` would fall on {first.date}: those due on {first.due_date} and on {second.due_date}"
    if entry is None:
        raise Refused([Diagnostic("two-on-one-day", message, "let the times or the days differ", path=("when",))])
    mend = f"say what becomes of the one due on {planned.due_date}: enter it first, as `not-given`, `moved` or `given`"
    told.doubt(entry, "two-on-one-day", message, mend)


def with_former(laid: Laid, former: Former) -> Laid:
    """The item with what took place in its cycles before they were delayed; what a delayed cycle repeats is keyed `again 1`."""
    if not former:
        return laid
    keys = {event.key for event, _ in former}
    causes: Mapping[str, Entry] = {_again_key(key, keys): entry for key, entry in laid.causes.items()}
    return replace(
        laid,
        events=(*(event for event, _ in former), *(_again(event, keys) for event in laid.events)),
        courses=(*(-number for number, _ in enumerate(former, 1)), *laid.courses),
        absent=tuple(_again(event, keys) for event in laid.absent),
        initiations=frozenset(_again_key(key, keys) for key in laid.initiations),
        causes={**causes, **{event.key: entry for event, entry in former}},
    )


def _again(event: Event, taken: set[str]) -> Event:
    return replace(event, key=_again_key(event.key, taken), flags=(*event.flags, "again")) if event.key in taken else event


def _again_key(key: str, taken: set[str]) -> str:
    number, free = 0, key
    while free in taken:
        number += 1
        free = f"{key} again {number}"
    return free
