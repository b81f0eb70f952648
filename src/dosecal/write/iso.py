"""Times, offsets, lengths and windows as text for programs (ISO 8601): what json and csv share."""

from datetime import date, datetime, time, timedelta


def clock_iso(clock: time) -> str:
    """A wall-clock time as HH:MM; seconds are written only where there are any (an elapsed time may end on them)."""
    exact = clock.replace(microsecond=0, tzinfo=None)
    return exact.isoformat("seconds" if exact.second else "minutes")


def offset_iso(offset: timedelta) -> str:
    """An offset from UTC as +01:00 or -03:30; seconds only where there are any (local mean time, before zones)."""
    sign = "-" if offset < timedelta(0) else "+"
    minutes, seconds = divmod(abs(offset) // timedelta(seconds=1), 60)
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")


def moment_iso(moment: date | datetime | None) -> str | None:
    """An end of a window: YYYY-MM-DD, or the local YYYY-MM-DDTHH:MM; None, an open end, stays None."""
    if isinstance(moment, datetime):
        return f"{moment.date().isoformat()}T{clock_iso(moment.time())}"
    return None if moment is None else moment.isoformat()


def minutes_of(length: timedelta) -> int | float:
    """A length in minutes: whole where it is whole."""
    minutes = length / timedelta(minutes=1)
    return int(minutes) if minutes.is_integer() else minutes
