"""What a file of points comes to, beside those that there are: new ones, others anew, and what is refused."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from api.errors import Problem
from api.models.base import new_id
from api.models.enums import ImportOutcome
from api.resolvers.access_points import DEEPEST, AccessPointDetails
from api.resolvers.inventory_columns import Line

Standing = Mapping[uuid.UUID, AccessPointDetails]
"""All points there are, as people wrote them down."""


@dataclass
class Draft:
    """One line on its way to a point."""

    line: Line
    id: uuid.UUID
    before: AccessPointDetails | None
    after: AccessPointDetails
    problems: list[Problem] = field(default_factory=list)

    @property
    def outcome(self) -> ImportOutcome:
        if self.problems:
            return ImportOutcome.REFUSED
        if self.before is None:
            return ImportOutcome.CREATED
        return ImportOutcome.UNCHANGED if self.after == self.before else ImportOutcome.UPDATED

    def refuse(self, reason: str, *place: str, **values: object) -> None:
        self.problems.append(Problem(reason, place, values))


def _key(name: str) -> str:
    """What makes two names the same."""
    return " ".join(name.split()).casefold()


def drafts_of(lines: Sequence[Line], standing: Standing) -> list[Draft]:
    """A draft for each line, with what is wrong with it by itself."""
    named: dict[str, list[uuid.UUID]] = {}
    for id, details in standing.items():
        named.setdefault(_key(details.name), []).append(id)
    drafts: list[Draft] = []
    first: dict[str, int] = {}
    for line in lines:
        known = named.get(_key(line.name), [])
        before = standing[known[0]] if known else None
        draft = Draft(line, known[0] if known else new_id(), before, _merged(before, line.said))
        draft.problems += line.problems
        if len(known) > 1:
            draft.refuse("ambiguous_name", "name")
        if line.name and first.setdefault(_key(line.name), line.number) != line.number:
            draft.refuse("repeated_name", "name", line=first[_key(line.name)])
        drafts.append(draft)
    return drafts


def _merged(before: AccessPointDetails | None, said: Mapping[str, Any]) -> AccessPointDetails:
    """What a line says, over what stands; what it leaves empty is as of a new point."""
    new = AccessPointDetails("")
    base = before or new
    check = {
        name: getattr(new.check, name) if said[name] is None else said[name] for name in vars(new.check) if name in said
    }
    own = {name: said[name] or "" for name in ("name", "location", "address") if name in said}
    return replace(base, check=replace(base.check, **check), **own)


def hang(drafts: Sequence[Draft], standing: Standing) -> None:
    """Find what each hangs on, in the file or among the rest; refuse those that end nowhere or in a circle."""
    by_key: dict[str, list[uuid.UUID]] = {}
    new = {draft.id: draft for draft in drafts if draft.before is None}
    for id, details in [*standing.items(), *((draft.id, draft.after) for draft in new.values())]:
        if id not in by_key.setdefault(_key(details.name), []):
            by_key[_key(details.name)].append(id)
    for draft in drafts:
        parent = draft.line.said.get("parent")
        if parent is None:
            continue
        found = by_key.get(_key(parent), []) if parent else []
        draft.after = replace(draft.after, parent_id=found[0] if found else None)
        if parent and len(found) != 1:
            draft.refuse("ambiguous_name" if found else "parent_not_found", "parent")
    while _refuse_in_the_air(drafts, new, standing):
        # Who hangs on what was just refused is in the air, too.
        continue


def _refuse_in_the_air(drafts: Sequence[Draft], new: Mapping[uuid.UUID, Draft], standing: Standing) -> bool:
    """Refuse who hangs on a refused line, on itself, or too deep. Whether there was any."""
    above = {id: details.parent_id for id, details in standing.items()}
    above |= {draft.id: draft.after.parent_id for draft in drafts if not draft.problems}
    refused = False
    for draft in drafts:
        if draft.problems or draft.after.parent_id is None or draft.outcome is ImportOutcome.UNCHANGED:
            continue
        parent = new.get(draft.after.parent_id)
        if parent is not None and parent.problems:
            draft.refuse("parent_refused", "parent", line=parent.line.number)
        elif draft.id in (chain := _chain(above, draft.after.parent_id)) or len(chain) > DEEPEST:
            draft.refuse("parent_circle", "parent")
        if draft.problems:
            refused = True
            above |= {draft.id: draft.before.parent_id if draft.before else None}
    return refused


def _chain(above: Mapping[uuid.UUID, uuid.UUID | None], start: uuid.UUID) -> list[uuid.UUID]:
    """A point and what it hangs on, nearest first; cut off where it is too deep, or for ever."""
    found: list[uuid.UUID] = []
    one: uuid.UUID | None = start
    while one is not None and len(found) <= DEEPEST:
        found.append(one)
        one = above.get(one)
    return found


def parents_first(new: Mapping[uuid.UUID, AccessPointDetails]) -> dict[uuid.UUID, AccessPointDetails]:
    """The same, each after what it hangs on."""
    ordered: dict[uuid.UUID, AccessPointDetails] = {}
    above = {id: details.parent_id for id, details in new.items()}
    for id in new:
        for one in reversed([one for one in _chain(above, id) if one in new]):
            ordered.setdefault(one, new[one])
    return ordered
