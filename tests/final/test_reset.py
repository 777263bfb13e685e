"""reset.py and the first start of server.py: how a database comes to be."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.final.client import Client
from tests.support import databases
from tests.support.demo import Demo
from tests.support.targets import Target

Run = Callable[..., Any]


def test_reset_makes_tables_and_says_so(run_script: Run, database_url: str) -> None:
    finished = run_script("reset.py", DATABASE_URL=database_url)
    assert finished.returncode == 0, finished.stderr
    said = finished.stdout
    assert "Dropped" not in said  # there was nothing
    assert "Made 6 users, 32 posts, 20 comments" in said
    assert "'one rung at a time'" in said
    assert "wren    admin" in said
    assert "python server.py" in said


def test_folder_of_pictures_that_cannot_be_made_ends_with_a_sentence(run_script: Run) -> None:
    finished = run_script("reset.py", MICROBLOG_UPLOADS="/proc/nowhere/uploads")
    assert finished.returncode == 1
    assert finished.stderr.startswith("Uploads cannot be kept: [Errno 2]")
    assert finished.stderr.endswith("MICROBLOG_UPLOADS names their folder.\n")
    assert "Traceback" not in finished.stderr


def test_reset_says_what_it_has_dropped_and_makes_the_same_again(
    run_script: Run, database_url: str
) -> None:
    run_script("reset.py", DATABASE_URL=database_url)
    before = rows(run_script, database_url)
    change = (
        "from app.models import User, database; User.get(User.name == 'oskar').delete(); "
        "database.execute(\"INSERT INTO sessions VALUES ('a', '{}', 1, 9999999999)\")"
    )
    assert run_script("-c", change, DATABASE_URL=database_url).returncode == 0
    finished = run_script("reset.py", DATABASE_URL=database_url)
    assert "Dropped 5 users, 28 posts, 16 comments, 0 pictures and all sessions." in finished.stdout
    assert rows(run_script, database_url) == before
    assert before.count("Wren Castellanos") == 1


def rows(run_script: Run, database_url: str) -> str:
    """All that is in the tables, but for the salted hashes of passwords.

    The sessions, too: user 3 may be somebody else after a reset, and an old cookie would be theirs.
    """
    script = (
        "from app.models import database\n"
        "for table in ('users', 'posts', 'comments', 'sessions'):\n"
        "    for row in database.execute(f'SELECT * FROM {table} ORDER BY 1').rows:\n"
        "        print([value for value in row if 'scrypt' not in str(value)])"
    )
    finished = run_script("-c", script, DATABASE_URL=database_url)
    assert finished.returncode == 0, finished.stderr
    said: str = finished.stdout
    return said


def test_reset_creates_a_mysql_database_that_is_missing(run_script: Run) -> None:
    databases.require_mysql()
    url = databases.create_mysql_database()
    databases.drop_mysql_database(url)
    name = urlsplit(url).path[1:]
    try:
        finished = run_script("reset.py", DATABASE_URL=url)
        assert finished.returncode == 0, finished.stderr
        assert f"Created the database {name}." in finished.stdout
        assert "Made 6 users, 32 posts, 20 comments" in finished.stdout
    finally:
        databases.drop_mysql_database(url)


def test_the_first_start_makes_what_is_missing_and_the_second_keeps_it(
    start_demo: Callable[..., Demo], database_url: str
) -> None:
    first = start_demo(DATABASE_URL=database_url)
    client = Client(first.port).log_in("tomas", "one rung at a time")
    id = client.write_post("written before the restart 🪜")
    assert first.stop() == 0
    second = start_demo(DATABASE_URL=database_url)
    page = Client(second.port).get(f"/posts/{id}").page
    assert "written before the restart 🪜" in page.text
    client.port = second.port
    assert "/people/tomas" in client.get("/").page.links  # still logged in


def test_without_a_setting_the_database_is_a_file_beside_the_server(
    start_demo: Callable[..., Demo],
) -> None:
    demo = start_demo()
    assert Client(demo.port).get("/").page.posts
    assert (demo.folder / "rung.sqlite3").exists()


@pytest.mark.parametrize("script", ["server.py", "reset.py"])
@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgres://localhost/blog", "sqlite:///file.sqlite3 or mysql://"),
        ("blog.sqlite3", "sqlite:///file.sqlite3 or mysql://"),
        ("mysql://root@127.0.0.1", "mysql://user:password@host:3306/name"),
        ("mysql://root@127.0.0.1:1/blog", "blog"),
        ("sqlite:////no/such/folder/blog.sqlite3", "/no/such/folder"),
        ("sqlite:///README.md", "README.md"),  # a file, but no database
    ],
)
def test_a_database_that_cannot_be_used_is_one_sentence(
    run_script: Run, script: str, url: str, words: str
) -> None:
    finished = run_script(script, *["--port", "0"] * (script == "server.py"), DATABASE_URL=url)
    assert finished.returncode not in (0, None)
    assert words in finished.stderr
    assert "information_schema" not in finished.stderr  # of which the reader knows nothing
    assert len(finished.stderr.splitlines()) == 1
    assert "Traceback" not in finished.stderr


def test_no_message_repeats_a_password(run_script: Run) -> None:
    finished = run_script("reset.py", DATABASE_URL="mysql://root:s3cret-w0rd@127.0.0.1:1/blog")
    assert finished.returncode != 0
    assert "s3cret" not in finished.stdout + finished.stderr


@pytest.mark.parametrize("script", ["server.py", "reset.py"])
@pytest.mark.parametrize(
    ("package", "url"), [("jinja2", ""), ("pymysql", "mysql://root@127.0.0.1/blog")]
)
def test_a_missing_package_is_one_sentence_with_the_remedy(
    run_script: Run, target: Target, script: str, package: str, url: str
) -> None:
    hide = f"import sys, runpy; sys.modules[{package!r}] = None; sys.path.insert(0, ''); "
    run = f"runpy.run_path({script!r}, run_name='__main__')"
    finished = run_script("-c", hide + run, DATABASE_URL=url)
    assert finished.returncode not in (0, None)
    assert len(finished.stderr.splitlines()) == 1, finished.stderr
    assert "pip install" in finished.stderr
    assert package in finished.stderr.lower()


def test_on_sqlite_the_mysql_driver_is_not_needed(run_script: Run) -> None:
    hide = "import sys, runpy; sys.modules['pymysql'] = None; sys.path.insert(0, ''); "
    finished = run_script("-c", hide + "runpy.run_path('reset.py', run_name='__main__')")
    assert finished.returncode == 0, finished.stderr


def test_reset_deletes_the_pictures_of_its_own_database_only(
    run_script: Run, database_url: str
) -> None:
    """uploads/ is one folder for every database that this copy has ever been pointed at."""
    run_script("reset.py", DATABASE_URL=database_url)
    change = (
        "import io\n"
        "from rung import UploadedFile\n"
        "from app import pictures; from app.models import User\n"
        "def upload(content):\n"
        "    return UploadedFile('x', 'image/gif', io.BytesIO(content), 0, len(content))\n"
        "user = User.get(User.name == 'yuki')\n"
        "user.picture = pictures.store(upload(b'GIF89a')); user.save()\n"
        "pictures.store(upload(b'GIF89a of another database'))"
    )
    assert run_script("-c", change, DATABASE_URL=database_url).returncode == 0
    finished = run_script("reset.py", DATABASE_URL=database_url)
    assert "1 pictures and all sessions" in finished.stdout
    count = "from app import pictures; print(len(list(pictures.UPLOADS.glob('*.gif'))))"
    assert run_script("-c", count, DATABASE_URL=database_url).stdout.strip() == "1"


@pytest.mark.parametrize("script", ["reset.py", "server.py"])
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:///:memory:", "another database for each worker"),
        ("mysql://root@127.0.0.1:3306/mysql", "belongs to the server itself"),
    ],
)
def test_databases_that_cannot_be_meant_are_refused(
    run_script: Run, script: str, url: str, said: str
) -> None:
    finished = run_script(script, DATABASE_URL=url)
    assert finished.returncode == 1
    assert said in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_row_that_vanishes_between_look_and_write_is_404(
    run_script: Run, database_url: str
) -> None:
    """Another request deletes the post while this one reads its form: no bug, and no 500."""
    run_script("reset.py", DATABASE_URL=database_url)
    script = (
        "from app import create_app, forms; from app.models import Post, User\n"
        "from rung import Request, Headers, Sessions, log_in\n"
        "import app.web as web\n"
        "post = Post.select().first(); author = post.author\n"
        "read = forms.Form.text\n"
        "def vanish(*arguments, **options):\n"
        "    Post.select().where(Post.id == post.id).delete()\n"
        "    return read(*arguments, **options)\n"
        "forms.Form.text = vanish\n"
        "web.app.before_functions.clear()  # no token is asked for\n"
        "web.app.before(lambda request: log_in(request, author))\n"
        "fields = Headers({'Content-Type': 'application/x-www-form-urlencoded'})\n"
        "path = f'/posts/{post.id}/edit'\n"
        "request = Request('POST', path, path, headers=fields, body=b'text=changed')\n"
        "print(create_app()(request).status.value)"
    )
    finished = run_script("-c", script, DATABASE_URL=database_url)
    assert finished.stdout.strip() == "404", finished.stderr
