"""What a program sends to the app's server: requests with any header, and a session's messages."""

import json
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import (
    create_signed_value,
    generate_xsrf_token_string,
)
from websockets.sync.client import ClientConnection, connect

from leadiq_sandbox import Sandbox

COOKIE_SECRET = "c" * 40
STREAM = "/_stcore/stream"
AUTH = f"""LEADIQ_ALLOWED_USERS = "acme.example"
LEADIQ_ALLOWED_HOSTS = "console.acme.example"
[auth]
redirect_uri = "http://127.0.0.1/oauth2callback"
cookie_secret = "{COOKIE_SECRET}"
client_id = "x"
client_secret = "x"
server_metadata_url = "http://127.0.0.1:9/x"
"""


class App(NamedTuple):
    """A running app, and what it stands on."""

    url: str
    server: Sandbox
    home: Path
    signs_in: bool

    @property
    def host(self) -> str:
        """Its own name and port."""
        return urlsplit(self.url).netloc


class Answer(NamedTuple):
    """The server's answer to one request; names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    text: str


def send(app: App, path: str, headers: dict[str, str] | None = None, method: str = "GET") -> Answer:
    """Sends a request with exactly these headers, and Host unless it is among them."""
    connection = HTTPConnection(app.host)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in {"Host": app.host, **(headers or {})}.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        fields = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, fields, answer.read().decode("utf-8", "replace"))
    finally:
        connection.close()


def handshake(app: App, headers: dict[str, str]) -> Answer:
    """Asks for a session's WebSocket; 101 if it is opened."""
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    return send(app, STREAM, {**upgrade, **headers})


XSRF = generate_xsrf_token_string()


def claims_of(app: App, email: str, sign_in: int = 1) -> str:
    """What the cookie of somebody whom the provider has let in says, as JSON."""
    claims = {"email": email, "email_verified": True, "iat": sign_in}
    return json.dumps({**claims, "is_logged_in": True, "origin": app.url})


def cookie_of(app: App, email: str, sign_in: int = 1) -> str:
    """The cookies of somebody whom the provider has let in, as Streamlit signs them."""
    content = claims_of(app, email, sign_in)
    signed = create_signed_value(COOKIE_SECRET, "_streamlit_user", content)
    return f"_streamlit_user={signed.decode()}; _streamlit_xsrf={XSRF}"


def session(app: App, cookie: str = "", earlier: str = "") -> ClientConnection:
    """Opens a session's WebSocket, or resumes the ``earlier`` one, as a browser does."""
    protocols = ["streamlit", XSRF, *([earlier] if earlier else [])]
    return connect(
        f"ws://{app.host}{STREAM}",
        origin=app.url,  # type: ignore[arg-type]
        subprotocols=protocols,  # type: ignore[arg-type]
        additional_headers={"Cookie": cookie} if cookie else None,
        max_size=None,
    )


def messages_of(
    socket: ClientConnection, request: BackMsg, *, answered_by: str | None = None
) -> list[ForwardMsg]:
    """Sends a message, then asks for a run; returns what the server says until its end.

    What is ``answered_by`` a kind of message is sent alone, and its answer waited for: a run would
    take away the file that is being made.
    """
    socket.send(request.SerializeToString())
    if answered_by is None:
        run = BackMsg()
        run.rerun_script.page_name = ""
        socket.send(run.SerializeToString())
    messages: list[ForwardMsg] = []
    missing = {answered_by or "script_finished"}
    while missing:
        content = socket.recv(timeout=180)
        assert isinstance(content, bytes)
        messages.append(ForwardMsg.FromString(content))
        missing -= {messages[-1].WhichOneof("type")}
    return messages


def run(socket: ClientConnection) -> list[ForwardMsg]:
    """Runs the page as a whole; returns what the server says."""
    return messages_of(socket, BackMsg(app_heartbeat=True))


def session_id(messages: list[ForwardMsg]) -> str:
    """The id that a session would be resumed by."""
    started = [message for message in messages if message.WhichOneof("type") == "new_session"]
    return str(started[0].new_session.initialize.session_id)


def words(messages: list[ForwardMsg]) -> str:
    """Everything that was drawn, as text."""
    return "\n".join(map(str, messages))
