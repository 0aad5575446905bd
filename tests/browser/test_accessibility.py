"""What axe-core finds on every page, empty and filled, with panels open, in each look."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect

from tests.browser.driver import calm, click_mark, download, expect_page, new_page, tick

AXE = Path(__file__).parent / "axe" / "axe.min.js"
WIDE, NARROW = 1440, 390
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1"
BACKGROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(17, 21, 28)"}  # of each theme
# All, and those of colors: nothing else depends on the theme.
RULES = {"light": None, "dark": ["color-contrast", "link-in-text-block"]}
# Words on it: every part of their color is below 180, or above 179.
READABLE = {
    "light": re.compile(r"^rgba?\((\d{1,2}|1[0-7]\d)(, (\d{1,2}|1[0-7]\d)){2}\b"),
    "dark": re.compile(r"^rgba?\((1[89]\d|2\d\d)(, (1[89]\d|2\d\d)){2}\b"),
}
HAS_BACKGROUND = """color => getComputedStyle(
    document.querySelector("[data-testid=stApp]")).backgroundColor === color"""
IS_SETTLED = """() => document.getAnimations().every(one =>
    one.playState !== "running" || one.effect.getTiming().iterations === Infinity)"""
REPORTED = ("critical", "serious", "moderate")
# Streamlit draws the text of a selected segment in the primary color, on a tint of it. On a dark
# page no color is readable there and under the white text of a primary button, which matters more.
# Its toast is a dialog without a name.
FIND = """async ([within, rules]) => {
    const options = {
        resultTypes: ["violations"], elementRef: true, ...(rules && {runOnly: rules})};
    const {violations} = await axe.run(within ?? document, options);
    const streamlits = {
        "color-contrast": '[data-selected="true"]',
        "aria-dialog-name": "[data-testid=stToast]",
    };
    return violations.flatMap(({id, impact, nodes}) => nodes
        .filter(({element}) => !(id in streamlits && element.closest(streamlits[id])))
        .map(({target, html}) => [id, impact, target.join(" "), html.slice(0, 200)]));
}"""
POPOVER, DIALOG = "[data-testid=stPopoverBody]", "[role=dialog]"
MENU = "[data-testid=stMainMenuPopover]"


class Reader:
    """Somebody who looks at a page in both themes and at both widths, and notes what axe finds."""

    def __init__(self, browser: Browser, url: str, title: str) -> None:
        self.page = new_page(browser, viewport={"width": WIDE, "height": 900})
        self.page.add_init_script(path=AXE)
        self.hosts: set[str] = set()
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        self.page.goto(url)
        expect_page(self.page, title)
        calm(self.page)
        self.found: list[tuple[str, ...]] = []

    def look(self, state: str, within: str | None = None) -> None:
        """At the page as it is now, or at a part of it."""
        for width, theme in self._looks():
            self._find(state, width, theme, within)

    def open(self, *buttons: str, within: str = POPOVER) -> None:
        """At what a click on each of these buttons opens; it is closed afterwards."""
        for width, theme in self._looks():
            for button in buttons:
                opener = self.page.get_by_role("button", name=re.compile(button)).first
                sidebar = self.page.get_by_test_id("stSidebar").filter(has=opener)
                expand = self.page.get_by_test_id("stExpandSidebarButton")
                if sidebar.count() and expand.is_visible():  # closed on a phone
                    expand.click()
                opener.click()
                expect(self.page.locator(within).first).to_be_visible()
                calm(self.page)
                self._find(button, width, theme, within)
                self.page.keyboard.press("Escape")
                expect(self.page.locator(within)).to_have_count(0)

    def _looks(self) -> Iterator[tuple[int, str]]:
        """Gives the page each width and theme in turn: charts are drawn again for each."""
        for width in (NARROW, WIDE):
            self.page.set_viewport_size({"width": width, "height": 900})
            for theme, background in BACKGROUNDS.items():
                self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
                self.page.wait_for_function(HAS_BACKGROUND, arg=background)
                calm(self.page)
                yield width, theme

    def _find(self, state: str, width: int, theme: str, within: str | None) -> None:
        self.page.mouse.move(0, 0)  # what the mouse is over has another color
        # A color that is on its way to another has a contrast of its own.
        self.page.wait_for_function(IS_SETTLED)
        self.found += [
            (state, str(width), theme, *finding)
            for finding in self.page.evaluate(FIND, [within, RULES[theme]])
            if finding[1] in REPORTED
        ]


def test_axe_finds_nothing_on_usage(browser: Browser, shared_app: str) -> None:
    reader = Reader(browser, shared_app, "Usage")
    reader.look("first minute")
    reader.open("Budget", "Connect your LeadIQ key")
    reader.open("Main menu", within=MENU)
    reader.page.get_by_role("button", name="Add sample activity").click()
    reader.page.get_by_text("Plans and prices").click()
    calm(reader.page)
    reader.look("filled")
    assert reader.found == []
    assert reader.hosts - {""} == {urlsplit(shared_app).netloc}  # no icon, no font of a third party


def test_axe_finds_nothing_on_people_search(browser: Browser, shared_app: str) -> None:
    reader = Reader(browser, f"{shared_app}/people_search", "People search")
    page = reader.page
    reader.look("empty")
    for mode in ("Upload a file", "From a search", "From a list"):
        page.get_by_text(mode, exact=True).click()
        calm(page)
        reader.look(mode)
    page.get_by_text("Look up one", exact=True).click()
    for point in ("Email · 1 UC", "Phone · 10 UC", "Company information · 3 UC"):
        page.get_by_text(point).click()
    box = page.get_by_label("LinkedIn URL, email or LeadIQ ID")
    box.fill("https://www.linkedin.com/in/maya-kim-8962")
    page.get_by_role("button", name="Search · up to 17 UC").click()
    expect(page.get_by_role("heading", name="1 match")).to_be_visible()
    reader.look("filled")
    reader.open("Options", "Out of date", "Export", "Add to (a )?list")
    assert reader.found == []


def test_axe_finds_nothing_on_company_search(browser: Browser, shared_app: str) -> None:
    reader = Reader(browser, f"{shared_app}/company_search", "Company search")
    page = reader.page
    page.get_by_text("Company lists").click()
    calm(page)
    reader.look("empty")
    lines = "opaldata.example\nsummitbank.example\nno-such-company.example"
    page.get_by_role("textbox", name="Companies (one per line)").fill(lines)
    page.get_by_role("button", name="Search · up to 9 UC").click()
    expect(page.get_by_role("heading", name="2 companies", exact=True)).to_be_visible()
    page.get_by_text("Save to a company list").click()
    reader.look("filled")
    for tab in ("Headcount by function", "Technologies", "Ownership"):
        page.get_by_role("tab", name=tab).click()
        calm(page)
        reader.look(tab)
    reader.open("Columns", "Export")
    assert reader.found == []


def test_axe_finds_nothing_on_advanced_search(browser: Browser, shared_app: str) -> None:
    reader = Reader(browser, f"{shared_app}/advanced_search?roles=Sales", "Advanced search")
    page = reader.page
    page.get_by_text("More filters").click()
    calm(page)
    reader.look("empty")
    page.get_by_role("button", name="Search · up to 10 UC").click()
    expect(page.get_by_text(re.compile("people match$"))).to_be_visible()
    calm(page)
    page.get_by_text("More charts").click()
    tick(page, 0)
    reader.look("filled")
    reader.open("Filters · 1", "Saved", "Copy link", "Columns", "Export", "Add to (a )?list")
    page.get_by_text("All 100", exact=True).click()
    calm(page)
    reader.open("Get emails · up to 100 UC", within=DIALOG)
    assert reader.found == []


def test_axe_finds_nothing_on_lists(browser: Browser, shared_app: str) -> None:
    reader = Reader(browser, f"{shared_app}/lists", "Lists")  # a deep link on a cold server
    page = reader.page
    reader.look("empty")
    page.get_by_label("Name", exact=True).fill("Pilots")
    page.get_by_role("button", name="Create the list · free").click()
    expect(page.get_by_role("heading", name="Pilots")).to_be_visible()
    page.get_by_text("Add a prospect").click()
    for label, text in (
        ("First name", "Ada"),
        ("Last name", "Moss"),
        ("Email", "ada@moss.example"),
    ):
        page.get_by_label(label, exact=True).fill(text)
    calm(page)
    page.get_by_role("button", name="Add to the list · free").click()
    expect(page.get_by_text(re.compile("^1 prospect · last added"))).to_be_visible()
    calm(page)
    page.get_by_test_id("stDataFrame").first.click(position={"x": 100, "y": 35 + 17})
    page.get_by_role("dialog").get_by_text("Report bad data").click()
    reader.look("record", DIALOG)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    for panel in ("Add from a file", "Find a saved prospect", "All lists"):
        page.get_by_test_id("stExpander").get_by_text(panel, exact=True).click()
        calm(page)
    reader.look("filled")
    reader.open("New list", "Export")
    assert reader.found == []


def add_sample_activity(page: Page) -> None:
    """Shows a month of spending on Usage, on which nothing was spent so far."""
    page.get_by_role("button", name="Add sample activity").click()
    expect(page.get_by_role("heading", name="Ledger")).to_be_visible()
    calm(page)


def test_the_theme_can_be_switched(browser: Browser, app: str) -> None:
    """In the menu, which a reload keeps, and by the system: the page and its charts follow."""
    # Charts below the end of the window would not be drawn.
    page = new_page(browser, viewport={"width": WIDE, "height": 1600}, color_scheme="light")
    page.goto(app)
    expect_page(page, "Usage")
    add_sample_activity(page)
    words = page.locator(".xtick text").first
    for theme in ("dark", "light"):  # of the system
        page.emulate_media(color_scheme=theme)
        page.wait_for_function(HAS_BACKGROUND, arg=BACKGROUNDS[theme])
        expect(words).to_have_css("fill", READABLE[theme])
    for theme in ("Dark", "Light"):
        page.get_by_role("button", name="Main menu").click()
        page.get_by_role("menuitemradio", name=theme).click()
        page.wait_for_function(HAS_BACKGROUND, arg=BACKGROUNDS[theme.lower()])
        page.keyboard.press("Escape")
        expect(words).to_have_css("fill", READABLE[theme.lower()])
        page.reload()
        expect_page(page, "Usage")
        page.wait_for_function(HAS_BACKGROUND, arg=BACKGROUNDS[theme.lower()])
        add_sample_activity(page)  # a reload is another session


def test_the_sidebar_closes_on_a_phone(browser: Browser, shared_app: str) -> None:
    page = new_page(browser, viewport={"width": NARROW, "height": 844}, user_agent=PHONE)
    page.goto(shared_app)
    page.get_by_test_id("stExpandSidebarButton").click()
    link = page.get_by_role("link", name="Lists")
    expect(link).to_be_in_viewport()
    link.click()
    expect(page.get_by_role("heading", name="Lists", exact=True)).to_be_visible()
    expect(link).not_to_be_in_viewport()


def test_a_bar_of_the_daily_spend_filters_the_ledger(browser: Browser, app: str) -> None:
    page = Reader(browser, app, "Usage").page
    add_sample_activity(page)
    all_requests = len(download(page, "Download the ledger"))
    click_mark(page, page.locator(".barlayer .point path"), 0)
    expect(page.get_by_text("Double-click the chart to show the whole period.")).to_be_visible()
    calm(page)
    assert 0 < len(download(page, "Download the ledger")) <= all_requests
