"""How a run over a cohort goes on and what became of it -> a progress bar on a terminal, plain lines elsewhere, and messages."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, Final, Self

import click
from msgspec.structs import replace

from dosecal.cli.messages import say_line
from dosecal.cohort.job import NO_FILE, Note, NoteKey
from dosecal.cohort.manifest import MANIFEST
from dosecal.cohort.partition import file_name
from dosecal.cohort.run import Cohort, Outcome, WorkerLost
from dosecal.cohort.store import PART, Stopped, Store
from dosecal.diagnostic import Diagnostic, Place

_LINES: Final = 10
"""So many lines tell of the progress where there is no terminal."""


class Progress:
    """Tells how far a run has come, on standard error."""

    def __init__(self, where: str, total: int) -> None:
        self._where, self._total, self._told, self._done = where, total, 0, 0
        self._bar: Any = None

    def __enter__(self) -> Self:
        if sys.stderr is not None and sys.stderr.isatty():
            self._bar = click.progressbar(length=self._total, label=self._where, file=sys.stderr, show_pos=True)
            self._bar.__enter__()
        return self

    def show(self, outcome: Outcome) -> None:
        """Tell what is done by now."""
        if self._bar is not None:
            self._bar.update(outcome.done - self._done)
        elif outcome.done * _LINES // max(self._total, 1) > self._told and outcome.done < self._total:
            self._told = outcome.done * _LINES // self._total
            say_line(f"{self._where}: {outcome.done:,} of {self._total:,}")
        self._done = outcome.done

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.__exit__(kind, error, trace)


def say_outcome(folder: str, outcome: Outcome) -> None:
    """Say in one line what was done."""
    participants = counted(outcome.total, "participant")
    parts = [f"{outcome.written:,} written", f"{outcome.unchanged:,} unchanged"]
    parts += [f"{outcome.failed:,} failed"] if outcome.failed else []
    parts += [f"{outcome.octets:,} bytes; {MANIFEST}"] if outcome.octets else []
    say_line(f"{folder}: {participants}: {', '.join(parts)}")


def so_far(outcome: Outcome) -> str:
    """How far a run came that ended before its time, and that it can go on."""
    done = outcome.done - outcome.failed
    return f"{done:,} of {outcome.total:,} files are as they should be; repeat the command, and it goes on from there"


def about_stop(stopped: Stopped | WorkerLost, outcome: Outcome) -> Diagnostic:
    """Why a run ended before its time, and that it can go on."""
    if isinstance(stopped, Stopped):
        return replace(stopped.diagnostic, help=f"mend this ({so_far(outcome)})")
    return Diagnostic("workers", stopped.why, f"{stopped.mend} ({so_far(outcome)})")


def about_outcome(cohort: Cohort, store: Store) -> Iterator[Diagnostic]:
    """What there is to say when all is done: who has no file and why, remarks on schedules, files of an earlier run."""
    outcome, table, form = cohort.outcome, cohort.table, cohort.job.form
    for one in _by_id(outcome.reasons):
        said_elsewhere = one.place is not None and one.place.file != "--arm"  # an arm is said in the roster here
        yield replace(one, place=one.place if said_elsewhere else Place(table.file))
    yield from _by_id(outcome.notes)
    failed, known = cohort.ids(NO_FILE), set(table.ids)
    names = (name for name in store.names() if name.endswith(f".{form}") and not PART.fullmatch(name) and name != MANIFEST)
    others = [name for name in names if name.removesuffix(f".{form}") not in known]
    old = out_of_date(failed, form, store.names()) if failed else None
    if old is not None:
        yield Diagnostic("former-file", old, "take it away, or mend what keeps them from a file", severity="warning")
    if others:
        yield Diagnostic("former-file", f"{named(sorted(others))} of nobody in this roster: left untouched", severity="note")


def _by_id(notes: Mapping[NoteKey, Note]) -> Iterator[Diagnostic]:
    """Each once, in the words about the first participant, and for how many more it holds."""
    for note in sorted(notes.values(), key=lambda note: note.first):
        more = f" (and {note.count - 1:,} more like this)" if note.count > 1 else ""
        yield replace(note.said, message=f"{note.first}: {note.said.message}{more}")


def out_of_date(failed: Iterable[str], form: str, names: Iterable[str]) -> str | None:
    """What there is to say of files whose participants have none now; None: there is no such file among the names."""
    old = sorted({file_name(identity, form) for identity in failed}.intersection(names))
    return f"{named(old)} of an earlier run: their participants have no file now, and what is there is out of date" if old else None


def named(names: list[str]) -> str:
    """Files that are there: "1 file is there (1001.ics)", "3 files are there (1001.ics ...)"."""
    more = " ..." if len(names) > 1 else ""
    return f"{counted(len(names), 'file')} {'is' if len(names) == 1 else 'are'} there ({names[0]}{more})"


def counted(count: int, noun: str) -> str:
    """A number of things: "1 file", "2,000 files"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
