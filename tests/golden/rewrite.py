"""`python -m tests.golden.rewrite`: write anew every golden schedule and docs/gallery.md; to be read as a diff, beside the source."""

from tests.golden.cases import SCHEDULES, cases, shown
from tests.golden.gallery import PAGE, page


def rewrite() -> None:
    """Write schedules/NAME.txt for every case, drop those of no case, then write the gallery."""
    SCHEDULES.mkdir(exist_ok=True)
    wanted = {case.golden: case for case in cases()}
    for path in SCHEDULES.glob("*.txt"):
        if path not in wanted:
            path.unlink()
    for path, case in wanted.items():
        path.write_text(shown(case), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    rewrite()
