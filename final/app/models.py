"""The tables of the microblog: people, their posts, and the comments below them.

Nothing here knows of requests, forms or pages.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from rung import DateTimeField, Expression, ForeignKey, Model, Query, TextField, connect

from .settings import settings

database = connect(settings.database_url)  # opens nothing yet: the first statement does

# What each role may do to what belongs to others. Everybody may edit and delete their own.
ROLES = {
    "member": set[str](),
    "moderator": {"post.delete", "comment.delete"},
    "admin": {"post.delete", "comment.delete", "post.edit", "comment.edit", "admin"},
}


def now() -> datetime:
    """The time in UTC, as a DateTimeField wants it."""
    return datetime.now(UTC).replace(tzinfo=None)


class Base(Model, abstract=True, database=database):
    """What every table has."""

    created = DateTimeField(default=now, index=True)


class User(Base, table="users"):
    name = TextField(max_length=20, unique=True)  # to log in with, and in addresses: /people/mira
    display_name = TextField(max_length=40)
    bio = TextField(max_length=300, default="")
    password_hash = TextField(max_length=300)
    role = TextField(max_length=20, default="member")
    picture = TextField(max_length=60, null=True)  # the name of a file in uploads/

    def has_permission(self, permission: str) -> bool:
        return permission in ROLES[self.role]

    def may(self, permission: str, thing: "Post | Comment") -> bool:
        """Whether to offer a link. The guard of the page behind it decides again, for itself."""
        return bool(thing.author_id == self.id) or self.has_permission(permission)


class Post(Base, table="posts"):
    author = ForeignKey(User, on_delete="cascade")
    author_id: int
    text = TextField(max_length=500)
    edited = DateTimeField(null=True)


class Comment(Base, table="comments"):
    post = ForeignKey(Post, on_delete="cascade")
    post_id: int
    author = ForeignKey(User, on_delete="cascade")
    author_id: int
    text = TextField(max_length=500)
    edited = DateTimeField(null=True)


MODELS: tuple[type[Base], ...] = (User, Post, Comment)


def timeline(*conditions: Expression) -> Query:
    """Posts joined to their authors, the newest first, all in one statement."""
    query = Post.select().join(User).where(*conditions)
    return query.order_by(Post.created.desc(), Post.id.desc())


def conversation(post: Post) -> Query:
    """The comments below a post joined to their authors, the oldest first."""
    return Comment.select().join(User).where(Comment.post == post).order_by(Comment.id)


def containing(words: str) -> Expression:
    """The condition that a post contains this text, or is by somebody of this name."""
    in_name = User.name.contains(words) | User.display_name.contains(words)
    condition: Expression = Post.text.contains(words) | in_name
    return condition


def comment_counts(posts: Iterable[Post]) -> dict[int, int]:
    """How many comments each of these posts has, of those that have any."""
    counted = Comment.select(Comment.post, Comment.id.count()).group_by(Comment.post)
    return dict(counted.where(Comment.post.in_(posts)))
