"""What a session's WebSocket lets through, message by message, and which files are served."""

import hashlib
from pathlib import Path

import pytest
from streamlit import file_util
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed

from dashboard.ledger.database import Database
from dashboard.ledger.sign_outs import SignOuts
from tests.dashboard.server.driver import (
    AUTH,
    App,
    claims_of,
    cookie_of,
    handshake,
    messages_of,
    run,
    send,
    session,
    session_id,
    words,
)

CLOSED = "Sign in to use this app."


def jane(app: App, sign_in: int = 1) -> str:
    return cookie_of(app, "jane@acme.example", sign_in) if app.signs_in else ""


def deferred_files(messages: list[ForwardMsg]) -> list[str]:
    ids = [message.delta.new_element.download_button.deferred_file_id for message in messages]
    return [id for id in ids if id]


def asking_for(file: str, session: str) -> BackMsg:
    request = BackMsg()
    request.backend_operation_request.request_id = "1"
    request.backend_operation_request.session_id = session
    request.backend_operation_request.deferred_file.file_id = file
    return request


def addresses(messages: list[ForwardMsg]) -> list[str]:
    """Addresses of files that were made on demand."""
    assert messages
    urls = [message.backend_operation_response.deferred_file.url for message in messages]
    return [url for url in urls if url]


MADE = "backend_operation_response"


def test_nobody_clears_the_caches(app: App) -> None:
    with session(app, jane(app)) as user:
        assert CLOSED not in words(run(user))
        asked = len(app.server.requests)
        assert asked
        with session(app) as other:
            messages_of(other, BackMsg(clear_cache=True))
        messages_of(user, BackMsg(clear_cache=True))
        assert len(app.server.requests) == asked


def test_who_has_no_access_resumes_no_session(app: App) -> None:
    with session(app, jane(app)) as user:
        id = session_id(run(user))
    with session(app, earlier=id) as other:
        messages = run(other)
        assert (session_id(messages) == id) is not app.signs_in
        assert (CLOSED in words(messages)) is app.signs_in
    if app.signs_in:
        with session(app, jane(app), earlier=id) as user:
            assert session_id(run(user)) == id


def test_a_file_made_on_demand_is_for_the_sign_in_that_it_was_offered(app: App) -> None:
    jim = cookie_of(app, "jim@acme.example")
    with session(app, jane(app)) as user, session(app, jim) as other, session(app) as stranger:
        messages = run(user)
        id, file = session_id(messages), deferred_files(messages)[0]
        for socket in (other, stranger):
            theirs = session_id(run(socket))
            answer = None if app.signs_in else MADE
            made = addresses(messages_of(socket, asking_for(file, theirs), answered_by=answer))
            assert bool(made) is not app.signs_in
        (address,) = addresses(messages_of(user, asking_for(file, id), answered_by=MADE))
        status = {cookie: send(app, address, {"Cookie": cookie}).status for cookie in ("", jim)}
        assert set(status.values()) == ({403} if app.signs_in else {200})
        answer = send(app, address, {"Cookie": jane(app)})
        assert answer.status == 200
        assert answer.headers["cache-control"] == "no-store"


def test_what_every_page_is_drawn_with_is_for_everybody(app: App) -> None:
    static = Path(file_util.get_static_dir())
    paths = [path.relative_to(static).as_posix() for path in static.glob("static/*/*")]
    assert any(path.endswith(".woff2") for path in paths)  # the icons are a font
    answers = [send(app, f"/{path}") for path in paths]
    assert {answer.status for answer in answers} == {200}
    assert all("immutable" in answer.headers["cache-control"] for answer in answers)


def test_large_cookies_are_read(app: App) -> None:
    """A provider's tokens name all groups of a user, and make a sign-in as large as that."""
    with session(app, f"{jane(app)}; _streamlit_user_tokens={'x' * 50_000}") as user:
        assert CLOSED not in words(run(user))


def test_a_stranger_uploads_nothing(app: App) -> None:
    with session(app) as stranger:
        id = session_id(run(stranger))
        answer = send(app, f"/_stcore/upload_file/{id}/1", method="PUT")
    assert ("You may not use this app" in answer.text) is app.signs_in


def test_a_stranger_does_not_read_what_the_server_measures(app: App) -> None:
    assert (send(app, "/_stcore/metrics").status == 403) is app.signs_in
    assert send(app, "/_stcore/metrics", {"Cookie": jane(app)}).status == 200


def test_text_that_is_no_message_is_not_passed_on(app: App) -> None:
    with session(app, jane(app)) as user:
        user.send(b"\xff\xff\xff")
        user.send("text")
        assert run(user)


@pytest.mark.parametrize("app", [AUTH], indirect=True)
def test_signing_out_ends_all_sessions_of_the_cookie(app: App) -> None:
    ended, kept = jane(app, sign_in=7), jane(app, sign_in=8)
    with session(app, ended) as tab, session(app, ended) as copy, session(app, kept) as other:
        for socket in (tab, copy, other):
            assert CLOSED not in words(run(socket))
        assert send(app, "/auth/logout", {"Cookie": ended}).status == 302
        for socket in (tab, copy):
            with pytest.raises(ConnectionClosed) as closed:
                run(socket)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1008
        assert CLOSED not in words(run(other))
    user, _, xsrf = ended.partition("; ")
    hidden = f'_streamlit_xsrf="x\\073 {user}"'  # \073 is a semicolon
    for cookie in (ended, f"{xsrf};{user}", f"a=b;\t{user}", hidden):
        with session(app, cookie) as late:
            assert CLOSED in words(run(late))


@pytest.mark.parametrize("app", [AUTH], indirect=True)
def test_an_address_that_only_ends_like_signing_out_ends_nothing(app: App) -> None:
    cookie = jane(app, sign_in=9)
    for path in ("/people/auth/logout", "/auth/logout/now"):
        assert send(app, path, {"Cookie": cookie}).status == 200
    assert send(app, "/auth/logout", {"Cookie": cookie}, method="POST").status == 405
    with session(app, cookie) as socket:
        assert CLOSED not in words(run(socket))


@pytest.mark.parametrize("app", [AUTH], indirect=True)
def test_no_one_claims_a_file_by_naming_it(app: App) -> None:
    with session(app, jane(app)) as user, session(app) as stranger:
        messages = run(user)
        made = asking_for(deferred_files(messages)[0], session_id(messages))
        (address,) = addresses(messages_of(user, made, answered_by=MADE))
        echoed = BackMsg()
        echoed.rerun_script.page_script_hash = address.partition(".")[0]
        echoed.rerun_script.query_string = f"q={address}"
        messages_of(stranger, echoed)
        assert send(app, address).status == 403
        assert send(app, address, {"Cookie": jane(app)}).status != 403  # it may be gone by now


@pytest.mark.parametrize("app", [AUTH], indirect=True)
def test_a_tab_whose_user_signed_out_elsewhere_is_closed_if_it_never_had_access(app: App) -> None:
    mallory = "mallory@other.example"
    with session(app, cookie_of(app, mallory)) as tab:
        assert "not on the list" in words(run(tab))
        database = Database(f"sqlite:///{next(app.home.rglob('ledger.db'))}")
        SignOuts(database).add(hashlib.sha256(claims_of(app, mallory).encode()).hexdigest())
        database.close()
        with pytest.raises(ConnectionClosed):
            run(tab)


@pytest.mark.parametrize("app", [AUTH], indirect=True)
def test_a_sign_in_that_cannot_be_checked_is_neither_accepted_nor_asked_for_again(app: App) -> None:
    cookie = {"Cookie": jane(app, sign_in=10)}
    with session(app, cookie["Cookie"]) as tab, session(app) as stranger:
        assert CLOSED not in words(run(tab))
        file = next(app.home.rglob("ledger.db"))
        away = file.rename(file.with_suffix(".away"))
        with pytest.raises(ConnectionClosed):
            run(tab)
        assert CLOSED in words(run(stranger))
        for path in ("/", "/auth/logout"):
            answer = send(app, path, cookie)
            assert answer.status == 503
            assert "the console's database does not answer" in answer.text
        assert handshake(app, cookie).status == 503
        away.rename(file)
    with session(app, cookie["Cookie"]) as tab:
        assert CLOSED not in words(run(tab))


def test_programs_that_drive_the_app_need_access(app: App) -> None:
    path = "/_stcore/agent/openapi.json"
    assert (send(app, path).status == 403) is app.signs_in
    assert send(app, path, {"Cookie": jane(app)}).status != 403
