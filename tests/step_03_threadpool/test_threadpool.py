"""The bounded queue and the workers that it feeds."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from types import ModuleType
from typing import Any

import pytest

Rung = Callable[..., ModuleType]
MakePool = Callable[..., AbstractContextManager[Any]]

DEADLINE = 5.0  # seconds for what must happen
WAKE_UP = 2.0  # seconds for a call to return that nothing holds up any more
NOT_YET = 0.03  # seconds after which something that waits is taken to wait on


@pytest.fixture
def threadpool(rung: Rung) -> ModuleType:
    return rung("threadpool")


class Call:
    """A call in a thread of its own, whose end can be awaited."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self._function, self._arguments = function, arguments
        self._value: Any = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def is_waiting(self) -> bool:
        """True if it has not returned after a moment; what it raised is raised here."""
        self._thread.join(NOT_YET)
        if self._error is not None:
            raise self._error
        return self._thread.is_alive()

    @property
    def has_returned(self) -> bool:
        return not self._thread.is_alive()

    def result(self) -> Any:
        """What it returned or raised, once it has."""
        self._thread.join(WAKE_UP)
        assert not self._thread.is_alive(), f"{self._function} still waits after {WAKE_UP:g} s"
        if self._error is not None:
            raise self._error
        return self._value

    def _run(self) -> None:
        try:
            self._value = self._function(*self._arguments)
        except BaseException as error:  # noqa: BLE001 - raised in the test's own thread
            self._error = error


# --- the queue


@pytest.mark.exercise("3.1")
@pytest.mark.exercise("3.2")
def test_first_in_first_out(threadpool: ModuleType) -> None:
    queue = threadpool.BoundedQueue(3)
    for item in "abc":
        queue.put(item)
    assert [queue.get() for _ in range(3)] == ["a", "b", "c"]


@pytest.mark.exercise("3.1")
def test_put_waits_while_the_queue_is_full(threadpool: ModuleType) -> None:
    """Back-pressure: whoever brings work waits, and no memory fills up."""
    queue = threadpool.BoundedQueue(2)
    queue.put(1)
    queue.put(2)
    third = Call(queue.put, 3)
    assert third.is_waiting()
    assert queue.get() == 1
    third.result()
    assert [queue.get(), queue.get()] == [2, 3]


@pytest.mark.exercise("3.1")
def test_put_gives_up_after_its_timeout(threadpool: ModuleType) -> None:
    queue = threadpool.BoundedQueue(1)
    queue.put("kept", timeout=0.01)
    with pytest.raises(threadpool.QueueFull):
        Call(queue.put, "too many", 0.1).result()
    assert queue.get() == "kept"
    queue.put("next", timeout=0.01)
    assert queue.get() == "next", "what was refused must not be in the queue"


@pytest.mark.exercise("3.1")
def test_put_does_not_give_up_before_its_timeout(threadpool: ModuleType) -> None:
    queue = threadpool.BoundedQueue(1)
    queue.put("kept")
    started = time.monotonic()
    with contextlib.suppress(threadpool.QueueFull):
        Call(queue.put, "too many", 0.1).result()
    assert time.monotonic() - started >= 0.09, "it did not wait"


@pytest.mark.exercise("3.1")
def test_put_within_its_timeout_succeeds(threadpool: ModuleType) -> None:
    queue = threadpool.BoundedQueue(1)
    queue.put(1)
    second = Call(queue.put, 2, DEADLINE)
    assert second.is_waiting()
    queue.get()
    second.result()
    assert queue.get() == 2


@pytest.mark.exercise("3.1")
def test_put_looks_again_when_it_is_woken(threadpool: ModuleType) -> None:
    """Between the wake-up call and our turn another may have taken the place (threading docs)."""
    queue = threadpool.BoundedQueue(1)
    queue.put(1)
    second = Call(queue.put, 2)
    assert second.is_waiting()
    wake_all_for_nothing(queue)
    assert second.is_waiting(), "the queue was still full"
    assert queue.get() == 1
    second.result()


@pytest.mark.exercise("3.1")
def test_nothing_goes_into_a_closed_queue(threadpool: ModuleType) -> None:
    queue = threadpool.BoundedQueue(2)
    queue.close()
    with pytest.raises(threadpool.QueueClosed):
        Call(queue.put, 1).result()
    with pytest.raises(threadpool.QueueClosed):
        Call(queue.get).result()


@pytest.mark.exercise("3.1")
def test_full_queue_that_is_closed_is_closed_and_not_full(threadpool: ModuleType) -> None:
    """Whoever hears that it is full will try again."""
    queue = threadpool.BoundedQueue(1)
    queue.put(1)
    queue.close()
    with pytest.raises(threadpool.QueueClosed):
        Call(queue.put, 2, 0.1).result()


@pytest.mark.exercise("3.1")
@pytest.mark.exercise("3.2")
def test_get_waits_while_the_queue_is_empty(threadpool: ModuleType) -> None:
    queue = threadpool.BoundedQueue(2)
    waiting = Call(queue.get)
    assert waiting.is_waiting()
    queue.put("item")
    assert waiting.result() == "item"


@pytest.mark.exercise("3.2")
def test_get_looks_again_when_it_is_woken(threadpool: ModuleType) -> None:
    queue = threadpool.BoundedQueue(1)
    waiting = Call(queue.get)
    assert waiting.is_waiting()
    wake_all_for_nothing(queue)
    assert waiting.is_waiting(), "the queue was still empty"
    queue.put("item")
    assert waiting.result() == "item"


@pytest.mark.exercise("3.2")
def test_get_wakes_one_who_waits_for_a_place(threadpool: ModuleType) -> None:
    queue = threadpool.BoundedQueue(1)
    queue.put(0)
    waiting = [Call(queue.put, number) for number in (1, 2, 3)]
    assert waiting[-1].is_waiting()
    taken = []
    for places in range(1, 4):
        taken.append(Call(queue.get).result())
        end = time.monotonic() + WAKE_UP
        while (put := sum(each.has_returned for each in waiting)) < places:
            assert time.monotonic() < end, f"{places} places, and only {put} of those who wait put"
            time.sleep(0.001)
    taken.append(Call(queue.get).result())
    assert taken[0] == 0
    assert sorted(taken) == [0, 1, 2, 3]


@pytest.mark.exercise("3.2")
def test_what_is_in_a_closed_queue_can_still_be_taken(threadpool: ModuleType) -> None:
    queue = threadpool.BoundedQueue(2)
    queue.put(1)
    queue.put(2)
    queue.close()
    assert [Call(queue.get).result() for _ in range(2)] == [1, 2]


@pytest.mark.exercise("3.2")
def test_nobody_waits_for_an_item_of_a_closed_queue(threadpool: ModuleType) -> None:
    queue = threadpool.BoundedQueue(2)
    queue.put(1)
    queue.close()
    assert Call(queue.get).result() == 1
    with pytest.raises(threadpool.QueueClosed):
        Call(queue.get).result()


@pytest.mark.exercise("3.2")
@pytest.mark.exercise("3.3")
@pytest.mark.parametrize("count", [1, 4])
def test_close_wakes_everybody_who_waits_for_an_item(threadpool: ModuleType, count: int) -> None:
    queue = threadpool.BoundedQueue(1)
    waiting = [Call(queue.get) for _ in range(count)]
    assert waiting[-1].is_waiting()
    queue.close()
    for each in waiting:
        with pytest.raises(threadpool.QueueClosed):
            each.result()


@pytest.mark.exercise("3.1")
@pytest.mark.exercise("3.3")
@pytest.mark.parametrize("count", [1, 4])
def test_close_wakes_everybody_who_waits_for_a_place(threadpool: ModuleType, count: int) -> None:
    queue = threadpool.BoundedQueue(1)
    queue.put("inside")
    waiting = [Call(queue.put, number) for number in range(count)]
    assert waiting[-1].is_waiting()
    queue.close()
    for each in waiting:
        with pytest.raises(threadpool.QueueClosed):
            each.result()


@pytest.mark.exercise("3.3")
def test_close_takes_nothing_out(threadpool: ModuleType) -> None:
    queue = threadpool.BoundedQueue(2)
    queue.put(1)
    queue.put(2)
    queue.close()
    assert [Call(queue.get).result() for _ in range(2)] == [1, 2]


@pytest.mark.exercise("3.3")
def test_close_may_be_called_twice(threadpool: ModuleType) -> None:
    queue = threadpool.BoundedQueue(1)
    queue.close()
    Call(queue.close).result()
    with pytest.raises(threadpool.QueueClosed):
        queue.put(1)


def test_no_item_is_lost_or_taken_twice(threadpool: ModuleType) -> None:
    """Four threads put, four take, through a queue of three."""
    queue = threadpool.BoundedQueue(3)
    taken: list[int] = []

    def take() -> None:
        while (item := queue.get()) >= 0:
            taken.append(item)

    takers = [Call(take) for _ in range(4)]
    putters = [
        Call(lambda start: [queue.put(start + n) for n in range(250)], start)
        for start in (0, 250, 500, 750)
    ]
    for putter in putters:
        putter.result()
    for _ in takers:
        queue.put(-1)
    for taker in takers:
        taker.result()
    assert sorted(taken) == list(range(1000))


@pytest.mark.parametrize("capacity", [0, -1])
def test_queue_without_room_is_refused(threadpool: ModuleType, capacity: int) -> None:
    with pytest.raises(ValueError, match=str(capacity)):
        threadpool.BoundedQueue(capacity)


def wake_all_for_nothing(queue: Any) -> None:
    """What happens when many wait and somebody is faster: woken up, and nothing there."""
    for condition in (queue._not_empty, queue._not_full):
        with condition:
            condition.notify_all()


# --- the pool


@pytest.fixture
def pool(threadpool: ModuleType, monkeypatch: pytest.MonkeyPatch) -> MakePool:
    """with pool(workers=2) as running: ...; raises what a worker has died of."""

    @contextlib.contextmanager
    def make(**arguments: int) -> Iterator[Any]:
        died: list[BaseException] = []
        monkeypatch.setattr(threading, "excepthook", lambda args: died.append(args.exc_value))
        running = threadpool.ThreadPool(**arguments)
        try:
            yield running
        finally:
            ended = running.shutdown(DEADLINE)
            if died:
                raise died[0]
            assert ended, "the workers do not end"

    return make


@pytest.mark.exercise("3.4")
def test_as_many_jobs_run_at_once_as_there_are_workers(pool: MakePool) -> None:
    """Each job waits for all the others: with fewer workers none would ever end."""
    meeting = threading.Barrier(8)
    threads = set()

    def job() -> None:
        meeting.wait(DEADLINE)
        threads.add(threading.current_thread())

    with pool(workers=8) as running:
        for _ in range(8):
            running.submit(job)
    assert len(threads) == 8
    assert threading.current_thread() not in threads


@pytest.mark.exercise("3.4")
def test_jobs_of_one_worker_run_in_order(pool: MakePool) -> None:
    done: list[int] = []
    with pool(workers=1) as running:
        for number in range(5):
            running.submit(lambda number=number: done.append(number))
    assert done == [0, 1, 2, 3, 4]


@pytest.mark.exercise("3.4")
@pytest.mark.parametrize("name", ["ValueError", "QueueClosed", "SystemExit"])
def test_job_that_raises_does_not_end_its_worker(
    pool: MakePool, threadpool: ModuleType, name: str
) -> None:
    """Also where it raises what the pool itself uses as a sign to stop, or calls sys.exit()."""
    errors = {"ValueError": ValueError, "SystemExit": SystemExit}
    done = threading.Event()

    def fail() -> None:
        raise errors.get(name, threadpool.QueueClosed)

    with pool(workers=1) as running:
        running.submit(fail)
        running.submit(done.set)
    assert done.is_set(), "the only worker is gone"


@pytest.mark.exercise("3.4")
def test_job_that_raises_is_logged(
    pool: MakePool, threadpool: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever submitted it is gone: if it is not logged, nobody will ever know."""
    with caplog.at_level(logging.ERROR, "rung"), pool(workers=1) as running:
        running.submit(lambda: 1 // 0)
    logged = [record.exc_info[0] for record in caplog.records if record.exc_info]
    assert logged == [ZeroDivisionError]


@pytest.mark.exercise("3.4")
def test_workers_end_with_the_pool(pool: MakePool) -> None:
    workers = []
    with pool(workers=2) as running:
        running.submit(lambda: workers.append(threading.current_thread()))
    assert len(workers) == 1
    assert not workers[0].is_alive()


def test_submit_waits_while_all_are_busy_and_the_queue_is_full(
    pool: MakePool, threadpool: ModuleType
) -> None:
    release, started = threading.Event(), threading.Event()

    def busy() -> None:
        started.set()
        release.wait(DEADLINE)

    with pool(workers=1, queue_size=1) as running:
        running.submit(busy)
        assert started.wait(DEADLINE)
        running.submit(busy)
        with pytest.raises(threadpool.QueueFull):
            running.submit(busy, timeout=0.05)
        release.set()
        running.submit(busy, timeout=DEADLINE)


@pytest.mark.exercise("3.5")
def test_shutdown_finishes_what_runs_and_what_waits(threadpool: ModuleType) -> None:
    done: list[int] = []
    running = threadpool.ThreadPool(workers=1)
    for number in range(4):
        running.submit(lambda number=number: (time.sleep(0.03), done.append(number)))
    assert running.shutdown(WAKE_UP) is True
    assert done == [0, 1, 2, 3]


@pytest.mark.exercise("3.5")
def test_nothing_is_taken_after_shutdown(threadpool: ModuleType) -> None:
    running = threadpool.ThreadPool(workers=1)
    running.shutdown(WAKE_UP)
    with pytest.raises(threadpool.QueueClosed):
        Call(running.submit, print).result()


@pytest.mark.exercise("3.5")
def test_shutdown_waits_no_longer_than_its_timeout(threadpool: ModuleType) -> None:
    """For all threads together: four jobs that hang do not take four times as long."""
    release, begun = threading.Event(), threading.Barrier(5)
    running = threadpool.ThreadPool(workers=4)
    for _ in range(4):
        running.submit(lambda: (begun.wait(DEADLINE), release.wait(DEADLINE)))
    begun.wait(DEADLINE)
    started = time.monotonic()
    try:
        assert running.shutdown(timeout=0.2) is False
        taken = time.monotonic() - started
    finally:
        release.set()
    assert 0.15 <= taken < 0.6, f"{taken:.2f} s"


@pytest.mark.exercise("3.5")
def test_shutdown_may_be_called_again(threadpool: ModuleType) -> None:
    release, begun = threading.Event(), threading.Event()
    running = threadpool.ThreadPool(workers=1)
    running.submit(lambda: (begun.set(), release.wait(DEADLINE)))
    assert begun.wait(DEADLINE)
    assert running.shutdown(timeout=0) is False
    release.set()
    assert running.shutdown(WAKE_UP) is True


@pytest.mark.exercise("3.5")
def test_one_thread_that_hangs_is_not_overlooked_among_others_that_have_ended(
    threadpool: ModuleType,
) -> None:
    release, begun = threading.Event(), threading.Barrier(5)

    def job() -> None:
        begun.wait(DEADLINE)
        if threading.current_thread().name == "worker-2":
            release.wait(DEADLINE)

    running = threadpool.ThreadPool(workers=4)
    for _ in range(4):
        running.submit(job)
    begun.wait(DEADLINE)
    try:
        assert running.shutdown(timeout=0.3) is False
    finally:
        release.set()
