"""The options of `dosecal ics` that say what a calendar may have besides its events, and how it is written -> Wishes."""

import os
import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

import click
from msgspec import Struct

from dosecal.cli.uid_key import read_uid_key
from dosecal.diagnostic import Misused, nearest

if TYPE_CHECKING:
    from dosecal.write.options import CalendarOptions

LONGEST: Final = timedelta(28)
"""Of an alarm, as in Google Calendar; nothing needs to wait longer for a refresh either."""
_KEY_VARIABLE: Final = "DOSECAL_UID_KEY_FILE"
_LENGTH: Final = re.compile(r"([1-9][0-9]{0,4})([mhd])", re.ASCII)
_UNITS: Final = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(1)}


class Wishes(Struct, frozen=True):
    """What was asked for, as typed: `since` and `uid_key_file` are files."""

    alarm: timedelta | None
    todo: bool
    refresh: timedelta | None
    color: str | None
    split: bool
    since: str | None
    uid_key_file: str | None

    def options(self) -> "CalendarOptions":
        """What the calendar is to have; the key is read. Raises Unreadable, Refused."""
        from dosecal.write.options import CalendarOptions  # noqa: PLC0415  (not for a wrong command)

        if self.uid_key_file is None and os.environ.get(_KEY_VARIABLE) == "":
            mend = "name the study's key file in it, or unset it"
            raise Misused(_KEY_VARIABLE, "no-value", "the variable is set and names no file", mend)
        key = read_uid_key(self.uid_key_file) if self.uid_key_file is not None else None
        return CalendarOptions(alarm=self.alarm, tasks=self.todo, refresh=self.refresh, color=self.color, uid_key=key)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The files that it names."""
        return tuple(file for file in (self.since, self.uid_key_file) if file is not None)


def a_length(ctx: click.Context, param: click.Parameter, value: str | None) -> timedelta | None:
    """The value of an option that takes a length of time: whole minutes, hours or days, from 1m to 28d. Raises Misused."""
    del ctx
    if value is None:
        return None
    found = _LENGTH.fullmatch(value)
    if found is None:
        mend = "write whole minutes, hours or days, at least one: 30m, 2h or 1d"
        raise Misused(param.opts[0], "length", f"`{value}` is not a length of time", mend)
    length = int(found[1]) * _UNITS[found[2]]
    if length > LONGEST:
        raise Misused(param.opts[0], "length", f"{value} is longer than {LONGEST.days} days", f"write at most {LONGEST.days}d")
    return length


def a_color(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """The value of an option that takes a colour: one of the CSS3 names. Raises Misused."""
    del ctx
    if value is None:
        return None
    from dosecal.write.colors import COLORS  # noqa: PLC0415  (few calendars have one)

    if value.lower() not in COLORS:
        near = nearest(value.lower(), sorted(COLORS))
        mend = f"did you mean `{near}`?" if near else "write one of the 147 names of CSS3, such as teal or steelblue"
        raise Misused(param.opts[0], "unknown-word", f"there is no colour `{value}`", mend)
    return value.lower()


_CALENDAR: Final = (
    click.option(
        "--alarm",
        callback=a_length,
        metavar="30m|2h|1d",
        help="A reminder so long before each event. Some calendars drop it (Google on import): never the only safety reminder.",
    ),
    click.option("--todo", is_flag=True, help="Also a task for each dose taken at home, where the calendar knows tasks."),
    click.option("--refresh", callback=a_length, metavar="12h", help="How often a subscriber should ask for the calendar anew."),
    click.option("--color", callback=a_color, metavar="NAME", help="The calendar's colour, by its CSS3 name."),
    click.option(
        "--uid-key-file",
        metavar="FILE",
        envvar=_KEY_VARIABLE,
        show_envvar=True,
        help="The study's secret key: without it, nobody can confirm a guess about whose calendar it is.",
    ),
)
_ONE_CALENDAR: Final = (
    click.option("--split", type=click.Choice(["year"]), help="One file a calendar year: FILE.ics becomes FILE-2026.ics and so on."),
    click.option("--since", metavar="OLD.ics", help="Write only what changed since this older calendar of the same participant."),
)


def wishes_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add these options to a command that writes one participant's calendar, which gets them as one, `wishes`."""
    return _with_options(command, (*_CALENDAR, *_ONE_CALENDAR))


def calendar_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """As `wishes_options`, without what makes sense for one calendar alone."""
    return _with_options(command, _CALENDAR)


def _with_options(command: Callable[..., Any], options: tuple[Callable[..., Any], ...]) -> Callable[..., Any]:

    @wraps(command)
    def with_wishes(
        *,
        alarm: timedelta | None,
        todo: bool,
        refresh: timedelta | None,
        color: str | None,
        uid_key_file: str | None,
        split: str | None = None,
        since: str | None = None,
        **others: Any,
    ) -> Any:
        wishes = Wishes(alarm, todo, refresh, color, split is not None, since, uid_key_file)
        return command(wishes=wishes, **others)

    result: Callable[..., Any] = with_wishes
    for option in reversed(options):
        result = option(result)
    return result
