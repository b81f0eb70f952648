"""A job over a roster -> its files: everything is checked before the first is written, then as many workers write as there are."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress

from msgspec.structs import replace

from dosecal.cli.cohort_report import Progress, about_outcome, about_stop, say_outcome, so_far
from dosecal.cli.cohort_workers import Cluster, Processes, Workers
from dosecal.cli.locked import locked
from dosecal.cli.messages import say, say_line
from dosecal.cli.output import Unwritable
from dosecal.cohort.job import Job
from dosecal.cohort.manifest import BEGINNING, MANIFEST, Input, read_manifest
from dosecal.cohort.partition import file_name
from dosecal.cohort.run import PARTITION, Cohort, Outcome, WorkerLost
from dosecal.cohort.store import Stopped, Store, is_remote, store_of
from dosecal.cohort.workshop import arms_of, workshop_of
from dosecal.diagnostic import Diagnostic, Misused, Place, Refused
from dosecal.read.files import Unreadable
from dosecal.read.table import Table, is_parquet, read_table


def run(job: Job, roster: str, inputs: tuple[str, ...], jobs: int | None, scheduler: str | None) -> int:
    """Write the cohort; the exit code. Raises Misused, Unreadable, Unwritable or Refused, each before the first file is written."""
    _refuse_pipe(roster)
    arms = arms_of(workshop_of(job).regimen.regimen, job.audience)
    before = _state_of(roster)
    table = read_table(roster, arms)
    _refuse_names(table, job.form)
    said = Input(roster, _sha256_of(roster))
    _refuse_changed(roster, before)
    if scheduler is not None:
        job, table = _everywhere(job, table)
    workers = _workers(job, table, jobs, scheduler)
    cohort = Cohort(job, table)
    with closing(workers), _folder(job, (*inputs, *table.own.values()), table), _one_run_at_a_time(job.folder):
        try:
            store = store_of(job.folder)
            _refuse_foreign_manifest(store, job)
            store.settle()
            _write(cohort, workers, store, said)
            say(about_outcome(cohort, store))
        except (Stopped, WorkerLost) as stopped:
            say([about_stop(stopped, cohort.outcome)])
            return 2
        except KeyboardInterrupt:
            say_line(f"{job.folder}: interrupted: {so_far(cohort.outcome)}")
            return 2
    say_outcome(job.folder, cohort.outcome)
    return 1 if cohort.outcome.failed else 0


def _write(cohort: Cohort, workers: Workers, store: Store, roster: Input) -> None:
    """Write the files, then the manifest; what other attempts left unfinished is taken away however it ends."""
    try:
        with Progress(cohort.job.folder, cohort.outcome.total) as progress:

            def told(outcome: Outcome) -> None:
                progress.show(outcome)
                workers.look()

            if workers.count == 1 and isinstance(workers, Processes):
                cohort.write_here(told)
            else:
                cohort.write(workers.executor, workers.count, told, workers.lost)
        if cohort.outcome.failed < cohort.outcome.total:  # else nothing was written, and an older manifest is still true
            cohort.write_manifest(store, roster)
    finally:
        workers.close()
        with suppress(Stopped):
            store.settle()


def _workers(job: Job, table: Table, jobs: int | None, scheduler: str | None) -> Workers:
    """Who is to do the work. Raises Misused."""
    if job.folder.startswith("memory:"):  # for tests: gone with the process
        if (jobs or 1) > 1 or scheduler is not None:
            raise Misused("-o", "unshared", "what is in memory:// no other process sees", "leave --jobs and --scheduler out")
        jobs = 1
    if scheduler is not None:
        return Cluster(scheduler)
    return Processes(min(jobs or _processors(), -(-len(table.ids) // PARTITION)), afresh=is_remote(job.folder) or is_parquet(table.file))


def _everywhere(job: Job, table: Table) -> tuple[Job, Table]:
    """The same with paths that mean the same in every folder: a worker works in its own."""
    folder = job.folder if is_remote(job.folder) else os.path.abspath(job.folder)
    regimen = replace(job.regimen, path=os.path.abspath(job.regimen.path))
    own = {row: os.path.abspath(path) for row, path in table.own.items()}
    return replace(job, folder=folder, regimen=regimen), replace(table, own=own)


# -- what is refused before anything is written


def _refuse_pipe(roster: str) -> None:
    """Raises Unreadable for what can be read only once: places and the manifest ask for it again."""
    if os.path.exists(roster) and not os.path.isfile(roster) and not os.path.isdir(roster):
        problem = "this is a pipe or a device, and a roster is read more than once"
        raise Unreadable(Diagnostic("unreadable", problem, "save it as a file", place=Place(roster)))


def _refuse_names(table: Table, form: str) -> None:
    """Raises Refused for an id whose file would take the place of the manifest."""
    wrong = [row for row, identity in enumerate(table.ids) if file_name(identity, form).lower() == MANIFEST]
    for place in table.places([(row, "id") for row in wrong]):
        mend = "write another id, or ask for another --format"
        raise Refused([Diagnostic("id", f"the file of this participant would be {MANIFEST}, which is the manifest", mend, place=place)])


def _refuse_foreign_manifest(store: Store, job: Job) -> None:
    """Raises Unwritable where somebody else's manifest stands there, or one of files for other readers; Stopped."""
    wrong = store.foreign(MANIFEST, BEGINNING, force=job.force)
    if wrong is not None:
        raise Unwritable(job.folder, wrong.message, wrong.help or "")
    there = store.content(MANIFEST) if not job.force else None
    with suppress(Refused):  # a manifest that was changed is written anew
        former = read_manifest(MANIFEST, there or b"")
        for what, there_is, wanted in (("audience", former.audience, job.audience), ("format", former.written_as, job.form)):
            if there_is != wanted:  # data bear no sign of whom they are for; and one manifest cannot speak for two formats
                problem = f"the files in this folder are of another {what}: `{there_is}`, and these would be `{wanted}`"
                raise Unwritable(job.folder, problem, "name another folder, or add --force")


@contextmanager
def _folder(job: Job, inputs: Iterable[str], table: Table) -> Iterator[None]:
    """The folder for the files, made if need be; taken away again where nothing was written. Raises Unwritable, Misused."""
    made = False if is_remote(job.folder) else _prepare(job, inputs, table)
    try:
        yield
    finally:
        if made:
            with suppress(OSError):  # there is something in it
                os.rmdir(job.folder)


def _prepare(job: Job, inputs: Iterable[str], table: Table) -> bool:
    """Make sure that there is a folder for the files, and that none takes the place of an input; whether it was made now."""
    folder = job.folder
    there = {name: file for file in inputs if (name := _name_in(folder, file)) is not None}
    named = (file_name(identity, job.form) for identity in table.ids) if there else ()
    wrong = next((there[name] for name in (MANIFEST, *named) if name in there), None)
    if wrong is not None:
        raise Misused("-o", "input", f"`{wrong}` would be replaced, and it is one of the files that are read", "name another folder")
    if os.path.isdir(folder):
        return False
    if os.path.lexists(folder):
        raise Unwritable(folder, "this is not a folder", "name a folder, or a new one")
    above = os.path.dirname(os.path.abspath(folder))
    if not os.path.isdir(above):
        raise Unwritable(folder, f"there is no folder `{above}`", "make it first, or name another")
    try:
        os.mkdir(folder, 0o700)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Unwritable(folder, f"the folder could not be made: {reason}", "make it first, or name another") from None
    return True


def _name_in(folder: str, file: str) -> str | None:
    """The name under which a file, or what it is a link to, stands in a folder; None where it does not."""
    with suppress(OSError, ValueError):
        path = os.path.realpath(file)
        return os.path.basename(path) if os.path.samefile(os.path.dirname(path), folder) else None
    return None


def _one_run_at_a_time(folder: str) -> AbstractContextManager[None]:
    return nullcontext() if is_remote(folder) else locked(os.path.join(folder, MANIFEST))


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _state_of(path: str) -> tuple[int, int] | None:
    """When a file was changed last, and its size; None where nobody can say (reading it says why)."""
    with suppress(OSError, ValueError):
        state = os.stat(path)
        return state.st_mtime_ns, state.st_size
    return None


def _refuse_changed(roster: str, before: tuple[int, int] | None) -> None:
    """Raises Unreadable for a roster that somebody saved while it was read: the manifest would speak of another one."""
    if _state_of(roster) != before:
        problem = "the file was changed while it was read"
        raise Unreadable(Diagnostic("unreadable", problem, "repeat the command when it is saved and closed", place=Place(roster)))


def _sha256_of(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
