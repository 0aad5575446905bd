"""deploy/nginx.conf as it is: two apps behind one name, and one of them is killed."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from http.client import HTTPConnection
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from leadiq_sandbox import Sandbox
from tests.browser.conftest import ROOT, free_port, run_app
from tests.browser.driver import calm, go, new_page
from tests.browser.oidc import Provider
from tests.conftest import settings_of
from tests.dashboard.conftest import postgres as postgres  # one server for both kinds of tests
from tests.dashboard.server.driver import AUTH, App, cookie_of, run, send, session, words

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin")
JANE = "jane@acme.example"
# What Debian's nginx.conf has around the files of a site. Of a user other than root, nginx runs as
# that user.
AROUND = """
daemon off;
user root root;
pid {home}/nginx.pid;
error_log {home}/error.log;
events {{}}
http {{
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    include {home}/site.conf;
}}
"""


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[dict[int, int]]:
    """nginx with our configuration on free ports: by the port in the file, the port in use."""
    if NGINX is None:
        pytest.skip("nginx was not found: on Debian, apt-get install nginx-light")
    ports = {port: free_port() for port in (8500, 8501, 8502)}
    site = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    site = re.sub(r"127\.0\.0\.1:(\d+)", lambda found: f"127.0.0.1:{ports[int(found[1])]}", site)
    site = site.replace("/var/log/nginx/console.log", f"{tmp_path}/access.log")
    site = site.replace("/var/log/nginx/console-errors.log", f"{tmp_path}/errors.log")
    (tmp_path / "site.conf").write_text(site, encoding="utf-8")
    (tmp_path / "nginx.conf").write_text(AROUND.format(home=tmp_path), encoding="utf-8")
    command = [NGINX, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    running = subprocess.Popen([*command, "-e", str(tmp_path / "error.log")])
    yield ports
    running.terminate()
    running.wait(60)


def test_a_user_of_an_app_that_dies_is_signed_in_on_the_other(
    browser: Browser, nginx: dict[int, int], postgres: str, tmp_path: Path
) -> None:
    url = f"http://127.0.0.1:{nginx[8500]}"
    with ExitStack() as stack:
        provider = stack.enter_context(Provider())
        server = stack.enter_context(Sandbox(people=300, credits=100, rpm=0))
        auth = provider.secrets_toml(f"{url}/oauth2callback")
        apps = {}
        for port in (nginx[8501], nginx[8502]):
            secrets = tmp_path / str(port) / ".streamlit" / "secrets.toml"
            secrets.parent.mkdir(parents=True)
            secrets.write_text(f'LEADIQ_ALLOWED_USERS = "{JANE}"\n{auth}', encoding="utf-8")
            shared = settings_of(server) | {"LEADIQ_DATABASE_URL": postgres}
            apps[port] = stack.enter_context(run_app(tmp_path / str(port), port=port, **shared))

        provider.claims = {"email": JANE, "email_verified": True}
        page = new_page(browser)
        page.goto(f"{url}/")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_text(f"Signed in as {JANE}")).to_be_visible()
        go(page, "People search")
        look_up(page, server.world.person_ids[0])

        served_by = (tmp_path / "access.log").read_text(encoding="utf-8").split()[-1]
        apps[int(served_by.rpartition(":")[2])].process.kill()
        expect(page.get_by_text("so its session ended")).to_be_visible()  # it found the other app
        calm(page)
        expect(page.get_by_text(f"Signed in as {JANE}")).to_be_visible()
        look_up(page, server.world.person_ids[1])
        go(page, "Usage")
        expect(page.get_by_text("requests add up to 0.2 UC")).to_be_visible()
        assert server.store.used == Decimal("0.2")


def test_what_is_large_passes_and_what_is_secret_is_not_logged(
    nginx: dict[int, int], tmp_path: Path
) -> None:
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text(AUTH, encoding="utf-8")
    with (
        Sandbox(people=300, credits=100, rpm=0) as server,
        run_app(tmp_path, port=nginx[8501], **settings_of(server)),
    ):
        app = App(f"http://127.0.0.1:{nginx[8500]}", server, tmp_path, signs_in=True)
        tokens = f"_streamlit_user_tokens={'x' * 50_000}"
        with session(app, f"{cookie_of(app, JANE)}; {tokens}") as user:
            assert "isn't allowed" not in words(run(user))
        upload = HTTPConnection(app.host)
        upload.request("PUT", "/_stcore/upload_file/secret/secret", body=bytes(50 * 2**20 + 1000))
        assert upload.getresponse().status == 403  # the app's answer to a stranger
        upload.close()
        for path in ("/oauth2callback?code=secret", "/lists?q=secret", "/media/secret.csv"):
            send(app, path, {"Referer": f"{app.url}/lists?q=secret"})
    log = (tmp_path / "access.log").read_text(encoding="utf-8")
    assert "secret" not in log
    for place in ("/_stcore/upload_file/", "/oauth2callback", "/lists", "/media/"):
        assert f'"{place}"' in log
    assert send(app, "/oauth2callback?code=secret").status == 502  # the app has ended
    send(app, "/lists?q=secret", {"Referer": f"{app.url}/lists?q=secret"})
    for file in tmp_path.glob("*.log"):
        assert "secret" not in file.read_text(encoding="utf-8"), file.name


def look_up(page: Page, person: str) -> None:
    page.get_by_label("LinkedIn URL, email or LeadIQ ID").fill(person)
    page.get_by_role("button", name=re.compile("Search · up to 0.1 UC")).click()
    expect(page.get_by_role("heading", name="1 match")).to_be_visible()
    calm(page)
