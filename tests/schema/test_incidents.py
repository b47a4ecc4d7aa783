"""Incidents by GraphQL: what people see of them, do about them, and hear as it happens."""

from typing import Any
from unittest.mock import ANY

from api.models.enums import Category, Scope
from api.resolvers.asking import mind_incidents
from api.resolvers.messages import send_message
from api.resolvers.openings import Opened
from tests.network import Network
from tests.people import Desk, valid_cpf
from tests.schema.conftest import Door
from tests.schema.test_statements import asked

ERRORS = "userErrors { code message field }"
FIELDS = """id status cause title message expectedAt audience openedAt confirmedAt monitoredAt resolvedAt dismissed
  accessPoint { name } scope { name } partOf { id }
  counts { points customers chats openChats asked back notBack }
  timeline { step by { name } chats }
  replies { body sent failed total finishedAt author { name } chats { sentAt error chat { id } } }
  chats { totalCount nodes { linkedAt askedAt back answeredAt repliedAt chat { id incident { id } } } }"""
INCIDENT = f"query($id: ID!) {{ incident(id: $id) {{ {FIELDS} }} }}"
LIST = """query($f: IncidentFilter, $n: Int, $a: Cursor) { incidents(filter: $f, first: $n, after: $a) {
  totalCount pageInfo { endCursor hasNextPage } nodes { id title status } } }"""
DECLARE = f"""mutation($p: ID!, $i: IncidentInput!) {{
  declareIncident(accessPointId: $p, input: $i) {{ incident {{ {FIELDS} }} {ERRORS} }} }}"""
CONFIRM = f"""mutation($id: ID!, $i: IncidentInput!) {{
  confirmIncident(id: $id, input: $i) {{ incident {{ status message }} {ERRORS} }} }}"""
UPDATE = f"""mutation($id: ID!, $i: IncidentInput!) {{
  updateIncident(id: $id, input: $i) {{ incident {{ title message expectedAt audience }} {ERRORS} }} }}"""
MONITOR = f"mutation($id: ID!) {{ monitorIncident(id: $id) {{ incident {{ status }} {ERRORS} }} }}"
RESOLVE = f"mutation($id: ID!) {{ resolveIncident(id: $id) {{ incident {{ status }} {ERRORS} }} }}"
DISMISS = f"""mutation($id: ID!) {{
  dismissIncident(id: $id, reason: "Engano") {{ incident {{ status dismissed }} {ERRORS} }} }}"""
REPLY = f"""mutation($id: ID!, $i: IncidentReplyInput!) {{ replyToIncident(id: $id, input: $i) {{
  reply {{ body sent failed total chats {{ sentAt error chat {{ id }} }} }} {ERRORS} }} }}"""
QUEUE = """query($d: ID!) { queue(departmentId: $d) {
  incidents { waiting incident { title } } entries(first: 1) { nodes { id } } } }"""
RECIPIENTS = "query($id: ID!) { replyRecipients(incidentId: $id) { totalCount nodes { id } } }"
PLACE = f"""mutation($c: ID!, $p: ID) {{ setCustomerAccessPoint(customerId: $c, accessPointId: $p) {{
  customer {{ accessPoint {{ name customers incident {{ title }} }} }} {ERRORS} }} }}"""
IMPORT = f"""mutation($l: [PlacementInput!]!) {{ importCustomers(lines: $l) {{
  results {{ outcome customerId userErrors {{ code field }} }} {ERRORS} }} }}"""
EVENTS = """subscription($after: Cursor) { incidentEvents(after: $after) { cursor event { __typename
  ... on IncidentOpened { incident { id status } } ... on IncidentChanged { incident { id status } } } } }"""


async def chats_of(desk: Desk, network: Network, point: Any, count: int, **values: Any) -> list[Opened]:
    """So many customers of a point write that they are offline."""
    bot = await desk.machine(Scope.CHAT_WRITE, by=network.boss)
    given = {"access_point_id": point.id, "category": Category.OUTAGE} | values
    return [await desk.opened(by=bot, **given) for _ in range(count)]


async def test_a_queue_tells_how_many_each_incident_explains_beyond_those_it_lists(door: Door) -> None:
    network = await Network.of(door.desk)
    root = await network.point("Raiz")
    await chats_of(door.desk, network, root, 3)
    token = await door.token(network.boss)
    await door.ask(DECLARE, token=token, p=str(root.id), i={"message": "Fibra rompida."})
    tecnico = str((await door.desk.department("tecnico")).id)
    queue = (await door.ask(QUEUE, token=token, d=tecnico))["queue"]
    assert queue == {"incidents": [{"waiting": 3, "incident": {"title": "Raiz"}}], "entries": {"nodes": [{"id": ANY}]}}


async def test_an_incident_is_opened_told_of_replied_to_asked_after_and_over(door: Door) -> None:
    network = await Network.of(door.desk)
    root = await network.point("Raiz")
    leaf = await network.point("Folha", parent=root)
    mass = await chats_of(door.desk, network, leaf, 3)
    ids = [str(one.chat.id) for one in mass]
    token = await door.token(network.boss)
    words = {"message": "Fibra rompida.", "expectedAt": "2026-03-02T18:00:00Z", "audience": "EVERYONE"}
    made = (await door.ask(DECLARE, token=token, p=str(root.id), i=words))["declareIncident"]
    assert made["userErrors"] == []
    seen = made["incident"]
    key = seen["id"]
    assert {name: seen[name] for name in ("status", "cause", "title", *words)} == {
        "status": "CONFIRMED",
        "cause": "BY_HAND",
        "title": "Raiz",
    } | words
    assert (seen["accessPoint"], seen["scope"]) == ({"name": "Raiz"}, [{"name": "Folha"}, {"name": "Raiz"}])
    assert seen["counts"] == {
        "points": 2,
        "customers": 3,
        "chats": 3,
        "openChats": 3,
        "asked": 0,
        "back": 0,
        "notBack": 0,
    }
    assert [(one["chat"], one["repliedAt"]) for one in seen["chats"]["nodes"]] == [
        ({"id": id, "incident": {"id": key}}, None) for id in ids
    ]
    assert (await door.ask(RECIPIENTS, token=token, id=key))["replyRecipients"] == {
        "totalCount": 3,
        "nodes": [{"id": id} for id in ids],
    }
    said = {"body": "Estamos cientes.", "clientId": "r1", "except": [ids[0]]}
    for _ in range(2):
        reply = (await door.ask(REPLY, token=token, id=key, i=said))["replyToIncident"]["reply"]
        assert {name: reply[name] for name in ("body", "sent", "failed", "total")} == {
            "body": "Estamos cientes.",
            "sent": 2,
            "failed": 0,
            "total": 2,
        }
        assert [(one["chat"]["id"], one["error"]) for one in reply["chats"]] == [(id, None) for id in ids[1:]]
    assert (await door.ask(MONITOR, token=token, id=key))["monitorIncident"]["incident"] == {"status": "MONITORED"}
    await mind_incidents(network.system)
    for one, answer in zip(mass, ("Sim", "Não"), strict=False):
        await send_message(door.desk.as_customer(one), one.chat.id, body=answer)
    await mind_incidents(network.system)
    assert (await door.ask(RESOLVE, token=token, id=key))["resolveIncident"]["incident"] == {"status": "RESOLVED"}
    over = (await door.ask(INCIDENT, token=token, id=key))["incident"]
    counts = over["counts"]
    assert (counts["chats"], counts["openChats"], counts["asked"], counts["back"], counts["notBack"]) == (3, 1, 3, 1, 1)
    told = [(one["back"], one["repliedAt"] is not None) for one in over["chats"]["nodes"]]
    assert told == [(True, False), (False, True), (None, True)]
    boss = {"name": (await door.desk.user(network.boss)).name}
    assert over["timeline"] == [
        {"step": "OPENED", "by": boss, "chats": None},
        {"step": "CONFIRMED", "by": boss, "chats": None},
        {"step": "REPLIED", "by": boss, "chats": 2},
        {"step": "MONITORED", "by": boss, "chats": None},
        {"step": "RESOLVED", "by": boss, "chats": None},
    ]
    assert [(one["body"], one["author"]) for one in over["replies"]] == [("Estamos cientes.", boss)]
    [error] = (await door.ask(UPDATE, token=token, id=key, i={}))["updateIncident"]["userErrors"]
    assert error["code"] == "CONFLICT"


async def test_a_suspicion_is_confirmed_put_in_words_or_dismissed(door: Door) -> None:
    network = await Network.of(door.desk)
    points = [await network.point(name) for name in ("Norte", "Sul")]
    for point in points:
        await chats_of(door.desk, network, point, 5)
    token = await door.token(network.boss)
    page = (await door.ask(LIST, token=token, f={"status": ["SUSPECTED"]}, n=1))["incidents"]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (2, True)
    south = page["nodes"][0]
    rest = (await door.ask(LIST, token=token, n=1, a=page["pageInfo"]["endCursor"]))["incidents"]["nodes"]
    assert [one["title"] for one in (south, *rest)] == ["Sul", "Norte"]
    within = {"accessPointId": str(points[0].id)}
    assert [one["title"] for one in (await door.ask(LIST, token=token, f=within))["incidents"]["nodes"]] == ["Norte"]
    dismissed = (await door.ask(DISMISS, token=token, id=south["id"]))["dismissIncident"]["incident"]
    assert dismissed == {"status": "RESOLVED", "dismissed": "Engano"}
    north = rest[0]["id"]
    said = {"message": "Fibra"}
    confirmed = (await door.ask(CONFIRM, token=token, id=north, i=said))["confirmIncident"]["incident"]
    assert confirmed == {"status": "CONFIRMED", "message": "Fibra"}
    whole = {"title": "Norte", "message": "Fibra", "expectedAt": "2026-03-02T18:00:00Z", "audience": "EVERYONE"}
    assert (await door.ask(UPDATE, token=token, id=north, i=whole))["updateIncident"]["incident"] == whole
    bare = {"title": "Norte", "message": "", "expectedAt": None, "audience": "AFFECTED"}
    assert (await door.ask(UPDATE, token=token, id=north, i={}))["updateIncident"]["incident"] == bare


async def test_what_names_no_incident_or_is_wrong_is_told_with_its_place(door: Door) -> None:
    network = await Network.of(door.desk)
    token, ana = await door.token(network.boss), await door.token(await door.desk.agent("tecnico"))
    said = {"body": "Oi", "clientId": "r1"}
    for key in ("nothing", str(network.boss.principal.user_id)):  # type: ignore[union-attr] - a person of the staff
        for query in (CONFIRM, UPDATE, MONITOR, RESOLVE, DISMISS):
            answer = await door.ask(query, token=token, id=key, i={})
            assert [error["code"] for payload in answer.values() for error in payload["userErrors"]] == ["NOT_FOUND"]
        [error] = (await door.ask(REPLY, token=token, id=key, i=said))["replyToIncident"]["userErrors"]
        assert error["code"] == "NOT_FOUND"
        assert (await door.ask(INCIDENT, token=token, id=key))["incident"] is None
        [error] = (await door.post(RECIPIENTS, token=token, id=key)).json()["errors"]
        assert error["extensions"]["code"] == "NOT_FOUND"
        [error] = (await door.ask(DECLARE, token=token, p=key, i={}))["declareIncident"]["userErrors"]
        assert (error["code"], error["field"]) == ("NOT_FOUND", ["accessPointId"])
    point = await network.point()
    long = {"title": "x" * 121, "message": "x" * 1001}
    errors = (await door.ask(DECLARE, token=token, p=str(point.id), i=long))["declareIncident"]["userErrors"]
    assert [error["field"] for error in errors] == [["input", "title"], ["input", "message"]]
    [error] = (await door.ask(DECLARE, token=ana, p=str(point.id), i={}))["declareIncident"]["userErrors"]
    assert error["code"] == "FORBIDDEN"
    made = (await door.ask(DECLARE, token=token, p=str(point.id), i={}))["declareIncident"]["incident"]
    empty = said | {"body": " "}
    [error] = (await door.ask(REPLY, token=token, id=made["id"], i=empty))["replyToIncident"]["userErrors"]
    assert (error["code"], error["field"]) == ("REQUIRED", ["input", "body"])
    [error] = (await door.ask(REPLY, token=token, id=made["id"], i=said))["replyToIncident"]["userErrors"]
    assert error["code"] == "CONFLICT"


async def test_who_may_not_look_sees_no_incident_at_a_chat_and_the_customer_neither(door: Door) -> None:
    network = await Network.of(door.desk)
    point = await network.point()
    [opened] = await chats_of(door.desk, network, point, 1)
    token = await door.token(network.boss)
    await door.ask(DECLARE, token=token, p=str(point.id), i={})
    query = f'{{ chat(id: "{opened.chat.id}") {{ incident {{ title }} }} }}'
    assert (await door.ask(query, token=token))["chat"] == {"incident": {"title": "Torre"}}
    assert (await door.ask(query, token=opened.token))["chat"] == {"incident": None}
    [error] = (await door.post(LIST, token=await door.token(await door.desk.analyst()))).json()["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"


async def test_customers_are_placed_by_hand_and_by_a_list(door: Door) -> None:
    network = await Network.of(door.desk)
    point = await network.point()
    token = await door.token(network.boss)
    await door.ask(DECLARE, token=token, p=str(point.id), i={})
    opened = await door.desk.opened(category=Category.OUTAGE)
    customer = str(opened.chat.customer_id)
    placed = (await door.ask(PLACE, token=token, c=customer, p=str(point.id)))["setCustomerAccessPoint"]
    assert placed["customer"]["accessPoint"] == {"name": "Torre", "customers": 1, "incident": {"title": "Torre"}}
    taken = (await door.ask(PLACE, token=token, c=customer))["setCustomerAccessPoint"]
    assert taken["customer"] == {"accessPoint": None}
    for given in (
        {"c": "nothing", "p": str(point.id)},
        {"c": customer, "p": "nothing"},
        {"c": customer, "p": customer},
    ):
        [error] = (await door.ask(PLACE, token=token, **given))["setCustomerAccessPoint"]["userErrors"]
        assert error["code"] == "NOT_FOUND"
    lines = [
        {"cpf": valid_cpf(300_000_001), "accessPoint": "Torre", "name": "Ana"},
        {"cpf": valid_cpf(300_000_001), "accessPoint": "Torre"},
        {"cpf": "123", "accessPoint": "Torre", "name": "Bia"},
        {"cpf": valid_cpf(300_000_002), "accessPoint": "Nenhuma", "name": "Caio"},
    ]
    results = (await door.ask(IMPORT, token=token, l=lines))["importCustomers"]["results"]
    assert [one["outcome"] for one in results] == ["ADDED", "UNCHANGED", "FAILED", "FAILED"]
    assert results[0]["customerId"] == results[1]["customerId"]
    errors = [(error["code"], error["field"]) for one in results for error in one["userErrors"]]
    assert errors == [("INVALID", ["cpf"]), ("NOT_FOUND", ["accessPoint"])]
    [error] = (await door.ask(IMPORT, token=token, l=[]))["importCustomers"]["userErrors"]
    assert (error["code"], error["field"]) == ("INVALID", ["lines"])


async def test_what_happens_is_told_live_and_again_after_a_cursor(door: Door) -> None:
    network = await Network.of(door.desk)
    point = await network.point()
    token, ana = await door.token(network.boss), await door.token(await door.desk.agent("tecnico"))
    cursor = (await door.ask("{ incidentCursor }", token=ana))["incidentCursor"]

    async def heard(socket: Any, id: str) -> tuple[str, str]:
        event = (await socket.of(id))["payload"]["data"]["incidentEvents"]["event"]
        return event["__typename"], event["incident"]["status"]

    async with door.socket(ana) as socket:
        await socket.subscribe("live", EVENTS, after=cursor)
        made = (await door.ask(DECLARE, token=token, p=str(point.id), i={}))["declareIncident"]["incident"]
        assert await heard(socket, "live") == ("IncidentOpened", "CONFIRMED")
        await door.ask(MONITOR, token=token, id=made["id"])
        assert await heard(socket, "live") == ("IncidentChanged", "MONITORED")
        await socket.subscribe("again", EVENTS, after=cursor)
        again = [(await heard(socket, "again"))[0] for _ in range(2)]
        assert again == ["IncidentOpened", "IncidentChanged"]
    async with door.socket(await door.token(await door.desk.analyst())) as socket:
        await socket.subscribe("no", EVENTS)
        frame = await socket.of("no")
        assert (frame["type"], frame["payload"][0]["extensions"]["code"]) == ("error", "FORBIDDEN")


PAGE = """query { incidents(first: 50) { nodes { id title accessPoint { name } scope { name customers }
  counts { points customers chats } replies { sent } timeline { step by { name } } partOf { id } } } }"""
LINKED = """query($id: ID!) { incident(id: $id) { chats(first: 50) { nodes { askedAt back repliedAt
  chat { id protocol incident { id title } customer { name accessPoint { name } } department { name } } } } } }"""
POINTS = "query { accessPoints(first: 50) { nodes { name customers incident { id title } } } }"


async def test_a_page_takes_as_many_statements_for_many_as_for_one(desk: Desk) -> None:
    from api.resolvers.incident_acts import IncidentWords, declare_incident
    from api.resolvers.replying import Reply, reply_to_incident

    network = await Network.of(desk)
    first = await network.point("Ponto 0")
    incident = await declare_incident(network.boss, first.id, IncidentWords())
    await chats_of(desk, network, first, 1)
    await reply_to_incident(network.boss, incident.id, Reply("Estamos cientes.", "r1"))
    queries = [(PAGE, {}), (LINKED, {"id": str(incident.id)}), (POINTS, {})]
    few = [(await asked(desk, network.boss, query, **given))[1] for query, given in queries]
    await chats_of(desk, network, first, 12)
    for number in range(1, 13):
        point = await network.point(f"Ponto {number}")
        other = await declare_incident(network.boss, point.id, IncidentWords())
        await chats_of(desk, network, point, 1)
        await reply_to_incident(network.boss, other.id, Reply("Estamos cientes.", "r1"))
    many = [await asked(desk, network.boss, query, **given) for query, given in queries]
    assert [count for _, count in many] == few
    assert len(many[0][0]["incidents"]["nodes"]) == len(many[1][0]["incident"]["chats"]["nodes"]) == 13


async def test_who_may_see_the_network_sees_what_a_customer_hangs_on(door: Door) -> None:
    network = await Network.of(door.desk)
    point = await network.point()
    [opened] = await chats_of(door.desk, network, point, 1)
    query = f'{{ chat(id: "{opened.chat.id}") {{ customer {{ accessPoint {{ name }} }} }} }}'
    token = await door.token(await door.desk.agent("tecnico"))
    assert (await door.ask(query, token=token))["chat"]["customer"] == {"accessPoint": {"name": "Torre"}}


async def test_what_is_for_everyone_is_told_before_anybody_writes_and_the_rest_to_bots_alone(door: Door) -> None:
    network = await Network.of(door.desk)
    for_all, for_some, quiet = [await network.point(name) for name in ("Norte", "Sul", "Leste")]
    token = await door.token(network.boss)
    query = "{ publicNotices { status message since expectedAt } }"
    assert (await door.ask(query))["publicNotices"] == []
    words = {"message": "Fibra rompida.", "expectedAt": "2026-03-02T18:00:00Z", "audience": "EVERYONE"}
    made = (await door.ask(DECLARE, token=token, p=str(for_all.id), i=words))["declareIncident"]["incident"]
    await door.ask(DECLARE, token=token, p=str(for_some.id), i={"message": "Só na zona sul."})
    await door.ask(DECLARE, token=token, p=str(quiet.id), i={"audience": "EVERYONE"})
    notice = {"status": "CONFIRMED", "message": "Fibra rompida.", "since": made["openedAt"]}
    assert (await door.ask(query))["publicNotices"] == [notice | {"expectedAt": "2026-03-02T18:00:00Z"}]
    cpf = valid_cpf(300_000_003)
    [by_bot] = await chats_of(door.desk, network, for_some, 1, cpf=cpf)
    typed = await door.desk.opened(cpf=cpf, category=Category.OUTAGE)
    # Both are linked: what differs is who vouches for the writer.
    assert {one.chat.incident_id is None for one in (by_bot, typed)} == {False}
    told, read = [], ""
    for one in (by_bot, typed):
        read = f'{{ chat(id: "{one.chat.id}") {{ notice {{ message }} }} }}'
        told.append((await door.ask(read, token=one.token))["chat"]["notice"])
    # Who only typed a CPF reads what everyone does, wherever its owner lives.
    assert told == [{"message": "Só na zona sul."}, {"message": "Fibra rompida."}]
    await door.ask(RESOLVE, token=token, id=made["id"])
    assert (await door.ask(query))["publicNotices"] == []
    assert (await door.ask(read, token=typed.token))["chat"]["notice"] is None
