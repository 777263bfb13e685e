"""Every page: that it is there, that its links lead somewhere, that everybody can use it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.final.client import Client, Page, Site
from tests.support.demo import Demo, copy_folder
from tests.support.targets import Target


def crawl(client: Client, start: str = "/") -> dict[str, Page]:
    """Every page that links lead to, from a start on. Fails at the first that is not there."""
    found: dict[str, Page] = {}
    waiting = [start]
    while waiting:
        path = waiting.pop()
        # One person, post and comment stand for all others, and two pages for the rest of them.
        kind = re.sub(r"\d+|(?<=/people/)\w+|(?<=q=)[^&]+", "N", path)
        if kind in found:
            continue
        answer = client.get(path)
        if answer.status == 303:
            assert answer.location.startswith("/login"), f"{path} -> {answer.location}"
            continue
        assert answer.status == 200, f"{path} gives {answer.status}"
        found[kind] = answer.page
        waiting += sorted(found[kind].links)
    return found


@pytest.fixture(scope="module")
def pages(site: Site, admin: Client) -> dict[str, Page]:
    """All pages that an admin can reach, and those of the forms for newcomers."""
    post = admin.write_post("a post for the crawler")
    admin.write_comment(post, "a comment for the crawler")
    newcomer = site.visitor()
    everything = crawl(admin, f"/posts/{post}") | {
        f"anonymous {path}": page for path, page in crawl(newcomer).items()
    }
    for path in ("/login", "/register", "/posts/new", f"/posts/{post}"):
        client = admin if path.startswith("/posts") else newcomer
        everything[f"errors of {path}"] = client.post(path).page
    everything["404"] = newcomer.get("/nowhere").page
    everything["403"] = site.demo_user("tomas").get("/admin").page
    everything["401"] = newcomer.post("/posts/new").page
    return everything


def test_all_pages_can_be_reached_by_links(pages: dict[str, Page]) -> None:
    expected = {
        "/", "/?page=N", "/about", "/posts/new", "/posts/N", "/posts/N/edit", "/posts/N/delete",
        "/comments/N/edit", "/comments/N/delete", "/people/N", "/profile", "/admin", "/admin/posts",
        "/admin/posts?page=N", "/admin/people/N/delete", "anonymous /login", "anonymous /register",
    }  # fmt: skip
    assert expected <= set(pages)


def test_every_field_has_a_label(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        labels = {label.attributes["for"] for label in page.all("label") if label.text.strip()}
        for tag in ("input", "textarea", "select"):
            for field in page.all(tag):
                if field.attributes.get("type") != "hidden":
                    assert field.attributes["id"] in labels, f"{path}: {field.attributes}"


def test_every_page_has_a_title_a_heading_and_a_language(pages: dict[str, Page]) -> None:
    titles = set()
    for path, page in pages.items():
        assert len(page.all("h1")) == 1, path
        assert page.heading.strip(), path
        (title,) = page.all("title")
        assert title.text.endswith(" · Landing"), path
        assert page.all("html", lang="en")
        assert page.all("a", class_="skip")[0].attributes["href"] == "#main"
        titles.add(title.text)
    assert len(titles) > 12  # not the same for all


def test_an_id_stands_once_on_a_page_and_what_is_referred_to_is_there(
    pages: dict[str, Page],
) -> None:
    for path, page in pages.items():
        ids = [each.attributes["id"] for each in page.all() if "id" in each.attributes]
        assert len(ids) == len(set(ids)), path
        for name in ("aria-describedby", "aria-labelledby", "for"):
            wanted = {e.attributes[name] for e in page.all() if name in e.attributes}
            assert wanted <= set(ids), path


def test_links_and_buttons_say_where_they_lead(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        for tag in ("a", "button"):
            assert all(each.text.strip() for each in page.all(tag)), path


def test_every_form_that_changes_something_is_sent_by_post(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        for form in page.all("form"):
            if form.attributes.get("role") != "search":
                assert form.attributes["method"] == "post", f"{path}: {form.attributes}"


def test_nothing_comes_from_elsewhere_and_nothing_is_a_script(
    site: Site, target: Target, pages: dict[str, Page]
) -> None:
    """The pages work without JavaScript, because there is none."""
    for path, page in pages.items():
        assert not page.all("script"), path
        for element in page.all():
            for name, value in element.attributes.items():
                assert not name.startswith("on"), f"{path}: {name}"
                assert name != "style", f"{path}: the policy forbids style attributes"
                assert not (name in ("src", "href") and "//" in value), f"{path}: {value}"
    style = site.visitor().get("/static/style.css")
    assert style.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "url(" not in style.text
    assert "@import" not in style.text
    assert not list((target.folder / "app").rglob("*.js"))


def test_every_answer_carries_the_headers_that_guard_it(visitor: Client) -> None:
    for path in ("/", "/nowhere", "/static/style.css", "/api/posts"):
        headers = visitor.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'self'" in headers["Content-Security-Policy"]


def test_dates_are_times(visitor: Client) -> None:
    (first, *_others) = visitor.get("/people/wren").page.all("article")
    (time,) = first.all("time")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", time.attributes["datetime"])
    assert time.attributes["title"].endswith("UTC")


def test_the_colours_have_contrast_enough(target: Target) -> None:
    """WCAG 2.2, success criterion 1.4.3: 4.5 to 1 for text, light and dark."""
    css = (target.folder / "app" / "static" / "style.css").read_text(encoding="utf-8")
    schemes = [dict(re.findall(r"--(\w[\w-]*): (#[0-9a-f]{6})", part)) for part in split(css)]
    assert len(schemes) == 2
    for colours in schemes:
        for text in ("ink", "quiet", "leaf", "red"):
            for ground in ("paper", "sheet", "flash"):
                assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
        assert contrast(colours["on-leaf"], colours["leaf"]) >= 4.5
        assert contrast(colours["sheet"], colours["red"]) >= 4.5
        for ground in ("paper", "sheet"):
            assert contrast(colours["brass"], colours[ground]) >= 3  # 1.4.11: the focus ring
    for tint in re.findall(r"\.tint-\d \{ background: (#[0-9a-f]{6})", css):
        assert contrast("#ffffff", tint) >= 4.5


def split(css: str) -> list[str]:
    """The definitions of the light scheme and of the dark one."""
    return re.findall(r":root \{(.*?)\}", css, re.DOTALL)


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_bug_gives_a_page_of_our_own_and_its_traceback_goes_to_the_log(
    target: Target, tmp_path: Path
) -> None:
    folder = copy_folder(target.folder, tmp_path)
    view = folder / "app" / "controllers" / "pages.py"
    source = view.read_text(encoding="utf-8")
    broken = source.replace("return page(", "return 1 / 0 or page(")
    assert broken != source
    view.write_text(broken, encoding="utf-8")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    demo = Demo(folder, elsewhere)
    try:
        answer = Client(demo.port).get("/about")
        assert answer.status == 500
        assert answer.page.heading == "Something broke on our side"
        assert "ZeroDivisionError" not in answer.text
        assert "ZeroDivisionError" in demo.log()
        assert Client(demo.port).get("/").status == 200  # it goes on
    finally:
        assert demo.stop() == 0


RUN_EXAMPLES = """
import doctest, importlib, pkgutil, app
names = [module.name for module in pkgutil.walk_packages(app.__path__, "app.")]
results = [doctest.testmod(importlib.import_module(name)) for name in names]
print(sum(result.failed for result in results), sum(result.attempted for result in results))
"""


def test_the_examples_in_the_docstrings_are_true(run_script: Callable[..., Any]) -> None:
    finished = run_script("-c", RUN_EXAMPLES)
    failed, attempted = map(int, finished.stdout.splitlines()[-1].split())
    assert failed == 0, finished.stdout
    assert attempted >= 3
