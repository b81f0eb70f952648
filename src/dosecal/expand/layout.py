"""An item's courses, one after another -> its occurrences on due dates and where the record leaves them; each sees the one before it."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property, partial
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.ahead import Ahead, moments_of
from dosecal.expand.clocks import Clock, clocks_on, zone_of
from dosecal.expand.closures import STAY, Due, due_course
from dosecal.expand.events import Day, Setting, window_on
from dosecal.expand.gaps import Moment, Moments, length_of, refuse_plan, too_near
from dosecal.expand.nominal import courses_of
from dosecal.expand.occurrence import Course, Occurrence, Series
from dosecal.expand.points import Scope, spots
from dosecal.expand.refusals import inside
from dosecal.expand.steps import Standing, at_most_one
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import At
from dosecal.regimen import Item
from dosecal.schedule import STANDS
from dosecal.study_time import instant_at, plus_days

if TYPE_CHECKING:
    from dosecal.expand.happened import Outcomes


class Layout:
    """Goes through an item's courses in order of date; each sees where the one before it stands (rule 14)."""

    def __init__(self, item: Item, setting: Setting, outcomes: "Outcomes | None" = None) -> None:
        """`outcomes`: what the record says of its occurrences; None where it says nothing."""
        self.item, self.setting, self.outcomes = item, setting, outcomes
        self.number = self.course = 0
        self.standing = Moments()
        self.skipped: list[Diagnostic] = []
        self.too_early: list[date] = []

    @cached_property
    def least(self) -> timedelta:
        """The item's minimum gap; none where it has none. Raises Refused for one without a length of its own."""
        return length_of(self.item.at_least) if self.item.at_least is not None else timedelta()

    @property
    def notes(self) -> list[Diagnostic]:
        """What there is to say of occurrences that were left out."""
        settled = self.setting.settled
        return [*self.skipped, *([settled.too_early(self.item.name, self.too_early)] if settled is not None and self.too_early else [])]

    def days(self, scope: Scope, next_scope: Scope | None = None) -> Iterator[Day]:
        """Every occurrence in one scope; those that do not take place have a state that says so."""
        earliest = self._not_before(scope)
        series = courses_of(self.item, scope, self.setting)
        ahead = Ahead(self, scope, next_scope)
        course = _next(series, None)
        while course is not None:
            days, course = self._placed(course, scope, series, earliest, ahead)
            for day in days:
                self.setting.count.add(len(day.clocks) or 1)
                yield day

    def _note_first_dose(self, days: list[Day]) -> None:
        """Say what the participant's first dose leaves out of Day 1."""
        first = self.setting.participant.first_dose
        for day in days if first is not None and self.item.at else ():
            slots = self._slots(day.standing) or ()
            left = len(slots) - len(day.clocks)
            if day.on == self.setting.participant.day_1 and left > 0:
                message = f"{self.item.name}: {left} dose{'' if left == 1 else 's'} of Day 1 before `first-dose: {first}` left out"
                self.skipped.append(Diagnostic("first-dose", message, severity="note", path=("at",)))

    def _placed(self, course: Course, scope: Scope, series: Series, earliest: date | None, ahead: Ahead) -> tuple[list[Day], Course | None]:
        """A course where it is due and where the record leaves it, and the next course (None: there is none, or it waits)."""
        counted = self.item.count_from == "actual"
        settled = self.setting.settled
        if settled is not None:
            former = settled.days(self.item, course, scope, lambda one: self.day(one, course, Due(), scope, None))
            if former:
                return former, self._go_on(former, course, series)
        due = self._due(course, scope, earliest)
        days = [self.day(one, course, due, scope, earliest) for one in course]
        if settled is not None and days[0].due_on < settled.before:
            self.too_early.append(days[0].due_on)
            return [], _next(series, None)
        following = None if counted else _next(series, days[0].on)
        if self.item.at_least is not None:
            days = self._apart(days, scope, following)
        self._note_first_dose(days)
        if self.outcomes is not None:
            days = self._recorded(days, course, ahead, self.outcomes)
        if counted:
            waits = any(day.state == "held" for day in days)
            return days, None if waits else self._go_on(days, course, series)
        self._remember(days, course)
        return days, following

    def _due(self, course: Course, scope: Scope, earliest: date | None) -> Due:
        """Where the calendar rule and `not-before` put a course; where it was due, if its first day has taken place already."""
        if self.outcomes is not None and len(course) > 1:
            begun = self.outcomes.course_begun([f"{scope.prefix}{self.item.name}/{one.position}" for one in course])
            if begun is not None:
                return Due(begun)
        rule = self.item.if_closed or STAY
        if earliest is None and rule.rule == STAY.rule:
            return _UNMOVED
        first = self.day(course[0], course, Due(), scope, earliest)
        window = window_on(first, self.item, first.clocks[0] if first.clocks else None, recorded=self.setting.told is not None)
        return due_course(tuple(one.nominal for one in course), rule, scope, window, earliest)

    def _go_on(self, days: list[Day], course: Course, series: Series) -> Course | None:
        """The next course, counted from where this one stands if it stands anywhere."""
        self._remember(days, course)
        standing = [day.on for day in days if day.state in STANDS]
        return _next(series, standing[0] if standing else course[0].nominal)

    def _not_before(self, scope: Scope) -> date | None:
        """The latest of the item's `not-before` points that are known."""
        with inside(("not-before",)):
            found = [spot.date(scope.months) for point in self.item.not_before for spot in spots(point, scope)]
        return max(found, default=None)

    def day(self, one: Occurrence, course: Course, due: Due, scope: Scope, earliest: date | None) -> Day:
        """An occurrence of a course on its due date."""
        participant = self.setting.participant
        on = plus_days(one.nominal, due.shift)
        standing = Standing(
            nominal=one.nominal,
            course_start=on if one is course[0] else plus_days(course[0].nominal, due.shift),
            number=self.number + course.index(one) + 1,
            scope=scope if one.tied is scope.tied else replace(scope, tied=one.tied),
            arm=participant.arm,
            measures=self.setting.measures,
            cohort=participant.cohort,
        )
        slots = self._slots(standing)
        clocks = self._clocks(one, on, slots)
        planned = self._clocks(one, one.nominal, slots) if due.shift and self.item.window else clocks
        several = slots is not None and len(slots) > 1  # as the regimen has them: what a participant leaves out renames nothing
        return Day(one, self.course, due, on, on, clocks, standing, earliest, planned=planned, several=several)

    def _slots(self, standing: Standing) -> tuple[At, ...] | None:
        """The clock times that the regimen gives an occurrence; None: it takes place on its day as a whole."""
        return at_most_one(self.item.at, standing, "at") if self.item.at else None

    def _clocks_of(self, day: Day, on: date) -> tuple[Clock, ...]:
        """The clock times of an occurrence on any date."""
        return self._clocks(day.one, on, self._slots(day.standing))

    def _clocks(self, one: Occurrence, on: date, slots: tuple[At, ...] | None) -> tuple[Clock, ...]:
        if one.instant is None:
            return clocks_on(on, slots, self.setting.participant_on(on), doses=bool(self.item.give)) if slots is not None else ()
        if slots is not None:
            message = f"`{self.item.name}` has two clock times: its `at`, and the one that its `when` gives"
            raise Refused([Diagnostic("two-clocks", message, "keep one of the two", path=("at",))])
        if on == one.nominal:
            return (Clock("", one.instant),)
        zone = zone_of(self.setting.participant, self.item.name)
        return (Clock("", instant_at(on, one.instant.local.time(), zone.rules)),)

    # -- what the record says

    def _recorded(self, days: list[Day], course: Course, ahead: Ahead, outcomes: "Outcomes") -> list[Day]:
        """The days of a course as the record leaves them, one for each clock time that it tells apart."""
        for shift in (outcomes.course_moved, outcomes.course_waits) if len(days) > 1 else ():
            moved = shift(days[0])
            if moved is not None:
                days = [self._shifted(day, *moved, origin=shift == outcomes.course_waits) for day in days]
        told: list[Day] = []
        for day in days:
            found = outcomes.of_day(day, partial(self._clocks_of, day), lambda: ahead.of(course))
            told += [self._measured(one) for one in found]
        return self._between_slots(told) if self.item.at_least is not None and any(day.several for day in days) else told

    def _shifted(self, day: Day, shift: int, reason: str, *, origin: bool) -> Day:
        on = plus_days(day.on, shift)
        standing = replace(day.standing, course_start=plus_days(day.standing.course_start, shift))
        moved = replace(day, on=on, standing=standing, reasons=(*day.reasons, reason), origin=origin)
        return replace(moved, clocks=self._clocks_of(moved, on))

    def _measured(self, day: Day) -> Day:
        """With the measures known on the first day of its course, where that stands."""
        if day.one.course_days == 1 and day.on != day.standing.course_start:
            return replace(day, standing=replace(day.standing, course_start=day.on))
        return day

    def _between_slots(self, days: list[Day]) -> list[Day]:
        """Days at several clock times: what comes too near to what took place at another time than planned is left out."""
        given = [moments_of(day)[0] for day in days if day.state == "done"]
        planned = [day for day in days if day.state == "planned"]
        near = [day for day in planned if any(abs(moments_of(day)[0].wall - one.wall) < self.least for one in given)]
        return [self._without_place([day])[0] if day in near else day for day in days]

    def _remember(self, days: list[Day], course: Course) -> None:
        """Count a course, and keep where the last of its days stands, for the gap to the next one."""
        self.number += len(course)
        self.course += 1
        if self.item.at_least is None:
            return
        for day in days:
            elsewhere = day.on != day.one.nominal or bool(day.entries) or day.one.rescheduled
            for moment in moments_of(day) if day.state in STANDS else ():
                self.standing.add(moment, elsewhere=elsewhere)

    # -- minimum gap

    def _apart(self, days: list[Day], scope: Scope, following: Course | None) -> list[Day]:
        """The course moved to keep the gap to the previous occurrence; skipped, with a note, where it has no place before the next."""
        gap, least = self.item.at_least, self.least
        moments = moments_of(days[0]) if len(days) == 1 else [moment for day in days for moment in moments_of(day)]
        for earlier, later in pairwise(moments) if len(moments) > 1 else ():
            if too_near(earlier, later, least):
                refuse_plan(self.item.name, earlier.wall, later.wall, gap)
        if len(days) == 1 and len(days[0].clocks) > 1:
            return self._apart_by_clock(days[0], least)
        near = self.standing.near(moments[0], least)
        if near is None:
            return days
        before, elsewhere = near
        if not elsewhere and not days[0].due.shift and not days[0].one.rescheduled:
            earlier, later = sorted((before, moments[0]), key=attrgetter("wall"))
            refuse_plan(self.item.name, earlier.wall, later.wall, gap)
        return self._later(days, before, least, scope, following)

    def _apart_by_clock(self, day: Day, least: timedelta) -> list[Day]:
        """A day with several clock times: what comes too soon after the one before is left out, since the next day has its own."""
        found: list[Day] = []
        for clock in day.clocks:
            one = replace(day, clocks=(clock,))
            near = self.standing.near(moments_of(one)[0], least)
            if near is not None and not near[1]:
                refuse_plan(self.item.name, near[0].wall, moments_of(one)[0].wall, self.item.at_least)
            found += [one] if near is None else self._without_place([one])
        return found if any(one.state == "skipped" for one in found) else [day]

    def _later(self, days: list[Day], before: Moment, least: timedelta, scope: Scope, following: Course | None) -> list[Day]:
        """The first days that keep the gap, within the treatment week or cycle, and leave it before the next occurrence."""
        stay = (self.item.if_closed or STAY) == STAY
        last = self._last_place(days[-1], scope)
        shift = days[0].due.shift
        while True:
            shift += 1
            due = Due(shift, f"to keep `{spell(self.item.at_least)}` from the one before, on {before.date}")
            course = tuple(day.one for day in days)
            moved = [self.day(one, course, due, scope, days[0].earliest) for one in course]
            beyond = last is not None and moved[-1].on > last
            next_first = self.day(following[0], following, Due(), scope, None) if following is not None else None
            crowded = next_first is not None and too_near(moments_of(moved[-1])[-1], moments_of(next_first)[0], least)
            if beyond or crowded:
                return self._without_place(days)
            apart = self.standing.near(moments_of(moved[0])[0], least) is None
            if apart and (stay or all(scope.site.is_open(day.on, scope.item) for day in moved)):
                return moved

    def _without_place(self, days: list[Day]) -> list[Day]:
        """A course that the gap leaves no place for."""
        kept = f"no day keeps `{spell(self.item.at_least)}` from those before and after it"
        message = f"`{self.item.name}` of {days[0].one.nominal} is left out: {kept}"
        self.skipped.append(Diagnostic("left-out", message, severity="warning", path=("at-least",)))
        return [replace(day, state="skipped", reasons=(f"left out: {kept}",)) for day in days]

    def _last_place(self, day: Day, scope: Scope) -> date | None:
        """The last day of the occurrence's treatment week, or of its cycle."""
        if day.one.week is not None or (day.one.position.startswith("week ") and " no " in day.one.position):
            week = (day.one.nominal - scope.first_day).days // 7
            return plus_days(scope.first_day, week * 7 + 6)
        return scope.last_day if scope.cycle is not None else None


_UNMOVED: Final = Due()
_WHEN: Final = inside(("when",))


def _next(series: Series, standing: date | None) -> Course | None:
    """The next course, after telling the series where the last one stands."""
    with _WHEN:
        try:
            return next(series) if standing is None else series.send(standing)
        except StopIteration:
            return None
