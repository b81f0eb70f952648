"""A golden case: a published regimen, one participant of one of its arms, and the schedule that `dosecal schedule` prints for them.

    participants/NAME.yaml  the participant; NAME is the regimen's name, then `--` and what is particular (the arm), if anything
    sites/SITE.yaml         the site that a participant file names
    schedules/NAME.txt      the folded table, the notes, and a digest of the events' keys

A table reviews well as a diff, and the digest shows what it does not: that a key has changed, and with it the UID of a calendar entry.
"""

import hashlib
import io
from contextlib import chdir, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import NamedTuple

from dosecal.cli import main
from dosecal.expand import expand
from dosecal.participant import ALWAYS_OPEN, Participant
from dosecal.read.participant import read_participant_file, read_site_file
from dosecal.read.regimen import read_regimen_file
from dosecal.regimen import NOBODY_BLINDED, Regimen
from dosecal.schedule import Event

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PARTICIPANTS, SITES, SCHEDULES = HERE / "participants", HERE / "sites", HERE / "schedules"
REGIMENS = ROOT / "regimens"


class Case(NamedTuple):
    """A case by its name."""

    name: str

    @property
    def regimen(self) -> str:
        return self.name.partition("--")[0]

    @property
    def regimen_file(self) -> Path:
        return REGIMENS / f"{self.regimen}.yaml"

    @property
    def participant_file(self) -> Path:
        return PARTICIPANTS / f"{self.name}.yaml"

    @property
    def golden(self) -> Path:
        return SCHEDULES / f"{self.name}.txt"

    @property
    def site_file(self) -> Path | None:
        site = participant_of(self).site
        return SITES / f"{site}.yaml" if site is not None else None


def cases() -> list[Case]:
    """Every case, in order of the alphabet."""
    return [Case(path.stem) for path in sorted(PARTICIPANTS.glob("*.yaml"))]


@cache
def regimen_of(case: Case) -> Regimen:
    return read_regimen_file(case.regimen_file).regimen


@cache
def participant_of(case: Case) -> Participant:
    return read_participant_file(case.participant_file).participant


@cache
def events_of(name: str) -> tuple[Event, ...]:
    """The events of the case of this name."""
    case = Case(name)
    site = read_site_file(case.site_file).site if case.site_file is not None else ALWAYS_OPEN
    return expand(regimen_of(case), participant_of(case), site).events


def command_of(case: Case) -> list[str]:
    """The arguments of `dosecal`, to be run in the project's folder."""
    site = ["--site", str(case.site_file.relative_to(ROOT))] if case.site_file is not None else []
    regimen, participant = case.regimen_file.relative_to(ROOT), case.participant_file.relative_to(ROOT)
    # Whoever checks a golden table checks the doses too.
    audience = ["--audience", "unblinded"] if regimen_of(case).blinding != NOBODY_BLINDED else []
    return ["schedule", str(regimen), "--participant", str(participant), *site, *audience, "--fold"]


def printed_by(words: list[str]) -> tuple[str, str]:
    """What a command prints in the project's folder, on standard output and standard error. It must succeed."""
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline=""), io.StringIO()
    with chdir(ROOT), redirect_stdout(out), redirect_stderr(err):
        code = main(words)
    out.flush()
    assert code == 0, f"dosecal {' '.join(words)}\n{err.getvalue()}"
    return out.buffer.getvalue().decode(), err.getvalue()


def shown(case: Case) -> str:
    """The text of schedules/NAME.txt: what is printed but the last line, which names versions; then the notes; then the keys' digest."""
    table, notes = printed_by(command_of(case))
    lines = table.splitlines()
    assert lines[-1].startswith("dosecal "), "a table ends with the versions"
    keys = [event.key for event in events_of(case.name)]
    digest = hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16]
    return "\n".join(lines[:-1]) + (notes + "\n" if notes else "") + f"{len(keys)} keys, digest {digest}\n"
