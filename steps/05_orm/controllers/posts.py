"""The posts: a page to read them, and a form to write one."""

import html

from models import Post, User, find_or_add_user
from rung import Controller, InvalidValue, Request, Response, html_response, redirect

posts = Controller("posts")

# Simplified: pages are glued together from strings. Whoever forgets html.escape() in one place lets
# strangers write scripts into the page, and the markup hides in the Python. Step 06 has templates.
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Step 05: models</title>
<style>
  body {{ font: 17px/1.5 system-ui; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }}
  input, textarea, button {{ font: inherit; width: 100%; box-sizing: border-box; margin: .2rem 0 }}
  article {{ border-top: 1px solid #ddd5c6; padding: .6rem 0; overflow-wrap: anywhere }}
  article p {{ margin: .2rem 0; white-space: pre-line }}
  .problem {{ color: #b3541e }}
</style>
<h1>Posts that survive a restart</h1>
<form method="post" action="/posts">
  <input name="author" placeholder="your name" aria-label="your name" value="{author}">
  <textarea name="text" placeholder="a post" aria-label="a post" rows="3">\n{text}</textarea>
  <p class="problem">{problem}</p>
  <button>Post</button>
</form>
{articles}
<p>The same as <a href="/api/posts">JSON</a>.</p>
</html>
"""
ARTICLE = "<article><b>{name}</b> {when}<p>{text}</p></article>"


@posts.get("/")
def index(request: Request) -> Response:
    return page()


@posts.post("/posts")
def create(request: Request) -> Response:
    name = request.form.get("author", "").strip()
    text = request.form.get("text", "").strip()
    if not name or not text:
        return page(name, text, "Please give a name and a text.")
    try:
        Post.insert(author=find_or_add_user(name), text=text)
    except InvalidValue as error:  # too long, say: the model knows its limits
        return page(name, text, f"{error}.")
    return redirect("/")


def page(author: str = "", text: str = "", problem: str = "") -> Response:
    """The whole page: the form, as it was filled in, and all posts, the newest first."""
    found = Post.select().join(User).order_by(Post.created.desc(), Post.id.desc())
    articles = [
        ARTICLE.format(
            name=html.escape(user.name),
            when=post.created.strftime("%d %b %Y, %H:%M"),
            text=html.escape(post.text),
        )
        for post, user in found
    ]
    content = PAGE.format(
        author=html.escape(author),
        text=html.escape(text),
        problem=html.escape(problem),
        articles="".join(articles),
    )
    return html_response(content, 422 if problem else 200)
