"""A mail server of a few lines, which keeps what it is given."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Box:
    """Where the server listens, and the letters it took."""

    port: int
    letters: list[EmailMessage] = field(default_factory=list)
    refuses: str = ""
    """An address for which the server takes nothing."""


class _Conversation(socketserver.StreamRequestHandler):
    """One client's session: greeting, recipients, the letter, goodbye."""

    box: Box

    def handle(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline():
            word = line.decode("ascii").strip()
            verb = word[:4].upper()
            if verb == "DATA":
                self._take()
            elif verb == "RCPT" and self.box.refuses and self.box.refuses in word:
                self._say("550 nobody here of that name")
            elif verb == "QUIT":
                self._say("221 goodbye")
                return
            else:
                self._say("250 fine")

    def _take(self) -> None:
        self._say("354 go on")
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        letter = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.box.letters.append(letter)
        self._say("250 kept")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode("ascii"))


@contextmanager
def mail_server() -> Iterator[Box]:
    """A server on a free port of this machine, for as long as the block lasts."""
    box = Box(0)

    class Conversation(_Conversation):
        """The conversations of this server."""

    Conversation.box = box
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
