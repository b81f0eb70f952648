"""What comes after a course, as planned: the next dose, treatment week and cycle, which a missed dose is held against (rule 19)."""

from datetime import date
from typing import TYPE_CHECKING

from msgspec.structs import replace

from dosecal.expand.closures import Due
from dosecal.expand.events import Day
from dosecal.expand.gaps import Moment, moment_at, moment_on
from dosecal.expand.nominal import courses_of
from dosecal.expand.occurrence import Course
from dosecal.expand.points import Scope, Spot
from dosecal.phrases.tree import Every, Span

if TYPE_CHECKING:
    from dosecal.expand.happened import Around
    from dosecal.expand.layout import Layout


class Ahead:
    """What comes after a course of an item, laid out when something asks for it."""

    def __init__(self, layout: "Layout", scope: Scope, next_scope: Scope | None) -> None:
        self.layout, self.scope, self.next_scope = layout, scope, next_scope
        self._planned: list[Course] | None = None

    def of(self, course: Course) -> "Around":
        from dosecal.expand.happened import Around  # noqa: PLC0415  (known only where there is a record)

        rule = self.layout.item.if_missed
        if rule is None or rule.before_next is None:
            return Around()
        if self.layout.item.count_from == "actual":
            return Around(dose=self._counted_on(course))
        if self._planned is None:
            self._planned = list(courses_of(self.layout.item, self.scope, self.layout.setting))
        later = [one for one in self._planned if one[0].nominal > course[-1].nominal]
        week = self._week(course[0].nominal)
        cycle = (
            next(iter(courses_of(self.layout.item, self.next_scope, self.layout.setting)), None) if self.next_scope is not None else None
        )
        return Around(
            dose=self._moment(later[0] if later else cycle),
            week=self._moment(next((one for one in later if self._week(one[0].nominal) > week), None)),
            cycle=self._moment(cycle),
        )

    def _counted_on(self, course: Course) -> Moment | None:
        """The next dose of an item that counts from actual dates: a step after where this one was planned."""
        step = next((when.step for when in self.layout.item.when if isinstance(when, Every) and isinstance(when.step, Span)), None)
        if step is None:
            return None
        on = Spot(course[0].nominal).plus(step.count, step.unit).date(self.scope.months)
        return self._moment((replace(course[0], nominal=on, instant=None),))

    def _week(self, day: date) -> int:
        return (day - self.scope.first_day).days // 7

    def _moment(self, course: Course | None) -> Moment | None:
        if course is None:
            return None
        return moments_of(self.layout.day(course[0], course, Due(), self.scope, None))[0]


def moments_of(day: Day) -> list[Moment]:
    """The times of a day's doses; the day as a whole where they have none."""
    return [moment_at(clock.instant) for clock in day.clocks] if day.clocks else [moment_on(day.on)]
