"""A regimen that blinds -> what is wrong with its names, and what tells its arms apart whatever is hidden.

The arms are compared as the reference participant has them (dosecal.outline): the same words for everybody, and for `validate`.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Final, get_args

from dosecal.audience import TREATMENT, hidden_from, seen
from dosecal.diagnostic import Diagnostic, Path, Refused
from dosecal.outline import reference_schedule
from dosecal.regimen import Audience, Hidden, Regimen, items_of
from dosecal.schedule import Event, Schedule
from dosecal.telling import told_apart

_WHO_SEES_TREATMENT: Final[tuple[Audience, ...]] = ("participant", "site")


def hidden_items_share_names(regimen: Regimen, by_arm: Mapping[str, Schedule]) -> Iterator[Diagnostic]:
    """An item that a blinding hides bears one name, and one key, in the arms that it hides: both stand in schedules and make UIDs.

    Where the treatment is hidden, in all arms; where the dose is, in arms whose doses and medicines fall on the same dates.
    """
    audience, hidden = _strictest(regimen)
    if hidden in (None, "arm") or not regimen.arms:
        return
    first, *others = regimen.arms
    for arm in others if hidden == "treatment" else ():
        one, other = (
            {placed.item.name: placed.path for placed in items_of(regimen, of) if placed.item.section in TREATMENT} for of in (first, arm)
        )
        lone, missing = [name for name in other if name not in one], [name for name in one if name not in other]
        if lone or missing:
            differs = f"`{arm.name}` has `{lone[0]}` where `{first.name}` has `{missing[0]}`" if lone and missing else ""
            differs = differs or (f"only `{arm.name}` has `{lone[0]}`" if lone else f"`{arm.name}` has no `{missing[0]}`")
            path = other[lone[0]] if lone else ("arms", arm.name)
            yield _named_apart(f"the {audience} may not know the treatment, but {differs}", path)
            return
    yield from _keys_are_shared(regimen, by_arm, f"the {audience} may not know the {hidden}")


def _strictest(regimen: Regimen) -> tuple[Audience, Hidden | None]:
    """Of those who see treatment events, the audience from which most is hidden."""
    order = (None, "arm", "dose", "treatment")
    return max(((one, regimen.blinding.of(one)) for one in _WHO_SEES_TREATMENT), key=lambda pair: order.index(pair[1]))


def _keys_are_shared(regimen: Regimen, by_arm: Mapping[str, Schedule], who: str) -> Iterator[Diagnostic]:
    """Arms whose treatment falls on the same dates and times have it under the same names and keys."""
    first_of: dict[tuple[tuple[date, datetime | None], ...], tuple[str, list[Event]]] = {}
    for arm, schedule in by_arm.items():
        events = sorted((event for event in schedule.events if event.section in TREATMENT), key=lambda event: (event.date, event.key))
        dates = tuple(sorted(((event.date, event.clock.local if event.clock is not None else None) for event in events), key=str))
        other, others = first_of.setdefault(dates, (arm, events))
        pair = next(((one, two) for one, two in zip(others, events, strict=True) if one.key != two.key), None)
        if pair is None:
            continue
        one, two = pair
        path = next(placed.path for placed in items_of(regimen, regimen.arm(arm)) if placed.item.name == two.item)
        if one.item != two.item:
            yield _named_apart(f"{who}, but on {two.date} `{arm}` has `{two.item}` where `{other}` has `{one.item}`", path)
        else:
            message = f"{who}, but `{arm}` times `{two.item}` in other words than `{other}`, which calendar entries would tell"
            yield Diagnostic("blinded-name", message, "write `when` and `at` alike in both arms", path=(*path, "when"))
        return


def _named_apart(message: str, path: Path) -> Diagnostic:
    return Diagnostic("blinded-name", message, "give it one name in all of these arms, such as `study drug`", path=path)


def blinded_audiences(regimen: Regimen) -> tuple[Audience, ...]:
    """The audiences that the regimen's `blinding` names."""
    return tuple(audience for audience in get_args(Audience) if regimen.blinding.of(audience) is not None)


def what_tells_arms_apart(regimen: Regimen, by_arm: Mapping[str, Schedule], audiences: Iterable[Audience]) -> Iterator[Diagnostic]:
    """A note on what audiences see of one arm and not of another, though something is hidden from them; one for those who see the same."""
    told: dict[str, list[Audience]] = {}
    for audience in audiences:
        hidden = hidden_from(audience, (regimen.blinding,))
        words = told_apart({arm: seen(schedule, audience, hidden) for arm, schedule in by_arm.items()})
        if words is not None:
            told.setdefault(words, []).append(audience)
    for words, who in told.items():
        names = " and ".join(f"the {audience}" for audience in who)
        path = ("blinding", who[0]) if regimen.blinding.of(who[0]) is not None else ()
        yield Diagnostic("arms-differ", f"what {names} may see tells {words}", severity="note", path=path)


def revealed_to(regimen: Regimen, audience: Audience) -> tuple[Diagnostic, ...]:
    """`what_tells_arms_apart` for one audience; nothing for a regimen that cannot be laid out for the reference participant."""
    if len(regimen.arms) < 2 or hidden_from(audience, (regimen.blinding,)) is None:  # noqa: PLR2004
        return ()
    try:
        by_arm = {arm.name: reference_schedule(regimen, arm) for arm in regimen.arms}
    except Refused:
        return ()
    return tuple(what_tells_arms_apart(regimen, by_arm, (audience,)))
