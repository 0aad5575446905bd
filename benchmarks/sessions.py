"""A session of a Streamlit app without a browser, over the app's own WebSocket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from benchmarks.servers import Server

RUN_SECONDS = 300  # the longest that a run may take


class Widget(NamedTuple):
    """An element that was drawn with an id, and the fragment that draws it; "" is the page."""

    element: Any
    fragment: str


class Session:
    """An open tab: it asks for runs and waits for their end."""

    def __init__(self, socket: ClientConnection, page: str, query: str = "") -> None:
        self.received = 0  # bytes of the last run
        self.widgets: dict[str, Widget] = {}  # by id, of the last run of the page
        self.drawn: Counter[str] = Counter()  # elements and blocks of that run, by their kind
        self.failed = False  # whether the last run drew a traceback
        self._socket = socket
        self._query = query
        self._page_hash = ""
        self._runs_fragment = False
        self._values: dict[str, dict[str, Any]] = {}  # by id: the field of ``WidgetState``
        self._run(page_name=page)

    def rerun(self) -> None:
        """Runs the page again, with what was entered."""
        self._run()

    def go(self, page: str) -> None:
        """Opens another page by its address; what was entered on this one is forgotten."""
        self._page_hash, self._values, self._query = "", {}, ""
        self._run(page_name=page)

    def enter(self, label: str, **value: Any) -> None:
        """Enters a value, as a field of ``WidgetState``, for the next run."""
        self._values[self._find(label).element.id] = value

    def click(self, label: str) -> None:
        """Presses the button whose label begins so; a button of a dialog runs the dialog alone."""
        widget = self._find(label)
        self._run(fragment=widget.fragment, pressed=widget.element.id)

    def shows(self, label: str) -> bool:
        """Whether the page has an input or a button whose label begins so."""
        return any(widget.element.label.startswith(label) for widget in self.widgets.values())

    def _find(self, label: str) -> Widget:
        found = [one for one in self.widgets.values() if one.element.label.startswith(label)]
        if not found:
            labels = sorted(widget.element.label for widget in self.widgets.values())
            raise LookupError(f"The page has no {label!r}, but {labels}")
        return found[-1]

    def _run(self, *, page_name: str = "", fragment: str = "", pressed: str = "") -> None:
        message = BackMsg()
        request = message.rerun_script
        request.query_string = self._query
        request.page_name, request.page_script_hash = page_name, self._page_hash
        request.fragment_id = fragment
        for id, value in self._values.items():
            request.widget_states.widgets.add(id=id, **value)
        if pressed:
            request.widget_states.widgets.add(id=pressed, trigger_value=True)
        self._socket.send(message.SerializeToString())
        self.received, self.failed = 0, False
        self._runs_fragment = bool(fragment)
        while not self._read_message():
            pass

    def _read_message(self) -> bool:
        """Reads a message of the server; whether it is the end of the run."""
        content = self._socket.recv(timeout=RUN_SECONDS)
        assert isinstance(content, bytes)  # noqa: S101  for mypy
        self.received += len(content)
        message = ForwardMsg.FromString(content)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            if not self._runs_fragment:
                self.widgets.clear()
                self.drawn.clear()
            self._runs_fragment = False  # a run that follows is one of the page
        elif kind == "navigation":
            self._page_hash = message.navigation.page_script_hash
        elif kind == "delta":
            self._keep(message)
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        ended = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
        return kind == "script_finished" and message.script_finished in ended

    def _keep(self, message: ForwardMsg) -> None:
        new = message.delta.new_element
        kind = new.WhichOneof("type")
        drawn = kind or message.delta.add_block.WhichOneof("type")
        if drawn:
            self.drawn[drawn] += 1
        if kind == "exception":
            self.failed = True
        element: Any = getattr(new, kind) if kind else None
        if getattr(element, "id", "") and getattr(element, "label", ""):
            self.widgets[element.id] = Widget(element, message.delta.fragment_id)


@contextmanager
def open_session(server: Server, page: str = "", query: str = "") -> Iterator[Session]:
    """Opens a tab on a page of a server, by the page's address, and waits for its first run."""
    with connect(
        f"{server.url.replace('http', 'ws', 1)}/_stcore/stream",
        origin=Origin(server.url),
        subprotocols=[Subprotocol("streamlit")],
        max_size=None,
    ) as socket:
        yield Session(socket, page, query)
