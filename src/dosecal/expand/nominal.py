"""An item's phrases -> its courses on nominal dates: their union, without the dates that it leaves out."""

from collections.abc import Generator, Iterator
from datetime import date, timedelta

from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.events import Setting
from dosecal.expand.occurrence import Asked, Course, Occurrence, Series, bounded
from dosecal.expand.points import Scope, referred
from dosecal.expand.repeats import ended_by
from dosecal.expand.series import series_of
from dosecal.expand.weekdays import on_new_days
from dosecal.participant import Participant
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import Every, FirstDays, On, Ref, Until, Weekly
from dosecal.regimen import Item
from dosecal.study_time import Weekday


def courses_of(item: Item, scope: Scope, setting: Setting) -> Series:
    """The item's courses in one scope, in order of date; told where each came to stand.

    Raises Refused, and DateOutOfRangeError outside 1900-2200.
    """
    series = _series(item, scope, setting)
    if item.count_from == "actual" and len(series) == 1:
        yield from series[0]
        return
    left_out = frozenset(_dates_of(item.except_, scope)) if item.except_ is not None else frozenset()
    if len(series) == 1 and not left_out and isinstance(item.when[0], Every | Weekly):
        yield from series[0]  # a repeat alone never meets itself
        return
    phrases: list[list[Course]] = []
    total = 0
    for one in series:
        phrases.append([])
        for course in one:
            phrases[-1].append(course)
            total += len(course)
            bounded(total)
    yield from _joined(phrases, left_out)


def _series(item: Item, scope: Scope, setting: Setting) -> list[Series]:
    told = setting.told
    changes = told.new_days(item.name) if told is not None else []
    counted = ties = 0
    result: list[Series] = []
    for when in item.when:
        repeat = when if isinstance(when, Every | Weekly) else None
        start = spell(repeat.start) if repeat is not None and repeat.start is not None else f"day {scope.first_number}"
        asked = Asked(
            weekdays=_weekdays(item, when, setting.participant) if isinstance(when, Weekly) else (),
            until=setting.until,
            numbered=item.count_from == "actual",
            series=f"from {start} " if counted else "",
            later=ties > 0,
            withheld=tuple(told.holds(item.name, *((scope.phase,) if scope.phase is not None else ()))) if told is not None else (),
            took_place=told.took_place(item.name, scope.phase) if told is not None else {},
            missed=told.missed_on(item.name, scope.phase) if told is not None else {},
        )
        counted += isinstance(when, Every) and (when.times is not None or item.count_from == "actual")
        ties += isinstance(when, On | FirstDays)
        settled = setting.settled
        if settled is not None and isinstance(when, Every) and when.times is not None and item.count_from != "actual":
            result.append(settled.counted_on(when, scope, asked, item.name))
        elif changes and isinstance(when, Weekly) and told is not None:
            result.append(on_new_days(when, scope, asked, told, item.name))
        else:
            result.append(series_of(when, scope, asked))
    return result


def _dates_of(ref: Ref, scope: Scope) -> Iterator[date]:
    """Every date of what `except` names: of an occurrence its own, of a course each of its days, of a phase all from first to last.

    A bare name means all that it names.
    """
    for found in referred(ref if ref.which else replace(ref, which="each"), scope):
        for one in found.days or (found,):
            last = one.last if one.last is not None and one.start is None else one.first
            for days in range((last - one.first).days + 1):
                yield one.first + timedelta(days)


def _joined(phrases: list[list[Course]], left_out: frozenset[date]) -> Generator[Course, date | None, None]:
    """The union of an item's phrases in order of date: where two phrases meet on one date and time, the earlier's stays.

    Numbers within treatment weeks are given here, over all weekly phrases.
    """
    numbers = _weekly_numbers(phrases)
    taken: set[tuple[date, object]] = set()
    kept: list[Course] = []
    for phrase in phrases:
        own: list[Course] = []
        for course in phrase:
            days = tuple(one for one in course if one.nominal not in left_out and _spot(one) not in taken)
            if days:
                own.append(days)
        taken.update(_spot(one) for course in own for one in course)
        kept += own
    kept.sort(key=_order)
    for course in kept:
        one = course[0]
        yield course if one.week is None else (replace(one, position=f"week {one.week} no {numbers[one.nominal]}"),)


def _weekly_numbers(phrases: list[list[Course]]) -> dict[date, int]:
    """The number of each weekly date in its treatment week, whatever else falls on it."""
    weeks = {course[0].nominal: course[0].week for phrase in phrases for course in phrase if course[0].week is not None}
    numbers: dict[date, int] = {}
    week, number = None, 0
    for day in sorted(weeks):
        number = number + 1 if weeks[day] == week else 1
        week = weeks[day]
        numbers[day] = number
    return numbers


def _order(course: Course) -> tuple[date, bool, float]:
    """By date; all-day occurrences before those at a clock time, these by instant."""
    instant = course[0].instant
    return course[0].nominal, instant is not None, instant.utc.timestamp() if instant is not None else 0.0


def _spot(one: Occurrence) -> tuple[date, object]:
    return one.nominal, one.instant.utc if one.instant is not None else None


def _weekdays(item: Item, when: Weekly, participant: Participant) -> tuple[Weekday, ...]:
    """The weekdays of `n times weekly`: the participant's choice, else the regimen's. Raises Refused without, or for another number."""
    chosen = participant.days.get(item.name)
    days = chosen if chosen is not None else item.days.days if item.days is not None else None
    wanted = f"{when.times} weekday{'' if when.times == 1 else 's'}"
    mend = f'name {wanted}: --days "Mon ...", or `days: {{{item.name}: Mon ...}}` in the participant file'
    if days is None:
        message = f"neither the regimen nor the participant says on which weekdays `{item.name}` is given"
        raise Refused([Diagnostic("no-weekdays", message, mend, part=spell(when))])
    if len(days) != when.times:
        message = f"`{item.name}` needs {wanted}, and `{' '.join(days)}` names {len(days)}"
        raise Refused([Diagnostic("weekdays", message, mend, part=spell(when))])
    return days


def is_endless(item: Item, scope: Scope) -> bool:
    """Whether a phrase of the item goes on until something that has not happened, or has no end that is known."""
    for when in item.when:
        if isinstance(when, Every | Weekly):
            counted = isinstance(when, Every) and (when.times is not None or when.at_most is not None)
            open_end = isinstance(when.end, Until) and ended_by(when.end.event, scope) is None
            if not counted and (open_end or (when.end is None and scope.end() is None)):
                return True
    return False
