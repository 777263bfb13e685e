"""The fields that final/ adds, alike on both databases: Python values in, the same values out."""

import enum
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal, localcontext
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

Plain = Callable[[str], list[tuple[Any, ...]]]


class Status(enum.StrEnum):
    draft = "draft"
    public = "public"


@pytest.fixture(scope="module")
def model(orm: ModuleType, database: Any) -> Iterator[Any]:
    """A model with a column of each kind; every one may be NULL."""

    class Thing(orm.Model, table="things", database=database):
        big = orm.BigIntegerField(null=True)
        ratio = orm.FloatField(null=True)
        price = orm.DecimalField(max_digits=10, decimal_places=2, null=True)
        day = orm.DateField(null=True)
        moment = orm.DateTimeField(null=True)
        data = orm.JSONField(null=True)
        blob = orm.BytesField(null=True)
        status = orm.TextField(max_length=10, choices=list(Status), null=True)

    orm.drop_tables([Thing])
    orm.create_tables([Thing])
    yield Thing
    orm.drop_tables([Thing])


@pytest.fixture
def things(model: Any) -> Any:
    model.select().delete()
    return model


ROUND_TRIPS = [
    ("big", 2**63 - 1),
    ("big", -(2**63)),
    ("price", Decimal("0.00")),
    ("price", Decimal("0.07")),
    ("price", Decimal("-12.50")),
    ("price", Decimal("99999999.99")),
    ("day", date(2026, 11, 22)),
    ("day", date(1000, 1, 1)),
    ("day", date(9999, 12, 31)),
    ("moment", datetime(2026, 11, 22, 12, 30, 15, 1)),
    ("data", {}),
    ("data", []),
    ("data", 0),
    ("data", False),
    ("data", ""),
    ("data", {"b": [1, 2.5, None, True, "🪜 \\ ' ? %s"], "a": {"": {}}}),
    ("blob", b""),
    ("blob", bytes(range(256))),
    ("blob", "🪜' ? %s".encode() + b"\x00\x1a\\"),
    ("status", Status.draft),
]


@pytest.mark.parametrize(("name", "value"), ROUND_TRIPS, ids=[f"{n}-{v!r}" for n, v in ROUND_TRIPS])
def test_a_value_comes_back_as_it_went_in(things: Any, name: str, value: Any) -> None:
    thing = things.insert(**{name: value})
    for found in (things.get(thing.id), things.select().first()):
        assert getattr(found, name) == value
        assert type(getattr(found, name)) in (type(value), str)
    assert list(things.select(getattr(things, name))) == [(value,)]
    assert things.get(getattr(things, name) == value) == thing
    others = set(vars(found)) - {"id", name, "_stored"}
    assert all(getattr(found, other) is None for other in others)


def test_a_list_keeps_the_order_of_the_keys_that_a_dict_was_given(things: Any) -> None:
    thing = things.insert(data={"b": 1, "a": 2})
    assert list(things.get(thing.id).data) == ["b", "a"]


WRONG = [
    ("big", 2**63, "does not fit into 64 bits"),
    ("big", "5", "takes int, not '5'"),
    ("ratio", float("nan"), "nan does not fit into a finite DOUBLE"),
    ("ratio", float("inf"), "inf does not fit into a finite DOUBLE"),
    ("ratio", 10**400, "takes float, not 1000"),
    ("price", 0.1, "takes Decimal, not 0.1"),
    ("price", Decimal("0.001"), "does not fit into 10 digits, 2 of them after the point"),
    ("price", Decimal("100000000.00"), "does not fit into 10 digits"),
    ("price", Decimal("NaN"), "does not fit into 10 digits"),
    ("price", Decimal("Infinity"), "does not fit into 10 digits"),
    ("day", datetime(2026, 11, 22), "takes date, not datetime"),
    ("day", "2026-11-22", "takes date, not '2026-11-22'"),
    ("moment", date(2026, 11, 22), "takes datetime, not datetime.date"),
    ("moment", datetime(2026, 1, 1, tzinfo=UTC), "astimezone"),
    ("data", (1, 2), "takes JSON values"),
    ("data", {1: 2}, "takes JSON values"),
    ("data", {"now": datetime(2026, 1, 1)}, "takes JSON values"),
    ("data", float("nan"), "takes JSON values"),
    ("blob", "text", "takes bytes, not 'text'"),
    ("blob", bytearray(b"a"), "takes bytes"),
    ("status", "gone", "takes one of"),
    ("status", 5, "takes str, not 5"),
]


@pytest.mark.parametrize(
    ("name", "value", "said"), WRONG, ids=[f"{n}-{v!r}"[:30] for n, v, _ in WRONG]
)
def test_what_does_not_fit_is_refused_by_every_way_of_writing(
    things: Any, orm: ModuleType, plain: Plain, name: str, value: Any, said: str
) -> None:
    thing = things.insert()
    setattr(thing, name, value)  # nothing is checked before it is written
    for write in (
        thing.save,
        lambda: things.insert(**{name: value}),
        lambda: things.insert_many([{}, {name: value}]),
        lambda: things.upsert(things.id, **{name: value}),
        lambda: things.select().update(**{name: value}),
    ):
        with pytest.raises(orm.InvalidValue) as caught:
            write()
        assert said in str(caught.value)
        error = caught.value
        assert (error.model, error.field) == (things, name)
        assert error.value is value or error.value == value
    assert plain("SELECT COUNT(*) FROM things") == [(1,)]


def test_an_int_will_do_for_a_float_and_a_decimal(things: Any) -> None:
    thing = things.insert(ratio=3, price=5)
    found = things.get(thing.id)
    assert (found.ratio, type(found.ratio)) == (3.0, float)
    assert (str(found.price), type(found.price)) == ("5.00", Decimal)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("price", [Decimal(text) for text in ("-10.00", "-9.50", "0.00", "0.10", "9.00", "10.00")]),
        ("price", [Decimal("9999999.99"), Decimal("10000000.00"), Decimal("10000000.01")]),
        ("day", [date(1999, 12, 31), date(2026, 1, 2), date(2026, 10, 1)]),
    ],
)
def test_values_sort_and_compare_as_in_python(things: Any, name: str, values: list[Any]) -> None:
    things.insert_many({name: value} for value in reversed(values))
    column = getattr(things, name)

    def found(condition: Any) -> list[Any]:
        return [value for (value,) in things.select(column).where(condition).order_by(column)]

    assert found(column.in_(values)) == values
    assert found(column < values[-1]) == values[:-1]
    assert found(column.between(values[1], values[-1])) == values[1:]
    assert list(things.select(column.min(), column.max())) == [(values[0], values[-1])]


def test_decimals_are_exact_whatever_the_context_of_the_thread(things: Any) -> None:
    with localcontext() as context:
        context.prec = 5
        thing = things.insert(price=Decimal("12345678.91"))
        assert things.get(thing.id).price == Decimal("12345678.91")
        things.insert(price=Decimal("99999999.99"))
        assert list(things.select(things.price.sum())) == [(Decimal("112345678.90"),)]


def test_the_average_of_decimals_is_a_float(things: Any) -> None:
    things.insert_many({"price": Decimal(text)} for text in ("1.25", "0.57", "0.05"))
    few = things.select(things.price.avg()).where(things.price < 1)
    assert list(few) == [(0.31,)]
    assert few.having(things.price.avg() > Decimal("0.30")).count() == 1
    [(average,)] = things.select(things.price.avg())
    assert average == pytest.approx(1.87 / 3, abs=1e-6)  # MySQL rounds to six digits


def test_a_change_inside_of_a_json_value_is_saved(things: Any) -> None:
    thing = things.insert(data={"tags": ["a"]})
    thing.data["tags"].append("b")
    thing.save()
    assert things.get(thing.id).data == {"tags": ["a", "b"]}


def test_a_default_that_all_objects_would_share_is_refused(orm: ModuleType) -> None:
    with pytest.raises(orm.ModelError, match="give a function"):
        orm.JSONField(default={})

    class Note(orm.Model):
        data = orm.JSONField(default=dict)

    assert Note().data is not Note().data


# --- unique, alone and together


def test_a_pair_that_is_unique_together_is_named(
    blog: SimpleNamespace, orm: ModuleType, ann: Any
) -> None:
    class Vote(orm.Model, table="t_votes", database=blog.database, unique=[("user", "day")]):
        user = orm.ForeignKey(blog.User)
        day = orm.IntegerField()

    orm.drop_tables([Vote])
    orm.create_tables([Vote])
    try:
        bob = blog.User.insert(name="bob")
        Vote.insert(user=ann, day=1)
        Vote.insert(user=ann, day=2)
        other = Vote.insert(user=bob, day=1)
        other.user = ann
        for wrong in (lambda: Vote.insert(user=ann, day=1), other.save):
            with pytest.raises(orm.DuplicateValue, match=r"^Vote\.day: .*unique together: user"):
                wrong()
        with pytest.raises(orm.DuplicateValue) as caught:
            Vote.insert(user=ann, day=2)
        assert caught.value.value == (ann.id, 2)
        assert Vote.upsert(Vote.user, Vote.day, user=ann, day=2).id == 2
        assert Vote.select().count() == 3
    finally:
        orm.drop_tables([Vote])


def test_upsert_goes_by_columns_of_any_kind(orm: ModuleType, database: Any) -> None:
    class Price(orm.Model, table="t_prices", database=database, unique=[("day", "amount")]):
        day = orm.DateField()
        amount = orm.DecimalField()
        note = orm.TextField(max_length=20, null=True)

    orm.drop_tables([Price])
    orm.create_tables([Price])
    row = {"day": date(2026, 11, 22), "amount": Decimal("12.50")}
    first = Price.upsert(Price.day, Price.amount, **row, note="one")
    again = Price.upsert(Price.day, Price.amount, **row, note="two")
    assert (first.id, again.note, again.amount) == (again.id, "two", Decimal("12.50"))
    assert Price.select().count() == 1
    orm.drop_tables([Price])


def test_unique_together_takes_names_of_fields(orm: ModuleType, database: Any) -> None:
    class Vote(orm.Model, database=database, unique=[("user", "dya")]):
        user = orm.IntegerField()
        day = orm.IntegerField()

    with pytest.raises(orm.ModelError, match="Vote has no field 'dya'"):
        orm.create_tables([Vote])
