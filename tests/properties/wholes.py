"""Whole regimens put together at random: their text, and beside it the courses of every item, worked out from what was drawn.

The courses come from plain loops over dates (the rules of the language, written a second time), never from the text.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from dosecal.study_time import WEEKDAYS, Weekday

Course = list[date]
NAMES = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliett", "kilo", "lima")
KINDS = {"doses": "dose", "medicines": "medicine", "labs": "lab", "visits": "visit", "assessments": "assessment", "calls": "call"}


class Stretch(NamedTuple):
    """A scope: the study, a phase or one cycle, from its first to its last day (date.max: it has no end)."""

    first: date
    last: date
    cycle: int | None = None


class Placed(NamedTuple):
    """One course of one item on its nominal dates, in the scope from which it counts."""

    item: str
    phase: str | None
    scope: Stretch
    days: Course


class Phase(NamedTuple):
    """A phase: its days, or the days of a cycle and how many there are; `pause` days after the end of the phase before it."""

    name: str
    days: int
    cycles: int | None = None
    pause: int = 0
    here: bool = False

    def text(self, before: "Phase | None") -> str:
        unit = "days" if self.days != 1 else "day"
        if self.cycles is None:
            length = f"lasts: {self.days // 7} weeks" if self.days % 7 == 0 and self.days > 7 else f"lasts: {self.days} {unit}"
        else:
            length = f"cycle: {{length: {self.days} {unit}, count: {self.cycles}, count-from: plan}}"
        lines = [length, *(["day-1: here"] if self.here else [])]
        if self.pause and before is not None:
            lines.append(f"starts: {self.pause} days after end of {before.name}")
        return "".join(f"    {line}\n" for line in lines)

    @property
    def whole(self) -> int:
        return self.days * (self.cycles or 1)


class Line(NamedTuple):
    """One item of the regimen: its phrase, the keys beside it, and how its courses fall in one scope.

    `inside`: it never leaves its phase. `proof`: a closed day changes neither how many there are nor what they are called.
    `weekly`: it moves by whole weeks with Day 1. `single`: one occurrence in a scope. `course`: how long its courses are, if not one day.
    `clocks`: how many clock times each of its days has. `step`: the last day of the scope on which 5 mg are given, not 10.
    `gap`: so many days apart. `meets`: closures may bring two of its occurrences to one day. `anew`: the same dates in every cycle.
    """

    section: str
    name: str
    words: str
    courses: Callable[["World", Stretch], list[Course]]
    keys: tuple[tuple[str, str], ...] = ()
    phase: str | None = None
    arm: str | None = None
    flag: str | None = None
    inside: bool = True
    proof: bool = True
    weekly: bool = True
    single: bool = False
    course: int = 1
    clocks: int = 0
    step: int | None = None
    gap: int = 0
    meets: bool = False
    anew: bool = False

    def text(self) -> str:
        keys = ", ".join(f"{key}: {value}" for key, value in (("when", self.words), *self.keys))
        return f"{self.name}: {{{keys}}}"


class Draft(NamedTuple):
    """A whole regimen as it was drawn; `months` is what its file says, `arms` are their names."""

    months: str
    phases: tuple[Phase, ...]
    lines: tuple[Line, ...]
    arms: tuple[str, ...] = ()

    def text(self) -> str:
        """The regimen's sections and phases, without the head of the file."""
        parts = ["flags: [fasting]\n", block(self.lines, None, None, "")]
        if self.arms:
            parts += ["arms:\n", *(f"  {arm}:\n    title: Group {arm}\n{block(self.lines, None, arm, '    ')}" for arm in self.arms)]
        if self.phases:
            parts.append("phases:\n")
            before = None
            for phase in self.phases:
                parts.append(f"  {phase.name}:\n{phase.text(before)}{block(self.lines, phase.name, None, '    ')}")
                before = phase
        return "".join(parts)

    def of(self, arm: str | None, *, fasting: bool) -> list[Line]:
        """The lines that hold for a participant of this arm."""
        return [one for one in self.lines if one.arm in (None, arm) and one.flag in (None, "fasting" if fasting else "not fasting")]


def block(lines: tuple[Line, ...], phase: str | None, arm: str | None, indent: str) -> str:
    """The sections of one place in the file."""
    text = ""
    for section in KINDS:
        own = [one for one in lines if (one.section, one.phase, one.arm) == (section, phase, arm)]
        text += f"{indent}{section}:\n" * bool(own) + "".join(f"{indent}  {one.text()}\n" for one in own)
    return text


class World:
    """One participant's dates: where the phases lie, and the courses of every item, each worked out once."""

    def __init__(self, draft: Draft, lines: list[Line], day_1: date, is_open: Callable[[date], bool] = lambda _: True) -> None:
        self.draft, self.day_1, self.is_open = draft, day_1, is_open
        self.lines = {one.name: one for one in lines}
        self.phases = self._phases()
        self._placed: dict[str, list[Placed]] = {}

    def _phases(self) -> dict[str, tuple[date, date]]:
        """The first and the last day of each phase: around the one marked `day-1: here`, else from the first one on."""
        phases = self.draft.phases
        anchor = next((number for number, phase in enumerate(phases) if phase.here), 0)
        spans: dict[str, tuple[date, date]] = {}
        day = self.day_1
        for phase in reversed(phases[:anchor]):
            spans[phase.name] = day - timedelta(phase.days), day - timedelta(1)
            day -= timedelta(phase.days)
        day = self.day_1
        for number, phase in enumerate(phases[anchor:]):
            if number and phase.pause:
                day += timedelta(phase.pause - 1)
            spans[phase.name] = day, day + timedelta(phase.whole - 1)
            day += timedelta(phase.whole)
        return spans

    def scopes(self, line: Line) -> list[Stretch]:
        if line.phase is None:
            return [Stretch(self.day_1, date.max)]
        phase = next(one for one in self.draft.phases if one.name == line.phase)
        first, last = self.phases[phase.name]
        if phase.cycles is None:
            return [Stretch(first, last)]
        starts = [first + timedelta(phase.days * number) for number in range(phase.cycles)]
        return [Stretch(start, start + timedelta(phase.days - 1), number) for number, start in enumerate(starts, 1)]

    def placed(self, name: str) -> list[Placed]:
        if name not in self._placed:
            line = self.lines[name]
            self._placed[name] = [
                Placed(name, line.phase, scope, days) for scope in self.scopes(line) for days in line.courses(self, scope) if days
            ]
        return self._placed[name]

    def seen(self, name: str, asking: str | None, scope: Stretch) -> list[Course]:
        """The courses that a name means, in order: those of the same cycle, where item and asker share its phase."""
        if name not in self.lines:
            return []
        found = self.placed(name)
        if scope.cycle is not None and self.lines[name].phase == asking:
            found = [one for one in found if one.scope == scope]
        return sorted(one.days for one in found)

    def everything(self) -> list[Placed]:
        return [one for name in self.lines for one in self.placed(name)]


def weekday(day: date) -> Weekday:
    return WEEKDAYS[day.weekday()]
