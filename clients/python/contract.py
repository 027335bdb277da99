"""What the server owes every client, whatever library reads it: expectations on plain JSON."""

import copy
import json
import math
import re
from datetime import datetime, timedelta, timezone

from harness import REPOSITORY, require, require_equal

IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,64}")
BANDS = {"campaign_qualified": (70, 100), "cold_lead": (30, 70), "general_inquiry": (0, 30)}
PLAYBOOK = "speed-to-lead"

INGRID = {
    "name": "Ingrid Solberg",
    "email": "ingrid.solberg@fjordpay.example",
    "phone": "+47 22 12 34 56",
    "jobTitle": "VP Marketing",
    "timeZone": "Europe/Oslo",
    "company": "FjordPay",
    "domain": "fjordpay.example",
    "industry": "FinTech",
    "companySize": "201-1000",
    "source": "Referral",
    "campaignID": "CMP0007",
    "persona": "CMO",
    "region": "EU",
    "preferredChannel": "call",
    "consent": True,
    "message": "We'd like a demo for our team of twelve next week.",
    "createdAt": "2025-03-02T09:14:00Z",
    "attributes": {"utmMedium": "partner", "seats": 12, "tags": ["a", None, 1.5]},
}

WRONG = {
    "email": "not-an-address",
    "preferredChannel": "fax",
    "consent": "yes",
    "createdAt": "yesterday",
    "colour": "blue",
}


def many_leads(count, batch="a"):
    """Leads that differ, so that none is another's duplicate."""
    return [
        {
            "name": f"Person {batch}{number}",
            "email": f"person.{batch}{number}@company{number}.example",
            "company": f"Company {batch}{number}",
            "source": ("Website", "Referral", "Event", "Outbound")[number % 4],
            "industry": ("Retail", "FinTech", "Health")[number % 3],
            "message": ("Please send your price list", "Can I get a demo?", "hello")[number % 3],
        }
        for number in range(count)
    ]


def tool_files():
    """The contracts by name."""
    files = sorted((REPOSITORY / "tools-schema").glob("*.json"))
    return {tool["name"]: tool for tool in (json.loads(f.read_text(encoding="utf-8")) for f in files)}


def _outline(schema):
    """What is listed of an output schema: the members that a result always has."""
    return {member: schema[member] for member in ("type", "required") if member in schema}


def expect_tools(listed):
    """`tools/list` says what the files in tools-schema say."""
    files = tool_files()
    names = [tool["name"] for tool in listed]
    require_equal(sorted(names), sorted(files), "names of the listed tools")
    for tool in listed:
        name, wanted = tool["name"], files[tool["name"]]
        require_equal(tool.get("title"), wanted["title"], f"{name}: title")
        require_equal(tool.get("description"), wanted["description"], f"{name}: description")
        require_equal(_text(tool["inputSchema"]), _text(wanted["inputSchema"]), f"{name}: inputSchema")
        require_equal(
            _text(tool.get("outputSchema")),
            _text(_outline(wanted["outputSchema"])),
            f"{name}: outputSchema",
        )
        annotations = tool.get("annotations") or {}
        for key, value in wanted["annotations"].items():
            require_equal(annotations.get(key), value, f"{name}: annotation {key}")
        require("examples" not in tool, f"{name}: the examples belong to the file, not into the list")


def expect_text_twin(result):
    """The structured content stands in a text block too, as the same JSON."""
    require(result.get("isError") is not True, f"the tool failed: {texts(result)}")
    structured = result.get("structuredContent")
    require(isinstance(structured, dict), f"structuredContent is {structured!r}")
    blocks = [block for block in result["content"] if block["type"] == "text"]
    require(blocks, "no text block beside structuredContent")
    require_equal(_text(json.loads(blocks[0]["text"])), _text(structured), "text twin of structuredContent")
    return structured


def texts(result):
    """All text of a tool's result."""
    return "\n".join(block.get("text", "") for block in result["content"])


def expect_tool_error(result, *words):
    """A tool error whose text names all the words."""
    require(result.get("isError") is True, f"expected isError, found {_text(result)[:400]}")
    text = texts(result).lower()
    for word in words:
        require(word.lower() in text, f"the error does not name {word!r}: {texts(result)[:400]!r}")


def expect_triage(triage, is_new=True):
    """One triage result in itself: ranges, bands, and reasons that explain the probability exactly."""
    require(IDENTIFIER.fullmatch(triage["leadID"]), f"leadID {triage['leadID']!r}")
    require_equal(triage["isNew"], is_new, "isNew")
    expect_category(triage)
    probability = triage["probability"]
    require(0 < probability < 1, f"probability {probability} has no log-odds")
    require(0 <= triage["confidence"] <= 1, f"confidence {triage['confidence']}")
    fields = [reason["field"] for reason in triage["reasons"]]
    require("intercept" in fields, f"no intercept among the reasons {fields}")
    require_equal(len(set(fields)), len(fields), "number of different fields among the reasons")
    total = math.fsum(reason["contribution"] for reason in triage["reasons"])
    logit = math.log(probability / (1 - probability))
    require(abs(total - logit) < 1e-6, f"reasons add up to {total}, logit of the probability is {logit}")
    require(all(reason["text"].strip() for reason in triage["reasons"]), "a reason without text")
    cohort = triage["cohort"]
    require(cohort["conversions"] <= cohort["leads"], f"cohort {cohort}")
    require(cohort["low"] <= cohort["high"], f"cohort's interval {cohort}")
    require(set(cohort["level"]) <= {"source", "industry", "companySize", "region"}, f"cohort's level {cohort}")
    require(triage["nextAction"]["action"], "empty next action")
    require(triage["modelVersion"], "empty model version")
    require(0 <= triage["processingMilliseconds"] < 20_000, f"{triage['processingMilliseconds']} ms")
    age = datetime.now(timezone.utc) - moment(triage["triagedAt"])
    require(timedelta(seconds=-5) < age < timedelta(minutes=1), f"triagedAt {triage['triagedAt']}")


def expect_category(triage):
    """The category is the band that the score falls into."""
    low, high = BANDS[triage["category"]]
    inside = low <= triage["score"] < high or (triage["score"] == 100 == high)
    require(inside, f"score {triage['score']} in the category {triage['category']}")


def expect_ingrid(lead):
    """A stored lead has every field it came with."""
    contact, account = lead["contact"], lead["account"]
    for field in ("name", "email", "phone", "jobTitle", "timeZone"):
        require_equal(contact.get(field), INGRID[field], f"contact.{field}")
    for field in ("company", "domain", "industry", "companySize"):
        require_equal(account.get(field), INGRID[field], f"account.{field}")
    for field in ("source", "campaignID", "persona", "region", "preferredChannel", "message", "createdAt"):
        require_equal(lead.get(field), INGRID[field], field)
    require_equal(lead["hasConsent"], True, "hasConsent")
    require_equal(_text(lead["attributes"]), _text(INGRID["attributes"]), "attributes")
    require_equal(lead["status"], "new", "status")


def expect_lead_resource(contents, lead_id):
    """`lead://…` is one JSON text about that lead."""
    body = only_text(contents, f"lead://{lead_id}", "application/json")
    found = json.loads(body)
    lead = found.get("lead", found)
    require_equal(lead.get("id", lead.get("leadID")), lead_id, "the lead's name in the resource")
    require(INGRID["email"] in body, "the resource lacks the lead's e-mail address")


def expect_summary_resource(contents, leads):
    """`dataset://summary` counts what is stored."""
    summary = json.loads(only_text(contents, "dataset://summary", "application/json"))
    require(isinstance(summary.get("tables"), list), f"tables: {summary.get('tables')!r}")
    require_equal(sum(summary["categories"].values()), leads, "leads by category")


def expect_playbook_resource(contents):
    """A playbook is its file, to the byte."""
    body = only_text(contents, f"playbook://{PLAYBOOK}", "text/markdown")
    file = REPOSITORY / "resources" / "playbooks" / f"{PLAYBOOK}.md"
    require_equal(body, file.read_text(encoding="utf-8"), "text of the playbook")


def only_text(contents, uri, mime_type):
    require_equal(len(contents), 1, f"number of contents of {uri}")
    require_equal(contents[0]["uri"], uri, "uri of the contents")
    require_equal(contents[0].get("mimeType"), mime_type, f"mimeType of {uri}")
    return contents[0]["text"]


def expect_resource_lists(resources, templates):
    """The fixed resources and the template are listed."""
    uris = {resource["uri"] for resource in resources}
    wanted = {"dataset://summary"} | {
        f"playbook://{file.stem}" for file in (REPOSITORY / "resources" / "playbooks").glob("*.md")
    }
    require(wanted <= uris, f"not listed: {sorted(wanted - uris)}")
    require(all(resource.get("name") for resource in resources), "a resource without a name")
    require_equal([t["uriTemplate"] for t in templates if t["uriTemplate"].startswith("lead:")],
                  ["lead://{leadID}"], "templates of leads")


def expect_prompts(prompts):
    """`prompts/list` says what the files in resources/prompts say."""
    listed = {prompt["name"]: prompt for prompt in prompts}
    wanted = json.loads((REPOSITORY / "resources/prompts/qualify_lead.json").read_text(encoding="utf-8"))
    require("qualify_lead" in listed, f"prompts {sorted(listed)}")
    prompt = listed["qualify_lead"]
    require_equal(prompt.get("title"), wanted["title"], "title of qualify_lead")
    require_equal(prompt.get("description"), wanted["description"], "description of qualify_lead")
    found = [(a["name"], bool(a.get("required"))) for a in prompt["arguments"]]
    require_equal(found, [(a["name"], a["required"]) for a in wanted["arguments"]], "arguments of qualify_lead")


def expect_prompt(messages, lead_id, goal, tone, playbook):
    """The filled-in prompt brings the lead and the playbook along and leaves no placeholder."""
    embedded = {
        m["content"]["resource"]["uri"]: m["content"]["resource"]
        for m in messages
        if m["content"]["type"] == "resource"
    }
    require(f"lead://{lead_id}" in embedded, f"embedded resources {sorted(embedded)}")
    require(INGRID["email"] in embedded[f"lead://{lead_id}"]["text"], "the embedded lead lacks its e-mail address")
    require(f"playbook://{playbook}" in embedded, f"embedded resources {sorted(embedded)}")
    require(embedded[f"playbook://{playbook}"]["text"].startswith("# "), "the embedded playbook has no title")
    words = "\n".join(m["content"]["text"] for m in messages if m["content"]["type"] == "text")
    for part in (lead_id, goal, tone):
        require(part in words, f"the prompt's text does not name {part!r}")
    require("{{" not in words, "the prompt's text has an unfilled placeholder")


def expect_batch(result, count, limit):
    """A batch's counts agree with each other and with what was asked."""
    require_equal(result["triaged"], count, "triaged")
    require_equal(result["failed"], 0, "failed")
    require_equal(sum(result["categories"].values()), count, "leads by category")
    require_equal(len(result["results"]), min(count, limit), "results listed")
    for index, one in enumerate(result["results"]):
        require_equal(one["index"], index, "index of a result")
        expect_category(one)


def expect_progress(steps, total):
    """Progress grows, keeps its total and arrives."""
    require(len(steps) >= 2, f"{len(steps)} progress notifications")
    values = [value for value, _ in steps]
    require(all(a < b for a, b in zip(values, values[1:])), f"progress does not grow: {values}")
    require(all(t == total for _, t in steps), f"totals {[t for _, t in steps]}")
    require_equal(float(values[-1]), float(total), "last progress")


def accepting(schema):
    """Content for a form that says yes wherever it can."""
    content = {}
    for name, field in schema["properties"].items():
        if field.get("type") == "boolean":
            content[name] = True
        elif "enum" in field:
            content[name] = field["enum"][0]
        elif "oneOf" in field:
            content[name] = field["oneOf"][0]["const"]
        elif name in schema.get("required", []):
            content[name] = "confirmed"
    return content


def moment(text):
    """A point in time from RFC 3339."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def changed(lead, **fields):
    """A lead with other fields."""
    other = copy.deepcopy(lead)
    other.update(fields)
    return other


def _text(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
