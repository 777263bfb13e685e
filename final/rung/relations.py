"""The way back along a foreign key, and rows fetched for a whole list at once.

A page of ten posts that shows each author takes eleven statements: one for the posts, and one for
each author. prefetch() makes it two: Post.select().prefetch(Post.author). In the other direction,
User.select().prefetch(User.posts) fetches the posts of all these users.
"""

from typing import Any

from .expressions import Column

AT_ONCE = 10_000  # ids in one statement: SQLite takes 32,766 values


class Reverse:
    """user.posts, which ForeignKey(User, reverse="posts") makes: a query of the posts.

    A non-data descriptor, as a field is: what prefetch() puts into the object's own __dict__, a
    list, comes before it.
    """

    def __init__(self, key: Any) -> None:
        self.key, self.source = key, key.target

    def __get__(self, instance: Any, model: Any) -> Any:
        if instance is None:
            return self
        return self.key.model.select().where(Column(self.key.model, self.key) == instance)


def prefetch(objects: list[Any], relation: Column | Reverse) -> None:
    """Give each of the objects what the relation leads to."""
    for start in range(0, len(objects), AT_ONCE):
        some = objects[start : start + AT_ONCE]
        if isinstance(relation, Reverse):
            _prefetch_lists(some, relation.key)
        else:
            _prefetch_targets(some, relation.field)


def _prefetch_lists(objects: list[Any], key: Any) -> None:
    column = Column(key.model, key)
    lists: dict[int, list[Any]] = {each.id: [] for each in objects}
    for child in key.model.select().where(column.in_(lists)).order_by(key.model.id):
        lists[getattr(child, key.column)].append(child)
    for each in objects:
        vars(each)[key.reverse] = lists[each.id]
        for child in lists[each.id]:
            setattr(child, key.kept, each)


def _prefetch_targets(objects: list[Any], key: Any) -> None:
    ids = {getattr(each, key.column) for each in objects} - {None}
    targets = {each.id: each for each in key.target.select().where(key.target.id.in_(ids))}
    for each in objects:
        setattr(each, key.kept, targets.get(getattr(each, key.column)))
