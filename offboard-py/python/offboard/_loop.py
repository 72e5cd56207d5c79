"""Between the core's threads and asyncio."""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
import inspect
import os
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from . import _offboard as core


async def finish(work: core.Work) -> Any:
    """Awaits work. Cancelling ends it: what only reads at once, a run when what is in flight is recorded.

    A second cancellation leaves at once. That loses nothing either: whatever is durable is what happened.
    """
    future = work.start(asyncio.get_running_loop())
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        work.halt()
        if not work.is_awaited:
            raise
        try:
            await asyncio.wait((future,))
        except asyncio.CancelledError:
            work.abort()
            raise
        # What became of it stands in the journal; whoever cancelled does not want it told.
        if not future.cancelled():
            future.exception()
        raise


def settle(future: asyncio.Future[Any], value: Any, error: BaseException | None) -> None:
    """Gives a result to a future, unless nobody waits for it any more."""
    if future.done():
        return
    if error is None:
        future.set_result(value)
    else:
        future.set_exception(error)


_guard = threading.Lock()
_background: tuple[int, asyncio.AbstractEventLoop, threading.Thread] | None = None


def background() -> asyncio.AbstractEventLoop:
    """One loop for coroutines of programs that have none."""
    global _background
    with _guard:
        if _background is None or _background[0] != os.getpid():
            loop = asyncio.new_event_loop()
            thread = threading.Thread(target=loop.run_forever, name="offboard-asyncio", daemon=True)
            thread.start()
            _background = (os.getpid(), loop, thread)
        return _background[1]


async def _awaited(value: Awaitable[Any]) -> Any:
    return await value


def submit(
    value: Any, loop: asyncio.AbstractEventLoop | None, done: Callable[[concurrent.futures.Future[Any]], None]
) -> concurrent.futures.Future[Any] | None:
    """Puts whatever can be awaited onto its loop; nothing where it cannot be."""
    if not inspect.isawaitable(value):
        return None
    future = asyncio.run_coroutine_threadsafe(_awaited(value), loop or background())
    future.add_done_callback(done)
    return future


@atexit.register
def _leave() -> None:
    """Before the interpreter goes: nobody comes in any more, and whoever is inside leaves first."""
    core.close_gate()
    if _background is None or _background[0] != os.getpid():
        return
    _, loop, thread = _background
    loop.call_soon_threadsafe(loop.stop)
    # A coroutine of the user's that never lets go does not keep the interpreter.
    thread.join(timeout=1)
    if not thread.is_alive():
        loop.close()
