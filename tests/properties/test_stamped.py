"""What is stamped into moulds is, octet for octet, what icalendar writes for the same events.

Random trials, participants, records, languages. The events and their words are taken as they are; how they stand in the file is built here
with icalendar's usual calls.
"""

from datetime import UTC, date, datetime, timedelta

import icalendar
from msgspec.structs import replace

from dosecal import __version__
from dosecal.audience import seen
from dosecal.dose import ROUTES
from dosecal.follow import follow
from dosecal.languages import Language, language_named
from dosecal.schedule import Event, Schedule, in_order
from dosecal.study_time import Instant
from dosecal.write.ics import IcsWriter
from dosecal.write.options import CalendarOptions
from dosecal.write.wording import calendar_name, cancelled_title, category, participant_title
from tests.properties.records import History, law
from tests.write.test_ics_bytes import pieces_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LANGUAGES = ("en", "de", "fr", "cs", "pl", "pt-BR", "sv", "es", "it", "nl")
ALARM = timedelta(minutes=30)


def directly(schedule: Schedule, language: Language, vtimezone: bytes, uids: list[str], alarm: str) -> bytes:
    """The participant's calendar, built with icalendar alone."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//dosecal//dosecal {__version__}//{language.code.partition('-')[0].upper()}")
    calendar.add("version", "2.0")
    for name in ("name", "x-wr-calname"):
        calendar.add(name, icalendar.vText(calendar_name(schedule, "participant", language.say)))
    listed = [*schedule.events, *(one for one in (*schedule.absent, *schedule.beyond) if one.revision)]
    if schedule.zone is not None and any(one.clock for one in listed):
        calendar.add("x-dosecal-zone-data", icalendar.vText(schedule.zone.data_version))
    if schedule.holidays is not None:
        calendar.add("x-dosecal-holidays", icalendar.vText(schedule.holidays))
    if vtimezone:
        calendar.add_component(icalendar.Timezone.from_ical(vtimezone))
    gone = {one.key for one in schedule.absent}
    for one, uid in zip(in_order(listed), uids, strict=True):
        calendar.add_component(component(one, schedule, language, uid, None if one.key in gone else alarm))
    octets = calendar.to_ical()
    assert isinstance(octets, bytes)
    return octets


def component(one: Event, schedule: Schedule, language: Language, uid: str, alarm: str | None) -> icalendar.Event:
    """One event; `alarm` None: it does not take place."""
    words, home = participant_title(one, language.say), one.dose is not None and ROUTES[one.dose.route].home
    vevent = icalendar.Event()
    start, end = when(one, schedule)
    vevent.add("dtstart", start)
    if end is not None:
        vevent.add("dtend", end)
    vevent.add("summary", words if alarm else cancelled_title(words, language.say))
    vevent.add("dtstamp", one.revised or EPOCH)
    vevent.add("last-modified", one.revised or EPOCH)
    vevent.add("uid", uid)
    vevent.add("sequence", one.revision)
    vevent.add("status", "CONFIRMED" if alarm else "CANCELLED")
    vevent.add("transp", "TRANSPARENT" if home or not alarm else "OPAQUE")
    vevent.add("categories", [category(one, "participant", language.say)])
    if alarm:
        reminder = icalendar.Alarm()
        reminder.add("action", "DISPLAY")
        reminder.add("description", alarm)
        reminder.add("trigger", -ALARM)
        vevent.add_component(reminder)
    return vevent


def when(one: Event, schedule: Schedule) -> tuple[date, date | None]:
    """Start and end as values of icalendar: a day; local times; UTC for elapsed time, and for times that a clock change makes doubtful."""
    if one.clock is None or schedule.zone is None:
        return one.date, one.date + timedelta(1)
    start = one.clock.utc
    end = start + one.lasts if one.lasts else None
    doubtful = [moment for moment in (start, end) if moment is not None and twice(moment.astimezone(schedule.zone.rules))]
    if one.elapsed or doubtful or shifted(one.clock) or schedule.zone.name == "Etc/UTC":
        return start, end
    return start.astimezone(schedule.zone.rules), end.astimezone(schedule.zone.rules) if end else None


def twice(local: datetime) -> bool:
    return local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()


def shifted(clock: Instant) -> bool:
    return clock.shifted is not None


@law
def test_the_stamped_octets_are_those_of_icalendar(history: History) -> None:
    language = language_named(LANGUAGES[history.trial.participant.day_1.toordinal() % len(LANGUAGES)])
    participant = replace(history.trial.participant, record=history.record)
    whole = seen(follow(participant, history.lay), "participant", None)
    schedule = replace(whole, participant="1042")
    writer = IcsWriter(language=language, options=CalendarOptions(alarm=ALARM))
    written = writer.write(schedule)
    vtimezone, uids = pieces_of(written)
    alarm = language.say("Reminder: please look at your calendar")
    wanted = directly(schedule, language, vtimezone, uids, alarm)
    assert written.splitlines() == wanted.splitlines()
    assert written == wanted
    assert writer.stencil(whole).calendar_of("1042") == written
