"""The pages of the admins."""

import pytest

from tests.final.client import Client, Site
from tests.final.test_app_profiles import PICTURES, picture_of


def id_of(admin: Client, name: str) -> int:
    """The id of somebody, read from the form for their role."""
    path = "/admin"
    while path:
        page = admin.get(path).page
        for row in page.all("ul")[0].all("li"):
            if f"@{name} " in row.text:
                return int(row.all("form")[0].attributes["action"].split("/")[3])
        following = page.all("a", rel="next")
        path = following[0].attributes["href"] if following else ""
    raise AssertionError(f"{name} is not on the admin page")


@pytest.mark.parametrize("path", ["/admin", "/admin/posts", "/admin/people/2/delete"])
def test_only_admins_see_the_pages(
    site: Site, member: Client, moderator: Client, admin: Client, path: str
) -> None:
    assert site.visitor().get(path).location.startswith("/login")
    assert member.get(path).status == 403
    assert moderator.get(path).status == 403
    assert admin.get(path).status == 200
    assert "/admin" not in member.get("/").page.links
    assert "/admin" in admin.get("/").page.links


@pytest.mark.parametrize("path", ["/admin/people/{id}/role", "/admin/people/{id}/delete"])
def test_only_admins_change_people(
    site: Site, member: Client, stranger: Client, moderator: Client, admin: Client, path: str
) -> None:
    """Attack: a direct POST, for oneself or for another."""
    path = path.format(id=id_of(admin, member.name))
    assert site.visitor().post(path, role="admin").status == 401
    for client in (member, stranger, moderator):
        assert client.post(path, role="admin").status == 403
    assert member.get("/admin").status == 403
    assert site.visitor().get(f"/people/{member.name}").status == 200


def test_a_role_counts_from_the_next_request_on(member: Client, admin: Client) -> None:
    path = f"/admin/people/{id_of(admin, member.name)}/role"
    assert admin.follow(admin.post(path, role="admin")).page.flashes[-1].endswith("is now admin.")
    assert member.get("/admin").status == 200
    admin.post(path, role="member")
    assert member.get("/admin").status == 403


def test_a_role_that_does_not_exist_is_refused(member: Client, admin: Client) -> None:
    path = f"/admin/people/{id_of(admin, member.name)}/role"
    for role in ("emperor", "", "Admin", "admin\0"):
        assert admin.post(path, role=role).status == 400
    assert admin.post(path).status == 400
    assert member.get("/").status == 200


def test_nobody_takes_their_own_role_away(admin: Client) -> None:
    """The last admin would be gone before anybody noticed."""
    (mine,) = (
        row for row in admin.get("/admin").page.all("ul")[0].all("li") if "@wren " in row.text
    )
    assert not mine.all("form")
    assert admin.post("/admin/people/1/role", role="member").status == 400
    assert admin.get("/admin/people/1/delete").status == 400
    assert admin.post("/admin/people/1/delete").status == 400
    assert admin.get("/admin").status == 200


def test_deleting_somebody_asks_first_and_takes_all_that_was_theirs(
    site: Site, admin: Client
) -> None:
    leaver = site.member("A Leaver")
    post = leaver.write_post("soon gone")
    other = admin.write_post("stays")
    leaver.write_comment(other, "soon gone, too")
    admin.write_comment(post, "goes with the post")
    leaver.upload("/profile/picture", "picture", PICTURES["image/png"])
    picture = picture_of(leaver)
    path = f"/admin/people/{id_of(admin, leaver.name)}/delete"
    assert admin.get(path).page.heading == "Delete A Leaver?"
    assert leaver.get(f"/people/{leaver.name}").status == 200  # asking has changed nothing
    assert admin.post(path).location == "/admin"
    assert admin.get(f"/people/{leaver.name}").status == 404
    assert admin.get(f"/posts/{post}").status == 404
    assert admin.get(f"/posts/{other}").page.posts == []
    assert admin.get(picture).status == 404
    assert "/login" in leaver.get("/").page.links  # still a cookie, but nobody's
    assert leaver.post("/posts/new", text="from beyond").status == 401
    assert admin.post(path).status == 404


def test_the_list_of_posts_leads_to_edit_and_delete(member: Client, admin: Client) -> None:
    post = member.write_post("x" * 300)
    page = admin.get("/admin/posts").page
    assert {f"/posts/{post}", f"/posts/{post}/edit", f"/posts/{post}/delete"} <= page.links
