"""A record replayed entry by entry -> the schedule as it stands, each event with the entries that changed it, cancelled ones kept.

The participant is laid out with none of the record, with the first entry, the first two, and so on, in the order written, and each state of
the plan is compared with the one before. These are the states in which a calendar may have been read, and every such copy of it can then be
brought up to date (docs/ics-rules.md, rules 5 to 8).
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from itertools import chain

from msgspec.structs import replace

from dosecal.diagnostic import Refused
from dosecal.participant import Participant
from dosecal.record import Entry, TookPlace
from dosecal.schedule import Event, Schedule, in_order

Lay = Callable[[Participant], Schedule]
"""Lays out a participant with the record that they have. Raises Refused."""


Alone = Callable[[Entry], Event | None]
"""The event that an entry leaves, where it touches no other event, once the whole record has been laid out; None where it may."""


def follow(participant: Participant, lay: Lay, alone: Alone | None = None) -> Schedule:
    """The schedule of `participant` with their whole record, and what became of everything that an earlier part of the record had planned.

    `revision`: how many entries changed the event: any of its fields but `state`, or whether it takes place; what an entry brings about it
    has changed. `revised`: the latest `written` among these entries plus the number of the last one in seconds, so that it rises with each;
    None: no entry changed it. `absent` holds what does not take place and once stood in the calendar; "cancelled" are those that the plan
    has no more, as they last stood, the last reason naming the entry. `beyond` holds those that moved behind the horizon.

    A part of the record that is refused (an entry that a later one corrects) is passed over: what it does counts with the next good one.
    Raises Refused where the whole record is.

    Parts that end in an entry that changes nothing, or its own event alone (`alone` gives that), are not laid out. One that changes nothing
    is a `given` or `done` on the very day on which the state before it has every occurrence that may be meant standing as planned and due:
    recording what was planned changes no event (language, rule 17), or is refused, and then it is passed over. Nothing of this depends on
    later entries, which are compared with the same state either way.
    """
    final = lay(participant)
    record = participant.record
    past = _Past()
    if record:
        past.see(lay, replace(participant, record=()), None)
    for count, entry in enumerate(record[:-1], 1):
        event = alone(entry) if alone is not None and not past.refused else None
        if event is not None and past.touch(entry, event):
            continue
        if not past.has_as_planned(entry):
            past.see(lay, replace(participant, record=record[:count]), entry)
        past.note(entry)
    if record:
        past.compare(final, record[-1])
    return past.told(final)


class _Past:
    """What the states of the plan so far had, and the entries that changed each event."""

    def __init__(self) -> None:
        self.refused = False
        self.standing: dict[str, Event] = {}
        self.absent: dict[str, Event] = {}
        self.in_calendar: dict[str, Event] = {}
        """Whatever any state listed, as it last stood."""
        self.changed_by: dict[str, list[Entry]] = {}
        self._last_change: date | None = None
        self._confirmed: set[tuple[str, date, str | None]] = set()
        self._due: dict[tuple[str, date], list[Event]] | None = None

    def see(self, lay: Lay, participant: Participant, entry: Entry | None) -> None:
        """Lay out the next part of the record, which ends in `entry` (None: it is empty); a refused one is passed over."""
        try:
            schedule = lay(participant)
        except Refused:
            self.refused = True
        else:
            self.compare(schedule, entry)

    def compare(self, schedule: Schedule, entry: Entry | None) -> None:
        """Take in the next state of the plan: what differs from the last one, `entry` has changed."""
        standing = {event.key: event for event in chain(schedule.events, schedule.beyond)}
        absent = {event.key: event for event in schedule.absent if event.key not in standing}
        if entry is not None:
            for key in self._changed(standing, absent):
                self.changed_by.setdefault(key, []).append(entry)
        self.in_calendar |= {event.key: event for event in schedule.events}
        self.in_calendar |= {event.key: event for event in schedule.beyond if event.key in self.in_calendar}
        self.standing, self.absent, self.refused, self._due = standing, absent, False, None

    def touch(self, entry: Entry, event: Event) -> bool:
        """Take in the one event that an entry leaves; False where no state had it as planned."""
        was = self.standing.get(event.key)
        if was is None or was.state != "planned":
            return False
        stays = event.state == "done"
        if not stays or _differ(was, event):
            self.changed_by.setdefault(event.key, []).append(entry)
        if stays:
            self.standing[event.key] = event
            self.in_calendar |= {event.key: event} if event.key in self.in_calendar else {}
        else:
            self.absent[event.key] = event
            del self.standing[event.key]
        self._due = None
        return True

    def _changed(self, standing: dict[str, Event], absent: dict[str, Event]) -> Iterator[str]:
        """The keys whose state is another: other fields, taking place or not, here or gone."""
        yield from (key for key, event in standing.items() if _differ(self.standing.get(key), event))
        yield from (key for key, event in absent.items() if _differ(self.absent.get(key), event))
        yield from (key for key in chain(self.standing, self.absent) if key not in standing and key not in absent)

    def note(self, entry: Entry) -> None:
        """Remember the day of an entry that is more than `given` or `done`."""
        if not isinstance(entry.act, TookPlace) and (self._last_change is None or self._last_change < entry.on):
            self._last_change = entry.on

    def has_as_planned(self, entry: Entry) -> bool:
        """Whether `entry` says of an occurrence no more than that it took place as the last state of the plan has it.

        It says more where it brings a time or an amount, takes the place of another entry, comes a second time, or was written after an
        entry dated that day or later: a delay looks back at what was done before it, whatever the order of writing (language, rule 18).
        After a refused state nothing is known.
        """
        act = entry.act
        if self.refused or not isinstance(act, TookPlace) or entry.corrects is not None:
            return False
        if act.at is not None or act.amount is not None or act.due not in (None, entry.on):
            return False
        if self._last_change is not None and self._last_change >= entry.on:
            return False
        meant = self._due_on(act.item, entry.on)
        confirmed = (act.item, entry.on, act.slot if len(meant) > 1 else None)
        if not meant or confirmed in self._confirmed or any(event.state != "planned" or event.date != entry.on for event in meant):
            return False
        self._confirmed.add(confirmed)
        return True

    def _due_on(self, item: str, day: date) -> list[Event]:
        if self._due is None:
            self._due = {}
            for event in chain(self.standing.values(), self.absent.values()):
                self._due.setdefault((event.item, event.due_date), []).append(event)
        return self._due.get((item, day), [])

    def told(self, final: Schedule) -> Schedule:
        """The last state of the plan with what the record did to it."""
        gone = [
            _cancelled(event, self.changed_by[key][-1])
            for key, event in self.in_calendar.items()
            if key not in self.standing and key not in self.absent
        ]
        absent = (event for key, event in self.absent.items() if key in self.in_calendar)
        return replace(
            final,
            events=tuple(map(self._revised, final.events)),
            absent=in_order(map(self._revised, chain(absent, gone))),
            beyond=tuple(self._revised(event) for event in final.beyond if event.key in self.in_calendar),
        )

    def _revised(self, event: Event) -> Event:
        entries = self.changed_by.get(event.key)
        return replace(event, revision=len(entries), revised=_revised_at(entries)) if entries else event


def _differ(before: Event | None, after: Event) -> bool:
    """Whether an event is new, or another in any field but what became of it: what was planned may have been done since."""
    return before is None or (before != after and _bare(before) != _bare(after))


def _bare(event: Event) -> Event:
    return replace(event, state="planned", revision=0, revised=None)


def _revised_at(entries: list[Entry]) -> datetime:
    """The running maximum, because entries may be written out of order; the number tells apart those of one instant (ics rule 6)."""
    return max(entry.written for entry in entries) + timedelta(seconds=entries[-1].number)


def _cancelled(event: Event, entry: Entry) -> Event:
    """An event that the plan has no more, as it last stood, with the entry that took it out."""
    why = f": {entry.why}" if entry.why is not None else ""
    reason = f"no longer planned since entry {entry.number} of the record, `{entry.kind}` on {entry.on}{why}"
    return replace(event, state="cancelled", reasons=(*event.reasons, reason))
