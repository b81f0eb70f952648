"""`dosecal explain`: a regimen for review, a date for an answer, and what is refused."""

from pathlib import Path

from tests.cli.running import SMALL, good, run

ALEMTUZUMAB = """CARE-MS II: Comparison of Alemtuzumab and Rebif Efficacy in Multiple Sclerosis, Study Two
Source: ClinicalTrials.gov NCT00548405

Counts and dates below are those of a participant whose Day 1 is Monday 5 January 2026, at a site
that is always open.

ARM alemtuzumab-12: Alemtuzumab 12 mg

  alemtuzumab (dose)
    12 mg intravenous, on 5 consecutive days beginning at Month 0 (Day 1) and on 3 consecutive days
      beginning at Month 12.
    8 infusions, 96 mg in all. First three dates: Day 1, Day 2 and Day 3.

  laboratory tests (lab)
    Every calendar month, beginning at Month 1, through Month 24 (included).
    24 times in all. First three dates: Month 1, Month 2 and Month 3 (Days 32, 60 and 91).

  comprehensive assessment (assessment)
    Every 3 calendar months, beginning at Month 3, through Month 24 (included).
    8 times in all. First three dates: Month 3, Month 6 and Month 9 (Days 91, 182 and 274).

In all: 8 doses, 24 labs, 8 assessments.

CONVENTIONS IN FORCE
"""


def test_one_arm_is_read_back(tmp_path: Path) -> None:
    out = good("explain", "care-ms-ii", "--arm", "alemtuzumab-12", folder=tmp_path).decode()
    assert out.startswith(ALEMTUZUMAB)
    assert "interferon" not in out


def test_every_arm_is_read_back_without_one_named(tmp_path: Path) -> None:
    out = good("explain", "care-ms-ii", folder=tmp_path).decode()
    arms = [line for line in out.splitlines() if line.startswith("ARM ")]
    assert [arm.partition(":")[0] for arm in arms] == ["ARM alemtuzumab-12", "ARM alemtuzumab-24", "ARM interferon-beta-1a"]
    assert "313 injections, 13,772 micrograms in all." in out


def test_a_date_is_explained_for_a_participant_file(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("participant: '1042'\nregimen: r.yaml\nday-1: 2027-01-31\n")
    (tmp_path / "r.yaml").write_text(SMALL)
    out = good("explain", "r.yaml", "--participant", "p.yaml", "--on", "2027-02-07", folder=tmp_path).decode()
    assert out.startswith("Sunday 7 February 2027: 1 event of participant 1042\n\nblood test (lab)\n")
    assert "Study Day 8, 7 days after Day 1, Sunday 31 January" in out


def test_a_regimen_that_validate_refuses_is_refused(tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text(SMALL + "  twice: {when: day 0}\n")
    ran = run("explain", "r.yaml", folder=tmp_path)
    assert ran.code == 1
    assert ran.out == b""
    assert "error[day-zero]" in ran.err


def test_an_unknown_arm_is_named_as_everywhere(tmp_path: Path) -> None:
    ran = run("explain", "care-ms-ii", "--arm", "alemtuzumab", folder=tmp_path)
    assert ran.code == 2
    assert "--arm: error[arm]" in ran.err


def test_an_unknown_item_is_refused_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text(SMALL)
    ran = run("explain", "r.yaml", "--start", "2027-01-04", "--on", "2027-01-04", "--item", "study drugs", folder=tmp_path)
    assert ran.code == 2
    assert "--item: error[unknown-name]: this schedule has no item `study drugs`" in ran.err
    assert "did you mean `study drug`?" in ran.err


def test_a_participant_without_a_date_is_refused(tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text(SMALL)
    for options in (["--start", "2027-01-04"], ["--item", "study drug"]):
        ran = run("explain", "r.yaml", *options, folder=tmp_path)
        assert ran.code == 2
        assert "add --on YYYY-MM-DD" in ran.err


def test_a_date_without_a_start_is_refused(tmp_path: Path) -> None:
    ran = run("explain", "care-ms-ii", "--arm", "alemtuzumab-12", "--on", "2027-01-04", folder=tmp_path)
    assert ran.code == 2
    assert "error[no-start]" in ran.err
