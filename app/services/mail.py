"""Sending a letter by the office's mail server; nothing here waits long or tries again."""

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage

TIMEOUT_SECONDS = 10
TLS_PORT = 465
"""Where the connection is encrypted from the first byte; elsewhere STARTTLS is asked for."""


@dataclass(frozen=True)
class Post:
    """The mail server, and under which address the portal writes."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Letter:
    """What is written to whom."""

    to: str
    subject: str
    body: str


def send(post: Post, letter: Letter) -> None:
    """Hand the letter to the server.

    Raises OSError where the server cannot be reached, its certificate is not trusted or it does
    not take the letter, and ValueError for an address that is none. A password travels over an
    encrypted connection only.
    """
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = post.sender, letter.to, letter.subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    with _server(post) as server:
        if post.port != TLS_PORT:
            server.ehlo()
            if post.user or server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
        if post.user:
            server.login(post.user, post.password)
        server.send_message(message)


def _server(post: Post) -> smtplib.SMTP:
    if post.port == TLS_PORT:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(post.host, post.port, timeout=TIMEOUT_SECONDS, context=context)
    return smtplib.SMTP(post.host, post.port, timeout=TIMEOUT_SECONDS)
