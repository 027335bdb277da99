"""The official Python client 2.3 (both eras) drives the server over stdio, HTTP and WebSocket, in each of its modes."""

import json
import time
import warnings
from contextlib import asynccontextmanager
from typing import Any, Literal

import anyio
import mcp_types as types
from mcp import Client, MCPError, StdioServerParameters, stdio_client
from mcp.client.extension import ClientExtension, ResultClaim
from mcp.client.streamable_http import streamable_http_client
from mcp.client.subscriptions import ResourceUpdated
from mcp.shared.exceptions import MCPDeprecationWarning

import contract
import harness
from contract import INGRID, WRONG, changed, many_leads
from harness import check, require, require_equal
from wire import recorded
from ws_transport import ws_transport

LEGACY = ("legacy",)
MODERN = ("auto", "2026-07-28")
TASKS = "io.modelcontextprotocol/tasks"

# The legacy methods are deprecated in this library; here they are what is to be checked.
warnings.simplefilter("ignore", MCPDeprecationWarning)


@asynccontextmanager
async def connect(server, mode, **options):
    """A connected client over a new process."""
    async with opened(server) as transport:
        async with Client(recorded(transport, server.wire, wire_json), mode=mode, **options) as client:
            yield client


@asynccontextmanager
async def opened(server):
    """The library's own transport to a new process; over WebSocket, where it has none, ours."""
    if server.transport == "stdio":
        parameters = StdioServerParameters(
            command=server.command, args=server.arguments, env=server.environment, cwd=server.folder
        )
        yield stdio_client(parameters, errlog=server.log)
        return
    async with server.listening() as address:
        if server.transport == "ws":
            yield ws_transport(f"ws://{address}/mcp")
        else:
            yield streamable_http_client(f"http://{address}/mcp")


def wire_json(message):
    return message.model_dump(mode="json", by_alias=True, exclude_unset=True)


def plain(model):
    """A model of the library as the JSON it stands for."""
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


async def call(client, tool, arguments, **options):
    return plain(await client.call_tool(tool, arguments, **options))


async def triage(client, **fields):
    return contract.expect_text_twin(await call(client, "triage_lead", fields))


async def refused(awaitable, code, what):
    """The call ends with a JSON-RPC error of this code."""
    try:
        result = await awaitable
    except MCPError as error:
        require_equal(error.code, code, f"code for {what} ({error.message})")
        return error
    raise harness.CheckFailed(f"{what}: expected the error {code}, found {str(result)[:300]}")


@check(LEGACY)
async def initialize(server, mode):
    async with connect(server, mode) as client:
        answer = server.wire.answer(server.wire.last_request("initialize"))["result"]
        require_equal(client.protocol_version, "2025-11-25", "negotiated version")
        require_equal(client.server_info.name, "leadrelay", "serverInfo.name")
        require(client.instructions, "no instructions")
        offered = answer["capabilities"]
        for name in ("tools", "resources", "prompts", "completions", "logging"):
            require(isinstance(offered.get(name), dict), f"capability {name}: {offered.get(name)!r}")
        require_equal(offered["resources"].get("subscribe"), True, "resources.subscribe")
        require_equal(plain(await client.send_ping()), {}, "ping")


@check(MODERN)
async def discover(server, mode):
    async with connect(server, mode) as client:
        require_equal(client.protocol_version, "2026-07-28", "negotiated version")
        require(not any(m.get("method") == "initialize" for m in server.wire.sent), "the client fell back to initialize")
        found = await client.session.send_discover("2026-07-28")
        require_equal(found["supportedVersions"], ["2026-07-28"], "supportedVersions")
        info = found["_meta"]["io.modelcontextprotocol/serverInfo"]
        require_equal(info["name"], "leadrelay", "serverInfo.name")
        require(found.get("instructions"), "no instructions")
        offered = found["capabilities"]
        for name in ("tools", "resources", "prompts", "completions", "logging"):
            require(isinstance(offered.get(name), dict), f"capability {name}: {offered.get(name)!r}")
        require_equal(offered["resources"].get("subscribe"), True, "resources.subscribe")
        require(TASKS in offered.get("extensions", {}), f"extensions {offered.get('extensions')!r}")
        expect_cache_hints(found, "server/discover")
        for removed in (client.send_ping(), client.set_logging_level("info"), client.subscribe_resource("dataset://summary")):
            await refused(removed, -32601, "a method that this version removed")


def expect_cache_hints(result, method):
    """Cacheable results say for how long and for whom."""
    lifetime = result.get("ttlMs")
    require(type(lifetime) is int and lifetime >= 0, f"{method}: ttlMs {lifetime!r}")
    require(result.get("cacheScope") in ("public", "private"), f"{method}: cacheScope {result.get('cacheScope')!r}")


@check(MODERN)
async def cache_hints(server, mode):
    async with connect(server, mode, cache=None) as client:
        lead_id = (await triage(client, **INGRID))["leadID"]
        await client.list_tools()
        await client.list_prompts()
        await client.list_resources()
        await client.list_resource_templates()
        await client.read_resource(f"lead://{lead_id}")
        for method in ("tools/list", "prompts/list", "resources/list", "resources/templates/list", "resources/read"):
            expect_cache_hints(server.wire.answer(server.wire.last_request(method))["result"], method)
        lead = server.wire.answer(server.wire.last_request("resources/read"))["result"]
        require_equal(lead["cacheScope"], "private", "cacheScope of a lead")


@check()
async def tools_list(server, mode):
    async with connect(server, mode) as client:
        first = plain(await client.list_tools(cache_mode="bypass"))
        contract.expect_tools(first["tools"])
        second = plain(await client.list_tools(cache_mode="bypass"))
        require_equal([t["name"] for t in second["tools"]], [t["name"] for t in first["tools"]], "order of the tools")
        await refused(client.list_tools(cursor="garbage"), -32602, "a garbage cursor")


@check()
async def triage_lead(server, mode):
    async with connect(server, mode) as client:
        first = await triage(client, **INGRID)
        contract.expect_triage(first)
        require_equal(first["calibrated"], False, "calibrated without any outcome")
        require_equal(first["intent"], "demo_request", "intent")
        require_equal(first["duplicates"], [], "duplicates of the first lead")
        twin = await triage(client, email="Ingrid.Solberg+work@FJORDPAY.example", name="I. Solberg")
        contract.expect_triage(twin)
        require({"leadID": first["leadID"], "reason": "email"} in twin["duplicates"], f"duplicates {twin['duplicates']}")
        again = await triage(client, leadID=first["leadID"], jobTitle="Intern", message="How do I reset my password?", intent="support")
        contract.expect_triage(again, is_new=False)
        require(again["score"] < first["score"], f"an intern asking for support scores {again['score']}, before {first['score']}")


@check()
async def invalid_arguments(server, mode):
    async with connect(server, mode) as client:
        contract.expect_tool_error(await call(client, "triage_lead", WRONG), *WRONG)
        contract.expect_tool_error(await call(client, "triage_lead", {}))
        contract.expect_tool_error(await call(client, "get_lead", {"interactions": 101}), "leadID", "interactions", "100")
        contract.expect_tool_error(await call(client, "get_lead", {"leadID": "L404"}), "L404")
        error = await refused(client.call_tool("no_such_tool", {}), -32602, "an unknown tool")
        require("no_such_tool" in error.message, f"the error does not name the tool: {error.message!r}")
        found = contract.expect_text_twin(await call(client, "search_leads", {}))
        require_equal(found["total"], 0, "leads stored by refused calls")


@check()
async def get_lead(server, mode):
    async with connect(server, mode) as client:
        done = await triage(client, **INGRID)
        lead_id = done["leadID"]
        for name in ("INT-1", "INT-2", "INT-2"):
            stored = contract.expect_text_twin(await call(client, "record_interaction", {
                "interactionID": name, "leadID": lead_id, "channel": "email", "kind": "email_click",
                "occurredAt": f"2025-03-02T10:00:0{name[-1]}Z"}))
        require_equal(stored["recorded"], False, "recorded, the second time")
        found = contract.expect_text_twin(await call(client, "get_lead", {"leadID": lead_id, "interactions": 1}))
        contract.expect_ingrid(found["lead"])
        require_equal(found["triage"]["score"], done["score"], "score in the latest triage")
        require_equal([i["id"] for i in found["interactions"]], ["INT-2"], "the latest interaction")


@check()
async def search_leads(server, mode):
    async with connect(server, mode) as client:
        for lead in many_leads(7):
            await triage(client, **lead)
        seen, cursor, pages = [], None, 0
        while True:
            arguments = {"limit": 3, "order": "created_desc", **({"cursor": cursor} if cursor else {})}
            page = contract.expect_text_twin(await call(client, "search_leads", arguments))
            require_equal(page["total"], 7, "total")
            seen += page["leads"]
            pages += 1
            cursor = page.get("nextCursor")
            if cursor is None or pages > 3:
                break
        require_equal(pages, 3, "pages of three for seven leads")
        require_equal(len({lead["leadID"] for lead in seen}), 7, "different leads on all pages")
        created = [contract.moment(lead["createdAt"]) for lead in seen]
        require_equal(created, sorted(created, reverse=True), "order by creation")
        contract.expect_tool_error(await call(client, "search_leads", {"cursor": "garbage"}), "cursor")


@check()
async def progress(server, mode):
    steps = []

    async def advance(value, total, message):
        steps.append((value, total))

    async with connect(server, mode) as client:
        result = contract.expect_text_twin(await call(
            client, "triage_leads", {"leads": many_leads(300), "resultLimit": 5}, progress_callback=advance))
        contract.expect_batch(result, 300, 5)
        contract.expect_progress(steps, 300)


@check()
async def cancel(server, mode):
    started = anyio.Event()
    stop = anyio.CancelScope()

    async def advance(value, total, message):
        started.set()

    async with connect(server, mode) as client, anyio.create_task_group() as group:
        began = time.monotonic()
        await call(client, "triage_leads", {"leads": many_leads(500, "control"), "resultLimit": 0})
        pace = (time.monotonic() - began) / 500

        async def run():
            # Leaving the scope makes the library send notifications/cancelled, in both eras.
            with stop:
                await client.call_tool("triage_leads", {"leads": many_leads(10_000), "resultLimit": 0}, progress_callback=advance)

        group.start_soon(run)
        with anyio.fail_after(10):
            await started.wait()
        request = server.wire.last_request("tools/call")
        stop.cancel()
        await server.wire.until_sent(
            lambda m: m.get("method") == "notifications/cancelled" and m["params"]["requestId"] == request)
        await expect_cancelled(server, client, request, pace, mode)


async def expect_cancelled(server, client, request, pace, mode):
    """The server is free at once, stores no more, and never answers."""
    began = time.monotonic()
    counted = (await stored_leads(client)) - 500
    require(time.monotonic() - began < 1, "the call after the cancelled one waited")
    require(counted < 10_000, "all leads were stored in spite of the cancellation")
    counted = (await stored_leads(client)) - 500
    # As long as the whole call would have taken, within the time a check has.
    with anyio.move_on_after(min(max(10_000 * pace * 1.5, 1), 6)):
        await server.wire.until(lambda m: "method" not in m and m.get("id") == request, within=20)
    answer = server.wire.answer(request)
    if server.transport == "http" and mode == "legacy":
        # A stream of this era ends with an answer, even to what nobody waits for.
        require_equal((answer or {}).get("error", {}).get("code"), -32800, "answer to a cancelled request")
    else:
        require(answer is None, "a cancelled request was answered")
    later = (await stored_leads(client)) - 500
    # What was being stored at that moment may stay.
    require(later - counted <= 64, f"{later - counted} leads were stored after the cancellation")


async def stored_leads(client):
    return contract.expect_text_twin(await call(client, "search_leads", {"limit": 1}))["total"]


@check()
async def resources(server, mode):
    async with connect(server, mode) as client:
        contract.expect_resource_lists(
            plain(await client.list_resources())["resources"],
            plain(await client.list_resource_templates())["resourceTemplates"])
        lead_id = (await triage(client, **INGRID))["leadID"]

        async def read(uri):
            return plain(await client.read_resource(uri))["contents"]

        contract.expect_lead_resource(await read(f"lead://{lead_id}"), lead_id)
        contract.expect_summary_resource(await read("dataset://summary"), 1)
        contract.expect_playbook_resource(await read(f"playbook://{contract.PLAYBOOK}"))
        for uri in ("lead://L404", "playbook://none", "nothing://here"):
            error = await refused(client.read_resource(uri), -32002 if mode == "legacy" else -32602, f"reading {uri}")
            require_equal((error.data or {}).get("uri"), uri, "data.uri of the error")


@check(LEGACY)
async def subscribe(server, mode):
    updated = anyio.Event()
    updates = []

    async def receive(message):
        if isinstance(message, types.ResourceUpdatedNotification):
            updates.append(message.params.uri)
            updated.set()

    async with connect(server, mode, message_handler=receive) as client:
        lead_id = (await triage(client, **INGRID))["leadID"]
        uri = f"lead://{lead_id}"
        require_equal(plain(await client.subscribe_resource(uri)), {}, "answer to the subscription")
        await call(client, "record_interaction", {"leadID": lead_id, "channel": "web", "kind": "site_visit"})
        with anyio.fail_after(5):
            await updated.wait()
        require_equal(set(updates), {uri}, "resources reported as updated")
        require_equal(plain(await client.unsubscribe_resource(uri)), {}, "answer to the end of the subscription")


@check(MODERN)
async def listen(server, mode):
    async with connect(server, mode) as client:
        first = (await triage(client, **INGRID))["leadID"]
        second = (await triage(client, email="other@example.org"))["leadID"]
        uri = f"lead://{first}"
        async with client.listen(resource_subscriptions=[uri], tools_list_changed=True) as events:
            require_equal(events.honored.resource_subscriptions, [uri], "honoured subscriptions")
            for lead_id in (second, first):
                await call(client, "record_interaction", {"leadID": lead_id, "channel": "web", "kind": "site_visit"})
            with anyio.fail_after(5):
                event = await events.__anext__()
            require_equal(event, ResourceUpdated(uri=uri), "event")
            frames = [m for m in server.wire.received if m.get("method", "").startswith("notifications/")]
            require_equal(frames[0]["method"], "notifications/subscriptions/acknowledged", "first frame of the stream")
            marks = {f["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"] for f in frames}
            require_equal(marks, {events.subscription_id}, "subscription that the frames name")
        # The client has left; what happens now concerns nobody.
        await stored_leads(client)
        before = len(server.wire.received)
        await call(client, "record_interaction", {"leadID": first, "channel": "web", "kind": "site_visit"})
        await stored_leads(client)
        stray = [m["method"] for m in server.wire.received[before:] if "method" in m]
        require_equal(stray, [], "notifications after the end of the subscription")


@check()
async def prompts(server, mode):
    async with connect(server, mode) as client:
        contract.expect_prompts(plain(await client.list_prompts())["prompts"])
        lead_id = (await triage(client, **INGRID))["leadID"]
        prompt = plain(await client.get_prompt("qualify_lead", {"leadID": lead_id, "goal": "nurture", "tone": "formal"}))
        contract.expect_prompt(prompt["messages"], lead_id, "nurture", "formal", "nurture-cold-leads")
        await refused(client.get_prompt("qualify_lead", {"goal": "demo"}), -32602, "a missing required argument")
        await refused(client.get_prompt("no_such_prompt", {}), -32602, "an unknown prompt")


@check()
async def completion(server, mode):
    async with connect(server, mode) as client:
        lead_id = (await triage(client, **INGRID))["leadID"]

        async def complete(name, value, prompt="qualify_lead"):
            ref = types.PromptReference(type="ref/prompt", name=prompt)
            return plain(await client.complete(ref, {"name": name, "value": value}))["completion"]

        require_equal((await complete("leadID", lead_id))["values"], [lead_id], "leads by a beginning")
        require_equal((await complete("goal", "d"))["values"], ["demo", "disqualify"], "goals with d")
        await refused(complete("colour", ""), -32602, "an unknown argument")
        await refused(complete("goal", "", "no_such_prompt"), -32602, "an unknown prompt")


@check()
async def elicitation(server, mode):
    asked, answers = [], []

    async def answer(context, params):
        asked.append(plain(params))
        return answers.pop(0)

    async with connect(server, mode, elicitation_callback=answer) as client:
        lead_id = (await triage(client, **INGRID))["leadID"]
        won = {"leadID": lead_id, "disposition": "converted", "conversionType": "purchase",
               "value": {"amount": 1200.5, "currency": "EUR"}, "occurredAt": "2025-03-03T12:00:00Z"}
        lost = {"leadID": lead_id, "disposition": "lost", "reason": "budget"}
        first = contract.expect_text_twin(await call(client, "record_outcome", won))
        require_equal((first["status"], first["recorded"], first["replaced"]), ("converted", True, False), "first outcome")
        same = contract.expect_text_twin(await call(client, "record_outcome", won))
        require_equal(same["recorded"], False, "recorded, the second time")
        require_equal(asked, [], "questions so far")
        answers.append(types.ElicitResult(action="decline"))
        declined = await call(client, "record_outcome", lost)
        require_equal(len(asked), 1, "questions to the user")
        schema = asked[0]["requestedSchema"]
        require(schema["type"] == "object" and schema["properties"], f"requestedSchema {schema}")
        contract.expect_tool_error(declined, "converted")
        kept = contract.expect_text_twin(await call(client, "get_lead", {"leadID": lead_id}))
        require_equal(kept["outcome"]["disposition"], "converted", "outcome after the refusal")
        answers.append(types.ElicitResult(action="cancel"))
        contract.expect_tool_error(await call(client, "record_outcome", lost), "converted")
        answers.append(types.ElicitResult(action="accept", content=contract.accepting(schema)))
        accepted = contract.expect_text_twin(await call(client, "record_outcome", lost))
        require_equal((accepted["status"], accepted["replaced"]), ("unqualified", True), "outcome after the consent")
        require_equal(len(asked), 3, "questions to the user")


@check()
async def elicitation_not_offered(server, mode):
    async with connect(server, mode) as client:
        lead_id = (await triage(client, **INGRID))["leadID"]
        await call(client, "record_outcome", {"leadID": lead_id, "disposition": "converted"})
        lost = {"leadID": lead_id, "disposition": "lost"}
        contract.expect_tool_error(await call(client, "record_outcome", lost), "replace")
        forced = contract.expect_text_twin(await call(client, "record_outcome", {**lost, "replace": True}))
        require_equal((forced["status"], forced["replaced"]), ("unqualified", True), "outcome by replace")


@check(MODERN)
async def request_state(server, mode):
    async def never(context, params):
        raise harness.CheckFailed("the check answers by hand")

    async with connect(server, mode, elicitation_callback=never) as client:
        lead_id = (await triage(client, **INGRID))["leadID"]
        await call(client, "record_outcome", {"leadID": lead_id, "disposition": "converted"})
        lost = {"leadID": lead_id, "disposition": "lost"}
        asked = await client.session.call_tool("record_outcome", lost, allow_input_required=True)
        require(isinstance(asked, types.InputRequiredResult), f"expected a question, found {str(asked)[:300]}")
        key, question = next(iter(asked.input_requests.items()))
        consent = types.ElicitResult(action="accept", content=contract.accepting(plain(question.params)["requestedSchema"]))
        if asked.request_state is not None:
            tampered = client.session.call_tool(
                "record_outcome", lost, input_responses={key: consent}, request_state=asked.request_state + "-TAMPERED")
            await refused(tampered, -32602, "a tampered requestState")
            other = {"leadID": lead_id, "disposition": "lost", "reason": "another call"}
            moved = client.session.call_tool(
                "record_outcome", other, input_responses={key: consent}, request_state=asked.request_state)
            await refused(moved, -32602, "the requestState of another call")
        wrong = await client.session.call_tool(
            "record_outcome", lost, input_responses={"unknown": consent}, request_state=asked.request_state, allow_input_required=True)
        require(isinstance(wrong, types.InputRequiredResult), "an answer under another key must be asked for again")
        done = await client.session.call_tool(
            "record_outcome", lost, input_responses={key: consent}, request_state=wrong.request_state)
        require_equal(plain(done)["structuredContent"]["replaced"], True, "replaced after the consent")


@check()
async def sampling(server, mode):
    asked, replies = [], ["support", "a riddle"]

    async def sample(context, params):
        asked.append(plain(params))
        text = types.TextContent(type="text", text=replies.pop(0))
        return types.CreateMessageResult(role="assistant", content=text, model="test-model", stop_reason="endTurn")

    async with connect(server, mode, sampling_callback=sample) as client:
        lead = changed(INGRID, message="Grüße! Can your people look at our questionnaire?")
        told = await triage(client, **lead, interpretMessage=True)
        require_equal(told["intent"], "support", "intent by the host's model")
        require(lead["message"] in json.dumps(asked[0], ensure_ascii=False), "the model was not shown the message")
        unclear = await triage(client, email="b@example.org", message="I want a demo", interpretMessage=True)
        require_equal(unclear["intent"], "demo_request", "intent by keywords after an unusable reply")
        require_equal(len(asked), 2, "questions to the model")
        require_equal(await stored_leads(client), 2, "leads stored, however often a handler ran")


@check()
async def sampling_not_offered(server, mode):
    async with connect(server, mode) as client:
        done = await triage(client, email="b@example.org", message="What does it cost?", interpretMessage=True)
        require_equal(done["intent"], "pricing", "intent by keywords")


@check()
async def logging(server, mode):
    levels = []

    async def log(params):
        levels.append(params.level)

    async with connect(server, mode, logging_callback=log) as client:
        if mode == "legacy":
            require_equal(plain(await client.set_logging_level("error")), {}, "answer to setLevel")
        await triage(client, **INGRID)
        await stored_leads(client)
        allowed = ("error", "critical", "alert", "emergency") if mode == "legacy" else ()
        require_equal([level for level in levels if level not in allowed], [], "messages nobody asked for")


@check()
async def concurrency(server, mode):
    results = {}

    async with connect(server, mode) as client:
        await client.list_tools()

        async def one(number, lead):
            results[number] = await triage(client, **lead)

        async with anyio.create_task_group() as group:
            for number, lead in enumerate(many_leads(32)):
                group.start_soon(one, number, lead)
        require_equal(len({r["leadID"] for r in results.values()}), 32, "different leads")
        for number, result in results.items():
            found = contract.expect_text_twin(await call(client, "get_lead", {"leadID": result["leadID"]}))
            require_equal(found["lead"]["contact"]["name"], f"Person a{number}", "the answer to this call")


@check()
async def restart(server, mode):
    async with connect(server, mode) as client:
        lead_id = (await triage(client, **INGRID))["leadID"]
    async with connect(server.again(), mode) as client:
        found = contract.expect_text_twin(await call(client, "get_lead", {"leadID": lead_id}))
        contract.expect_ingrid(found["lead"])


class TaskHandle(types.Result):
    """The result of a call that became a task."""

    result_type: Literal["task"]
    task_id: str
    status: str
    ttl_ms: int | None
    poll_interval_ms: int


class TaskParams(types.RequestParams):
    task_id: str


class GetTask(types.Request[TaskParams, Literal["tasks/get"]]):
    method: Literal["tasks/get"] = "tasks/get"
    params: TaskParams
    name_param = "taskId"


class TaskState(types.Result):
    status: str
    result: dict[str, Any] | None = None


class Tasks(ClientExtension):
    """Waits for a task by asking, as often as the server says."""

    identifier = TASKS

    def __init__(self):
        self.handles = []

    def claims(self):
        return [ResultClaim(result_type="task", model=TaskHandle, resolve=self.finish)]

    async def finish(self, handle, context):
        self.handles.append(handle)
        while True:
            request = GetTask(params=TaskParams(task_id=handle.task_id))
            state = await context.session.send_request(request, TaskState)
            if state.status not in ("working", "input_required"):
                break
            await anyio.sleep(min(handle.poll_interval_ms, 500) / 1000)
        require_equal(state.status, "completed", "the task's last status")
        return types.CallToolResult.model_validate(state.result)


@check(MODERN)
async def tasks(server, mode):
    extension = Tasks()
    async with connect(server, mode, extensions=[extension]) as client:
        result = await call(client, "triage_leads", {"leads": many_leads(2000), "resultLimit": 5})
        contract.expect_batch(contract.expect_text_twin(result), 2000, 5)
        require_equal(len(extension.handles), 1, "tasks that were made")
        absent = GetTask(params=TaskParams(task_id="no-such-task"))
        await refused(client.session.send_request(absent, TaskState), -32602, "an unknown task")


if __name__ == "__main__":
    harness.main("mcp-2.3", modes=("legacy", "auto", "2026-07-28"))
