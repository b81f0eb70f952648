"""Weekdays that the participant changes: `n times weekly` on the old ones up to a day, on the new ones from then on (entry `new-days`)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from dosecal.expand.occurrence import Asked, Course, Series
from dosecal.expand.points import WEEK, Scope
from dosecal.expand.series import series_of
from dosecal.phrases.tree import Weekly

if TYPE_CHECKING:
    from dosecal.expand.told import Told


def on_new_days(when: Weekly, scope: Scope, asked: Asked, told: "Told", item: str) -> Series:
    """The occurrences of a weekly item whose weekdays the record changes; they keep their positions, "week 3 no 2".

    In the treatment week of the change slots 1 to n stay in order: those before the entry's day keep their old date, later ones take
    the new. A change that would put two on one day, or one before the entry's day, is refused.
    """
    courses = {course[0].position: course for course in series_of(when, scope, asked)}
    for entry, days in told.new_days(item):
        if len(days) != when.times:
            mend = f"name {when.times} weekday{'s' * (when.times != 1)}"
            told.doubt(entry, "weekdays", f"`{item}` is given {when.times} times weekly, and this names {len(days)}", mend, "to")
            continue
        new = {course[0].position: course for course in series_of(when, scope, replace(asked, weekdays=days))}
        changed = dict(_changed(courses, new, entry.on, scope))
        wrong = _wrong_week(changed, courses, entry.on, scope)
        if wrong is not None:
            message = f"with these days `{item}` would fall {wrong} in the treatment week of the change"
            following = scope.first_day + timedelta(WEEK * (_week(entry.on, scope) + 1))
            told.doubt(entry, "new-days", message, f"let the new days hold from {following}, the next treatment week, or name others", "to")
            continue
        courses = changed
    for course in sorted(courses.values(), key=_nominal):  # noqa: UP028  (a list takes no `send`, which a series is told with)
        yield course


def _changed(old: dict[str, Course], new: dict[str, Course], on: date, scope: Scope) -> Iterator[tuple[str, Course]]:
    """Each slot's occurrence: the old one before the change, the new one after it."""
    week_of_change = _week(on, scope)
    for position in dict.fromkeys((*old, *new)):
        was, becomes = old.get(position), new.get(position)
        week = _week((was or becomes or ())[0].nominal, scope)
        stays = week < week_of_change or (week == week_of_change and was is not None and was[0].nominal < on)
        if stays and was is not None:
            yield position, was
        elif not stays and becomes is not None:
            yield position, (replace(becomes[0], rescheduled=True),)


def _wrong_week(courses: dict[str, Course], old: dict[str, Course], on: date, scope: Scope) -> str | None:
    """What is wrong with the week of the change: two on one day, or a slot before the change that had none there."""
    week = [course[0] for course in courses.values() if _week(course[0].nominal, scope) == _week(on, scope)]
    dates = [one.nominal for one in week]
    if len(set(dates)) < len(dates):
        return "twice on one day"
    stayed = {course[0].nominal for course in old.values()}
    early = next((one.nominal for one in week if one.rescheduled and one.nominal < on and one.nominal not in stayed), None)
    return f"on {early}, before the change," if early is not None else None


def _week(day: date, scope: Scope) -> int:
    return (day - scope.first_day) // timedelta(WEEK)


def _nominal(course: Course) -> date:
    return course[0].nominal
