"""The client of fastmcp 4 drives the server over HTTP, in each of its modes."""

from contextlib import asynccontextmanager

import fastmcp
from fastmcp.exceptions import ToolError

import contract
import harness
from contract import INGRID, WRONG
from harness import check, require, require_equal


@asynccontextmanager
async def connect(server, mode):
    """A connected client over a new process."""
    async with server.listening() as address:
        async with fastmcp.Client(f"http://{address}/mcp", mode=mode) as client:
            yield client


def plain(model):
    """A model of the library as the JSON it stands for."""
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


async def call(client, tool, arguments):
    return (await client.call_tool(tool, arguments)).structured_content


@check()
async def tools_list(server, mode):
    async with connect(server, mode) as client:
        contract.expect_tools([plain(tool) for tool in await client.list_tools()])


@check()
async def tools(server, mode):
    async with connect(server, mode) as client:
        told = await call(client, "triage_lead", INGRID)
        contract.expect_triage(told)
        found = await call(client, "get_lead", {"leadID": told["leadID"]})
        contract.expect_ingrid(found["lead"])
        try:
            await client.call_tool("triage_lead", WRONG)
        except ToolError as error:
            require(all(name in str(error) for name in WRONG), f"words of the error: {error}")
        else:
            raise harness.CheckFailed("wrong arguments were taken")


@check()
async def resources(server, mode):
    async with connect(server, mode) as client:
        lead_id = (await call(client, "triage_lead", INGRID))["leadID"]
        contract.expect_resource_lists(
            [plain(one) for one in await client.list_resources()],
            [plain(one) for one in await client.list_resource_templates()])
        contract.expect_lead_resource([plain(one) for one in await client.read_resource(f"lead://{lead_id}")], lead_id)


@check()
async def prompts(server, mode):
    async with connect(server, mode) as client:
        contract.expect_prompts([plain(one) for one in await client.list_prompts()])
        lead_id = (await call(client, "triage_lead", INGRID))["leadID"]
        prompt = plain(await client.get_prompt("qualify_lead", {"leadID": lead_id, "goal": "nurture", "tone": "formal"}))
        contract.expect_prompt(prompt["messages"], lead_id, "nurture", "formal", "nurture-cold-leads")


@check(("legacy",))
async def ping(server, mode):
    async with connect(server, mode) as client:
        require_equal(await client.ping(), True, "answer to ping")


if __name__ == "__main__":
    harness.main("fastmcp-4.1", modes=("legacy", "auto", "2026-07-28"), transports=("http",))
