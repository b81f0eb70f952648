"""What a regimen may say and this version does not lay out: refused by name, never ignored."""

from collections.abc import Iterator

from dosecal.diagnostic import Diagnostic, Path
from dosecal.expand.closures import STAY
from dosecal.phrases.spell import spell
from dosecal.regimen import Item, PlacedItem, Regimen, phases_of

_MEND = "see docs/language.md for what is"


def unbuilt_constructs(regimen: Regimen, arm_name: str | None, placed: tuple[PlacedItem, ...]) -> Iterator[Diagnostic]:
    """One refusal for each key that cannot be laid out; phrases are refused where they are laid out."""
    arm = regimen.arm(arm_name) if arm_name is not None else None
    for phase in phases_of(regimen, arm):
        own: Path = ("arms", arm.name, "phases") if arm is not None and arm.phases else ("phases",)
        yield _refusal("phases", (*own, phase.name))
        if phase.cycle is not None:
            yield _refusal("cycle", (*own, phase.name, "cycle"))
    for plan in regimen.cohort_plans:
        yield _refusal("cohort-plans", ("cohort-plans", plan.name))
    for one in placed:
        yield from _of_item(one.item, one.path)


def _of_item(item: Item, path: Path) -> Iterator[Diagnostic]:
    unmet = {
        "except": item.except_ is not None,
        "only-if": item.only_if is not None,
        "not-before": bool(item.not_before),
        "product": bool(item.product),
        "round": item.round is not None,
        "max-dose": item.max_dose is not None,
    }
    for key, present in unmet.items():
        if present:
            yield _refusal(key, (*path, key))
    moves = item.if_closed is not None and item.if_closed != STAY
    if moves and item.at_least is not None:
        words = f"`at-least` together with `if-closed: {spell(item.if_closed)}`"
        yield Diagnostic("not-built", f"{words} is not laid out by this version of dosecal", _MEND, path=(*path, "at-least"))
    if moves and item.count_from == "actual":
        words = f"`count-from: actual` together with `if-closed: {spell(item.if_closed)}`"
        yield Diagnostic("not-built", f"{words} is not laid out by this version of dosecal", _MEND, path=(*path, "count-from"))


def _refusal(key: str, path: Path) -> Diagnostic:
    return Diagnostic("not-built", f"`{key}` is not laid out by this version of dosecal", _MEND, path=path)
