"""Leaving the interpreter while the core works: 40 times, and each ends as it should."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

#: A program that leaves while a run and a roster are carried, a coroutine of its own is awaited, and readings are on their way.
LEAVES = """
import asyncio, sys
from offboard import aio, sim

async def slow(scope, **more):
    await asyncio.sleep(0)
    raise RuntimeError("nobody is signed in")

async def main():
    tenant = sim.Tenant(int(sys.argv[1]))
    engine = await aio.connect(tenant)
    plan = await engine.plan("shared", "irvin@contoso.com", made_by="ada")
    approval = engine.approve(plan, by="grace")
    carried = asyncio.ensure_future(engine.apply(plan, approval, until="done"))
    others = [asyncio.ensure_future(engine.plan("containment", "alex@contoso.com")) for _ in range(20)]
    crowd = await aio.connect(sim.Tenant(3))
    roster = await crowd.plan_roster("containment", "upn\\nalex@contoso.com\\nirvin@contoso.com\\n", made_by="ada")
    all_of_them = crowd.approve_roster(roster, by="ada")
    others.append(asyncio.ensure_future(crowd.apply_roster(roster, all_of_them, on_event=lambda run, event: None)))
    refused = await aio.connect(sim.Tenant(2), credential=slow)
    others.append(asyncio.ensure_future(refused.plan("containment", "alex@contoso.com")))
    # So many turns of the loop later, without a word to anybody.
    for _ in range(int(sys.argv[1]) % 7):
        await asyncio.sleep(0.001)
    how = int(sys.argv[1]) % 4
    if how == 0:
        sys.exit(0)
    if how == 1:
        asyncio.get_running_loop().stop()
    if how == 2:
        await asyncio.wait_for(asyncio.shield(carried), 60)

try:
    asyncio.run(main())
except RuntimeError as error:
    assert "Event loop stopped" in str(error), error
"""

#: The same without asyncio: a thread of the program's still waits, and so does a run.
WAITS = """
import sys, threading, time
import offboard
from offboard import sim

engine = offboard.connect(sim.Tenant(int(sys.argv[1])))
plan = engine.plan("shared", "irvin@contoso.com", made_by="ada")
approval = engine.approve(plan, by="grace")
threading.Thread(target=lambda: engine.apply(plan, approval, until="done", on_event=lambda event: time.sleep(0.001))).start()
"""


def leave(number: int, program: str, tmp_path: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", program, str(number)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONASYNCIODEBUG": "0"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return "" if done.returncode == 0 else f"run {number} ended with {done.returncode}: {done.stderr}"


@pytest.mark.parametrize(("program", "runs"), [(LEAVES, 40), (WAITS, 8)], ids=["asyncio", "threads"])
def test_leaving_never_breaks(program: str, runs: int, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        wrong = [text for text in pool.map(lambda n: leave(n, program, tmp_path), range(runs)) if text]
    assert not wrong, "\n".join(wrong)
