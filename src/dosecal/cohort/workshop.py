"""Rows of a roster -> the bytes of each participant's file, purely but for participant files and what their records name.

What depends only on a row's choices (arm, Day 1, zone, site, language ...) is remembered while rows with the same choices follow one
another: the schedule, and of calendars all but the person code. So a worker's memory does not grow with the cohort.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from dosecal.cohort.job import Failure, Job, Row
from dosecal.diagnostic import Diagnostic, Misused, Refused
from dosecal.languages import ENGLISH, Language, language_named
from dosecal.laying.files import laying_of, refuse_other_regimen, refuse_wrong_regimen
from dosecal.laying.sight import Sight, followed, plan_of, sight_of, with_an_arm
from dosecal.participant import Participant
from dosecal.read.cells import ARM, CELLS, participant_of
from dosecal.read.files import Unreadable
from dosecal.read.nodes import read_document
from dosecal.read.participant import ParticipantFile, SiteFile, read_participant_file, read_site
from dosecal.read.regimen import RegimenFile, read_regimen
from dosecal.regimen import Regimen, weekly_items
from dosecal.schedule import Schedule
from dosecal.write.discreet import discreet
from dosecal.write.formats import FORMATS
from dosecal.write.ics import IcsWriter, Stencil


class Made(Struct, frozen=True):
    """A participant's file, and what there is to say of their schedule."""

    id: str
    content: bytes
    notes: tuple[Diagnostic, ...] = ()


class _LaidOut(Struct, frozen=True):
    """A schedule to write, the same without its record where a compact calendar asks for it, the language, and what is shared."""

    schedule: Schedule
    plan: Schedule | None
    sight: Sight
    language: Language
    stencil: Stencil | None = None


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

    def files(self, rows: Iterable[Row]) -> Iterator[Made | Failure]:
        """The file of each row, in order; a Failure where it cannot be made."""
        choices: tuple[str, ...] | None = None
        shared: _LaidOut | tuple[Diagnostic, ...] = ()
        for row in rows:
            if row.own is not None:
                laid = self._laid_out(row)
            else:
                if row.choices != choices:
                    choices, shared = row.choices, self._laid_out(row)
                laid = shared
            if isinstance(laid, tuple):
                yield Failure(row.id, laid)
            elif laid.stencil is not None:
                yield Made(row.id, laid.stencil.calendar_of(row.id), laid.schedule.notes)
            else:
                yield Made(row.id, self._content(laid, row.id), laid.schedule.notes)

    def _laid_out(self, row: Row) -> _LaidOut | tuple[Diagnostic, ...]:
        """The schedule of a row without a file of its own is that of all with the same choices: it bears no id."""
        try:
            own = self._own_file(row)
            participant = own.participant if own is not None else self._chosen(row)
            return self._of(participant, own)
        except Refused as refused:
            return refused.diagnostics
        except (Unreadable, Misused) as problem:
            return (problem.diagnostic,)

    def _chosen(self, row: Row) -> Participant:
        name = row.choices[ARM] or None
        return participant_of(row.choices, self.arms.get(name, ()))

    def _own_file(self, row: Row) -> ParticipantFile | None:
        """The participant file of a row. Raises Unreadable; Refused for a file that is wrong, or says otherwise than the row."""
        if row.own is None:
            return None
        own = read_participant_file(row.own)
        refuse_other_regimen(own.participant.regimen or "", own.document, self.job.regimen.name, self.job.regimen.path)
        faults = list(_differences(row, own))
        if faults:
            raise Refused(faults)
        return own

    def _of(self, participant: Participant, own: ParticipantFile | None) -> _LaidOut:
        laying = laying_of(self.regimen, self.job.regimen.path, participant, own, self.sites)
        sight = sight_of(self.job.audience, laying.regimens)
        if participant.arm is None and sight.hidden is not None and laying.read.regimen.arms:
            participant, laying = with_an_arm(participant, laying, sight), laying.afresh()
        lay = sight.laying(laying.schedule)
        alone = laying.known.alone if laying.known is not None and sight.hidden is None else None
        is_calendar = self.job.form == "ics"
        schedule = sight.of(followed(participant, lay, alone) if is_calendar else lay(participant))
        plan = (plan_of(participant, lay, sight) or schedule) if is_calendar and self.job.compact else None
        code = self.job.language or participant.language or ENGLISH.code
        language = language_named(code) if sight.audience == "participant" else ENGLISH
        laid = _LaidOut(schedule, plan, sight, language)
        if not is_calendar or own is not None:
            return laid
        writer = self._writer(laid)
        return replace(laid, stencil=writer.stencil(schedule, plan)) if writer.shares else laid

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


@lru_cache(maxsize=2)
def workshop_of(job: Job) -> Workshop:
    """The workshop of a job, kept by each process that works on it."""
    return Workshop(job)


def arms_of(regimen: Regimen, audience: str) -> dict[str | None, tuple[str, ...]]:
    """The arms that a roster for this audience may name, each with its items on weekdays of choice.

    None, for no arm, is among them where the regimen has no arms, and where they are hidden from the audience.
    """
    named: dict[str | None, tuple[str, ...]] = {arm.name: weekly_items(regimen, [arm]) for arm in regimen.arms}
    if not regimen.arms:
        return {None: weekly_items(regimen, [None])}
    return named | ({None: weekly_items(regimen, regimen.arms)} if sight_of(audience, [regimen]).hidden is not None else {})


_COMPARED = ("arm", "day-1", "timezone", "language", "site")


def _differences(row: Row, own: ParticipantFile) -> Iterator[Diagnostic]:
    """Where a row says otherwise than the participant's own file, which holds their facts."""
    one = own.participant
    said = {
        "arm": one.arm,
        "day-1": one.day_1.isoformat(),
        "timezone": one.zone.name if one.zone is not None else None,
        "language": one.language,
        "site": one.site,
    }
    if one.id != row.id:
        yield _differing("participant", one.id, "id", row.id, own)
    for column, cell in zip(CELLS, row.choices, strict=True):
        if cell and column not in _COMPARED:
            message = f"the roster says something under `{column}` of a participant who has a file"
            yield Diagnostic(
                "two-sources", message, "leave the cell empty: their file says it", place=own.document.place(own.document.root)
            )
        elif cell and cell != said[column]:
            yield _differing(column, said[column], column, cell, own)


def _differing(key: str, said: str | None, column: str, cell: str, own: ParticipantFile) -> Diagnostic:
    node = own.document.root.get(key)
    message = f"the participant file says `{said}`" if said is not None else f"the participant file does not say `{key}`"
    place = own.document.place(node if node is not None else own.document.root)
    return Diagnostic("other-row", f"{message}, and the roster's `{column}` is `{cell}`", "correct one of the two", place=place)
