"""The application in headless Chromium, on both databases, with JavaScript switched off."""

from collections.abc import Callable, Iterator
from itertools import count
from types import ModuleType
from typing import Any

import pytest

from tests.final.client import PASSWORD, Client, Site
from tests.final.test_app_profiles import PICTURES
from tests.support.serving import serving

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
_numbers = count(1)


class Window:
    """A browser window of one visitor, which notes whatever goes wrong in it."""

    def __init__(self, context: Any, site: Site) -> None:
        self.address = site.demo.url
        self.context = context
        self.page = context.new_page()
        self.page.set_default_timeout(10_000)  # milliseconds
        self.problems: list[str] = []
        self.expected: set[int] = set()  # the statuses of errors that the test provokes
        self.page.on("console", self._note_message)
        self.page.on("pageerror", lambda error: self.problems.append(f"page error: {error}"))
        self.page.on("requestfailed", self._note_failure)
        self.page.on("response", self._note_status)

    def _note_message(self, message: Any) -> None:
        # Chromium repeats the status of each error here; _note_status has it already.
        if message.type in ("error", "warning") and "status of" not in message.text:
            self.problems.append(f"console: {message.text}")

    def _note_failure(self, request: Any) -> None:
        # Aborted: Chromium itself drops what it still loads when it goes to another page.
        if request.failure != "net::ERR_ABORTED":
            self.problems.append(f"{request.failure} for {request.url}")

    def _note_status(self, response: Any) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.problems.append(f"{response.status} for {response.url}")

    def open(self, path: str) -> int:
        """Go to an address; return the status of the answer."""
        status: int = self.page.goto(self.address + path).status
        return status

    def fill(self, **fields: str) -> None:
        for name, text in fields.items():
            self.page.fill(f"main [name={name}]", text)

    def press(self, label: str) -> None:
        self.page.get_by_role("button", name=label, exact=True).click()

    def follow(self, label: str) -> None:
        self.page.get_by_role("link", name=label, exact=True).first.click()

    @property
    def path(self) -> str:
        path: str = self.page.url.removeprefix(self.address)
        return path

    @property
    def text(self) -> str:
        text: str = self.page.inner_text("main")
        return text

    @property
    def flash(self) -> str:
        text: str = self.page.inner_text("[role=status]")
        return text

    def register(self, display_name: str) -> str:
        """Register by hand, and return the name to log in with."""
        name = f"visitor_{next(_numbers)}"
        self.open("/")
        self.follow("Register")
        self.fill(display_name=display_name, name=name, password=PASSWORD)
        self.press("Register")
        return name


@pytest.fixture
def window(browser: Any, site: Site) -> Iterator[Callable[..., Window]]:
    """window() opens one. At the end of the test none may have noted a problem."""
    opened: list[Window] = []

    def open_window(**options: Any) -> Window:
        options = {"java_script_enabled": False, "viewport": DESK} | options
        opened.append(Window(browser.new_context(**options), site))
        return opened[-1]

    yield open_window
    problems = [problem for each in opened for problem in each.problems]
    for each in opened:
        each.context.close()
    assert problems == []


def test_register_post_comment_edit_and_log_out(window: Callable[..., Window]) -> None:
    ann = window()
    ann.register("Ann 🪜 Ångström")
    assert ann.flash == "Welcome, Ann 🪜 Ångström."

    ann.fill(text="My first post 🦜\n\nwith an empty line")
    ann.press("Post")
    post = ann.path
    assert ann.flash == "Your post is up."
    assert "My first post 🦜\n\nwith an empty line" in ann.text

    bob = window(viewport=PHONE)
    bob.register("Bob")
    bob.open("/")
    bob.page.locator("article", has_text="My first post 🦜").get_by_role(
        "link", name="No comments"
    ).click()
    assert bob.path == post + "#comments"
    bob.fill(text="Welcome & <enjoy>!")
    bob.press("Comment")
    assert "Welcome & <enjoy>!" in bob.text

    ann.open(post)
    assert "1 comment" in ann.text
    ann.follow("Edit")
    assert ann.page.input_value("[name=text]") == "My first post 🦜\n\nwith an empty line"
    ann.fill(text="My first post, edited")
    ann.press("Save")
    assert ann.path == post
    assert "edited" in ann.text

    bob.open(post)
    assert bob.page.locator(".single a", has_text="Edit").count() == 0
    bob.expected = {403}
    assert bob.open(post + "/edit") == 403
    assert "This is not yours to do" in bob.text

    ann.open(post)
    ann.follow("Delete")
    ann.follow("Keep it")
    assert ann.path == post
    ann.follow("Delete")
    ann.press("Delete")
    assert ann.flash == "The post is gone, and its comments with it."
    ann.expected = {404}
    assert ann.open(post) == 404

    ann.open("/")
    ann.press("Log out")
    assert ann.flash == "You are logged out."
    assert ann.page.get_by_role("link", name="Log in").first.is_visible()


def test_bad_input_shows_beside_the_field_and_is_kept(window: Callable[..., Window]) -> None:
    visitor = window()
    visitor.expected = {422}
    visitor.open("/register")
    visitor.fill(display_name="Zoë", name="1st!", password="short")
    visitor.press("Register")
    assert visitor.page.input_value("[name=name]") == "1st!"
    assert visitor.page.input_value("[name=display_name]") == "Zoë"
    assert visitor.page.input_value("[name=password]") == ""
    note = visitor.page.locator("#name-note")
    field = visitor.page.locator("[name=name]")
    assert "3 to 20 characters" in note.inner_text()
    above, below = field.bounding_box(), note.bounding_box()
    assert 0 <= below["y"] - (above["y"] + above["height"]) < 20  # right below its field
    assert visitor.page.evaluate("document.activeElement.name") == "name"  # ready to be mended


def test_a_picture_from_the_device(window: Callable[..., Window]) -> None:
    visitor = window()
    name = visitor.register("With A Picture")
    visitor.open(f"/people/{name}")
    assert visitor.page.locator("main .avatar").inner_text() == "WP"
    visitor.follow("Edit your profile")
    visitor.expected = {422}
    picture = {"name": "ünï.png", "mimeType": "image/png", "buffer": b"no picture at all"}
    visitor.page.set_input_files("[name=picture]", picture)
    visitor.press("Upload")
    assert "This is no picture that we know" in visitor.text
    visitor.page.set_input_files("[name=picture]", picture | {"buffer": PICTURES["image/png"]})
    visitor.press("Upload")
    assert visitor.flash == "Your picture is up to date."
    shown = visitor.page.locator("main img.avatar")
    assert shown.evaluate("image => image.complete && image.naturalWidth") == 1
    visitor.open("/profile")
    visitor.press("Remove")
    assert visitor.page.locator("main img.avatar").count() == 0


def test_without_a_mouse(window: Callable[..., Window], member: Client) -> None:
    visitor = window()
    visitor.open("/login")
    keys = visitor.page.keyboard
    keys.press("Tab")
    focused = visitor.page.locator(":focus")
    assert focused.inner_text() == "Skip to the content"
    assert focused.bounding_box()["y"] >= 0  # it comes into view
    keys.press("Enter")
    keys.press("Tab")
    assert visitor.page.evaluate("document.activeElement.name") == "name"
    style = "getComputedStyle(document.activeElement).outlineStyle"
    assert visitor.page.evaluate(style) == "solid"
    keys.type(member.name)
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    assert visitor.flash.startswith("Good to see you")


def test_no_page_is_wider_than_the_window(
    window: Callable[..., Window], member: Client, admin: Client
) -> None:
    post = member.write_post("W" * 500)
    member.write_comment(post, "🦜" * 400)
    member.post("/profile", display_name="N" * 40, bio="https://" + "b" * 290)
    visitor = window()
    session = {"name": "session", "value": admin.cookies["session"], "url": visitor.address}
    visitor.context.add_cookies([session])
    paths = ["/", f"/posts/{post}", f"/posts/{post}/delete", f"/people/{member.name}", "/about"]
    paths += ["/admin", "/admin/posts", "/profile", "/search?q=" + "N" * 40]
    for path in paths:
        visitor.open(path)
        for size in (PHONE, DESK, {"width": 320, "height": 600}):
            visitor.page.set_viewport_size(size)
            width = visitor.page.evaluate("document.documentElement.scrollWidth")
            assert width <= size["width"], f"{path} is {width} pixels wide"
    member.post("/profile", display_name="A Member", bio="")


ELSEWHERE = """<!doctype html><title>Win a prize</title><link rel="icon" href="data:,">
<form method="post" action="{address}/posts/new"><input name="text" value="forged">
<button>Win</button></form>"""


@pytest.fixture
def elsewhere(rung: Callable[..., ModuleType], site: Site) -> Iterator[str]:
    """The address of somebody else's page, with a form for our site."""
    response = rung("messages").Response
    page = ELSEWHERE.format(address=site.demo.url.rstrip("/"))
    with serving(rung("server").Server(lambda request: response(page), port=0)) as server:
        yield server.url


def test_a_form_of_another_site_is_refused(
    window: Callable[..., Window], elsewhere: str, member: Client
) -> None:
    """Attack: cross-site request forgery, by a real browser that sends the visitor's cookies along.

    127.0.0.1 on another port is another origin, but the same "site" as SameSite cookies see it.
    """
    visitor = window()
    visitor.open("/login")
    visitor.fill(name=member.name, password=PASSWORD)
    visitor.press("Log in")
    visitor.expected = {403}
    visitor.page.goto(elsewhere)
    visitor.press("Win")
    visitor.page.wait_for_url("**/posts/new")
    assert "This is not yours to do" in visitor.text
    visitor.open("/")
    assert visitor.page.get_by_role("button", name="Log out").count() == 1
    assert "forged" not in visitor.text


def test_a_script_of_our_own_page_sends_the_token_in_a_field(
    window: Callable[..., Window], member: Client
) -> None:
    visitor = window(java_script_enabled=True)
    visitor.open("/login")
    visitor.fill(name=member.name, password=PASSWORD)
    visitor.press("Log in")
    send = """async (name) => {
        const token = document.querySelector("[name=csrf_token]").value;
        const answer = await fetch("/api/posts", {method: "POST", body: '{"text": "by fetch"}',
            headers: {"Content-Type": "application/json", [name]: token}});
        return answer.status;
    }"""
    assert visitor.page.evaluate(send, "X-CSRF-Token") == 201
    visitor.expected = {403}
    assert visitor.page.evaluate(send, "X-Nothing") == 403


def test_a_script_that_gets_into_a_page_does_not_run(window: Callable[..., Window]) -> None:
    """Attack: cross-site scripting, should a template ever forget to escape."""
    visitor = window(java_script_enabled=True)
    visitor.open("/")
    visitor.page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "document.title = 'hacked'";
            document.body.append(script);
        }"""
    )
    assert visitor.page.title() == "Timeline · Landing"
    assert "Content Security Policy" in visitor.problems.pop()


def test_light_and_dark(window: Callable[..., Window]) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        visitor = window(color_scheme=scheme)
        visitor.open("/")
        style = "getComputedStyle(document.body).backgroundColor"
        grounds.append(visitor.page.evaluate(style))
    assert grounds == ["rgb(238, 242, 238)", "rgb(14, 23, 20)"]
