"""What a record says of an item's single occurrences -> where they stand: given late, missed, remembered, moved, withheld (rule 14 e).

Which occurrence an entry means is settled already (dosecal.expand.bound). What took place is a fact: no rule overrides it.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dosecal.expand.clocks import Clock, zone_of
from dosecal.expand.events import Day
from dosecal.expand.former import Former, fact, why_missed
from dosecal.expand.gaps import Moment, length_of, moment_on
from dosecal.expand.told import Bound, Ending, Hold, Told
from dosecal.participant import Participant
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import Gap, IfMissed
from dosecal.record import DidNot, Entry, Moved, Remembered, TookPlace
from dosecal.regimen import PlacedItem
from dosecal.study_time import instant_at, plus_days

SKIP: Final = IfMissed("skip")


class Around(Struct, frozen=True):
    """What a missed dose is held against: the next planned moment of the item, of its next treatment week, of its next cycle."""

    dose: Moment | None = None
    week: Moment | None = None
    cycle: Moment | None = None


class Outcomes:
    """What became of the occurrences of one item in one phase (or outside phases)."""

    def __init__(self, placed: PlacedItem, told: Told, participant: Participant, ending: Ending | None, former: Former) -> None:
        """`ending`: from when nothing of it is due; `former`: what took place in a cycle before that was delayed."""
        self.item, self.told, self.participant, self.ending, self.former = placed.item, told, participant, ending, former
        names = (self.item.name, placed.phase.name) if placed.phase is not None else (self.item.name,)
        self.holds: Final[list[Hold]] = told.holds(*names)
        self.bound: Final = told.of_item(self.item.name, placed.phase.name if placed.phase is not None else None)
        self.counted: Final = self.item.count_from == "actual"
        self._said: Final[dict[str, list[Bound]]] = {}
        for one in self.bound:
            if one not in former.spent:
                self._said.setdefault(one.key, []).append(one)

    @property
    def waits(self) -> bool:
        """Whether it is withheld and nobody has said until when."""
        return any(hold.last is None and (self.ending is None or hold.first < self.ending.on) for hold in self.holds)

    # -- whole courses

    def course_moved(self, first: Day) -> tuple[int, str] | None:
        """How many days a whole course is moved by an appointment, which names its first day, and why."""
        about = (one for one in self._about(key_of(first)) if one.event.due_date >= first.due_on)
        found = [(one.entry, one.entry.act.to) for one in about if isinstance(one.entry.act, Moved)]
        if not found:
            return None
        entry, to = found[-1]
        shift = (to - first.due_on).days
        return shift, f"{_by(entry)}: the whole course moved by {shift} day{'s' * (abs(shift) != 1)}{_because(entry)}"

    def course_begun(self, keys: Sequence[str]) -> int | None:
        """How far a course was moved of which a day has taken place: no closure that was entered later moves the rest."""
        begun = (one.event for key in keys for one in self._about(key) if isinstance(one.entry.act, TookPlace))
        return next(((event.due_date - event.nominal_date).days for event in begun), None)

    def course_waits(self, first: Day) -> tuple[int, str] | None:
        """How many days a whole course waits that counts from actual dates and is withheld on its first day, and why."""
        hold = self._hold_of(first)
        if (
            not self.counted
            or hold is None
            or hold.goes_on is None
            or any(isinstance(one.entry.act, TookPlace) for one in self._about(key_of(first)))
        ):
            return None
        return (hold.goes_on - first.on).days, _waits(hold)

    # -- single occurrences

    def of_day(self, day: Day, clocks_at: Callable[[date], tuple[Clock, ...]], around: Callable[[], Around]) -> Iterator[Day]:
        """The day as the record leaves it: whole where the record says nothing, else one for each clock time.

        `clocks_at` gives its clock times on another date, `around` what a missed one is held against.
        """
        keys = [f"{key_of(day)}/{clock.slot}" for clock in day.clocks] if day.several else [key_of(day)]
        told = [self._about(key) for key in keys]
        if not any(told):
            yield self._standing_or_not(day, clocks_at)
            return
        for number, entries in enumerate(told):
            one = replace(day, clocks=day.clocks[number : number + 1])
            for bound in entries:
                one = self._after(bound, one, clocks_at, around)
            yield self._standing_or_not(one, clocks_at)

    def _about(self, key: str) -> list[Bound]:
        """The entries about the occurrence of a key; what a delayed cycle repeats has a key of its own."""
        return self._said.get(self.former.key(key), [])

    def _doubt(self, entry: Entry, name: str, message: str, mend: str, key: str | None = None) -> None:
        self.told.doubt(entry, name, message, mend, key)

    def _after(self, bound: Bound, day: Day, clocks_at: Callable[[date], tuple[Clock, ...]], around: Callable[[], Around]) -> Day:
        """The occurrence after one more entry about it."""
        entry = bound.entry
        act = entry.act
        if not isinstance(act, TookPlace) and not self.counted and bound.event.due_date < day.due_on:
            return day  # it told of a day on which this was not due after all: its cycle starts later, or the day was closed
        if day.state == "done" or (isinstance(act, DidNot) and day.state == "missed"):
            older, newer = sorted((day.entries[-1], entry), key=lambda one: one.number)
            message = f"entry {older.number} already says that `{self.item.name}` due on {day.due_on} {_what_of(older)}"
            self._doubt(newer, "twice", message, f"correct that one: write this entry with `corrects: {older.number}`")
            return day
        day = replace(day, entries=(*day.entries, entry))
        if isinstance(act, DidNot):
            return replace(day, state="missed", reasons=(*day.reasons, why_missed(entry)))
        if isinstance(act, Moved):
            if day.one.course_day > 1:
                first = plus_days(day.due_on, 1 - day.one.course_day)
                message = f"{day.due_on} is day {day.one.course_day} of {day.one.course_days} of a course, which moves only as a whole"
                mend = f"name its first day, `due: {first}`, or enter `given` for what was given"
                self._doubt(entry, "course", message, mend, "due" if act.due is not None else None)
                return day
            if day.one.course_days > 1:
                return day  # the course as a whole has been moved already
            reason = f"{_by(entry)}: moved to {act.to}{_because(entry)}"
            return self._at(replace(day, state="planned"), act.to, clocks_at, reason)
        if isinstance(act, Remembered):
            return self._remembered(entry, act, day, clocks_at, around)
        assert isinstance(act, TookPlace)  # noqa: S101  (of the four acts about an occurrence the last)
        return self._took_place(bound, day)

    def _at(self, day: Day, on: date, clocks_at: Callable[[date], tuple[Clock, ...]], *reasons: str) -> Day:
        """The occurrence on another date, at its clock time there."""
        clocks = tuple(clock for clock in clocks_at(on) if clock.slot == day.clocks[0].slot) if day.clocks else ()
        return replace(day, on=on, clocks=clocks or day.clocks, reasons=(*day.reasons, *reasons))

    def _took_place(self, bound: Bound, day: Day) -> Day:
        """The occurrence as it took place, which no later entry rewrites."""
        slot = f"/{day.clocks[0].slot}" if day.several and day.clocks else ""
        event = fact(bound, self.participant, self.former.key(f"{key_of(day)}{slot}"))
        act = bound.entry.act
        anew = bound.entry.on != bound.event.date and not (isinstance(act, TookPlace) and act.amount is not None)
        clocks = (Clock(slot.removeprefix("/"), event.clock),) if event.clock is not None else ()
        return replace(day, state="done", on=event.date, due_on=event.due_date, clocks=clocks, former=event, anew=anew)

    def _remembered(
        self, entry: Entry, act: Remembered, day: Day, clocks_at: Callable[[date], tuple[Clock, ...]], around: Callable[[], Around]
    ) -> Day:
        """Rule 19: whether a missed dose is taken on the day on which it is noticed."""
        rule = self.item.if_missed or SKIP
        taken = self._at(replace(day, state="planned"), entry.on, clocks_at)
        if act.at is not None:
            zone = zone_of(self.participant, self.item.name)
            slot = day.clocks[0].slot if day.clocks else ""
            taken = replace(taken, clocks=(Clock(slot, instant_at(entry.on, act.at, zone.rules)),))
        if rule.rule == "take" and _far_enough(rule, taken, around()):
            reason = f"{_by(entry)}: remembered on {entry.on}, and `if-missed: {spell(rule)}` lets it be taken that day"
            return replace(taken, reasons=(*day.reasons, reason), flags=(*day.flags, *_punctuality(entry.on, day.due_on)))
        said = f"`if-missed: {spell(rule)}` leaves it out"
        silent = "the regimen does not say what a missed dose does, so it is left out"
        reason = f"{_by(entry)}: remembered on {entry.on}; {said if self.item.if_missed is not None else silent}"
        return replace(day, state="skipped", reasons=(*day.reasons, reason))

    # -- what is not due any more

    def _standing_or_not(self, day: Day, clocks_at: Callable[[date], tuple[Clock, ...]]) -> Day:
        """The occurrence, unless it is withheld on the day on which it stands, or ended before: only what took place stands then."""
        if day.state != "planned":
            return day
        hold = self._hold_of(day)
        while hold is not None and self.counted and hold.goes_on is not None:
            day = replace(self._at(day, hold.goes_on, clocks_at, _waits(hold)), origin=True)
            hold = self._hold_of(day)
        if self.ending is not None and day.on >= self.ending.on:
            reason = f"{_by(self.ending.entry)}: {_ended(self.ending.entry)}{_because(self.ending.entry)}"
            return replace(day, state="stopped", reasons=(*day.reasons, reason))
        if hold is None:
            return day
        until = f"through {hold.last}" if hold.last is not None else "until it is resumed"
        return replace(day, state="held", reasons=(*day.reasons, f"{_by(hold.entry)}: held {until}{_because(hold.entry)}"))

    def _hold_of(self, day: Day) -> Hold | None:
        """What withholds an occurrence where it stands; a hold that the whole cycle waited for does not withhold what goes before it."""
        scope = day.standing.scope
        waited = any(hold.entry.number in scope.moved_by for hold in self.holds)
        over = scope.first_day if waited else None
        holds = (one for one in self.holds if over is None or one.goes_on is None or one.goes_on > over)
        return next((hold for hold in holds if hold.covers(day.on)), None)


def key_of(day: Day) -> str:
    """The key of an occurrence, without its clock time."""
    scope = day.standing.scope
    return f"{scope.prefix}{scope.item}/{day.one.position}"


def _waits(hold: Hold) -> str:
    return f"{_by(hold.entry)}: held through {hold.last}, so it waits until {hold.goes_on}"


def _far_enough(rule: IfMissed, taken: Day, around: Around) -> bool:
    """Whether the next planned dose, week or cycle is far enough away, read off the wall clock; where there is none, it is."""
    if rule.before_next is None or rule.amount is None or rule.unit is None:
        return True
    following = getattr(around, rule.before_next)
    if following is None:
        return True
    moment = moment_on(taken.on, taken.clocks[0].instant.local.time() if taken.clocks else None)
    if not (moment.timed and following.timed):
        moment, following = moment_on(moment.date), moment_on(following.date)
    apart: timedelta = following.wall - moment.wall
    least = length_of(Gap(Decimal(rule.amount), rule.unit))
    return apart >= least if rule.bound == "at least" else apart > least


def _punctuality(on: date, due: date) -> tuple[str, ...]:
    return ("late",) if on > due else ("early",) if on < due else ()


def _by(entry: Entry) -> str:
    return f"entry {entry.number}"


def _because(entry: Entry) -> str:
    return f": {entry.why}" if entry.why is not None else ""


def _ended(entry: Entry) -> str:
    match entry.kind:
        case "withdrew":
            return f"the participant withdrew on {entry.on}"
        case "event":
            return f"ended by {getattr(entry.act, 'event', '')} on {entry.on}"
    return f"stopped on {entry.on}"


def _what_of(entry: Entry) -> str:
    return "did not take place" if isinstance(entry.act, DidNot) else f"took place on {entry.on}"
