"""Regimens put together at random: each phrase is drawn with its text and, worked out beside dosecal, its dates.

A phrase's dates come from the plain rules of the language (months first, clamped once, then days; `for` half open, `through` closed;
weekdays day by day), never from the text.
"""

from datetime import date, timedelta
from itertools import count
from typing import NamedTuple

from hypothesis import strategies as st

from dosecal.participant import Site
from dosecal.study_time import WEEKDAYS, Weekday

ONE_DAY = timedelta(1)


class At(NamedTuple):
    """A point: its words, and so many months and then days from Day 1."""

    words: str
    months: int
    days: int

    def on(self, day_1: date) -> date:
        number = day_1.year * 12 + day_1.month - 1 + self.months
        for day in range(day_1.day, 0, -1):
            try:
                return date(number // 12, number % 12 + 1, day) + self.days * ONE_DAY
            except ValueError:
                continue
        raise AssertionError

    def plus(self, number: int, unit: str) -> "At":
        return At(self.words, self.months + number * (unit == "month"), self.days + number * {"day": 1, "week": 7, "month": 0}[unit])


class Phrase(NamedTuple):
    """A timing: its words; how it runs on; whether months come into it; the weekdays that the item has to name."""

    words: str
    start: At
    step: tuple[int, str] | frozenset[int] = (1, "day")
    times: int | None = None
    before: tuple[int, str] | None = None
    through: At | None = None
    course: int | None = None
    days: str = ""

    def courses(self, day_1: date) -> list[list[date]]:
        """The dates, a list for each course."""
        first = self.start.on(day_1)
        if self.course is not None:
            return [[first + n * ONE_DAY for n in range(self.course)]]
        last = self.through.on(day_1) if self.through else date.max
        if self.before:
            last = self.start.plus(*self.before).on(day_1) - ONE_DAY
        found: list[list[date]] = []
        for k in count():
            day = first + k * ONE_DAY if isinstance(self.step, frozenset) else self.start.plus(k * self.step[0], self.step[1]).on(day_1)
            if day > last or len(found) == self.times:
                return found
            if not isinstance(self.step, frozenset) or day.weekday() in self.step:
                found.append([day])
        raise AssertionError

    def dates(self, day_1: date) -> list[date]:
        return [day for course in self.courses(day_1) for day in course]


def counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


# -- phrases at random

UNITS = ("day", "week", "month")


@st.composite
def points(draw: st.DrawFn, units: tuple[str, ...] = UNITS) -> At:
    unit = draw(st.sampled_from(units))
    number = draw({"day": st.integers(-15, 40).filter(bool), "week": st.integers(0, 6), "month": st.integers(0, 2)}[unit])
    point = At(f"{unit} {number}", 0, 0).plus(number - 1 if unit == "day" and number > 0 else number, unit)
    if not draw(st.booleans()):
        return point
    distance, far = draw(st.sampled_from([one for one in ((3, "day"), (1, "day"), (2, "week"), (1, "month")) if one[1] in units]))
    side = draw(st.sampled_from(("before", "after")))
    moved = point.plus(distance if side == "after" else -distance, far)
    return moved._replace(words=f"{counted(distance, far)} {side} {point.words}")


@st.composite
def phrases(draw: st.DrawFn, units: tuple[str, ...] = UNITS) -> Phrase:
    kind = draw(st.sampled_from(("point", "course", "range", "every", "weekdays", "weekly")))
    if kind == "range":
        first, long = draw(st.integers(1, 60)), draw(st.integers(2, 9))
        return Phrase(f"days {first}-{first + long - 1}", At("", 0, first - 1), course=long)
    start = draw(points(units))
    if kind == "point":
        return Phrase(start.words, start, course=1)
    if kind == "course":
        long = draw(st.integers(1, 12))
        return Phrase(f"{start.words} for {counted(long, 'day')}", start, course=long)
    if draw(st.booleans()):
        start, after = At("day 1", 0, 0), ""
    else:
        after = f" from {start.words}"
    days = sorted(draw(st.frozensets(st.integers(0, 6), min_size=1)))
    if kind == "every":
        step = draw(st.tuples(st.integers(1, 5), st.sampled_from(units)))
        words = f"every {step[1] if step[0] == 1 else counted(*step)}"
        return draw(ends(Phrase(words, start, step), after, units))
    named = " ".join(WEEKDAYS[day] for day in days)
    if kind == "weekdays":
        return draw(ends(Phrase(f"every {named}", start, frozenset(days)), after, units))
    often = {1: "once", 2: "twice"}.get(len(days), f"{len(days)} times")
    return draw(ends(Phrase(f"{often} weekly", start, frozenset(days), days=named), after, units))


@st.composite
def ends(draw: st.DrawFn, phrase: Phrase, after: str, units: tuple[str, ...]) -> Phrase:
    kind = draw(st.sampled_from(("for", "through", "times") if not phrase.days else ("for", "through")))
    if kind == "times":
        times = draw(st.integers(1, 20))
        return phrase._replace(words=f"{phrase.words} {counted(times, 'time')}{after}", times=times)
    if kind == "for":
        unit = draw(st.sampled_from(units))
        number = draw(st.integers(1, {"day": 100, "week": 15, "month": 5}[unit]))
        return phrase._replace(words=f"{phrase.words}{after} for {counted(number, unit)}", before=(number, unit))
    unit = draw(st.sampled_from(units))
    number = draw(st.integers(*{"day": (120, 200), "week": (20, 30), "month": (5, 8)}[unit]))
    through = At(f"{unit} {number}", 0, 0).plus(number - 1 if unit == "day" else number, unit)
    return phrase._replace(words=f"{phrase.words}{after} through {through.words}", through=through)


@st.composite
def sites(draw: st.DrawFn, day_1: date) -> Site:
    """A site that closes on some weekdays and on some days about Day 1."""
    weekends: list[tuple[Weekday, ...]] = [(), ("Sat", "Sun"), ("Sun",), ("Fri", "Sat")]
    weekend = draw(st.sampled_from(weekends))
    closed = draw(st.lists(st.tuples(st.integers(-20, 150), st.integers(1, 6)), max_size=6))
    days = {day_1 + (first + n) * ONE_DAY for first, length in closed for n in range(length)}
    return Site(weekend=frozenset(weekend), closed=frozenset(days))
