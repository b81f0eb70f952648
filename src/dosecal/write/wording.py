"""An event -> the words that people read in a calendar: discreet ones for the participant, everything for the site.

Text for people follows the Joint Commission and ISMP lists (dose.py spells amounts and routes out). Every English sentence here is a whole
one with named gaps and passes through `say`, so that another language is another `say` and no sentence is glued together from fragments.
What a participant reads has a translation in every catalogue of locale/ (docs/how-to/translate.md); the site's calendar is English alone.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from msgspec.structs import replace

from dosecal.dose import ROUTES, dose_in_words
from dosecal.languages import Say, english
from dosecal.regimen import Audience, Section
from dosecal.schedule import Event, Schedule
from dosecal.study_time import Window
from dosecal.write.iso import clock_iso, moment_iso, offset_iso
from dosecal.write.lengths import length_in_words

_GENERIC_TITLES: Final[dict[Section, str]] = {
    "doses": "Treatment",
    "medicines": "Medicine",
    "labs": "Blood test",
    "visits": "Clinic visit",
    "assessments": "Assessment",
    "samples": "Blood sample",
    "calls": "Phone call",
    "procedures": "Procedure",
}
_PARTICIPANT_CATEGORIES: Final[dict[str, str]] = {
    "dose": "Treatment",
    "lab": "Test",
    "visit": "Visit",
    "assessment": "Visit",
    "sample": "Test",
    "call": "Call",
    "other": "Visit",
}
_SITE_CATEGORIES: Final[dict[str, str]] = {
    "dose": "Dose",
    "lab": "Laboratory",
    "visit": "Visit",
    "assessment": "Assessment",
    "sample": "Sample",
    "call": "Call",
    "other": "Procedure",
}


def calendar_name(schedule: Schedule, audience: Audience, say: Say = english) -> str:
    """The calendar's name: it says nothing about the study to a participant's provider, and names study and participant for the site."""
    if audience == "participant":
        return say("Visits and treatment")
    if schedule.participant is None:
        return say("{study}: Day 1 on {day_1}").format(study=schedule.study, day_1=schedule.day_1)
    return say("{study}: participant {participant}").format(study=schedule.study, participant=schedule.participant)


def title(event: Event, audience: Audience, say: Say = english) -> str:
    """An event's title. For the participant: the regimen's own wording, else a generic one; for the site: item and dose."""
    return participant_title(event, say) if audience == "participant" else site_title(event, say)


def participant_title(event: Event, say: Say = english) -> str:
    """What a participant reads: no drug, dose, arm, study or id but what the regimen's own `title` says (ics rule 20)."""
    return _in_course(event, participant_item(event, say), say)


def participant_item(event: Event, say: Say = english) -> str:
    """The participant's word for an item: the regimen's `title`, else one by its route or its section."""
    if event.title is not None:
        return event.title
    return say(ROUTES[event.dose.route].act if event.dose is not None else _GENERIC_TITLES[event.section])


def site_title(event: Event, say: Say = english) -> str:
    """What the site reads: "alemtuzumab, day 2 of 5: 12 mg intravenous"."""
    what = _in_course(event, event.item, say)
    return what if event.dose is None else say("{what}: {dose}").format(what=what, dose=dose_in_words(event.dose))


def alarm_text(say: Say = english) -> str:
    """What a reminder says, for every audience: nothing that should not be read on a locked screen (ics rules 16, 20)."""
    return say("Reminder: please look at your calendar")


def cancelled_title(what: str, say: Say = english) -> str:
    """The title of an event that does not take place, for both audiences (ics rule 8)."""
    return say("Cancelled: {what}").format(what=what)


def cancelled_description(event: Event, say: Say = english) -> str:
    """What the site reads below the title of an event that does not take place: why, which its last reason says, then what it was."""
    was = site_description(replace(event, reasons=event.reasons[:-1]), say)
    return "\n".join((say("Why it is cancelled: {reason}").format(reason=event.reasons[-1]), was)) if event.reasons else was


def series_description(of_first: str, days: Sequence[date], say: Say = english) -> str:
    """What the site reads below the title of a series: how many were planned, from when to when, then `of_first`, of the first."""
    words = say("Planned {count} times, from {first} to {last}. The first:")
    return "\n".join((words.format(count=f"{len(days):,}", first=days[0], last=days[-1]), of_first))


def site_description(event: Event, say: Say = english) -> str:
    """What the site reads below the title, one fact a line: study day, phase, month, window, a moved date, the clock, the reasons."""
    lines = _place_in_study(event, say)
    if event.product is not None:
        lines.append(say("Hand out: {product}").format(product=event.product))
    if event.window is not None:
        lines.append(_window(event.window, say))
    if event.nominal_date != event.date:
        lines.append(say("Planned for {nominal}").format(nominal=event.nominal_date))
    if event.due_date not in (event.nominal_date, event.date):
        lines.append(say("Due on {due}").format(due=event.due_date))
    if event.lasts is not None:
        lines.append(say("Lasts {duration}").format(duration=length_in_words(event.lasts, say)))
    lines += _clock_remarks(event, say)
    if event.flags:
        lines.append(say("Flags: {flags}").format(flags=", ".join(map(_flag, event.flags))))
    if event.reasons:
        lines += [say("Why this date:"), *(f"- {reason}" for reason in event.reasons)]
    return "\n".join(lines)


def _place_in_study(event: Event, say: Say) -> list[str]:
    lines = [say("Study day {day}").format(day=event.study_day)]
    if event.phase is not None:
        lines.append(say("Phase: {phase}").format(phase=event.phase))
    if event.cycle is not None:
        lines.append(say("Cycle {cycle}").format(cycle=event.cycle))
    if event.month is not None:
        lines.append(say("Month {month}").format(month=event.month))
    return lines


def category(event: Event, audience: Audience, say: Say = english) -> str:
    """The event's category, by its kind (ics rule 19)."""
    return say((_PARTICIPANT_CATEGORIES if audience == "participant" else _SITE_CATEGORIES)[event.kind])


def _in_course(event: Event, what: str, say: Say) -> str:
    if event.course_days == 1:
        return what
    return say("{what}, day {day} of {days}").format(what=what, day=event.course_day, days=event.course_days)


def _window(window: Window, say: Say) -> str:
    if window.earliest is None:
        return say("Window: any date") if window.latest is None else say("Window: until {latest}").format(latest=_moment(window.latest))
    if window.latest is None:
        return say("Window: from {earliest}").format(earliest=_moment(window.earliest))
    return say("Window: {earliest} to {latest}").format(earliest=_moment(window.earliest), latest=_moment(window.latest))


def _moment(moment: date | datetime) -> str:
    return str(moment_iso(moment)).replace("T", " ")


def _clock_remarks(event: Event, say: Say) -> list[str]:
    """What a clock change did to the event's time."""
    if event.clock is None:
        return []
    here = clock_iso(event.clock.local.time())
    if event.clock.shifted is not None:
        asked = clock_iso(event.clock.shifted)
        return [say("Clocks go forward: {asked} does not exist on this day, so it is at {here}").format(asked=asked, here=here)]
    if event.clock.ambiguous:
        offset = offset_iso(event.clock.utc_offset)
        return [say("Clocks go back: {here} comes twice on this day; the one at UTC{offset} is meant").format(here=here, offset=offset)]
    return []


def _flag(flag: str) -> str:
    """A flag for people: "moved-from:2026-01-05" is "moved from 2026-01-05"."""
    name, _, value = flag.partition(":")
    return f"{name.replace('-', ' ')} {value}".strip()
