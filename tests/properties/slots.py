"""How an entry says which of several occurrences of a day it means, by the words of the reference."""

from dosecal.schedule import Event, Schedule


def slot_in(event: Event, schedule: Schedule) -> str | None:
    """How an entry says which of several occurrences of a day it means; None where there is only one."""
    meant = [one for one in (*schedule.events, *schedule.absent) if (one.item, one.due_date) == (event.item, event.due_date)]
    if len(meant) < 2:
        return None
    words = [words_of(one) for one in meant]
    if all(words) and len(set(words)) == len(words):
        return words_of(event)
    return f"{event.clock.local:%H:%M}" if event.clock is not None else event.key


def words_of(event: Event) -> str:
    """The regimen's words for the time of an occurrence: its clock or named time, "1 hour after"; "" without any."""
    position = event.key.partition(f"{event.item}/")[2].partition(" again ")[0]
    words, tied, _ = position.partition("@")
    return words.strip() if tied else position.partition("/")[2]
