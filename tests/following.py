"""What following a record means, by the definition alone: every part of it laid out, then the history of each event read off."""

from datetime import timedelta

from msgspec.structs import replace

from dosecal.diagnostic import Refused
from dosecal.follow import Lay
from dosecal.participant import Participant
from dosecal.record import Entry
from dosecal.schedule import Event, Schedule

State = tuple[str, Event] | None
"""Which list of the schedule an event stood in, and how; None: in none."""


def slowly(participant: Participant, lay: Lay) -> Schedule:
    """The same by the definition alone: every part laid out, then the history of each key read off. The empty record must be good."""
    states = [stated(lay(replace(participant, record=())))]
    entries: list[Entry] = []
    for count, last in enumerate(participant.record, 1):
        try:
            states.append(stated(lay(replace(participant, record=participant.record[:count]))))
        except Refused:
            continue
        entries.append(last)
    final = lay(participant)
    told: dict[str, list[Event]] = {"events": [], "absent": [], "beyond": []}
    for key in {key for state in states for key in state}:
        end = lived([state.get(key) for state in states], entries)
        if end is not None:
            told[end[0]].append(end[1])
    return by_key(replace(final, **{place: tuple(events) for place, events in told.items()}))


def stated(laid: Schedule) -> dict[str, tuple[str, Event]]:
    return {one.key: (place, one) for place in ("absent", "beyond", "events") for one in getattr(laid, place)}


def lived(states: list[State], entries: list[Entry]) -> State:
    """Where an event that was in these states, an entry between each two, stands in the followed schedule."""
    compared = [state and (state[0] == "absent", replace(state[1], state="planned")) for state in states]
    by = [entry for entry, now, before in zip(entries, compared[1:], compared, strict=False) if now != before]
    first = next((number for number, state in enumerate(states) if state is not None and state[0] == "events"), None)
    end = states[-1]
    if first is None and (end is None or end[0] != "events"):
        return None
    if end is None:
        *_, (_, shown) = (state for state in states[first:] if state is not None and state[0] != "absent")
        reason = f"no longer planned since entry {by[-1].number} of the record, `{by[-1].kind}` on {by[-1].on}"
        reason += f": {by[-1].why}" if by[-1].why else ""
        end = "absent", replace(shown, state="cancelled", reasons=(*shown.reasons, reason))
    revised = max(one.written for one in by) + timedelta(seconds=by[-1].number) if by else None
    return end[0], replace(end[1], revision=len(by), revised=revised)


def by_key(followed: Schedule) -> Schedule:
    return replace(
        followed, **{place: tuple(sorted(getattr(followed, place), key=lambda one: one.key)) for place in ("events", "absent", "beyond")}
    )
