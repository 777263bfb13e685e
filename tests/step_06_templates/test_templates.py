"""Templates: what they make of values, and what they say to somebody who made a mistake."""

import html
import os
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import jinja2
import pytest

Make = Callable[..., Any]

SCRIPT = "<script>alert('x')</script> & \"more\""


@pytest.fixture
def make(rung: Callable[..., ModuleType], tmp_path: Path) -> Make:
    """make({"name.html": "text"}, **globals) -> Templates over a folder of these files."""

    def make(files: dict[str, str], **global_values: Any) -> Any:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return rung("templates").Templates(tmp_path, **global_values)

    return make


@pytest.fixture
def error_of(rung: Callable[..., ModuleType]) -> Callable[..., str]:
    """error_of(templates, "name.html", **values) -> the message of the TemplateError."""

    def error_of(templates: Any, name: str, **values: Any) -> str:
        with pytest.raises(rung("templates").TemplateError) as caught:
            templates.render(name, **values)
        return str(caught.value)

    return error_of


def get(rung: Callable[..., ModuleType], path: str = "/") -> Any:
    return rung("messages").Request("GET", path, path)


# --- escaping: what a visitor typed is text, never markup


@pytest.mark.exercise("6.1")
@pytest.mark.parametrize("name", ["page.html", "page.txt", "page.xml", "page"])
def test_values_are_escaped_whatever_the_template_is_called(make: Make, name: str) -> None:
    templates = make({name: "<p title='{{ text }}'>{{ text }}</p>"})
    page = templates.render(name, text=SCRIPT)
    assert "<script" not in page
    assert html.unescape(page) == f"<p title='{SCRIPT}'>{SCRIPT}</p>"
    assert page.count("'") == 2, "a quote in the value must not end the attribute"


@pytest.mark.exercise("6.1")
def test_values_are_escaped_inside_macros_includes_and_blocks(make: Make) -> None:
    templates = make(
        {
            "base.html": "{% block main %}{% endblock %}{% include 'part.html' %}",
            "part.html": "<i>{{ text }}</i>",
            "macros.html": "{% macro card(text) %}<b>{{ text }}</b>{% endmacro %}",
            "page.html": "{% extends 'base.html' %}{% from 'macros.html' import card %}"
            "{% block main %}{{ card(text) }}<u>{{ text }}</u>{% endblock %}",
        }
    )
    escaped = html.escape(SCRIPT).replace("&quot;", "&#34;").replace("&#x27;", "&#39;")
    page = templates.render("page.html", text=SCRIPT)
    assert page == f"<b>{escaped}</b><u>{escaped}</u><i>{escaped}</i>"


@pytest.mark.exercise("6.1")
def test_pages_are_those_that_jinja_makes_with_escaping_on(make: Make, tmp_path: Path) -> None:
    files = {
        "base.html": "<h1>{% block title %}{% endblock %}</h1>\n{% block main %}{% endblock %}",
        "list.html": "{% extends 'base.html' %}{% block title %}{{ title|upper }}{% endblock %}"
        "{% block main %}{% for n in numbers %}{{ loop.index }}{{ n }}\n{% endfor %}{% endblock %}",
    }
    values = {"title": "a < b", "numbers": [1, "<2>", None, 3.5, "ß€🙂"]}
    templates = make(files)
    oracle = jinja2.Environment(
        loader=jinja2.DictLoader(files), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    assert templates.render("list.html", **values) == oracle.get_template("list.html").render(
        values
    )


def test_markup_that_the_application_has_made_itself_can_be_marked_as_safe(make: Make) -> None:
    assert make({"p.html": "{{ m|safe }}"}).render("p.html", m="<b>x</b>") == "<b>x</b>"


@pytest.mark.exercise("6.1")
def test_block_lines_leave_no_empty_lines(make: Make) -> None:
    text = "<ul>\n{% for n in [1, 2] %}\n  <li>{{ n }}</li>\n{% endfor %}\n</ul>\n"
    page = make({"list.html": text}).render("list.html")
    assert page.splitlines() == ["<ul>", "  <li>1</li>", "  <li>2</li>", "</ul>"]


@pytest.mark.exercise("6.1")
def test_block_lines_that_are_indented_leave_no_blanks(make: Make) -> None:
    text = "<ul>\n  {% for n in [1, 2] %}\n  <li>{{ n }}</li>\n  {% endfor %}\n</ul>\n"
    page = make({"list.html": text}).render("list.html")
    assert page.splitlines() == ["<ul>", "  <li>1</li>", "  <li>2</li>", "</ul>"]


# --- the response, and what every page gets


@pytest.mark.exercise("6.2")
def test_response_is_a_page_with_its_status(make: Make, rung: Callable[..., ModuleType]) -> None:
    templates = make({"hello.html": "Hello {{ name }} ☺"})
    response = templates.response(get(rung), "hello.html", 422, name="<Ann>")
    assert response.status == 422
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.body.decode() == "Hello &lt;Ann&gt; ☺"
    assert templates.response(get(rung), "hello.html", name="x").status == 200


@pytest.mark.exercise("6.2")
def test_page_sees_its_request(make: Make, rung: Callable[..., ModuleType]) -> None:
    templates = make({"here.html": "{{ request.path }}"})
    assert templates.response(get(rung, "/here"), "here.html").body == b"/here"


@pytest.mark.exercise("6.2")
def test_every_page_gets_the_values_of_all_context_functions(
    make: Make, rung: Callable[..., ModuleType]
) -> None:
    templates = make({"page.html": "{{ site }} {{ where }}"})

    @templates.context
    def about_the_site(request: Any) -> dict[str, Any]:
        return {"site": "rung"}

    @templates.context
    def about_the_request(request: Any) -> dict[str, Any]:
        return {"where": request.path}

    assert templates.response(get(rung, "/a"), "page.html").body == b"rung /a"
    assert about_the_site(None)["site"] == "rung", "the decorator leaves the function as it is"


@pytest.mark.exercise("6.2")
def test_context_functions_are_asked_for_each_page(
    make: Make, rung: Callable[..., ModuleType]
) -> None:
    templates = make({"page.html": "{{ where }}"})
    templates.context(lambda request: {"where": request.path})
    for path in ("/a", "/b"):
        assert templates.response(get(rung, path), "page.html").body == path.encode()


@pytest.mark.exercise("6.2")
def test_value_of_the_view_wins_over_that_of_a_context_function(
    make: Make, rung: Callable[..., ModuleType]
) -> None:
    templates = make({"page.html": "{{ own }}"})
    templates.context(lambda request: {"own": "context"})
    assert templates.response(get(rung), "page.html", own="view").body == b"view"
    assert templates.response(get(rung), "page.html").body == b"context", "for its page alone"


@pytest.mark.exercise("6.2")
def test_value_of_one_page_is_unknown_to_the_next(
    make: Make, rung: Callable[..., ModuleType]
) -> None:
    templates = make({"page.html": "{{ secret|default('nothing') }}"})
    assert templates.response(get(rung), "page.html", secret="ann's").body == b"ann&#39;s"
    assert templates.response(get(rung), "page.html").body == b"nothing"


@pytest.mark.exercise("6.2")
def test_values_may_have_the_names_of_our_own_parameters(
    make: Make, rung: Callable[..., ModuleType]
) -> None:
    templates = make({"page.html": "{{ name }} {{ self_ }}"})
    assert templates.response(get(rung), "page.html", name="n", self_="s").body == b"n s"


@pytest.mark.exercise("6.2")
def test_mistake_in_a_page_is_told_by_its_line(make: Make, rung: Callable[..., ModuleType]) -> None:
    templates = make({"page.html": "\n{{ titel }}"})
    with pytest.raises(rung("templates").TemplateError, match=r"page\.html, line 2: 'titel'"):
        templates.response(get(rung), "page.html", title="x")


def test_globals_reach_imported_macros(make: Make) -> None:
    templates = make(
        {
            "macros.html": "{% macro link(id) %}<{{ url_for('show', id=id) }}>{% endmacro %}",
            "page.html": "{% from 'macros.html' import link %}{{ link(7) }}",
        },
        url_for=lambda name, **values: f"/{name}/{values['id']}",
    )
    assert templates.render("page.html") == "</show/7>"


def test_urls_of_an_application_are_escaped_like_all_values(
    make: Make, rung: Callable[..., ModuleType]
) -> None:
    app = rung("app").App()

    @app.get("/posts/<name>")
    def show(request: Any, name: str) -> str:
        return name

    templates = make({"page.html": "<a href=\"{{ url_for('show', name=n, a=1, b=2) }}\">"})
    templates.globals["url_for"] = app.url_for
    assert templates.render("page.html", n='x" <y>') == (
        '<a href="/posts/x%22%20%3Cy%3E?a=1&amp;b=2">'
    )


# --- changes are seen without a restart


@pytest.mark.exercise("6.1")
def test_changed_template_is_seen_at_its_next_use(make: Make, tmp_path: Path) -> None:
    templates = make(
        {"base.html": "one {% block x %}{% endblock %}", "p.html": "{% extends 'base.html' %}"}
    )
    assert templates.render("p.html") == "one "
    (tmp_path / "base.html").write_text("two {% block x %}{% endblock %}")
    later = time.time() + 2
    os.utime(tmp_path / "base.html", (later, later))
    assert templates.render("p.html") == "two "


# --- mistakes, and the message that mends each


@pytest.mark.exercise("6.3")
def test_wrong_template_name_names_what_was_meant(
    make: Make, error_of: Callable[..., str], tmp_path: Path
) -> None:
    templates = make({"posts/index.html": "", "posts/show.html": "", "base.html": ""})
    message = error_of(templates, "posts/indx.html")
    assert "'posts/indx.html'" in message
    assert "did you mean 'posts/index.html'" in message
    assert str(tmp_path) in message


@pytest.mark.exercise("6.3")
def test_wrong_template_name_like_none_lists_all_that_there_are(
    make: Make, error_of: Callable[..., str]
) -> None:
    templates = make({"posts/index.html": "", "base.html": ""})
    assert error_of(templates, "zzz").endswith("there are: base.html, posts/index.html")


@pytest.mark.exercise("6.3")
@pytest.mark.parametrize("tag", ["extends", "include", "import"])
def test_wrong_template_name_inside_a_template_says_where_it_stands(
    make: Make, error_of: Callable[..., str], tag: str
) -> None:
    line = f"{{% {tag} 'bose.html' {'as b ' * (tag == 'import')}%}}"
    templates = make({"base.html": "", "page.html": f"\n\n{line}"})
    message = error_of(templates, "page.html")
    assert message.startswith("page.html, line 3: ")
    assert "'bose.html'" in message
    assert "did you mean 'base.html'" in message


@pytest.mark.exercise("6.3")
def test_misspelt_variable_is_an_error_with_its_line_and_the_right_name(
    make: Make, error_of: Callable[..., str]
) -> None:
    templates = make({"posts/show.html": "<h1>\n{{ titel }}</h1>"})
    message = error_of(templates, "posts/show.html", title="x", text="y")
    assert message == "posts/show.html, line 2: 'titel' is undefined; did you mean 'title'?"


@pytest.mark.exercise("6.3")
def test_misspelt_global_is_an_error_with_the_right_name(
    make: Make, error_of: Callable[..., str]
) -> None:
    templates = make({"p.html": "{{ ulr_for('show') }}"}, url_for=lambda name: name)
    assert error_of(templates, "p.html").endswith("is undefined; did you mean 'url_for'?")


@pytest.mark.exercise("6.1")
@pytest.mark.parametrize(
    "use", ["{{ x }}", "{% if x %}{% endif %}", "{% for a in x %}{% endfor %}"]
)
def test_variable_that_nobody_gave_is_an_error_in_every_use(
    make: Make, error_of: Callable[..., str], use: str
) -> None:
    assert "'x' is undefined" in error_of(make({"p.html": use}), "p.html")


def test_variable_that_may_be_missing_can_be_asked_for(make: Make) -> None:
    text = "{{ x is defined }} {{ x|default('-') }}"
    assert make({"p.html": text}).render("p.html") == "False -"


@pytest.mark.exercise("6.3")
def test_misspelt_attribute_names_the_object_and_the_line(
    make: Make, error_of: Callable[..., str]
) -> None:
    templates = make({"p.html": "\n{{ post.titel }}"})
    message = error_of(templates, "p.html", post={"title": "x"})
    assert message == "p.html, line 2: 'dict object' has no attribute 'titel'"


@pytest.mark.exercise("6.3")
def test_error_inside_a_macro_shows_the_macro_and_who_used_it(
    make: Make, error_of: Callable[..., str]
) -> None:
    templates = make(
        {
            "macros.html": "{% macro card(post) %}\n<b>{{ post.title }}</b>\n{% endmacro %}",
            "index.html": "{% from 'macros.html' import card %}\n\n{{ card(post) }}",
        }
    )
    message = error_of(templates, "index.html", post=None)
    assert "macros.html, line 2" in message
    assert "index.html, line 3" in message
    assert "has no attribute 'title'" in message


@pytest.mark.exercise("6.3")
def test_imported_macro_that_counts_on_the_pages_values_is_told_why_not(
    make: Make, error_of: Callable[..., str]
) -> None:
    templates = make(
        {
            "macros.html": "{% macro who() %}{{ user }}{% endmacro %}",
            "page.html": "{% from 'macros.html' import who %}{{ user }}\n{{ who() }}",
        }
    )
    message = error_of(templates, "page.html", user="ann")
    assert message.startswith("page.html, line 2 used macros.html, line 1: 'user' is undefined")
    assert "a macro that is imported sees only what it is given" in message
    assert "did you mean" not in message


@pytest.mark.exercise("6.3")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n\n{% if x %}", "endif"),
        ("\n\n{{ x | datum }}", "No filter named 'datum'"),
        ("\n\n{{ x", "unexpected end"),
        ("\n\n{% fro x in y %}", "unknown tag 'fro'"),
    ],
)
def test_syntax_error_says_file_line_and_reason(
    make: Make, error_of: Callable[..., str], text: str, said: str
) -> None:
    templates = make({"posts/bad.html": text, "page.html": "{% include 'posts/bad.html' %}"})
    for name in ("posts/bad.html", "page.html"):
        message = error_of(templates, name)
        assert "posts/bad.html, line 3" in message
        assert said in message


@pytest.mark.exercise("6.3")
def test_file_in_another_encoding_is_an_error_that_names_the_page(
    make: Make, error_of: Callable[..., str], tmp_path: Path
) -> None:
    templates = make({"page.html": "{% include 'menu.html' %}"})
    (tmp_path / "menu.html").write_bytes("Käse".encode("latin-1"))
    for name in ("menu.html", "page.html"):
        message = error_of(templates, name)
        assert name in message
        assert "UTF-8" in message


@pytest.mark.exercise("6.3")
def test_error_of_the_applications_own_code_stays_what_it_is(make: Make) -> None:
    with pytest.raises(ZeroDivisionError):
        make({"p.html": "{{ f() }}"}).render("p.html", f=lambda: 1 / 0)


@pytest.mark.exercise("6.1")
def test_missing_folder_is_an_error_at_the_start(
    rung: Callable[..., ModuleType], tmp_path: Path
) -> None:
    layer = rung("templates")
    with pytest.raises(layer.TemplateError, match="nowhere"):
        layer.Templates(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["../secret.html", "/etc/passwd", "a/../../secret.html"])
def test_template_names_do_not_lead_out_of_the_folder(
    rung: Callable[..., ModuleType], tmp_path: Path, name: str
) -> None:
    (tmp_path / "secret.html").write_text("secret")
    (tmp_path / "templates").mkdir()
    layer = rung("templates")
    with pytest.raises(layer.TemplateError, match="there is no template"):
        layer.Templates(tmp_path / "templates").render(name)
