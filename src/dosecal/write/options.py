"""What a calendar may have besides its events, on request: alarms, tasks, a refresh interval, a colour, keyed UIDs."""

from datetime import timedelta
from typing import Final

from msgspec import Struct

from dosecal.write.uid import UidKey


class CalendarOptions(Struct, frozen=True):
    """What was asked for; without a word, a calendar has none of it.

    `alarm`: how long before an event begins its reminder comes, whole minutes, at least one; before an all-day event it is counted from
    00:00 (ics rule 16). `tasks`: also a VTODO for each dose taken at home (rule 17). `refresh`: how often a subscriber should ask for the
    calendar anew, whole minutes, at least one (rule 18). `color`: a name of write/colors.py (RFC 7986 5.9). `uid_key`: the study's key,
    from which the UIDs are then made (write/uid.py). `readers`: for whom it is where that is not the participant ("rater"), so that no
    calendar takes the place of one that shows less.
    """

    alarm: timedelta | None = None
    tasks: bool = False
    refresh: timedelta | None = None
    color: str | None = None
    uid_key: UidKey | None = None
    readers: str = ""


NOTHING_ASKED: Final = CalendarOptions()
