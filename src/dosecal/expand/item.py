"""One item -> its events: courses on nominal dates, moved over closures and gaps, with clock times, doses, windows and keys."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate, groupby, pairwise

from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.clocks import Clock, clocks_on, zone_of
from dosecal.expand.closures import STAY, Due, due_course
from dosecal.expand.courses import Laid
from dosecal.expand.events import Day, Setting, events_of, window_on
from dosecal.expand.gaps import Moment, length_of, refuse_plan, too_near
from dosecal.expand.nominal import courses_of, is_endless
from dosecal.expand.notes import collisions, notes_on
from dosecal.expand.occurrence import Course, Occurrence, Series
from dosecal.expand.plain import is_plain, plain_events, refuse_near
from dosecal.expand.points import Scope, spots
from dosecal.expand.refusals import inside
from dosecal.expand.steps import Standing, at_most_one
from dosecal.phrases.spell import spell
from dosecal.regimen import Item, PlacedItem
from dosecal.schedule import Event
from dosecal.study_time import instant_at, plus_days


def lay_out(placed: PlacedItem, scopes: list[Scope], setting: Setting, *, endless: bool) -> Laid:
    """The events of one item in its scopes (one, or one for each cycle). Raises Refused; paths lead on from the item."""
    item = placed.item
    if item.only_if is not None and (item.only_if.flag in setting.participant.flags) == item.only_if.negated:
        message = f"`{item.name}` is not for this participant: it takes place only if `{spell(item.only_if)}`"
        return Laid(item, (), (), (Diagnostic("not-for-participant", message, severity="note", path=("only-if",)),))
    if is_plain(item):
        return _plain(item, scopes, setting, endless=endless)
    layout = _Layout(item, setting)
    days = [day for scope in scopes for day in layout.days(scope)]
    laid = [(event, day.course) for day in days for event in events_of(day, item, setting)]
    if len(laid) != len(days) and not item.at:
        laid = list(_ended(laid))
    events, courses = tuple(event for event, _ in laid), tuple(course for _, course in laid)
    horizon = setting.participant.horizon or date.max
    unmoved = [(day.one, day.due.unmoved) for day in days if day.due.unmoved is not None and day.on <= horizon]
    listed = [event for event in events if event.date <= horizon]
    faults = [*_refused_closures(item, days), *collisions(item, events)]
    if faults:
        raise Refused(faults)
    site = scopes[0].site if scopes else None
    notes = (*layout.skipped, *notes_on(item, unmoved, listed, setting.participant.day_1, site))
    return Laid(item, events, courses, notes, _complete(item, scopes, endless=endless))


def _ended(laid: list[tuple[Event, int]]) -> Iterator[tuple[Event, int]]:
    """Courses that end with their last dose: "day 4 of 4", though nothing is given on the plan's fifth day."""
    for course, group in groupby(laid, lambda pair: pair[1]):
        events = [event for event, _ in group]
        last = max(event.course_day for event in events)
        for event in events:
            yield replace(event, course_days=last), course


def _plain(item: Item, scopes: list[Scope], setting: Setting, *, endless: bool) -> Laid:
    """A plain item's events: there is nothing to ask of its occurrences one by one."""
    events: list[Event] = []
    with inside(("when",)):
        for scope in scopes:
            events += plain_events(courses_of(item, scope, setting.participant, setting.until), item, scope, setting)
    refuse_near(item, events)
    faults = list(collisions(item, events))
    if faults:
        raise Refused(faults)
    numbers = tuple(accumulate(event.course_day == 1 for event in events))
    horizon = setting.participant.horizon
    listed = events if horizon is None else [event for event in events if event.date <= horizon]
    notes = tuple(notes_on(item, (), listed, setting.participant.day_1, scopes[0].site if scopes else None))
    return Laid(item, tuple(events), numbers, notes, _complete(item, scopes, endless=endless))


def _complete(item: Item, scopes: list[Scope], *, endless: bool) -> bool:
    """Whether what is laid out is all there will be."""
    return not endless and not any(is_endless(item, scope) for scope in scopes[:1])


def _refused_closures(item: Item, days: list[Day]) -> Iterator[Diagnostic]:
    """The first course that has no open place."""
    for day in days:
        if day.due.refused is not None:
            mend = "choose another Day 1 or another `if-closed`, or let the site open that day"
            yield Diagnostic("closed", f"`{item.name}` {day.due.refused}", mend, path=("if-closed",))
            return


# -- occurrences to due dates


class _Layout:
    """Goes through an item's courses in order of date; each sees where the one before it stands."""

    def __init__(self, item: Item, setting: Setting) -> None:
        self.item, self.setting = item, setting
        self.number = self.course = 0
        self.previous: tuple[Moment, bool] | None = None  # where the previous occurrence stands, and whether it was moved there
        self.skipped: list[Diagnostic] = []

    def days(self, scope: Scope) -> Iterator[Day]:
        """Every occurrence in one scope on its due date, without those that a gap leaves no place for."""
        earliest = self._not_before(scope)
        series = courses_of(self.item, scope, self.setting.participant, self.setting.until)
        course = _next(series, None)
        while course is not None:
            days, course = self._placed(course, scope, series, earliest)
            self.setting.count.add(sum(max(len(day.clocks), 1) for day in days))
            self._note_first_dose(days)
            yield from days

    def _note_first_dose(self, days: list[Day]) -> None:
        """Say what the participant's first dose leaves out of Day 1."""
        first = self.setting.participant.first_dose
        for day in days if first is not None and self.item.at else ():
            slots = at_most_one(self.item.at, day.standing, "at") or ()
            left = len(slots) - len(day.clocks)
            if day.on == self.setting.participant.day_1 and left > 0:
                message = f"{self.item.name}: {left} dose{'' if left == 1 else 's'} of Day 1 before `first-dose: {first}` left out"
                self.skipped.append(Diagnostic("first-dose", message, severity="note", path=("at",)))

    def _placed(self, course: Course, scope: Scope, series: Series, earliest: date | None) -> tuple[list[Day], Course | None]:
        """A course on its due dates (nothing when a gap leaves it no place), and the next course."""
        first = self._day(course[0], course, Due(), scope, earliest)
        window = window_on(first, self.item, first.clocks[0] if first.clocks else None)
        due = due_course(tuple(one.nominal for one in course), self.item.if_closed or STAY, scope, window, earliest)
        days = [self._day(one, course, due, scope, earliest) for one in course]
        following = _next(series, days[0].on)
        if self.item.at_least is not None:
            days = self._apart(days, scope, following)
        self.number += len(course)
        self.course += 1
        return days, following

    def _not_before(self, scope: Scope) -> date | None:
        """The latest of the item's `not-before` points that are known."""
        with inside(("not-before",)):
            found = [spot.date(scope.months) for point in self.item.not_before for spot in spots(point, scope)]
        return max(found, default=None)

    def _day(self, one: Occurrence, course: Course, due: Due, scope: Scope, earliest: date | None) -> Day:
        participant = self.setting.participant
        number = self.number + course.index(one) + 1
        standing = Standing(
            nominal=one.nominal,
            course_start=course[0].nominal,
            number=number,
            scope=replace(scope, tied=one.tied),
            arm=participant.arm,
            measures=self.setting.measures,
            cohort=participant.cohort,
        )
        on = plus_days(one.nominal, due.shift)
        return Day(one, self.course, due, on, self._clocks(one, on, standing), standing, earliest)

    def _clocks(self, one: Occurrence, on: date, standing: Standing) -> tuple[Clock, ...]:
        slots = at_most_one(self.item.at, standing, "at") if self.item.at else None
        if one.instant is None:
            return clocks_on(on, slots, self.setting.participant, doses=bool(self.item.give)) if slots is not None else ()
        if slots is not None:
            message = f"`{self.item.name}` has two clock times: its `at`, and the one that its `when` gives"
            raise Refused([Diagnostic("two-clocks", message, "keep one of the two", path=("at",))])
        if on == one.nominal:
            return (Clock("", one.instant),)
        zone = zone_of(self.setting.participant, self.item.name)
        return (Clock("", instant_at(on, one.instant.local.time(), zone.rules)),)

    # -- minimum gap

    def _apart(self, days: list[Day], scope: Scope, following: Course | None) -> list[Day]:
        """The course moved to keep the gap to the previous occurrence; nothing, and a note, where it has no place before the next."""
        gap = self.item.at_least
        if gap is None:
            return days
        least = length_of(gap)
        moments = [moment for day in days for moment in _moments(day)]
        for earlier, later in pairwise(moments):
            if too_near(earlier, later, least):
                refuse_plan(self.item.name, earlier, later, gap)
        before = self.previous
        if before is not None and moments and too_near(before[0], moments[0], least):
            if not before[1] and not days[0].due.shift:
                refuse_plan(self.item.name, before[0], moments[0], gap)
            days = self._later(days, before[0], least, scope, following)
        if days and moments:
            self.previous = _moments(days[-1])[-1], days[-1].on != days[-1].one.nominal
        return days

    def _later(self, days: list[Day], before: Moment, least: timedelta, scope: Scope, following: Course | None) -> list[Day]:
        """The first days that keep the gap, within the treatment week or cycle, and leave it before the next occurrence."""
        stay = (self.item.if_closed or STAY) == STAY
        last = self._last_place(days[-1], scope)
        shift = days[0].due.shift
        while True:
            shift += 1
            due = Due(shift, f"to keep `{spell(self.item.at_least)}` from the one before, on {before.date}")
            course = tuple(day.one for day in days)
            moved = [self._day(one, course, due, scope, days[0].earliest) for one in course]
            beyond = last is not None and moved[-1].on > last
            next_first = self._day(following[0], following, Due(), scope, None) if following is not None else None
            crowded = next_first is not None and too_near(_moments(moved[-1])[-1], _moments(next_first)[0], least)
            if beyond or crowded:
                kept = f"no day keeps `{spell(self.item.at_least)}` from those before and after it"
                message = f"`{self.item.name}` of {days[0].one.nominal} is left out: {kept}"
                self.skipped.append(Diagnostic("left-out", message, severity="warning", path=("at-least",)))
                return []
            if not too_near(before, _moments(moved[0])[0], least) and (
                stay or all(scope.site.is_open(day.on, scope.item) for day in moved)
            ):
                return moved

    def _last_place(self, day: Day, scope: Scope) -> date | None:
        """The last day of the occurrence's treatment week, or of its cycle."""
        if day.one.week is not None or (day.one.position.startswith("week ") and " no " in day.one.position):
            week = (day.one.nominal - scope.first_day).days // 7
            return plus_days(scope.first_day, week * 7 + 6)
        return scope.last_day if scope.cycle is not None else None


def _next(series: Series, standing: date | None) -> Course | None:
    """The next course, after telling the series where the last one stands."""
    with inside(("when",)):
        try:
            return next(series) if standing is None else series.send(standing)
        except StopIteration:
            return None


def _moments(day: Day) -> list[Moment]:
    """The times of a day's doses; the day as a whole where they have none."""
    return [Moment(day.on, clock.instant.local.time()) for clock in day.clocks] or [Moment(day.on, None)]
