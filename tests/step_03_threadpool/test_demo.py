"""`python server.py` of step 03: slow pages, side by side."""

import time
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.support.demo import Demo

pytestmark = pytest.mark.own_step


def page(url: str) -> str:
    with urlopen(url, timeout=10) as answer:
        text: str = answer.read().decode()
    return text


def test_page_has_eight_frames(demo: Demo) -> None:
    assert page(demo.url).count('<iframe src="/slow?') == 8


def test_eight_slow_pages_come_from_eight_workers_in_the_time_of_one(demo: Demo) -> None:
    """Each takes a second."""
    urls = [f"{demo.url}/slow?{number}" for number in range(8)]
    started = time.monotonic()
    with ThreadPoolExecutor(8) as clients:
        pages = set(clients.map(page, urls))
    assert time.monotonic() - started < 4
    assert len(pages) == 8, "each names its worker"


def test_other_paths_are_not_found(demo: Demo) -> None:
    with pytest.raises(HTTPError) as caught:
        urlopen(f"{demo.url}/none", timeout=5)
    with caught.value as answer:
        assert answer.code == 404
        assert "/none" in answer.read().decode()
