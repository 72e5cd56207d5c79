"""The front end for asyncio: many runs in one loop, cancellation, following a run, coroutines of the user's."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

import offboard
from offboard import aio, sim

IRVIN = "irvin@contoso.com"


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(main(), debug=False)


def test_the_way_of_one_leaver(tenant: sim.Tenant) -> None:
    async def main() -> None:
        engine = await aio.connect(tenant)
        plan = await engine.plan("shared", IRVIN, made_by="ada")
        assert (await engine.check(plan)).standing == ()
        approval = engine.approve(plan, by="grace")
        report = await engine.apply(plan, approval, until="done")
        assert tenant.judge(report) == [] and report.step("convert_to_shared").outcome == "done"
        assert await engine.report(report.run) == report
        assert [row.run for row in await engine.runs()] == [report.run] and await engine.due() == []
        assert await engine.plan_of(report.run) == plan
        policy = await engine.policy_of(report.run)
        assert policy is not None and policy.digest == plan.policy_digest
        undo = await engine.undo(report.run, made_by="ada")
        assert undo.undoes == report.run
        report = await engine.cancel(report.run, by="grace")
        assert not report.is_open
        contained = await engine.contain("alex@contoso.com", by="ada", until="done")
        assert contained.is_done and tenant.judge(contained) == []

    run(main)


def test_both_front_ends_do_the_same(tenant: sim.Tenant) -> None:
    twin = sim.Tenant.contoso(seed=1)

    async def main() -> tuple[offboard.Plan, offboard.Report]:
        engine = await aio.connect(tenant)
        plan = await engine.plan("shared", IRVIN, made_by="ada")
        return plan, await engine.apply(plan, engine.approve(plan, by="grace"), until="done")

    plan, report = asyncio.run(main())
    engine = offboard.connect(twin)
    ours = engine.plan("shared", IRVIN, made_by="ada")
    assert ours == plan
    assert engine.apply(ours, engine.approve(ours, by="grace"), until="done") == report
    assert tenant.diff(twin) == []


def test_a_run_is_followed_while_it_is_carried(tenant: sim.Tenant) -> None:
    async def main() -> None:
        engine = await aio.connect(tenant)
        plan = await engine.plan("shared", IRVIN, made_by="ada")
        approval = engine.approve(plan, by="grace")
        carried = asyncio.create_task(engine.apply(plan, approval, until="done"))
        seen: list[offboard.Event] = []
        early = False
        async for event in engine.events(engine.run_id(plan, approval), follow=True):
            seen.append(event)
            early = early or not carried.done()
            # Whoever reads slowly misses nothing.
            await asyncio.sleep(0)
        report = await carried
        assert early, "it was only told afterwards"
        kept = [event async for event in engine.events(report.run)]
        assert seen == kept and [event.seq for event in kept] == list(range(1, len(kept) + 1))
        assert [event async for event in engine.events(report.run, after=3, follow=True)] == kept[3:]

    run(main)


def test_the_loop_is_never_held_up(tenant: sim.Tenant) -> None:
    async def main() -> None:
        engine = await aio.connect(tenant)
        turns = 0

        async def turn() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        turning = asyncio.create_task(turn())
        plan = await engine.plan("shared", IRVIN, made_by="ada")
        await engine.apply(plan, engine.approve(plan, by="grace"), until="done")
        turning.cancel()
        assert turns > 100, turns

    run(main)


def test_a_cancelled_reading_ends_at_once(tenant: sim.Tenant) -> None:
    async def main() -> None:
        engine = await aio.connect(tenant)
        task = asyncio.create_task(engine.plan("shared", IRVIN, made_by="ada"))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(engine.plan("shared", IRVIN, made_by="ada"), 0.001)
        assert tenant.writes == ()
        assert (await engine.plan("shared", IRVIN, made_by="ada")).steps

    run(main)


def differences(one: sim.Tenant, other: sim.Tenant) -> list[str]:
    """What differs, but for when it became so."""
    return [line for line in one.diff(other) if "unlicensed_since" not in line]


@pytest.mark.parametrize("after", [1, 3, 6, 11, 20])
def test_a_cancelled_run_comes_to_the_same_end(after: int, tmp_path: Path) -> None:
    tenant, twin = sim.Tenant(2), sim.Tenant(2)
    journal = tmp_path / "journal.db"

    async def whole() -> offboard.Report:
        engine = await aio.connect(twin)
        plan = await engine.plan("shared", IRVIN, made_by="ada")
        return await engine.apply(plan, engine.approve(plan, by="grace"), until="done")

    async def cut() -> str:
        engine = await aio.connect(tenant, journal=journal)
        plan = await engine.plan("shared", IRVIN, made_by="ada")
        approval = engine.approve(plan, by="grace")
        loop, enough = asyncio.get_running_loop(), asyncio.Event()
        told = 0

        def count(_: offboard.Event) -> None:
            nonlocal told
            told += 1
            if told >= after:
                loop.call_soon_threadsafe(enough.set)
                # Until the loop has asked to stop: virtual time does not run ahead of it.
                time.sleep(0.05)

        carried = asyncio.create_task(engine.apply(plan, approval, until="done", on_event=count))
        await enough.wait()
        carried.cancel()
        with pytest.raises(asyncio.CancelledError):
            await carried
        run = engine.run_id(plan, approval)
        report = await engine.report(run)
        assert report.is_open and tenant.judge(report) == []
        sent = tenant.requests()[1]
        # Nothing leaves any more, and the lease was given back.
        await asyncio.sleep(0.05)
        assert tenant.requests()[1] == sent
        return run

    run_id = asyncio.run(cut())
    expected = asyncio.run(whole())
    report = offboard.connect(tenant, journal=journal).resume(run_id, until="done")
    assert {step.id: step.outcome for step in report.steps} == {step.id: step.outcome for step in expected.steps}
    assert tenant.judge(report) == [] and differences(tenant, twin) == []


def test_two_cancellations_leave_at_once(tenant: sim.Tenant, tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"

    async def main() -> str:
        engine = await aio.connect(tenant, journal=journal)
        plan = await engine.plan("shared", IRVIN, made_by="ada")
        approval = engine.approve(plan, by="grace")
        begun, go = asyncio.Event(), threading.Event()
        loop = asyncio.get_running_loop()

        def hang(_: offboard.Event) -> None:
            loop.call_soon_threadsafe(begun.set)
            go.wait()

        carried = asyncio.create_task(engine.apply(plan, approval, until="done", on_event=hang))
        await begun.wait()
        carried.cancel()
        await asyncio.sleep(0.01)
        assert not carried.done(), "what is in flight is recorded first"
        carried.cancel()
        with pytest.raises(asyncio.CancelledError):
            await carried
        go.set()
        return engine.run_id(plan, approval)

    run_id = asyncio.run(main())
    # A lease that nobody gave back runs out.
    tenant.advance("PT2M")
    report = offboard.connect(tenant, journal=journal).resume(run_id, until="done")
    assert tenant.judge(report) == []
