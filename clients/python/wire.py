"""What really went over the wire, beside what a client library made of it.

The libraries forgive much: both take the answer `"1"` for the request `1`, one takes results without
`resultType`. So every check also looks at the messages themselves, as they pass between library and
process.
"""

from contextlib import asynccontextmanager

import anyio

MODERN_KEY = "io.modelcontextprotocol/protocolVersion"


class Wire:
    """Records both directions and finds what breaks the protocol's rules."""

    def __init__(self):
        self.sent = []
        self.received = []
        self.problems = []
        self._arrival = anyio.Event()
        self._requests = {}
        self._answered = set()
        self._progress = {}
        self._capabilities = {}

    def outgoing(self, message):
        self.sent.append(message)
        self._signal()
        if "method" in message and "id" in message:
            self._requests[_key(message["id"])] = message
            meta = _meta(message)
            if "progressToken" in meta:
                self._progress[_key(meta["progressToken"])] = (message["id"], None)
            if message["method"] == "initialize":
                self._capabilities = message["params"].get("capabilities", {})

    def incoming(self, message):
        self.received.append(message)
        if "method" not in message:
            self._check_response(message)
        elif "id" in message:
            self._check_request(message)
        elif message["method"] == "notifications/progress":
            self._check_progress(message["params"])
        self._signal()

    def _signal(self):
        self._arrival.set()
        self._arrival = anyio.Event()

    def unreadable(self, error):
        self.problems.append(f"the client could not read a message: {_short(error)}")

    def _check_response(self, message):
        key = _key(message.get("id"))
        request = self._requests.get(key)
        if request is None:
            self.problems.append(f"answer with the id {message.get('id')!r}, which no request has")
            return
        if key in self._answered:
            self.problems.append(f"second answer to request {message['id']!r} ({request['method']})")
        self._answered.add(key)
        if "result" not in message:
            return
        modern = MODERN_KEY in _meta(request)
        kind = message["result"].get("resultType")
        if modern and not isinstance(kind, str):
            self.problems.append(f"result of {request['method']} has no resultType")
        if not modern and kind is not None:
            self.problems.append(f"legacy result of {request['method']} has a resultType")

    def _check_request(self, message):
        if any(MODERN_KEY in _meta(request) for request in self._requests.values()):
            self.problems.append(f"the server sent the request {message['method']} to a modern client")
            return
        needed = {
            "sampling/createMessage": "sampling",
            "elicitation/create": "elicitation",
            "roots/list": "roots",
        }.get(message["method"])
        if needed and self._capabilities.get(needed) is None:
            self.problems.append(f"{message['method']} without the client's capability {needed}")

    def _check_progress(self, params):
        key = _key(params.get("progressToken"))
        if key not in self._progress:
            self.problems.append(f"progress with the token {params.get('progressToken')!r}, which nobody sent")
            return
        request, before = self._progress[key]
        if _key(request) in self._answered:
            self.problems.append(f"progress after the answer to request {request!r}")
        if before is not None and not params["progress"] > before:
            self.problems.append(f"progress went from {before} to {params['progress']}")
        self._progress[key] = (request, params["progress"])

    def last_request(self, method):
        """The id of the latest request with this method."""
        return next(m["id"] for m in reversed(self.sent) if m.get("method") == method and "id" in m)

    def answer(self, request):
        """The answer to a request, if it has arrived."""
        return next(
            (m for m in self.received if "method" not in m and _key(m.get("id")) == _key(request)), None
        )

    async def until(self, wanted, within=5.0):
        """Waits for a received message that `wanted` accepts, earlier ones included."""
        return await self._until(self.received, wanted, within)

    async def until_sent(self, wanted, within=5.0):
        """Waits for a sent message that `wanted` accepts, earlier ones included."""
        return await self._until(self.sent, wanted, within)

    async def _until(self, messages, wanted, within):
        seen = 0
        with anyio.fail_after(within):
            while True:
                arrival = self._arrival
                while seen < len(messages):
                    message = messages[seen]
                    seen += 1
                    if wanted(message):
                        return message
                await arrival.wait()


@asynccontextmanager
async def recorded(transport, wire, to_json):
    """The transport's two streams, with everything that passes through them told to `wire`."""
    async with transport as streams:
        # The transport over HTTP of one library yields a third value.
        reader, writer = streams[:2]
        yield _Reader(reader, wire, to_json), _Writer(writer, wire, to_json)


class _Stream:
    def __init__(self, inner, wire, to_json):
        self._inner = inner
        self._wire = wire
        self._to_json = to_json

    async def aclose(self):
        await self._inner.aclose()

    async def __aenter__(self):
        await self._inner.__aenter__()
        return self

    async def __aexit__(self, *details):
        return await self._inner.__aexit__(*details)


class _Reader(_Stream):
    async def receive(self):
        item = await self._inner.receive()
        if isinstance(item, Exception):
            self._wire.unreadable(item)
        else:
            self._wire.incoming(self._to_json(item.message))
        return item

    def __aiter__(self):
        return self

    async def __anext__(self):
        try:
            return await self.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None


class _Writer(_Stream):
    async def send(self, item):
        self._wire.outgoing(self._to_json(item.message))
        await self._inner.send(item)


def _key(identifier):
    return type(identifier).__name__, identifier


def _meta(message):
    return (message.get("params") or {}).get("_meta") or {}


def _short(value):
    text = " ".join(str(value).split())
    return text if len(text) <= 300 else text[:300] + "…"
