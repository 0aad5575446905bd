"""The health endpoint, with sign-in and without."""

from tests.dashboard.server.driver import App, send


def test_it_says_whether_the_database_answers(app: App) -> None:
    assert (send(app, "/health").status, send(app, "/health").text) == (200, "ok")
    (file,) = app.home.rglob("ledger.db")
    away = file.rename(file.with_suffix(".away"))
    answer = send(app, "/health")
    assert (answer.status, answer.text) == (503, "The database does not answer.")
    away.rename(file)
    assert send(app, "/health").status == 200


def test_it_answers_to_its_own_names_only(app: App) -> None:
    assert send(app, "/health", {"Host": "evil.example"}).status == 421
