"""What browser and server say to each other over a session's WebSocket, as far as access needs."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress

from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

MAX_FILES = 100_000  # addresses of files that are remembered; the oldest are forgotten

# What a user's browser may ask of the server. Not among it: clearing the caches, which are
# everybody's, and what Streamlit offers to developers.
USER_MESSAGES = frozenset(
    {"rerun_script", "stop_script", "file_urls_request", "app_heartbeat"}
    | {"deferred_file", "dataframe_chunk"}
)
# What draws the page that says how to get in.
STRANGER_MESSAGES = frozenset({"rerun_script", "app_heartbeat"})

_ASSETS = "/static/media/"  # Streamlit's own fonts and images, which every page is drawn with
_MEDIA = re.compile(r"/media/([0-9a-f]{32})")


class Request:
    """A message from the browser; without a kind if it is none that a browser sends."""

    def __init__(self, content: bytes) -> None:
        self._message = BackMsg()
        with suppress(DecodeError):
            self._message.ParseFromString(content)

    @property
    def kind(self) -> str:
        """What is requested, by the name of its field."""
        kind = self._message.WhichOneof("type")
        if kind == "backend_operation_request":
            return self._message.backend_operation_request.WhichOneof("payload") or ""
        return kind or ""

    @property
    def deferred_file(self) -> str | None:
        """The id of the file that the server is asked to make, if this asks for one."""
        if self.kind != "deferred_file":
            return None
        return str(self._message.backend_operation_request.deferred_file.file_id)


class SentFiles:
    """Remembers to which sign-in the address of a file was sent; nobody else may fetch it.

    A sign-in of None stands for everybody: what is on a page that anybody may open.
    """

    def __init__(self) -> None:
        self._sent: OrderedDict[tuple[str | None, str], None] = OrderedDict()

    def add(self, sign_in: str | None, content: bytes) -> None:
        """Records the files that a message of the server names."""
        for file in _files_of(content):
            self._sent[sign_in, file] = None
            self._sent.move_to_end((sign_in, file))
        while len(self._sent) > MAX_FILES:
            self._sent.popitem(last=False)

    def includes(self, sign_in: str | None, file: str) -> bool:
        """Whether the file's address was sent to this sign-in."""
        return (sign_in, file) in self._sent


def media_file(path: str) -> str | None:
    """Returns the id of the file at a path; empty if there can be none; None if it is no media."""
    found = _MEDIA.search(path)
    if found:
        return found[1]
    return None if "/media/" not in path or _ASSETS in path else ""


def _files_of(content: bytes) -> Iterator[str]:
    """Yields the ids of files in a message of the server, of those to be made on demand too.

    Only where a browser takes an address from: other text may be what a browser has sent, and
    somebody could claim a file with it.
    """
    message = ForwardMsg.FromString(content)
    button = message.delta.new_element.download_button
    addresses = [
        button.url,
        *(image.url for image in message.delta.new_element.imgs.imgs),
        message.logo.image,
        message.logo.icon_image,
        message.page_config_changed.favicon,
        message.backend_operation_response.deferred_file.url,
    ]
    yield from filter(None, map(media_file, addresses))
    if button.deferred_file_id:
        yield button.deferred_file_id
