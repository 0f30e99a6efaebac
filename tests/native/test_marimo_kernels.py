"""The event loops of marimo's kernels, several of which share a process and come and go."""

import asyncio

import pytest
from pyautoload_wasm._reload.marimo_state import Kernels


@pytest.fixture
def loops():
    loops = [asyncio.new_event_loop(), asyncio.new_event_loop()]
    yield loops
    for loop in loops:
        loop.close()


def test_when_one_has_ended_another_takes_its_turns(loops):
    first, second = loops
    kernels, called = Kernels(), []
    kernels.add(first)
    kernels.add(second)
    kernels.call_soon_threadsafe(lambda: called.append("first"))
    assert not kernels.is_closed()
    first.close()
    assert kernels.is_closed()  # and so that turn never comes: it is asked for again
    kernels.call_soon_threadsafe(lambda: called.append("second"))
    assert not kernels.is_closed()
    second.run_until_complete(asyncio.sleep(0))
    assert called == ["second"]


def test_when_none_is_left_a_turn_is_asked_for_by_the_next(loops):
    first, second = loops
    kernels = Kernels()
    kernels.add(first)
    first.close()
    kernels.call_soon_threadsafe(lambda: None)
    assert kernels.is_closed()
    kernels.add(second)
    kernels.call_soon_threadsafe(lambda: None)
    assert not kernels.is_closed()
