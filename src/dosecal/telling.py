"""The schedules that an audience may see of several arms -> what tells the arms apart, in words; nothing where they are the same.

What is compared is data, all of it: whatever differs here would differ in a file. The words name only the first difference of an item.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

from dosecal.dose import ROUTES, dose_in_words
from dosecal.schedule import Event, Schedule

_MOST: Final = 3
_MINUTE: Final = timedelta(minutes=1)
_ACTS: Final = {"Infusion": "infusion", "Injection": "injection", "Inhalation": "inhalation", "Treatment session": "treatment session"}
_OTHER_FIELDS: Final = {
    "course_days": "the length of its course",
    "title": "its title",
    "phase": "its phase",
    "cycle": "its cycle",
    "month": "its month",
    "window": "its window",
    "due_date": "its due date",
    "nominal_date": "its planned date",
    "product": "its product",
    "state": "what became of it",
    "flags": "its flags",
    "revision": "how often it was changed",
    "revised": "when it was last changed",
    "reasons": "the reasons of its date",
    "key": "the words of its timing",
}
"""Fields of an event that the first difference may lie in, beside those that have words of their own."""


def alike(schedules: Mapping[str, Schedule]) -> tuple[tuple[str, ...], ...]:
    """The arms by what may be seen of them: those in one group have the same schedule. `schedules` are what an audience sees, by arm."""
    groups: list[tuple[Schedule, list[str]]] = []
    for arm, schedule in schedules.items():
        group = next((arms for one, arms in groups if one == schedule), None)
        if group is None:
            groups.append((schedule, [arm]))
        else:
            group.append(arm)
    return tuple(tuple(arms) for _, arms in groups)


def told_apart(schedules: Mapping[str, Schedule]) -> str | None:
    """What tells the arms apart: "`a` and `b` from `c`: 8 infusions of x from Day 1 on against 313 injections of y from Day 1 on".

    None where nothing does.
    """
    first, *others = alike(schedules) or ((),)
    if not others:
        return None
    parts = [f"{_named(first)} from {_named(other)}: {differences(schedules[first[0]], schedules[other[0]])}" for other in others]
    return "; ".join(parts[:_MOST]) + _more(len(parts))


def differences(one: Schedule, other: Schedule) -> str:
    """How two different schedules differ, in words: what only one of them has, then what both have otherwise."""
    first, second = _by_item(one.events), _by_item(other.events)
    only_first = {item: events for item, events in first.items() if item not in second}
    only_second = {item: events for item, events in second.items() if item not in first}
    found = [f"{_listed(only_first)} against {_listed(only_second)}"] if only_first or only_second else []
    found += [words for item in first if item in second and (words := _of_item(item, first[item], second[item])) is not None]
    if not found:
        found = ["what does not take place"] if (one.absent, one.beyond) != (other.absent, other.beyond) else ["what is noted about them"]
    return ", ".join(found[:_MOST]) + _more(len(found))


def _more(count: int) -> str:
    return " and more" if count > _MOST else ""


def _named(arms: Sequence[str]) -> str:
    *most, last = (f"`{arm}`" for arm in arms)
    return f"{', '.join(most)} and {last}" if most else last


def _by_item(events: Sequence[Event]) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = {}
    for event in events:
        found.setdefault(event.item, []).append(event)
    return found


def _listed(items: Mapping[str, Sequence[Event]]) -> str:
    """Of each item such words as "8 infusions of alemtuzumab from Day 1 on"; of none "nothing"."""
    return " and ".join(f"{_count(events)} from Day {events[0].study_day} on" for events in items.values()) or "nothing"


def _count(events: Sequence[Event]) -> str:
    """An item's occurrences, as in "8 infusions of alemtuzumab", "1 dose of study drug", "24 times blood test"."""
    dose = events[0].dose
    many = f"{len(events):,}"
    if dose is None:
        return f"{many} {'time' if len(events) == 1 else 'times'} {events[0].item}"
    act = _ACTS.get(ROUTES[dose.route].act, "dose")
    return f"{many} {act}{'s' * (len(events) != 1)} of {events[0].item}"


def _of_item(item: str, one: Sequence[Event], other: Sequence[Event]) -> str | None:
    """The first thing in which two arms' occurrences of one item differ; None where they are the same."""
    if one == other:
        return None
    if len(one) != len(other):
        return f"`{item}` {len(one):,} times against {len(other):,} times"
    return next(_of_two(item, *pair) for pair in zip(one, other, strict=True) if pair[0] != pair[1])


def _of_two(item: str, one: Event, other: Event) -> str:
    for (word, first), (_, second) in zip(_facts(one), _facts(other), strict=True):
        if first != second:
            return f"`{item}` {word}{first} against {second}"
    field = next(name for name in one.__struct_fields__ if getattr(one, name) != getattr(other, name))
    return f"`{item}` by {_OTHER_FIELDS.get(field, field)}"


def _facts(event: Event) -> Iterator[tuple[str, str]]:
    """What people would notice first, in words, each with the word before it."""
    yield "on ", f"Day {event.study_day}"
    yield "at ", f"{event.clock.local:%H:%M}" if event.clock is not None else "no time of day"
    yield "for ", f"{event.lasts // _MINUTE} minutes" if event.lasts is not None else "no stated time"
    yield "among ", event.section
    yield "", (dose_in_words(event.dose) or ROUTES[event.dose.route].words) if event.dose is not None else "no dose"
