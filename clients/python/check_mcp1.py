"""The official Python client 1.30 (legacy era) drives the server over stdio, HTTP and WebSocket."""

import json
import time
from contextlib import asynccontextmanager

import anyio
import mcp.types as types
from mcp import ClientSession, McpError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.client.websocket import websocket_client
from pydantic import AnyUrl

import contract
import harness
from contract import INGRID, WRONG, changed, many_leads
from harness import check, require, require_equal
from wire import recorded


@asynccontextmanager
async def connect(server, **callbacks):
    """An initialized session over a new process."""
    async with opened(server) as transport:
        streams = recorded(transport, server.wire, plain)
        async with streams as (reader, writer), ClientSession(reader, writer, **callbacks) as session:
            await session.initialize()
            yield session


@asynccontextmanager
async def opened(server):
    """The library's own transport to a new process."""
    if server.transport == "stdio":
        parameters = StdioServerParameters(
            command=server.command, args=server.arguments, env=server.environment, cwd=server.folder
        )
        yield stdio_client(parameters, errlog=server.log)
        return
    async with server.listening() as address:
        if server.transport == "ws":
            yield websocket_client(f"ws://{address}/mcp")
        else:
            yield streamable_http_client(f"http://{address}/mcp")


def plain(model):
    """A model of the library as the JSON it stands for."""
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


async def call(session, tool, arguments, **options):
    return plain(await session.call_tool(tool, arguments, **options))


async def triage(session, **fields):
    return contract.expect_text_twin(await call(session, "triage_lead", fields))


async def refused(awaitable, code, what):
    """The call ends with a JSON-RPC error of this code."""
    try:
        result = await awaitable
    except McpError as error:
        require_equal(error.error.code, code, f"code for {what} ({error.error.message})")
        return error.error
    raise harness.CheckFailed(f"{what}: expected the error {code}, found {str(result)[:300]}")


@check()
async def initialize(server):
    async with connect(server) as session:
        answer = server.wire.answer(server.wire.last_request("initialize"))["result"]
        require_equal(answer["protocolVersion"], "2025-11-25", "protocolVersion")
        require_equal(answer["serverInfo"]["name"], "leadrelay", "serverInfo.name")
        require(answer["serverInfo"]["version"], "empty version")
        require(answer.get("instructions"), "no instructions")
        offered = answer["capabilities"]
        for name in ("tools", "resources", "prompts", "completions", "logging"):
            require(isinstance(offered.get(name), dict), f"capability {name}: {offered.get(name)!r}")
        require_equal(offered["resources"].get("subscribe"), True, "resources.subscribe")
        require("tasks" not in offered, "the experimental core tasks are declared")
        pong = plain(await session.send_ping())
        require_equal(pong, {}, "ping")
        require_equal(server.wire.answer(server.wire.last_request("ping"))["result"], {}, "ping on the wire")


@check()
async def tools_list(server):
    async with connect(server) as session:
        first = plain(await session.list_tools())
        contract.expect_tools(first["tools"])
        second = plain(await session.list_tools())
        require_equal([t["name"] for t in second["tools"]], [t["name"] for t in first["tools"]], "order of the tools")
        await refused(session.list_tools(params=types.PaginatedRequestParams(cursor="garbage")), -32602, "a garbage cursor")


@check()
async def triage_lead(server):
    async with connect(server) as session:
        first = await triage(session, **INGRID)
        contract.expect_triage(first)
        require_equal(first["calibrated"], False, "calibrated without any outcome")
        require_equal(first["intent"], "demo_request", "intent")
        require_equal(first["duplicates"], [], "duplicates of the first lead")
        twin = await triage(session, email="Ingrid.Solberg+work@FJORDPAY.example", name="I. Solberg")
        contract.expect_triage(twin)
        require({"leadID": first["leadID"], "reason": "email"} in twin["duplicates"], f"duplicates {twin['duplicates']}")
        again = await triage(session, leadID=first["leadID"], jobTitle="Intern", message="How do I reset my password?", intent="support")
        contract.expect_triage(again, is_new=False)
        require_equal(again["intent"], "support", "intent that was given")
        require(again["score"] < first["score"], f"an intern asking for support scores {again['score']}, before {first['score']}")
        poor = await triage(session, email="someone@gmail.example", message="Are you hiring? I'd like to apply for a job")
        contract.expect_triage(poor)
        require(poor["score"] < first["score"], f"a job application scores {poor['score']}, a demo request {first['score']}")


@check()
async def invalid_arguments(server):
    async with connect(server) as session:
        contract.expect_tool_error(await call(session, "triage_lead", WRONG), *WRONG)
        contract.expect_tool_error(await call(session, "triage_lead", {}))
        contract.expect_tool_error(await call(session, "get_lead", {"interactions": 101}), "leadID", "interactions", "100")
        contract.expect_tool_error(await call(session, "get_lead", {"leadID": "L404"}), "L404")
        contract.expect_tool_error(await call(session, "triage_lead", {"leadID": "L404", "region": "EU"}), "lead")
        error = await refused(session.call_tool("no_such_tool", {}), -32602, "an unknown tool")
        require("no_such_tool" in error.message, f"the error does not name the tool: {error.message!r}")
        found = contract.expect_text_twin(await call(session, "search_leads", {}))
        require_equal(found["total"], 0, "leads stored by refused calls")


@check()
async def get_lead(server):
    async with connect(server) as session:
        done = await triage(session, **INGRID)
        lead_id = done["leadID"]
        for name in ("INT-1", "INT-2", "INT-2"):
            stored = contract.expect_text_twin(await call(session, "record_interaction", {
                "interactionID": name, "leadID": lead_id, "channel": "email", "kind": "email_click",
                "occurredAt": f"2025-03-02T10:00:0{name[-1]}Z", "metadata": {"url": "https://fjordpay.example/a?b=1"}}))
        require_equal(stored["recorded"], False, "recorded, the second time")
        found = contract.expect_text_twin(await call(session, "get_lead", {"leadID": lead_id, "interactions": 1}))
        contract.expect_ingrid(changed(found["lead"]))
        require_equal(found["lead"]["id"], lead_id, "lead.id")
        require_equal(found["triage"]["score"], done["score"], "score in the latest triage")
        require_equal([i["id"] for i in found["interactions"]], ["INT-2"], "the latest interaction")
        require_equal(found["lead"]["lastActiveAt"], "2025-03-02T10:00:02Z", "lastActiveAt")
        require("outcome" not in found, "an outcome that nobody recorded")


@check()
async def search_leads(server):
    async with connect(server) as session:
        for lead in many_leads(7):
            await triage(session, **lead)
        seen, cursor, pages = [], None, 0
        while True:
            arguments = {"limit": 3, "order": "score_desc", **({"cursor": cursor} if cursor else {})}
            page = contract.expect_text_twin(await call(session, "search_leads", arguments))
            require_equal(page["total"], 7, "total")
            seen += page["leads"]
            pages += 1
            cursor = page.get("nextCursor")
            if cursor is None or pages > 3:
                break
        require_equal(pages, 3, "pages of three for seven leads")
        require_equal(len({lead["leadID"] for lead in seen}), 7, "different leads on all pages")
        scores = [lead["score"] for lead in seen]
        require_equal(scores, sorted(scores, reverse=True), "order by score")
        contract.expect_tool_error(await call(session, "search_leads", {"cursor": "garbage"}), "cursor")
        found = contract.expect_text_twin(await call(session, "search_leads", {"industry": "fintech", "text": "comp"}))
        require_equal(found["total"], 2, "leads of the industry, whatever its case")
        found = contract.expect_text_twin(await call(session, "search_leads", {"text": "a5"}))
        require_equal([lead["name"] for lead in found["leads"]], ["Person a5"], "leads by a word")


@check()
async def progress(server):
    steps = []

    async def progress(value, total, message):
        steps.append((value, total))

    async with connect(server) as session:
        result = contract.expect_text_twin(await call(
            session, "triage_leads", {"leads": many_leads(300), "resultLimit": 5}, progress_callback=progress))
        contract.expect_batch(result, 300, 5)
        contract.expect_progress(steps, 300)
        mixed = contract.expect_text_twin(await call(session, "triage_leads", {"leads": [INGRID, WRONG]}))
        require_equal((mixed["triaged"], mixed["failed"]), (1, 1), "triaged and failed")
        require_equal(mixed["failures"][0]["index"], 1, "index of the failure")
        errors = json.dumps(mixed["failures"][0]["errors"])
        require(all(name in errors for name in WRONG), f"errors of the failure: {errors}")


@check()
async def cancel(server):
    started = anyio.Event()

    async def progress(value, total, message):
        started.set()

    async with connect(server) as session, anyio.create_task_group() as group:
        began = time.monotonic()
        await call(session, "triage_leads", {"leads": many_leads(500, "control"), "resultLimit": 0})
        pace = (time.monotonic() - began) / 500

        async def run():
            # The library keeps waiting for the answer, which a cancelled call gets over HTTP only.
            asked = session.call_tool("triage_leads", {"leads": many_leads(10_000), "resultLimit": 0}, progress_callback=progress)
            await refused(asked, -32800, "a cancelled call")

        group.start_soon(run)
        with anyio.fail_after(10):
            await started.wait()
        request = server.wire.last_request("tools/call")
        await session.send_notification(types.ClientNotification(types.CancelledNotification(
            params=types.CancelledNotificationParams(requestId=request, reason="changed my mind"))))
        await expect_cancelled(server, session, request, pace)
        group.cancel_scope.cancel()


async def expect_cancelled(server, session, request, pace):
    """The server is free at once, stores no more, and never answers."""
    began = time.monotonic()
    await session.send_ping()
    require(time.monotonic() - began < 1, "the call after the cancelled one waited")
    counted = (await stored_leads(session)) - 500
    require(counted < 10_000, "all leads were stored in spite of the cancellation")
    # As long as the whole call would have taken, within the time a check has.
    with anyio.move_on_after(min(max(10_000 * pace * 1.5, 1), 6)):
        await server.wire.until(lambda m: "method" not in m and m.get("id") == request, within=20)
    answer = server.wire.answer(request)
    if server.transport == "http":
        # A stream of this era ends with an answer, even to what nobody waits for.
        require_equal((answer or {}).get("error", {}).get("code"), -32800, "answer to a cancelled request")
    else:
        require(answer is None, "a cancelled request was answered")
    later = (await stored_leads(session)) - 500
    # What was being stored at that moment may stay.
    require(later - counted <= 64, f"{later - counted} leads were stored after the cancellation")


async def stored_leads(session):
    return contract.expect_text_twin(await call(session, "search_leads", {"limit": 1}))["total"]


@check()
async def resources(server):
    async with connect(server) as session:
        contract.expect_resource_lists(
            plain(await session.list_resources())["resources"],
            plain(await session.list_resource_templates())["resourceTemplates"])
        lead_id = (await triage(session, **INGRID))["leadID"]

        async def read(uri):
            return plain(await session.read_resource(AnyUrl(uri)))["contents"]

        contract.expect_lead_resource(await read(f"lead://{lead_id}"), lead_id)
        contract.expect_summary_resource(await read("dataset://summary"), 1)
        contract.expect_playbook_resource(await read(f"playbook://{contract.PLAYBOOK}"))
        for uri in ("lead://L404", "playbook://none", "nothing://here"):
            error = await refused(session.read_resource(AnyUrl(uri)), -32002, f"reading {uri}")
            require_equal((error.data or {}).get("uri"), uri, "data.uri of the error")


@check()
async def subscribe(server):
    updates, updated = [], anyio.Event()

    async def receive(message):
        if isinstance(message, types.ServerNotification) and isinstance(message.root, types.ResourceUpdatedNotification):
            updates.append(str(message.root.params.uri))
            updated.set()

    async with connect(server, message_handler=receive) as session:
        lead_id = (await triage(session, **INGRID))["leadID"]
        uri = f"lead://{lead_id}"
        interaction = {"leadID": lead_id, "channel": "web", "kind": "site_visit"}
        require_equal(plain(await session.subscribe_resource(AnyUrl(uri))), {}, "answer to the subscription")
        await call(session, "record_interaction", interaction)
        with anyio.fail_after(5):
            await updated.wait()
        require_equal(set(updates), {uri}, "resources reported as updated")
        await session.unsubscribe_resource(AnyUrl(uri))
        await session.send_ping()
        before = len(updates)
        await call(session, "record_interaction", interaction)
        await session.send_ping()
        require_equal(len(updates), before, "updates after the end of the subscription")


@check()
async def prompts(server):
    async with connect(server) as session:
        contract.expect_prompts(plain(await session.list_prompts())["prompts"])
        lead_id = (await triage(session, **INGRID))["leadID"]
        prompt = plain(await session.get_prompt("qualify_lead", {"leadID": lead_id, "goal": "nurture", "tone": "formal"}))
        contract.expect_prompt(prompt["messages"], lead_id, "nurture", "formal", "nurture-cold-leads")
        await refused(session.get_prompt("qualify_lead", {"goal": "demo"}), -32602, "a missing required argument")
        await refused(session.get_prompt("qualify_lead", {"leadID": lead_id, "goal": "dance"}), -32602, "an unknown goal")
        await refused(session.get_prompt("no_such_prompt", {}), -32602, "an unknown prompt")


@check()
async def completion(server):
    async with connect(server) as session:
        lead_id = (await triage(session, **INGRID))["leadID"]
        await triage(session, email="other@example.org")
        prompt = types.PromptReference(type="ref/prompt", name="qualify_lead")

        async def complete(name, value, ref=prompt):
            return plain(await session.complete(ref, {"name": name, "value": value}))["completion"]

        require_equal((await complete("leadID", lead_id))["values"], [lead_id], "leads by a beginning")
        require(lead_id in (await complete("leadID", ""))["values"], "leads without a beginning")
        require_equal((await complete("goal", "d"))["values"], ["demo", "disqualify"], "goals with d")
        require_equal((await complete("goal", "x"))["values"], [], "goals with x")
        await refused(complete("colour", ""), -32602, "an unknown argument")
        unknown = types.PromptReference(type="ref/prompt", name="no_such_prompt")
        await refused(complete("goal", "", unknown), -32602, "an unknown prompt")


@check()
async def elicitation(server):
    asked, answers = [], []

    async def answer(context, params):
        asked.append(plain(params))
        return answers.pop(0)

    async with connect(server, elicitation_callback=answer) as session:
        lead_id = (await triage(session, **INGRID))["leadID"]
        won = {"leadID": lead_id, "disposition": "converted", "conversionType": "purchase",
               "value": {"amount": 1200.5, "currency": "EUR"}, "occurredAt": "2025-03-03T12:00:00Z"}
        lost = {"leadID": lead_id, "disposition": "lost", "reason": "budget"}
        first = contract.expect_text_twin(await call(session, "record_outcome", won))
        require_equal((first["status"], first["recorded"], first["replaced"]), ("converted", True, False), "first outcome")
        same = contract.expect_text_twin(await call(session, "record_outcome", won))
        require_equal(same["recorded"], False, "recorded, the second time")
        require_equal(asked, [], "questions so far")
        answers.append(types.ElicitResult(action="decline"))
        declined = await call(session, "record_outcome", lost)
        require_equal(len(asked), 1, "questions to the user")
        schema = asked[0]["requestedSchema"]
        require(schema["type"] == "object" and schema["properties"], f"requestedSchema {schema}")
        contract.expect_tool_error(declined, "converted")
        kept = contract.expect_text_twin(await call(session, "get_lead", {"leadID": lead_id}))
        require_equal(kept["outcome"]["disposition"], "converted", "outcome after the refusal")
        answers.append(types.ElicitResult(action="accept", content=contract.accepting(schema)))
        accepted = contract.expect_text_twin(await call(session, "record_outcome", lost))
        require_equal((accepted["status"], accepted["replaced"]), ("unqualified", True), "outcome after the consent")
        kept = contract.expect_text_twin(await call(session, "get_lead", {"leadID": lead_id}))
        require_equal(kept["outcome"]["disposition"], "lost", "outcome after the consent")


@check()
async def elicitation_not_offered(server):
    async with connect(server) as session:
        lead_id = (await triage(session, **INGRID))["leadID"]
        await call(session, "record_outcome", {"leadID": lead_id, "disposition": "converted"})
        lost = {"leadID": lead_id, "disposition": "lost"}
        contract.expect_tool_error(await call(session, "record_outcome", lost), "replace")
        forced = contract.expect_text_twin(await call(session, "record_outcome", {**lost, "replace": True}))
        require_equal((forced["status"], forced["replaced"]), ("unqualified", True), "outcome by replace")


@check()
async def sampling(server):
    asked, replies = [], ["support", "a riddle"]

    async def sample(context, params):
        asked.append(plain(params))
        text = types.TextContent(type="text", text=replies.pop(0))
        return types.CreateMessageResult(role="assistant", content=text, model="test-model", stopReason="endTurn")

    async with connect(server, sampling_callback=sample) as session:
        lead = changed(INGRID, message="Grüße! Can your people look at our questionnaire?")
        told = await triage(session, **lead, interpretMessage=True)
        require_equal(told["intent"], "support", "intent by the host's model")
        require(lead["message"] in json.dumps(asked[0], ensure_ascii=False), "the model was not shown the message")
        require(asked[0]["maxTokens"] >= 1, f"maxTokens {asked[0]['maxTokens']}")
        unclear = await triage(session, email="b@example.org", message="I want a demo", interpretMessage=True)
        require_equal(unclear["intent"], "demo_request", "intent by keywords after an unusable reply")
        require_equal(len(asked), 2, "questions to the model")
        given = await triage(session, email="c@example.org", message="I want a demo", intent="pricing", interpretMessage=True)
        require_equal((given["intent"], len(asked)), ("pricing", 2), "intent that was given, without a question")


@check()
async def sampling_not_offered(server):
    async with connect(server) as session:
        done = await triage(session, email="b@example.org", message="What does it cost?", interpretMessage=True)
        require_equal(done["intent"], "pricing", "intent by keywords")


@check()
async def logging(server):
    levels = []

    async def log(params):
        levels.append(params.level)

    async with connect(server, logging_callback=log) as session:
        require_equal(plain(await session.set_logging_level("error")), {}, "answer to setLevel")
        await triage(session, **INGRID)
        await session.send_ping()
        quiet = [level for level in levels if level in ("debug", "info", "notice", "warning")]
        require_equal(quiet, [], "messages below the level")


@check()
async def concurrency(server):
    results = {}

    async with connect(server) as session:
        async def one(number, lead):
            results[number] = await triage(session, **lead)

        async with anyio.create_task_group() as group:
            for number, lead in enumerate(many_leads(32)):
                group.start_soon(one, number, lead)
        require_equal(len({r["leadID"] for r in results.values()}), 32, "different leads")
        for number, result in results.items():
            contract.expect_triage(result)
            found = contract.expect_text_twin(await call(session, "get_lead", {"leadID": result["leadID"]}))
            require_equal(found["lead"]["contact"]["name"], f"Person a{number}", "the answer to this call")


@check()
async def restart(server):
    async with connect(server) as session:
        lead_id = (await triage(session, **INGRID))["leadID"]
    async with connect(server.again()) as session:
        found = contract.expect_text_twin(await call(session, "get_lead", {"leadID": lead_id}))
        contract.expect_ingrid(found["lead"])


if __name__ == "__main__":
    harness.main("mcp-1.30")
