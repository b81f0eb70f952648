"""`dosecal schedule REGIMEN SELECTION`: the visit schedule as a table, a page, cells or data."""

import sys
from datetime import date
from typing import Any

import click

from dosecal.cli.audiences import audience_option
from dosecal.cli.languages import in_language, language_of, language_option
from dosecal.cli.messages import say, say_written
from dosecal.cli.output import write_out
from dosecal.cli.selection import a_date, select, selection_options
from dosecal.diagnostic import Misused, nearest
from dosecal.laying.sight import revealed
from dosecal.regimen import SECTIONS
from dosecal.schedule import narrowed
from dosecal.write.discreet import discreet
from dosecal.write.formats import FORMATS

KINDS = tuple(dict.fromkeys(facts.kind for facts in SECTIONS.values()))


def _kinds(ctx: click.Context, param: click.Parameter, value: str | None) -> frozenset[str] | None:
    del ctx, param
    if value is None:
        return None
    kinds = frozenset(word.strip() for word in value.split(",") if word.strip())
    unknown = sorted(kinds - set(KINDS))
    if unknown or not kinds:
        message = f"there is no kind `{unknown[0]}`" if unknown else "no kind is named"
        near = nearest(unknown[0], KINDS) if unknown else None
        mend = f"did you mean `{near}`?" if near else f"the kinds are {', '.join(KINDS)}"
        raise Misused("--kinds", "unknown-word", message, mend)
    return kinds


@click.command("schedule")
@selection_options
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="table", show_default=True, help="How to write it.")
@audience_option("site")
@language_option
@click.option("--kinds", callback=_kinds, metavar="KIND,...", help=f"Only these kinds: {', '.join(KINDS)}.")
@click.option("--from", "first", callback=a_date, metavar="YYYY-MM-DD", help="Only from this date on.")
@click.option("--to", "last", callback=a_date, metavar="YYYY-MM-DD", help="Only up to this date, included.")
@click.option("--fold/--no-fold", default=None, help="One line for a long run of equal home doses [on a terminal and in html: --fold].")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of standard output.")
@click.option("--force", is_flag=True, help="Replace FILE even if dosecal did not write it.")
def command(
    *,
    form: str,
    audience: str,
    language: str | None,
    kinds: frozenset[str] | None,
    first: date | None,
    last: date | None,
    fold: bool | None,
    output: str | None,
    force: bool,
    **selection: Any,
) -> None:
    """Print the visit schedule of one participant.

    REGIMEN is a file, or the name of a published regimen such as care-ms-ii.
    """
    chosen = FORMATS[form]
    if fold and not chosen.can_fold:
        raise Misused("--fold", "fold", f"{form} lists every event", "leave it out, or ask for another --format")
    if first is not None and last is not None and last < first:
        raise Misused("--to", "from-to", f"{last} lies before --from {first}", "name the later date here")
    selected = select(**selection, audience=audience)
    if selected.sight.audience == "participant" and any(event.subject is not None for event in selected.schedule.events):
        raise Misused("--id", "no-id", "a participant sees no other participant's schedule", "add --id ID")
    spoken = language_of(language, selected)
    to_terminal = output is None and sys.stdout is not None and sys.stdout.isatty()
    folded = chosen.can_fold and (form == "html" or to_terminal) if fold is None else fold
    shown = discreet(narrowed(selected.schedule, kinds=kinds, first=first, last=last), selected.sight.audience, spoken.say)
    text = in_language(shown, form, spoken, fold=fold) or chosen.writer()(shown, fold=folded)
    if to_terminal:
        encoding = sys.stdout.encoding or "utf-8"
        write_out(text.encode(encoding, "backslashreplace"), None, (), force=False)
    else:
        write_out(text.encode(), output, selected.inputs, force=force)
        say_written(output, shown)
    say((*selected.schedule.notes, *(revealed(selected.sight, selected.regimen) if selected.arm_said else ())))
