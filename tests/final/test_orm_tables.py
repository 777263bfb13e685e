"""Tables and their indexes, made and dropped in the order that their foreign keys need."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

Plain = Callable[[str], list[tuple[Any, ...]]]


def test_tables_are_made_in_the_order_of_their_foreign_keys(
    orm: ModuleType, database: Any, plain: Plain
) -> None:
    class Author(orm.Model, table="t_authors", database=database):
        name = orm.TextField(max_length=20, unique=True)

    class Book(orm.Model, table="t_books", database=database):
        author = orm.ForeignKey(Author)
        sequel_of = orm.ForeignKey("self", null=True)
        year = orm.IntegerField(index=True)

    orm.create_tables([Book, Author])
    orm.create_tables([Book, Author])  # there already: nothing happens
    book = Book.insert(author=Author.insert(name="ann"), year=1999)
    Book.insert(author=book.author, sequel_of=book, year=2001)
    orm.create_tables([Book, Author])
    assert plain("SELECT COUNT(*) FROM t_books") == [(2,)]
    assert indexed_columns(database, plain, "t_books") == {"author_id", "sequel_of_id", "year"}
    orm.drop_tables([Author, Book])
    orm.drop_tables([Author, Book])
    with pytest.raises(Exception, match=r"no such table|doesn't exist"):
        plain("SELECT * FROM t_books")


def indexed_columns(database: Any, plain: Plain, table: str) -> set[str]:
    if database.dialect.name == "sqlite":
        names = [row[1] for row in plain(f"PRAGMA index_list({table})")]
        return {row[2] for name in names for row in plain(f"PRAGMA index_info({name})")}
    return {row[4] for row in plain(f"SHOW INDEX FROM {table}") if row[2] != "PRIMARY"}


def test_what_to_do_when_a_row_that_is_pointed_at_goes_is_one_of_three(orm: ModuleType) -> None:
    with pytest.raises(orm.ModelError, match="no action, cascade or set null"):
        orm.ForeignKey("self", on_delete="explode")
