"""Rows of a roster -> the bytes of each participant's file, purely but for participant files and what their records name.

What depends only on a row's choices (arm, Day 1, zone, site, language ...) is remembered while rows with the same choices follow one
another: the schedule, and of calendars all but the person code. Where choices differ in Day 1 alone, calendars are moved where that is
right (cohort.moving). So a worker's memory does not grow with the cohort.
"""

import threading
from collections.abc import Callable, Container, Iterable, Iterator
from functools import partial
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dosecal.cohort.differences import differences
from dosecal.cohort.job import Failure, Job, NoteKey, Row, note_key
from dosecal.cohort.moving import Moving
from dosecal.diagnostic import Diagnostic, Misused, Refused
from dosecal.expand.footing import may_move
from dosecal.languages import ENGLISH, Language, language_named
from dosecal.laying.files import Laying, laying_of, refuse_other_regimen, refuse_wrong_regimen
from dosecal.laying.sight import Sight, followed, plan_of, sight_of, with_an_arm
from dosecal.participant import Participant
from dosecal.read.cells import ARM, by_day_1, participant_of
from dosecal.read.files import Unreadable
from dosecal.read.nodes import read_document
from dosecal.read.participant import SiteFile, read_participant_file, read_site
from dosecal.read.regimen import RegimenFile, read_regimen
from dosecal.regimen import Regimen, weekly_items
from dosecal.schedule import Schedule
from dosecal.write.discreet import discreet
from dosecal.write.formats import FORMATS
from dosecal.write.ics import IcsWriter
from dosecal.write.stencil import Stencil

MOST_MOVING: Final = 3
"""For so many choices what moves their calendars is kept, some megabytes each; they stand together (Cohort.partitions)."""


class Made(Struct, frozen=True):
    """A participant's file, and what there is to say of their schedule."""

    id: str
    content: bytes
    notes: tuple[Diagnostic, ...] = ()


class _LaidOut(Struct, frozen=True):
    """A schedule to write, the same without its record where a compact calendar asks for it, and for whom in which language."""

    schedule: Schedule
    plan: Schedule | None
    sight: Sight
    language: Language


class _Shared(Struct, frozen=True):
    """What those with the same choices share: of their calendars all but the person code, or their schedule; and what there is to say."""

    drawn: Stencil | _LaidOut
    notes: tuple[Diagnostic, ...] = ()


Refusal = tuple[Diagnostic, ...]


class Workshop:
    """Makes the files of one job, row after row."""

    def __init__(self, job: Job) -> None:
        """Raises Refused for a regimen or a site file that is wrong."""
        self.job = job
        self.regimen: RegimenFile = read_regimen(read_document(job.regimen.name, job.regimen.content))
        refuse_wrong_regimen(self.regimen)
        self.sites: list[SiteFile] = [read_site(read_document(one.name, one.content)) for one in job.sites]
        self.arms = arms_of(self.regimen.regimen, job.audience)
        self._writers: dict[tuple[str, str], IcsWriter] = {}
        self._moving: dict[tuple[str, ...], Moving | None] = {}

    def files(self, rows: Iterable[Row]) -> Iterator[Made | Failure]:
        """The file of each row, in order; a Failure where it cannot be made."""
        choices: tuple[str, ...] | None = None
        shared: _Shared | Refusal = ()
        told: set[NoteKey] = set()
        for row in rows:
            if row.own is not None:
                one = _answered(partial(self._own, row))
            else:
                if row.choices != choices:
                    choices, shared = row.choices, _answered(partial(self._chosen, row.choices, told))
                one = shared
            if isinstance(one, tuple):
                yield Failure(row.id, one)
                continue
            told.update(map(note_key, one.notes))
            drawn = one.drawn
            yield Made(row.id, drawn.calendar_of(row.id) if isinstance(drawn, Stencil) else self._content(drawn, row.id), one.notes)

    # -- participants without a file of their own

    def _chosen(self, choices: tuple[str, ...], told: Container[NoteKey]) -> _Shared:
        """What those with these choices share. `told`: what was said already, so that its dates need not be right any more."""
        participant = participant_of(choices, self.arms.get(choices[ARM] or None, ()))
        but_day_1 = by_day_1(choices)[:-1]
        moving = self._moving.get(but_day_1)
        moved = moving.calendar(participant.day_1) if moving is not None else None
        if moved is not None and all(note_key(note) in told for note in moved.notes):
            return _Shared(moved.stencil, moved.notes)
        return self._whole(participant, but_day_1)

    def _whole(self, participant: Participant, but_day_1: tuple[str, ...]) -> _Shared:
        """Laid out as a whole; from the second Day 1 of the same choices on, they are made ready to be moved."""
        laying = laying_of(self.regimen, self.job.regimen.path, participant, None, self.sites)
        laid = self._laid_out(participant, laying)
        writer = self._writer(laid)
        if self.job.form != "ics" or not writer.shares:
            return _Shared(laid, laid.schedule.notes)
        stencil = writer.stencil(laid.schedule, laid.plan)
        arm_said = participant.arm is not None or not self.regimen.regimen.arms
        if arm_said and laid.plan is None and may_move(participant, laying.site, laid.schedule):
            self._make_ready(participant, laying, laid, stencil, but_day_1)
        return _Shared(stencil, laid.schedule.notes)

    def _make_ready(self, participant: Participant, laying: Laying, laid: _LaidOut, stencil: Stencil, but_day_1: tuple[str, ...]) -> None:
        """Remember that these choices came once; and when they come again, how to move them, if what comes out is the same calendar."""
        if but_day_1 not in self._moving:
            if len(self._moving) >= MOST_MOVING:
                self._moving.clear()
            self._moving[but_day_1] = None
        elif self._moving[but_day_1] is None:
            moving = Moving(laying, participant, laid.schedule, laid.sight, self._writer(laid))
            moved = moving.calendar(participant.day_1)
            if moved is not None and (moved.stencil, {*moved.notes}) == (stencil, {*laid.schedule.notes}):
                self._moving[but_day_1] = moving

    # -- participants with one

    def _own(self, row: Row) -> _Shared:
        """The schedule of a participant who has a file. It must say what the row says."""
        own = read_participant_file(row.own or "")
        refuse_other_regimen(own.participant.regimen or "", own.document, self.job.regimen.name, self.job.regimen.path)
        faults = list(differences(row, own))
        if faults:
            raise Refused(faults)
        laid = self._laid_out(own.participant, laying_of(self.regimen, self.job.regimen.path, own.participant, own, self.sites))
        return _Shared(laid, laid.schedule.notes)

    # -- both

    def _laid_out(self, participant: Participant, laying: Laying) -> _LaidOut:
        """What is to be written of a participant."""
        sight = sight_of(self.job.audience, laying.regimens)
        if participant.arm is None and sight.hidden is not None and laying.read.regimen.arms:
            participant, laying = with_an_arm(participant, laying, sight), laying.afresh()
        is_calendar = self.job.form == "ics"
        code = self.job.language or participant.language or ENGLISH.code
        language = language_named(code) if sight.audience == "participant" else ENGLISH
        lay = sight.laying(laying.schedule)
        alone = laying.known.alone if laying.known is not None and sight.hidden is None else None
        schedule = sight.of(followed(participant, lay, alone) if is_calendar else lay(participant))
        plan = (plan_of(participant, lay, sight) or schedule) if is_calendar and self.job.compact else None
        return _LaidOut(schedule, plan, sight, language)

    def _content(self, laid: _LaidOut, identity: str) -> bytes:
        schedule = replace(laid.schedule, participant=identity)
        if self.job.form == "ics":
            return self._writer(laid).write(schedule, laid.plan)
        shown = discreet(schedule, laid.sight.audience, laid.language.say)
        return FORMATS[self.job.form].writer()(shown).encode()

    def _writer(self, laid: _LaidOut) -> IcsWriter:
        """The writer for an audience in a language, which keeps what its calendars share."""
        key = laid.sight.audience, laid.language.code
        if key not in self._writers:
            readers = "" if self.job.audience == "participant" else self.job.audience
            options = replace(self.job.options, readers=readers)
            self._writers[key] = IcsWriter(audience=laid.sight.audience, options=options, language=laid.language)
        return self._writers[key]


def _answered(ask: Callable[[], _Shared]) -> _Shared | Refusal:
    """What is shared, or everything for which it is refused."""
    try:
        return ask()
    except Refused as refused:
        return refused.diagnostics
    except (Unreadable, Misused) as problem:
        return (problem.diagnostic,)


_of_thread: Final = threading.local()


def workshop_of(job: Job) -> Workshop:
    """The workshop of a job, kept by each thread that works on it: a cluster's workers may have several."""
    workshop: Workshop | None = getattr(_of_thread, "workshop", None)
    if workshop is None or workshop.job != job:
        workshop = _of_thread.workshop = Workshop(job)
    return workshop


def forget_workshop() -> None:
    """Forget what this thread keeps."""
    _of_thread.__dict__.clear()


def arms_of(regimen: Regimen, audience: str) -> dict[str | None, tuple[str, ...]]:
    """The arms that a roster for this audience may name, each with its items on weekdays of choice.

    None, for no arm, is among them where the regimen has no arms, and where they are hidden from the audience.
    """
    named: dict[str | None, tuple[str, ...]] = {arm.name: weekly_items(regimen, [arm]) for arm in regimen.arms}
    if not regimen.arms:
        return {None: weekly_items(regimen, [None])}
    return named | ({None: weekly_items(regimen, regimen.arms)} if sight_of(audience, [regimen]).hidden is not None else {})
