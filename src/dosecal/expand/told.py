"""A record -> what it says of each item, phase and date, ready to be asked while the plan is laid out.

Only the entries in force count: voided and corrected ones are gone. Which occurrence an entry means, dosecal.expand.happened finds out.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic
from dosecal.dose import Amount
from dosecal.expand.points import Found
from dosecal.participant import Participant, Site, SiteClosing
from dosecal.phrases.tree import Auc
from dosecal.record import (
    Adjusted,
    Closed,
    Delayed,
    DidNot,
    Entry,
    Happened,
    Held,
    Measured,
    Moved,
    NewDay1,
    NewDays,
    NewSite,
    NewTimes,
    Record,
    Remembered,
    Resumed,
    Stopped,
    TookPlace,
    Withdrew,
    in_force,
)
from dosecal.schedule import Event
from dosecal.study_time import NamedTimeOfDay, Weekday

if TYPE_CHECKING:
    from dosecal.expand.amended import Settled

OccurrenceAct = TookPlace | DidNot | Remembered | Moved
"""What an entry may say of one occurrence, which it names by its date."""

OCCURRENCE_ACTS: Final = (TookPlace, DidNot, Remembered, Moved)
"""What an entry may say of one occurrence, which it names by its due date."""


class Hold(Struct, frozen=True):
    """When something is withheld: from `first` through `last`, both included; None: nobody has said until when."""

    first: date
    last: date | None
    entry: Entry

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    @property
    def goes_on(self) -> date | None:
        """The first day after it."""
        return self.last + timedelta(1) if self.last is not None else None


class Ending(Struct, frozen=True):
    """From `on` on nothing of something is due, because of an entry."""

    on: date
    entry: Entry


class Bound(Struct, frozen=True):
    """An occurrence that an entry means: its key, what the plan had of it then, and the places of the delays and holds `seen` by then."""

    key: str
    event: Event
    entry: Entry
    seen: frozenset[int]


class Told:
    """What a participant's record says. `faults` fill while the plan is laid out."""

    def __init__(
        self,
        record: Record,
        entries: Record | None = None,
        bound: Mapping[int, tuple[Bound, ...]] = {},
        settled: "Settled | None" = None,
    ) -> None:
        """`entries`: those in force, where fewer count than the record says; `bound`: the occurrences that they mean, by their numbers.

        `settled`: what a former version of the protocol leaves as it is.
        """
        self.settled: Final = settled
        self.bound: Final = bound
        self.record: Final = record
        self.entries: Final = in_force(record) if entries is None else entries
        self.faults: Final[list[Diagnostic]] = []
        in_time = sorted(self.entries, key=lambda entry: (entry.on, entry.place))
        # Most entries tell of one occurrence; what the others say is asked for each item and phase.
        self._broad: Final = [one for one in self.entries if not isinstance(one.act, OCCURRENCE_ACTS)]
        self._broad_in_time: Final = [one for one in in_time if not isinstance(one.act, OCCURRENCE_ACTS)]
        self._adjusted: Final[dict[str, list[tuple[Entry, Adjusted]]]] = {}
        self._by_item: Final[dict[tuple[str, str | None], list[Bound]]] = {}
        for entry in in_time:
            for one in bound.get(entry.number, ()):
                self._by_item.setdefault((one.event.item, one.event.phase), []).append(one)

    def doubt(self, entry: Entry, name: str, message: str, mend: str, key: str | None = None) -> None:
        """Refuse an entry, once the whole plan is laid out."""
        self.faults.append(fault(entry, name, message, mend, key))

    def of_item(self, item: str, phase: str | None) -> list[Bound]:
        """What the entries say of an item's single occurrences, in order of the day on which they happened."""
        return self._by_item.get((item, phase), [])

    def took_place(self, item: str, phase: str | None) -> dict[date, str]:
        """The days on which occurrences of an item were due that took place, each with the last part of its key."""
        said = (one for one in self.of_item(item, phase) if isinstance(one.entry.act, TookPlace))
        return {one.event.due_date: one.key.rpartition("/")[2] for one in said}

    def missed_on(self, item: str, phase: str | None) -> dict[date, str]:
        """The days on which occurrences of an item were due that did not take place, each with the last part of its key."""
        said = (one for one in self.of_item(item, phase) if isinstance(one.entry.act, DidNot))
        return {one.event.due_date: one.key.rpartition("/")[2] for one in said}

    def has_begun(self, phase: str, cycle: int, by: Entry, until: date) -> Entry | None:
        """The entry that says that a dose of a cycle was given, where `by` was written afterwards or the dose given before `until`."""
        given = (
            one.entry
            for entry in self.entries
            for one in self.bound.get(entry.number, ())
            if (one.event.phase, one.event.cycle, one.event.section) == (phase, cycle, "doses")
            and isinstance(one.entry.act, TookPlace)
            and (by.place not in one.seen or one.entry.on < until)
        )
        return next(given, None)

    # -- spans of time

    def holds(self, *names: str) -> list[Hold]:
        """When an item, or one of the phases that it stands in, is withheld."""
        return [hold for name in names for hold in self._holds(name)]

    def _holds(self, name: str) -> Iterator[Hold]:
        opened: list[Hold] = []
        for entry in self._broad_in_time:
            act = entry.act
            if isinstance(act, Held) and act.name == name:
                opened.append(Hold(entry.on, act.through, entry))
            elif isinstance(act, Resumed) and act.name == name:
                opened = [Hold(one.first, entry.on - timedelta(1), one.entry) if one.covers(entry.on) else one for one in opened]
        yield from (one for one in opened if one.last is None or one.first <= one.last)

    def stopped(self, *names: str) -> Ending | None:
        """From when nothing of an item or phase is due, because it was stopped: the earliest where several are named."""
        return self._first(one for one in self._broad if isinstance(one.act, Stopped) and one.act.name in names)

    def ended_by(self, event: str) -> Ending | None:
        """From when nothing of a phase is due that goes on until an event: its first time, whenever the phase begins."""
        return self._first(one for one in self._broad if isinstance(one.act, Happened) and one.act.event == event)

    def withdrew(self) -> Ending | None:
        """From when nothing at all is due."""
        return self._first(one for one in self._broad if isinstance(one.act, Withdrew))

    def _first(self, entries: Iterable[Entry]) -> Ending | None:
        return min((Ending(entry.on, entry) for entry in entries), key=lambda one: one.on, default=None)

    def delays(self, phase: str, cycle: int) -> list[tuple[Entry, date]]:
        """The entries that delay a cycle and the days to which they do, in the order of the days on which they were decided."""
        return [
            (one, one.act.to)
            for one in self._broad_in_time
            if isinstance(one.act, Delayed) and (one.act.phase, one.act.cycle) == (phase, cycle)
        ]

    # -- doses, days, times, measures

    def adjusted(self, item: str) -> list[tuple[Entry, Adjusted]]:
        """The entries that adjust an item's doses, in order of time."""
        if item not in self._adjusted:
            self._adjusted[item] = [(one, one.act) for one in self._broad_in_time if isinstance(one.act, Adjusted) and one.act.item == item]
        return self._adjusted[item]

    def adjustment(self, item: str, day: date, by: int | None = None) -> Amount | Auc | None:
        """What the doses of an item standing on a day are adjusted to: by the latest entry that reaches it; None: as planned.

        `by`: only by entries written before entry number `by`.
        """
        reaching = [
            act
            for entry, act in self.adjusted(item)
            if entry.on <= day and (act.through is None or day <= act.through) and (by is None or entry.number < by)
        ]
        return reaching[-1].to if reaching else None

    def new_days(self, item: str) -> list[tuple[Entry, tuple[Weekday, ...]]]:
        """The entries that choose other weekdays for an item, in order of time."""
        return [(one, one.act.to) for one in self._broad_in_time if isinstance(one.act, NewDays) and one.act.item == item]

    def measures(self, by: int | None = None) -> tuple[tuple[date, str, Amount], ...]:
        """Every measure taken: the day, its name, its value; in order of time. `by`: only those written before entry number `by`."""
        return tuple(
            (one.on, one.act.measure, one.act.value)
            for one in self._broad_in_time
            if isinstance(one.act, Measured) and (by is None or one.number < by)
        )

    def people(self, planned: Participant) -> tuple[tuple[date, Participant], ...]:
        """The participant with each new set of named times, and the day from which they hold."""
        people: list[tuple[date, Participant]] = []
        for on, times in self.times():
            before = people[-1][1] if people else planned
            people.append((on, replace(before, times={**before.times, **times})))
        return tuple(people)

    def times(self) -> list[tuple[date, Mapping[str, NamedTimeOfDay]]]:
        """New named times, each with the day from which they hold, in order of time."""
        return [(one.on, one.act.times) for one in self._broad_in_time if isinstance(one.act, NewTimes)]

    # -- events, sites, Day 1

    def happened(self, event: str) -> tuple[Found, ...]:
        """The times at which one of the regimen's events happened, in order of date.

        Their keys number them in written order and count voided ones, so that no later entry renames one.
        """
        first_said = [
            one.number for one in self.record if isinstance(one.act, Happened) and one.act.event == event and one.corrects is None
        ]
        numbers = {entry: f"no {number}" for number, entry in enumerate(first_said, 1)}
        found = [
            Found(f"{event} {numbers.get(one.place, f'entry {one.place}')}", one.on, one.on, one.on)
            for one in self._broad
            if isinstance(one.act, Happened) and one.act.event == event
        ]
        return tuple(sorted(found, key=lambda one: one.first))

    def day_1(self, planned: date) -> date:
        """Study Day 1, where the record moves or corrects it."""
        moved = [one.act.to for one in self._broad if isinstance(one.act, NewDay1)]
        return moved[-1] if moved else planned

    def site(self, first: Site, others: Mapping[str, Site]) -> Site:
        """The site with the days on which it was closed for an item, and the sites that the participant goes to later."""
        closings = tuple(SiteClosing(one.act.item, one.on, one.act.through or one.on) for one in self._broad if isinstance(one.act, Closed))
        later: tuple[date, Site] | None = None
        for one in reversed(self._broad_in_time):
            if isinstance(one.act, NewSite) and one.act.site in others:
                later = (one.on, replace(others[one.act.site], closings=closings, later=later))
        return replace(first, closings=closings, later=later) if closings or later else first


def fault(  # noqa: PLR0917  (a refusal and where it stands in the entry)
    entry: Entry, name: str, message: str, mend: str, key: str | None = None, part: str | None = None
) -> Diagnostic:
    """The refusal of an entry; `key` is what is wrong in it, else its kind; `part` what its value shows of that."""
    return Diagnostic(name, message, mend, path=("record", entry.number - 1, key or entry.kind), part=part)
