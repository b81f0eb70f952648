"""An item -> its occurrences on nominal dates: the union of its phrases, those tied to other items' courses among them."""

from collections.abc import Iterator, Mapping

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.courses import Laid, courses_of
from dosecal.expand.occurrences import Asked, Occurrence, joined, occurrences
from dosecal.expand.points import Scope, unbuilt
from dosecal.participant import Participant
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import Every, FirstDays, Weekly
from dosecal.regimen import Item
from dosecal.study_time import Weekday


def nominal_occurrences(item: Item, scope: Scope, participant: Participant, laid: Mapping[str, Laid]) -> tuple[Occurrence, ...]:
    """The item's occurrences in order of nominal date. Raises Refused, and DateOutOfRangeError outside 1900-2200."""
    counted = 0
    phrases: list[list[Occurrence]] = []
    for when in item.when:
        series = f"from {spell(when.start) if when.start is not None else 'day 1'} " if counted and isinstance(when, Every) else ""
        counted += isinstance(when, Every) and when.times is not None
        if isinstance(when, FirstDays):
            phrases.append(list(_tied(when, laid)))
            continue
        weekdays = _weekdays(item, when, participant) if isinstance(when, Weekly) else ()
        asked = Asked(weekdays, participant.horizon, item.count_from == "actual", series)
        phrases.append(list(occurrences(when, scope, asked)))
    return joined(phrases)


def _weekdays(item: Item, when: Weekly, participant: Participant) -> tuple[Weekday, ...]:
    """The weekdays of `n times weekly`: the participant's choice, else the regimen's. Raises Refused without, or for another number."""
    chosen = participant.days.get(item.name)
    days = chosen if chosen is not None else item.days.days if item.days is not None else None
    wanted = f"{when.times} weekday{'' if when.times == 1 else 's'}"
    mend = f'name {wanted}: --days "Mon ...", or `days: {{{item.name}: Mon ...}}` in the participant file'
    if days is None:
        message = f"on which weekdays is `{item.name}` given? neither the regimen nor the participant says"
        raise Refused([Diagnostic("no-weekdays", message, mend, part=spell(when))])
    if len(days) != when.times:
        message = f"`{item.name}` needs {wanted}, and `{' '.join(days)}` names {len(days)}"
        raise Refused([Diagnostic("weekdays", message, mend, part=spell(when))])
    return days


def _tied(when: FirstDays, laid: Mapping[str, Laid]) -> Iterator[Occurrence]:
    """`first 3 days of each alemtuzumab course`: on the first days of each course, where they stand."""
    ref = when.ref
    if ref.which != "each" or ref.due:
        raise Refused([unbuilt(when)])
    why = f"`{spell(when)}`"
    for number, course in enumerate(courses_of(ref.name, laid)):
        if len(course) < when.count:
            message = f"a course of `{ref.name}` has {len(course)} days, not {when.count}"
            raise Refused([Diagnostic("short-course", message, "name as many days as every course has", part=spell(when))])
        for day, event in enumerate(course[: when.count], 1):
            yield Occurrence(f"@{event.key}", event.date, number, f"{why}: {event.key}", day, when.count, event.month)
