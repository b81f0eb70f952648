"""Every English sentence that a catalogue translates, with what a translator has to know about it.

A sentence that the code says and that is missing here fails tests/languages/test_catalogues.py, as does one that nobody says any more.
"""

from typing import Final, Literal, NamedTuple

Kind = Literal["title", "category", "text", "date"]


class Message(NamedTuple):
    """A sentence; `many`: its English form for every number but 1; `note`: for the translator."""

    kind: Kind
    sentence: str
    note: str
    many: str | None = None


_DATE: Final = (
    "How a date is written: D the day, MMM and MMMM the month in short and in full, M and MM its number, YYYY the year, ddd and dddd the"
    " weekday in short and in full; words stand in [brackets]. Example: "
)

MESSAGES: Final = (
    Message("text", "Visits and treatment", "The name of the participant's calendar, which others may see in a list of calendars."),
    Message("text", "{what}, day {day} of {days}", "A title with the place in a course of several days: Infusion, day 2 of 5."),
    Message("text", "Cancelled: {what}", "The title of an event that does not take place: Cancelled: Infusion."),
    Message("text", "Reminder: please look at your calendar", "What a reminder says on a screen that others may see."),
    Message("title", "Infusion", "Given into a vein, over some time."),
    Message("title", "Injection", "Given with a needle: under the skin, into a muscle, elsewhere."),
    Message("title", "Medicine by mouth", "Swallowed, or dissolved in the mouth."),
    Message("title", "Inhalation", "Breathed in."),
    Message("title", "Nasal spray", "A medicine into the nose."),
    Message("title", "Patch", "A plaster on the skin that contains a medicine."),
    Message("title", "Skin treatment", "A cream, gel or the like on the skin."),
    Message("title", "Eye treatment", "Drops or the like into one eye or both: the word must leave open which."),
    Message("title", "Medicine", "Any medicine of which no more is to be said."),
    Message("title", "Treatment session", "An appointment for treatment with a machine (the word must not say radiotherapy)."),
    Message("title", "Treatment", "Any treatment of which no more is to be said. Also a category of events."),
    Message("title", "Blood test", "Blood is taken and tested."),
    Message("title", "Blood sample", "Blood is taken; nothing is said of a test."),
    Message("title", "Clinic visit", "The participant comes to the clinic, hospital or practice."),
    Message("title", "Assessment", "An examination or questions about health, no treatment."),
    Message("title", "Procedure", "Anything medical that is done, not necessarily an operation."),
    Message("title", "Phone call", "Somebody of the clinic calls by telephone, as arranged."),
    Message("category", "Visit", "The category of clinic visits, assessments and procedures."),
    Message("category", "Test", "The category of blood tests and blood samples."),
    Message("category", "Call", "The category of phone calls."),
    Message("text", "{count} hour", "A length of time.", "{count} hours"),
    Message("text", "{count} minute", "A length of time.", "{count} minutes"),
    Message("text", "{count} second", "A length of time.", "{count} seconds"),
    Message("text", "possible: {earliest} – {latest}", "The dates, or clock times, between which an appointment may be, both included."),
    Message("text", "possible from {earliest}", "The first date, or clock time, on which an appointment may be."),
    Message("text", "possible until {latest}", "The last date, or clock time, on which an appointment may be: it is included."),
    Message("date", "D MMM YYYY", f"{_DATE}5 Jan 2026"),
    Message("date", "D MMMM YYYY", f"{_DATE}5 January 2026"),
    Message("date", "dddd D MMMM YYYY", f"{_DATE}Monday 5 January 2026"),
    Message("date", "ddd D MMM YYYY", f"{_DATE}Mon 5 Jan 2026"),
)

SITE: Final = frozenset((
    "{study}: Day 1 on {day_1}", "{study}: participant {participant}", "{what}: {dose}", "Why it is cancelled: {reason}",
    "Hand out: {product}", "Planned for {nominal}", "Due on {due}", "Lasts {duration}", "Flags: {flags}", "Why this date:",
    "Study day {day}", "Phase: {phase}", "Cycle {cycle}", "Month {month}", "Window: any date", "Window: until {latest}",
    "Window: from {earliest}", "Window: {earliest} to {latest}",
    "Planned {count} times, from {first} to {last}. The first:",
    "Clocks go forward: {asked} does not exist on this day, so it is at {here}",
    "Clocks go back: {here} comes twice on this day; the one at UTC{offset} is meant",
))  # fmt: skip
"""What only the site reads, which is in English alone."""
