"""What a record says of an item's single occurrences -> where they stand: given late, missed, remembered, moved, withheld (rule 14 e).

An entry names an occurrence by its due date; where none is due then, by the date to which one was moved. What took place is a fact: no rule
overrides it.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dosecal.expand.clocks import Clock, zone_of
from dosecal.expand.closures import Due
from dosecal.expand.events import Day
from dosecal.expand.gaps import Moment, length_of
from dosecal.expand.told import Ending, Hold, Told
from dosecal.participant import Participant
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import Gap, IfMissed
from dosecal.record import DidNot, Entry, Moved, Remembered, TookPlace
from dosecal.regimen import PlacedItem
from dosecal.schedule import Event, State
from dosecal.study_time import instant_at, plus_days

SKIP: Final = IfMissed("skip")
STANDS: Final[frozenset[State]] = frozenset({"planned", "done"})
"""The states of an occurrence that takes place."""


Former = tuple[tuple[Event, Entry], ...]
"""What took place in a cycle before that was delayed: each event, and the entry that says so."""


class Around(Struct, frozen=True):
    """What a missed dose is held against: the next planned moment of the item, of its next treatment week, of its next cycle."""

    dose: Moment | None = None
    week: Moment | None = None
    cycle: Moment | None = None


class Outcomes:
    """What became of the occurrences of one item in one phase (or outside phases)."""

    def __init__(self, placed: PlacedItem, told: Told, participant: Participant, ending: Ending | None, former: "Former") -> None:
        """`ending`: from when nothing of it is due; `former`: what took place in a cycle before that was delayed."""
        self.item, self.told, self.participant, self.ending, self.former = placed.item, told, participant, ending, former
        names = (self.item.name, placed.phase.name) if placed.phase is not None else (self.item.name,)
        self.holds: Final[list[Hold]] = told.holds(*names)
        spent = {entry.number for _, entry in former}
        told.matched.update(spent)
        self.entries: Final = [entry for entry in told.of_item(self.item.name) if entry.number not in spent]
        self._moved_to: Final[dict[date, date]] = {}
        self._renamed: dict[int, date] = {}

    @property
    def waits(self) -> bool:
        """Whether it is withheld and nobody has said until when."""
        return any(hold.last is None and (self.ending is None or hold.first < self.ending.on) for hold in self.holds)

    def learns(self) -> bool:
        """Whether an entry names an occurrence by the date to which it was moved: the item is then to be laid out anew, knowing that."""
        named = {
            entry.number: self._moved_to[_named_date(entry)]
            for entry in self.entries
            if entry.number not in self.told.matched and _named_date(entry) in self._moved_to
        }
        if not named or named.keys() <= self._renamed.keys():
            return False
        self._renamed |= named
        return True

    # -- before the record of single occurrences

    def waiting(self, nominal: date, due: Due) -> Due | None:
        """Where a course is due that counts from actual dates and is withheld on its day: when it is resumed; None: nobody knows when."""
        for hold in self.holds:
            if hold.covers(plus_days(nominal, due.shift)):
                if hold.goes_on is None:
                    return None
                reason = f"{_by(hold.entry)}: held through {hold.last}, so it waits until {hold.goes_on}"
                return Due((hold.goes_on - nominal).days, reason, origin=True)
        return due

    def course_moved(self, first: date) -> tuple[int, Entry] | None:
        """How many days the whole course due on `first` is moved by an appointment, and the entry that says so."""
        found = [entry for entry in self._about(first, None) if isinstance(entry.act, Moved)]
        for entry in found:
            self.told.matched.add(entry.number)
        return ((found[-1].act.to - first).days, found[-1]) if found and isinstance(found[-1].act, Moved) else None

    # -- single occurrences

    def of_day(self, day: Day, clocks_at: Callable[[date], tuple[Clock, ...]], around: Around) -> Iterator[Day]:
        """The day as the record leaves it: whole where the record says nothing, else one for each clock time.

        `clocks_at` gives its clock times on another date.
        """
        slots = tuple(clock.slot for clock in day.clocks)
        told = [self._about(day.due_on, slot if len(slots) > 1 else None) for slot in slots or ("",)]
        if not any(told):
            yield self._standing_or_not(day)
            return
        self._ask_for_slot(day, slots)
        for number, entries in enumerate(told):
            clocks = day.clocks[number : number + 1]
            one = replace(day, clocks=clocks)
            for entry in entries:
                self.told.matched.add(entry.number)
                one = self._after(entry, one, clocks_at, around)
            yield self._standing_or_not(one)

    def _about(self, due: date, slot: str | None) -> list[Entry]:
        """The entries about the occurrence due on a day, at one of several clock times where `slot` is given."""
        return [entry for entry in self.entries if self._means(entry, due) and (slot is None or _slot(entry) in (slot, None))]

    def _means(self, entry: Entry, due: date) -> bool:
        named = self._renamed.get(entry.number, _named_date(entry))
        if isinstance(entry.act, DidNot) and entry.act.through is not None:
            return named <= due <= entry.act.through
        return named == due

    def _ask_for_slot(self, day: Day, slots: tuple[str, ...]) -> None:
        """Refuse entries that do not say which of several clock times they mean, or name another."""
        for entry in self._about(day.due_on, None):
            slot, whole_day = _slot(entry), isinstance(entry.act, DidNot) and entry.act.through is not None
            if slot is not None and slot not in slots:
                message = f"`{self.item.name}` due on {day.due_on} has no clock time `{slot}`"
                mend = f"its clock times are {', '.join(slots)}" if slots else "leave `slot` out: it has one occurrence a day"
                self.told.doubt(entry, "slot", message, mend, "slot")
                self.told.matched.add(entry.number)
            elif slot is None and len(slots) > 1 and not whole_day:
                message = f"`{self.item.name}` is due {len(slots)} times on {day.due_on}, and which of them is meant is not said"
                self.told.doubt(entry, "slot", message, f"add `slot`, one of: {', '.join(slots)}")

    def _after(self, entry: Entry, day: Day, clocks_at: Callable[[date], tuple[Clock, ...]], around: Around) -> Day:
        """The occurrence after one more entry about it."""
        act = entry.act
        if day.state == "done" or (isinstance(act, DidNot) and day.state == "missed"):
            before = day.entries[-1]
            message = f"entry {before.number} already says that `{self.item.name}` due on {day.due_on} {_what_of(before)}"
            self.told.doubt(entry, "twice", message, f"correct that one: write this entry with `corrects: {before.number}`")
            return day
        day = replace(day, entries=(*day.entries, entry))
        if isinstance(act, DidNot):
            reason = f"{_by(entry)}: {entry.kind.replace('-', ' ')}{_because(entry)}"
            return replace(day, state="missed", reasons=(*day.reasons, reason))
        if isinstance(act, Moved):
            if day.one.course_day > 1:
                message = f"{act.due} is day {day.one.course_day} of {day.one.course_days} of a course, which moves only as a whole"
                self.told.doubt(entry, "course", message, "name the first day of the course, or enter `given` for what was given", "due")
                return day
            if day.one.course_days > 1:
                return day  # the course as a whole has been moved already
            self._moved_to[act.to] = day.due_on
            reason = f"{_by(entry)}: moved to {act.to}{_because(entry)}"
            return self._at(replace(day, state="planned"), act.to, clocks_at, reason)
        if isinstance(act, Remembered):
            return self._remembered(entry, act, day, clocks_at, around)
        assert isinstance(act, TookPlace)  # noqa: S101  (of the four acts about an occurrence the last)
        return self._took_place(entry, act, day, clocks_at)

    def _at(self, day: Day, on: date, clocks_at: Callable[[date], tuple[Clock, ...]], *reasons: str) -> Day:
        """The occurrence on another date, at its clock time there."""
        clocks = tuple(clock for clock in clocks_at(on) if clock.slot == day.clocks[0].slot) if day.clocks else ()
        return replace(day, on=on, clocks=clocks or day.clocks, reasons=(*day.reasons, *reasons))

    def _took_place(self, entry: Entry, act: TookPlace, day: Day, clocks_at: Callable[[date], tuple[Clock, ...]]) -> Day:
        stood = day
        day = self._at(replace(day, state="done"), entry.on, clocks_at) if entry.on != day.on else replace(day, state="done")
        if act.at is not None:
            zone = zone_of(self.participant, self.item.name)
            slot = day.clocks[0].slot if day.clocks else ""
            day = replace(day, clocks=(Clock(slot, instant_at(entry.on, act.at, zone.rules)),))
        words = [self._distance(entry.on, day.due_on)] if entry.on != stood.on or stood.state != "planned" else []
        if day.clocks != stood.clocks and act.at is not None:
            words.append(f"at {act.at:%H:%M}")
        if words:
            verb = "given" if entry.kind == "given" else "done"
            day = replace(
                day, reasons=(*day.reasons, f"{_by(entry)}: {verb} on {entry.on}{', '.join(['', *filter(None, words)])}{_because(entry)}")
            )
        return replace(day, flags=(*day.flags, *_punctuality(entry.on, day.due_on)), amount=act.amount)

    def _distance(self, on: date, due: date) -> str:
        days = (on - due).days
        return (
            f"{abs(days)} day{'s' * (abs(days) != 1)} {'after' if days > 0 else 'before'} it was due"
            if days
            else "the day on which it was due"
        )

    def _remembered(self, entry: Entry, act: Remembered, day: Day, clocks_at: Callable[[date], tuple[Clock, ...]], around: Around) -> Day:
        """Rule 19: whether a missed dose is taken on the day on which it is noticed."""
        rule = self.item.if_missed or SKIP
        taken = self._at(replace(day, state="planned"), entry.on, clocks_at)
        if act.at is not None:
            zone = zone_of(self.participant, self.item.name)
            slot = day.clocks[0].slot if day.clocks else ""
            taken = replace(taken, clocks=(Clock(slot, instant_at(entry.on, act.at, zone.rules)),))
        if rule.rule == "take" and _far_enough(rule, taken, around):
            reason = f"{_by(entry)}: remembered on {entry.on}, and `if-missed: {spell(rule)}` lets it be taken that day"
            return replace(taken, reasons=(*day.reasons, reason), flags=(*day.flags, *_punctuality(entry.on, day.due_on)))
        said = (
            f"`if-missed: {spell(rule)}`" if self.item.if_missed is not None else "a missed dose, of which the regimen says nothing more,"
        )
        reason = f"{_by(entry)}: remembered on {entry.on}, and {said} leaves it out"
        return replace(day, state="skipped", reasons=(*day.reasons, reason))

    # -- what is not due any more

    def _standing_or_not(self, day: Day) -> Day:
        """The occurrence, unless it is withheld on the day on which it stands, or ended before: only what took place stands then."""
        if day.state != "planned":
            return day
        if self.ending is not None and day.on >= self.ending.on:
            reason = f"{_by(self.ending.entry)}: {_ended(self.ending.entry)}{_because(self.ending.entry)}"
            return replace(day, state="stopped", reasons=(*day.reasons, reason))
        hold = next((hold for hold in self.holds if hold.covers(day.on)), None)
        if hold is None or (day.due.origin and day.on == plus_days(day.one.nominal, day.due.shift)):
            return day
        until = f"through {hold.last}" if hold.last is not None else "until it is resumed"
        return replace(day, state="held", reasons=(*day.reasons, f"{_by(hold.entry)}: held {until}{_because(hold.entry)}"))


def _named_date(entry: Entry) -> date:
    """The date by which an entry names an occurrence: `due`, else its own."""
    act = entry.act
    return (act.due if isinstance(act, TookPlace | DidNot | Remembered | Moved) else None) or entry.on


def _slot(entry: Entry) -> str | None:
    act = entry.act
    return act.slot if isinstance(act, TookPlace | DidNot | Remembered | Moved) else None


def _far_enough(rule: IfMissed, taken: Day, around: Around) -> bool:
    """Whether the next planned dose, week or cycle is far enough away, read off the wall clock; where there is none, it is."""
    if rule.before_next is None or rule.amount is None or rule.unit is None:
        return True
    following = getattr(around, rule.before_next)
    if following is None:
        return True
    moment = Moment(taken.on, taken.clocks[0].instant.local.time() if taken.clocks else None)
    if moment.clock is None or following.clock is None:
        moment, following = Moment(moment.date, None), Moment(following.date, None)
    apart: timedelta = following.wall() - moment.wall()
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
