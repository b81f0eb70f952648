"""Each file of a cohort has the very bytes that the command for one participant writes, whoever they are and whatever is asked for."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dosecal.cohort.workshop import arms_of
from dosecal.read.regimen import read_regimen_file
from tests.cli.running import run
from tests.cohort.people import REGIMENS, SITE_FILES, Person, rosters, write
from tests.golden.cases import REGIMENS as REGIMEN_FILES

FLAGS = (["--compact"], ["--todo"], ["--alarm", "2h"], ["--color", "teal"], ["--refresh", "12h"], ["--uid-key-file", "study.key"])
AUDIENCES = ("participant", "site", "rater", "unblinded")


@st.composite
def asked(draw: st.DrawFn) -> tuple[str, str, list[str]]:
    """A form, an audience and options that go with both."""
    form = draw(st.sampled_from(("ics", "ics", "ics", "json", "csv")))
    audience = draw(st.sampled_from(("participant", *AUDIENCES)))
    options = draw(st.lists(st.sampled_from(FLAGS), max_size=2, unique_by=tuple)) if form == "ics" else []
    if audience == "participant" and draw(st.integers(0, 3)) == 0:
        options = [*options, ["--language", draw(st.sampled_from(("fr", "de")))]]
    return form, audience, [word for option in options for word in option]


@pytest.mark.parametrize("regimen", REGIMENS)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_each_file_is_what_the_command_for_one_writes(regimen: str, data: st.DataObject) -> None:
    form, audience, options = data.draw(asked())
    known = read_regimen_file(REGIMEN_FILES / f"{regimen}.yaml").regimen
    people = data.draw(rosters(regimen, arms_hidden=None in arms_of(known, audience) and bool(known.arms)))
    sites = [word for file in SITE_FILES for word in ("--site", file)] if any("site" in one for one in people) else []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "study.key").write_text("a key for these cases alone 4711\n", encoding="utf-8")
        (folder / "study.key").chmod(0o600)
        write(people, regimen, folder, arms=bool(known.arms))
        words = ["cohort", regimen, "roster.csv", "-o", "out", "--format", form, "--audience", audience, *options, *sites, "--jobs", "1"]
        said = run(*words, folder=folder)
        command = ["ics"] if form == "ics" else ["schedule", "--format", form]
        alone = {
            one["participant"]: run(*command, regimen, "--participant", f"people/{one['participant']}.yaml", "--audience", audience,
                                    *options, *sites, folder=folder)
            for one in people
        }  # fmt: skip
        good = {f"{identity}.{form}": ran.out for identity, ran in alone.items() if ran.code == 0}
        there = {path.name: path.read_bytes() for path in (folder / "out").iterdir()} if good else {}
        manifest = json.loads(there.pop("manifest.json")) if good else {"failed": list(alone)}
        _compare(there, good, people)
        assert manifest["failed"] == [identity for identity, ran in alone.items() if ran.code], said.err
        assert said.code == (1 if manifest["failed"] else 0), said.err


def _compare(there: dict[str, bytes], good: dict[str, bytes], people: list[Person]) -> None:
    """The files by their names; where one differs, whose it is."""
    assert set(there) == set(good)
    differing = [name for name in there if there[name] != good[name]]
    assert differing == [], [one for one in people if differing and one["participant"] == differing[0].partition(".")[0]]
