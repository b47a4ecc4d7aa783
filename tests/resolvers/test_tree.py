"""The network as a tree: what hangs on what, and what is down only because something above it is."""

from api.models import AccessPoint
from api.models.enums import AccessPointStatus
from api.resolvers.access_points import AccessPointFilter, count_access_points, list_access_points
from api.resolvers.pages import PageRequest
from api.resolvers.tree import NetworkSummary, below, children_of, cut_off_by, network_summary
from tests.network import Network
from tests.people import Desk


async def branch(network: Network) -> list[AccessPoint]:
    """Raiz, on which Tronco hangs, on which Ramo and Galho do; and Outra, which stands alone."""
    root = await network.point("Raiz")
    trunk = await network.point("Tronco", parent=root)
    twigs = [await network.point(name, parent=trunk) for name in ("Ramo", "Galho")]
    return [root, trunk, *twigs, await network.point("Outra")]


async def names(network: Network, points: AccessPointFilter) -> list[str]:
    return [point.name for point in (await list_access_points(network.boss, points, PageRequest())).rows]


async def test_a_tree_is_read_from_its_roots_branch_by_branch(desk: Desk) -> None:
    network = await Network.of(desk)
    _, trunk, *_ = await branch(network)
    assert await names(network, AccessPointFilter(roots=True)) == ["Outra", "Raiz"]
    assert await names(network, AccessPointFilter(parent_id=trunk.id)) == ["Galho", "Ramo"]
    assert await count_access_points(network.boss, AccessPointFilter(roots=True)) == 2
    [children] = (await children_of(network.boss, [trunk.id])).values()
    assert [point.name for point in children] == ["Galho", "Ramo"]


async def test_what_hangs_on_a_point_is_counted_at_whatever_distance(desk: Desk) -> None:
    network = await Network.of(desk)
    root, trunk, twig, _, other = await branch(network)
    network.prober.down |= {"Tronco", "Ramo", "Outra"}
    await network.round(3)
    found = await below(network.boss, [root.id, trunk.id, twig.id, other.id])
    assert found == {
        root.id: NetworkSummary(total=3, online=1, offline=2, unreachable=1),
        trunk.id: NetworkSummary(total=2, online=1, offline=1, unreachable=1),
        twig.id: NetworkSummary(),
        other.id: NetworkSummary(),
    }
    assert await network_summary(network.boss) == NetworkSummary(total=5, online=2, offline=3, unreachable=1)


async def test_who_is_down_below_a_dead_one_is_cut_off_by_the_nearest(desk: Desk) -> None:
    network = await Network.of(desk)
    root, trunk, twig, bough, other = await branch(network)
    ids = [point.id for point in (root, trunk, twig, bough, other)]
    assert await cut_off_by(network.boss, ids) == {}
    network.prober.down |= {"Raiz", "Ramo", "Outra"}
    await network.round(3)
    # The trunk answers by another way: the twig's cause is further up.
    assert {id: point.id for id, point in (await cut_off_by(network.boss, ids)).items()} == {twig.id: root.id}
    network.prober.down.add("Tronco")
    await network.round(3)
    found = {id: point.name for id, point in (await cut_off_by(network.boss, ids)).items()}
    assert found == {trunk.id: "Raiz", twig.id: "Tronco"}
    assert (await network.now(bough)).status is AccessPointStatus.ONLINE
