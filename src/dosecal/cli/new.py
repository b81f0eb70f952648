"""`dosecal new NAME`: the file of a new regimen, begun from a few options, or from questions on a terminal."""

import os
import re
import sys
from collections.abc import Callable
from typing import Final, TypeVar

import click
from msgspec.structs import replace

from dosecal.check import check
from dosecal.cli.messages import say
from dosecal.cli.output import Unwritable, write_out
from dosecal.diagnostic import Diagnostic, Misused, Refused
from dosecal.phrases.amounts import parse_give
from dosecal.phrases.timing import parse_span, parse_when
from dosecal.phrases.tree import Give, Mark, On
from dosecal.phrases.words import Names, PhraseError
from dosecal.read.nodes import read_document
from dosecal.read.regimen import read_regimen
from dosecal.regimen import SECTIONS
from dosecal.write.template import Begun, BegunItem, BegunPhase, write_template

T = TypeVar("T")

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_DEVICES: Final = re.compile(r"(?i)con|prn|aux|nul|com\d|lpt\d")
"""Names that one operating system keeps for devices: the file could not be handed on."""
_MONTHS: Final = ("calendar", "28 days", "30 days")
_PHASE: Final = re.compile(
    r"(?P<name>.+?)(?: (?:(?P<count>[1-9]\d{0,3}) )?cycles? of (?P<cycle>[1-9]\d* \w+)| (?P<lasts>[1-9]\d* (?:day|week|month)s?))?"
)
_PHASES_MEND: Final = 'write it as "run-in 14 days", "treatment 6 cycles of 21 days" or "follow-up"'
_FIRST: Final = On(Mark("day", 1))


@click.command("new")
@click.argument("name")
@click.option("--study", metavar="TEXT", help="The study's short name, as it appears on schedules [default: NAME].")
@click.option("--source", metavar="TEXT", help="Where the regimen is taken from: registry number, protocol section, label.")
@click.option("--months", type=click.Choice(_MONTHS), help="What a month is, where the protocol counts in months.")
@click.option("--arm", "arms", multiple=True, metavar="ARM", help="An arm; once for each.")
@click.option(
    "--phase", "phases", multiple=True, metavar="PHASE", help='A phase, in order: "run-in 14 days", "treatment 6 cycles of 21 days".'
)
@click.option("--day-1", metavar="PHASE", help="The phase that begins on Study Day 1 [default: the first].")
@click.option("--dose", "doses", multiple=True, metavar="DOSE", help='A dose: "drug: 12 mg IV day 1"; "PHASE/drug: ..." for another phase.')
@click.option("--visit", "visits", multiple=True, metavar="VISIT", help='A visit: "clinic visit: days 1 8"; "PHASE/clinic visit: ...".')
@click.option("--force", is_flag=True, help="Replace NAME.yaml.")
def command(name: str, *, force: bool, **options: str | tuple[str, ...] | None) -> None:
    """Begin the regimen file NAME.yaml in this folder.

    Without options, a terminal is asked a few questions; elsewhere the file holds examples in remarks. It is valid at once.
    """
    stem = name.removesuffix(".yaml")
    if not _NAME.fullmatch(stem) or _DEVICES.fullmatch(stem):
        mend = "write one to 64 letters, digits, `-` and `_`, beginning with a letter or digit"
        raise Misused("NAME", "name", f"`{name}` cannot be the name of a file", mend)
    target = f"{stem}.yaml"
    if os.path.lexists(target) and not force:
        raise Unwritable(target, "there is a file of this name", "name another file, or add --force")
    begun = _told(stem, options) if any(options.values()) or not _is_terminal() else _asked(stem)
    write_out(write_template(begun).encode(), target, (), force=force)
    click.echo(f"{target}: begun. Fill it in beside the protocol, then: dosecal validate {target}", err=True)


def _is_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


# -- one answer at a time, from an option or from a terminal

Step = Callable[[Begun, str], Begun]


def _study(begun: Begun, said: str) -> Begun:
    return replace(begun, study=said)


def _source(begun: Begun, said: str) -> Begun:
    return replace(begun, source=said)


def _months(begun: Begun, said: str) -> Begun:
    if said not in _MONTHS:
        raise _refusal("unknown-word", f"`{said}` is no kind of month", f"write one of: {', '.join(_MONTHS)}")
    return replace(begun, months=said)


def _arm(begun: Begun, said: str) -> Begun:
    if said in begun.arms:
        raise _refusal("same-name", f"the arm `{said}` is named twice", "name each arm once")
    return replace(begun, arms=(*begun.arms, said))


def _phase(begun: Begun, said: str) -> Begun:
    """`run-in 14 days`, `treatment 6 cycles of 21 days`, `treatment cycles of 21 days`, `follow-up`."""
    found = _PHASE.fullmatch(said)
    if found is None or _looks_like_a_length(found["name"]):
        raise _refusal("phrase", f"`{said}` is no phase", _PHASES_MEND)
    if found["name"] in (phase.name for phase in begun.phases):
        raise _refusal("same-name", f"the phase `{found['name']}` is named twice", "give each phase its own name")
    if begun.phases and (begun.phases[-1].length is None or (begun.phases[-1].cycles and begun.phases[-1].count is None)):
        message = f"the phase `{begun.phases[-1].name}` does not say how long it lasts, so nobody knows when `{found['name']}` begins"
        raise _refusal("phase-length", message, "give every phase but the last a length")
    length = found["cycle"] or found["lasts"]
    phase = BegunPhase(
        name=found["name"],
        length=_parsed(lambda: parse_span(length, Names()).tree) if length else None,
        cycles=found["cycle"] is not None,
        count=int(found["count"]) if found["count"] else None,
    )
    return replace(begun, phases=(*begun.phases, phase))


def _looks_like_a_length(name: str) -> bool:
    """Whether a phase's name holds a number before a word, or a word of a length: a slip, not a name."""
    words = name.split(" ")
    numbered = any(word[:1].isdigit() for word in words[:-1])
    return numbered or bool({"cycle", "cycles", "of", "times", "days", "weeks", "months"} & set(words))


def _day_1(begun: Begun, said: str) -> Begun:
    names = [phase.name for phase in begun.phases]
    if said not in names:
        raise _refusal("unknown-name", f"there is no phase `{said}`", f"its phases are {', '.join(names)}" if names else "add --phase")
    before = next((one.name for one in begun.phases[: names.index(said)] if one.cycles), None)
    if before is not None:
        message = f"the phase `{before}` would come before Study Day 1, and it repeats in cycles"
        raise _refusal("phase-length", message, "lay cycles out from Study Day 1 on, or give that phase a length in days")
    return replace(begun, day_1=said)


def _dose(begun: Begun, said: str) -> Begun:
    """`drug: 12 mg IV`, `drug: 12 mg IV every day`, `treatment/drug: 85 mg/m2 IV days 1 8`."""
    place, name, phrase = _named(begun, said, 'write it as "drug: 12 mg IV day 1"')
    give, rest = _parsed(lambda: _give(phrase))
    when = _parsed(lambda: parse_when(rest, _names(begun)).tree) if rest else _FIRST
    return replace(begun, items=(*begun.items, BegunItem(name=name, place=place, give=give, when=when)))


def _give(phrase: str) -> tuple[Give, str]:
    """The amount and route that a phrase begins with, and what follows them. Raises PhraseError."""
    words = phrase.split(" ")
    for count in range(len(words), 1, -1):
        try:
            return parse_give(" ".join(words[:count]), Names()).tree, " ".join(words[count:])
        except PhraseError:
            continue
    return parse_give(phrase, Names()).tree, ""


def _visit(begun: Begun, said: str) -> Begun:
    """`clinic visit: days 1 8`, `follow-up/last visit: day 30`."""
    place, name, phrase = _named(begun, said, 'write it as "clinic visit: days 1 8 15"')
    when = _parsed(lambda: parse_when(phrase, _names(begun)).tree)
    return replace(begun, items=(*begun.items, BegunItem(name=name, place=place, when=when)))


def _named(begun: Begun, said: str, mend: str) -> tuple[str | None, str, str]:
    """The place (None: not said), the name and the phrase of `PLACE/NAME: PHRASE`."""
    before, _, phrase = said.partition(": ")
    place, slash, name = before.rpartition("/")
    if not name.strip() or not phrase.strip():
        raise _refusal("phrase", f"`{said}` is no name, colon and phrase", mend)
    places = [phase.name for phase in begun.phases] or list(begun.arms)
    if slash and place not in places:
        known = f"before the `/` can stand {', '.join(places)}" if places else "leave out what stands before the `/`"
        raise _refusal("unknown-name", f"there is no phase or arm `{place}`", known)
    return place if slash else None, name, phrase


def _names(begun: Begun) -> Names:
    kinds = (facts.singular for facts in SECTIONS.values())
    items, phases = (one.name for one in begun.items), (one.name for one in begun.phases)
    return Names(referable=frozenset((*kinds, *items, *phases)))


_STEPS: Final[dict[str, Step]] = {
    "study": _study, "source": _source, "months": _months, "arms": _arm,
    "phases": _phase, "day_1": _day_1, "doses": _dose, "visits": _visit,
}  # fmt: skip
_OPTION: Final = {"arms": "--arm", "phases": "--phase", "day_1": "--day-1", "doses": "--dose", "visits": "--visit"}


def _refusal(name: str, message: str, mend: str | None) -> Refused:
    return Refused([Diagnostic(name, message, mend)])


def _parsed(parse: Callable[[], T]) -> T:
    """What `parse` gives. Raises Refused with the words that are wrong."""
    try:
        return parse()
    except PhraseError as error:
        raise _refusal(error.name, error.message, error.help) from None


def _with(begun: Begun, question: str, said: str) -> Begun:
    """`begun` with one more answer. Raises Refused where the answer is wrong, or the file would be."""
    if not said.isprintable():
        raise _refusal("control-character", "a character that cannot be printed stands in it", "delete it")
    more = _STEPS[question](begun, said)
    try:
        file = read_regimen(read_document("", write_template(more).encode()))
        faults = [one for one in check(file.regimen).diagnostics if one.severity == "error"]
    except Refused as refused:
        faults = list(refused.diagnostics)
    if faults:
        mend = 'add --months calendar (or "28 days", "30 days")' if faults[0].name == "months" else faults[0].help
        raise _refusal(faults[0].name, faults[0].message, mend)
    return more


def _told(stem: str, options: dict[str, str | tuple[str, ...] | None]) -> Begun:
    """What the options say. Raises Misused with the first that is wrong."""
    begun = Begun(study=stem)
    for question in _STEPS:
        said = options[question]
        for one in () if said is None else (said,) if isinstance(said, str) else said:
            try:
                begun = _with(begun, question, one)
            except Refused as refused:
                wrong = refused.diagnostics[0]
                raise Misused(_OPTION.get(question, f"--{question}"), wrong.name, wrong.message, wrong.help) from None
    return begun


# -- questions on a terminal

_QUESTIONS: Final = {
    "study": "Study, short name",
    "source": "Source (registry number, protocol version, label)",
    "months": "A month is (calendar, 28 days or 30 days)",
    "arms": "Arm (Enter: none)",
    "phases": "First phase, such as run-in 14 days, or treatment 6 cycles of 21 days (Enter: none)",
    "day_1": "Phase that begins on Study Day 1",
    "doses": "Dose, such as drug: 12 mg IV day 1, or PHASE/drug: ... (Enter: none)",
    "visits": "Visit, such as clinic visit: days 1 8, or PHASE/clinic visit: ... (Enter: none)",
}
_FURTHER: Final = {"arms": "Next arm", "phases": "Next phase", "doses": "Next dose", "visits": "Next visit"}


def _asked(stem: str) -> Begun:
    """What the answers say; a wrong one is asked for again. What a month is, is asked once a phrase counts in months."""
    begun = Begun(study=stem)
    for question, words in _QUESTIONS.items():
        if question == "months" or (question == "day_1" and len(begun.phases) < 2):  # noqa: PLR2004  (one phase leaves no choice)
            continue
        answered = _answer(begun, question, words)
        while answered is not None:
            begun = answered
            further = _FURTHER.get(question)
            answered = _answer(begun, question, f"{further} (Enter: no more)") if further is not None else None
    return begun


def _answer(begun: Begun, question: str, words: str) -> Begun | None:
    """`begun` with the answer to one question, asked for again until it is right; None for an empty one."""
    likely = {"study": begun.study, "day_1": begun.phases[0].name if begun.phases else "", "months": _MONTHS[0]}.get(question, "")
    while True:
        said: str = click.prompt(words, default=likely, show_default=bool(likely), err=True).strip()
        if not said:
            return None
        try:
            return _with(begun, question, said)
        except Refused as refused:
            wrong = refused.diagnostics[0]
        if wrong.name == "months" and begun.months is None:
            begun = _answer(begun, "months", _QUESTIONS["months"]) or begun
            try:
                return _with(begun, question, said)
            except Refused as refused:
                wrong = refused.diagnostics[0]
        say([wrong])
