"""Obstacles: why an organization is in no counting partnership with a valid leader on a day."""

from collections.abc import Iterator, Sequence

from app.indicators.network import Network, helped_roles
from app.indicators.rows import MemberRow, PartnershipRow
from app.registry.partnerships import MemberRole, PartnershipStatus
from app.registry.programs import LeaderRule
from app.store.rows import Id

DRAFT, SUSPENDED, LEADER, ENDED, NONE = (
    "draft_partnership",
    "suspended_partnership",
    "leader_not_designated",
    "ended_partnership",
    "no_partnership",
)
NEAREST = (DRAFT, SUSPENDED, LEADER, ENDED, NONE)
"""Reasons why an organization is not involved; what is mended most easily comes first."""


def obstacle(network: Network, key: Id, *, only: MemberRole | None = None) -> str:
    """What keeps an organization out: of its partnerships, the one that is mended most easily.

    `only` asks for its memberships in one role.
    """
    found = [
        why
        for row in network.joined.get(key, ())
        for why in _between(network, row, key, [only] if only else helped_roles(row))
    ]
    if network.facts.program.leader_rule == LeaderRule.INVOLVED and only is None:
        found += _as_leader(network, key)
    return min(found, key=NEAREST.index, default=NONE)


def _between(
    network: Network, partnership: PartnershipRow, key: Id, roles: Sequence[MemberRole]
) -> Iterator[str]:
    """The obstacle between a member and the partnership's leaders; none if there are no leaders.

    Of several, the one that takes the longest to remove is named.
    """
    own = _begun(network, partnership, roles, key)
    leading = [
        row
        for row in _begun(network, partnership, [MemberRole.LEADER])
        if network.facts.root(row.organization_id) != key
    ]
    if not own or not leading:
        return
    if _is_over(network, partnership, own):
        yield ENDED
    elif not network.valid_leaders(partnership) - {key}:
        yield LEADER
    else:
        yield from _of_partnership(network, partnership)


def _as_leader(network: Network, key: Id) -> Iterator[str]:
    """The obstacles of partnerships that the organization leads; they count by some rules."""
    for row in network.joined.get(key, ()):
        own = _begun(network, row, [MemberRole.LEADER], key)
        if not own:
            continue
        if _is_over(network, row, own):
            yield ENDED
        elif not network.leads_on_day(key):
            yield LEADER
        else:
            yield from _of_partnership(network, row)


def _of_partnership(network: Network, partnership: PartnershipRow) -> Iterator[str]:
    if network.is_suspended(partnership):
        yield SUSPENDED
    elif partnership.status == PartnershipStatus.DRAFT:
        yield DRAFT


def _begun(
    network: Network,
    partnership: PartnershipRow,
    roles: Sequence[MemberRole],
    key: Id | None = None,
) -> list[MemberRow]:
    """Memberships in some roles that had begun by the day: all, or those of one organization."""
    return [
        row
        for row in network.facts.members.get(partnership.id, ())
        if row.role in roles
        and (row.valid_from is None or row.valid_from <= network.moment.day)
        and (key is None or network.facts.root(row.organization_id) == key)
    ]


def _is_over(network: Network, partnership: PartnershipRow, own: Sequence[MemberRow]) -> bool:
    """Whether a partnership, or every one of these memberships, ended before the day."""
    day, end = network.moment.day, partnership.end_date
    is_ended = end is not None and end < day
    return is_ended or all(row.valid_to is not None and row.valid_to < day for row in own)
