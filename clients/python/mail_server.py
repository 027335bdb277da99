"""A real SMTP server for the tests. Prints its port, then each mail as one line of JSON, as Python's e-mail package
reads it. With a certificate STARTTLS and AUTH are required, without one neither is known.

Usage: mail_server.py [--pause SECONDS] [CERTIFICATE KEY USER PASSWORD]

A pause lies between printing a mail and saying that it is taken.
"""

import argparse
import asyncio
import email
import email.policy
import json
import ssl
import sys
import time

from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import AuthResult


class Mails:
    def __init__(self, pause):
        self.pause = pause

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = {}
        defects = [str(defect) for defect in mail.defects]
        for part in mail.walk():
            defects += [str(defect) for defect in part.defects]
            if not part.is_multipart():
                parts[part.get_content_type()] = part.get_content()
        for name in mail.keys():
            defects += [f"{name}: {defect}" for defect in mail[name].defects]
        line = {
            "sender": envelope.mail_from,
            "recipients": envelope.rcpt_tos,
            "headers": [[name, str(value)] for name, value in mail.items()],
            "displayName": mail["from"].addresses[0].display_name,
            "date": mail["date"].datetime.isoformat(),
            "parts": parts,
            "defects": defects,
            "longestLine": max(map(len, envelope.content.split(b"\r\n"))),
            "user": session.auth_data,
            "isProtected": session.ssl is not None,
            "arrivedAt": time.time(),
        }
        print(json.dumps(line), flush=True)
        await asyncio.sleep(self.pause)
        return "250 2.0.0 queued"


def protected(certificate, key, user, password):
    """What makes a server ask for STARTTLS and AUTH."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def authenticate(server, session, envelope, mechanism, data):
        known = data.login == user.encode() and data.password == password.encode()
        return AuthResult(success=known, auth_data=user if known else None)

    return {
        "tls_context": context, "require_starttls": True, "authenticator": authenticate, "auth_required": True}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pause", type=float, default=0)
    parser.add_argument("protection", nargs="*", metavar="CERTIFICATE KEY USER PASSWORD")
    options = parser.parse_args()
    loop = asyncio.new_event_loop()
    controller = UnthreadedController(
        Mails(options.pause), hostname="127.0.0.1", port=0, loop=loop,
        **(protected(*options.protection) if options.protection else {}))
    controller.begin()
    print(controller.server.sockets[0].getsockname()[1], flush=True)
    # Until whoever started it closes its end.
    loop.run_until_complete(loop.run_in_executor(None, sys.stdin.read))
    controller.end()


main()
