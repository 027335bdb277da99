"""What schemathesis does to the requests that it makes up."""

import schemathesis


@schemathesis.hook("map_body").apply_to(path="/api/v1/work/claims")
def without_waiting(context, body):
    """Nobody enqueues work meanwhile: up to 30 s would be waited for nothing."""
    if isinstance(body, dict):
        body.pop("waitSeconds", None)
    return body
