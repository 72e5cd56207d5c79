"""Threads that wait do their own work, and leave it to others as soon as there is other work at the same tenant."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import contained
from test_steps import Badges, badge_step, policy

import offboard
from offboard import aio, sim

PEOPLE = ("alex@contoso.com", "johanna@contoso.com", "irvin@contoso.com", "megan@contoso.com")


def test_threads_wait_at_one_tenant_at_once(tenant: sim.Tenant) -> None:
    together = threading.Barrier(len(PEOPLE))

    def one(who: str) -> offboard.Report:
        engine = offboard.connect(tenant)
        together.wait()
        return contained(engine, who)

    with ThreadPoolExecutor(len(PEOPLE)) as pool:
        reports = list(pool.map(one, PEOPLE))
    assert [report.is_done for report in reports] == [True] * len(PEOPLE)
    assert [text for report in reports for text in tenant.judge(report)] == []


def test_a_thread_waits_while_a_loop_has_runs(tenant: sim.Tenant) -> None:
    engine = offboard.connect(tenant)

    async def main() -> None:
        other = await aio.connect(tenant)
        plan = await other.plan("containment", PEOPLE[0], made_by="ada")
        run = asyncio.ensure_future(other.apply(plan, other.approve(plan, by="ada"), until="done"))
        await asyncio.sleep(0)
        # The loop itself stands still meanwhile; the run does not.
        here = contained(engine, PEOPLE[1])
        there = asyncio.to_thread(contained, engine, PEOPLE[2])
        reports = [here, *await asyncio.gather(run, there)]
        assert all(report.is_done for report in reports)
        assert [text for report in reports for text in tenant.judge(report)] == []

    asyncio.run(main())


def test_a_thread_that_waits_for_others_lets_them_go_on(engine: offboard.Engine, tenant: sim.Tenant) -> None:
    plan = engine.plan("containment", PEOPLE[0], made_by="ada")
    approval = engine.approve(plan, by="ada")
    run = engine.run_id(plan, approval)
    # It waits alone first, for a run that nobody has begun.
    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(lambda: [event.name for event in engine.events(run, follow=True)])
        report = engine.apply(plan, approval, until="done")
        assert report.is_done and tenant.judge(report) == []
        assert told.result(timeout=60) == [event.name for event in engine.events(run)]


def test_the_course_is_the_same_whoever_carries_it() -> None:
    def waiting() -> tuple[offboard.Report, sim.Tenant]:
        tenant = sim.Tenant(7)
        return contained(offboard.connect(tenant), PEOPLE[0]), tenant

    def told() -> tuple[offboard.Report, sim.Tenant]:
        # A function of the user's is called: on another thread than this one, which waits.
        tenant = sim.Tenant(7)
        engine, threads = offboard.connect(tenant), set[int]()
        plan = engine.plan("containment", PEOPLE[0], made_by="ada")
        approval = engine.approve(plan, by="ada")
        report = engine.apply(plan, approval, until="done", on_event=lambda _: threads.add(threading.get_ident()))
        assert threads and threading.get_ident() not in threads
        return report, tenant

    def awaited() -> tuple[offboard.Report, sim.Tenant]:
        async def main(tenant: sim.Tenant) -> offboard.Report:
            engine = await aio.connect(tenant)
            plan = await engine.plan("containment", PEOPLE[0], made_by="ada")
            return await engine.apply(plan, engine.approve(plan, by="ada"), until="done")

        tenant = sim.Tenant(7)
        return asyncio.run(main(tenant)), tenant

    first, *others = waiting(), told(), awaited()
    for report, tenant in others:
        assert report.to_json() == first[0].to_json()
        assert tenant.writes == first[1].writes and tenant.now == first[1].now


@pytest.fixture
def badges(tenant: sim.Tenant) -> Badges:
    found = Badges()
    found.rows[tenant.user_id(PEOPLE[0])] = {"number": 7, "valid": True}
    return found


def test_a_run_that_would_wait_for_itself_is_told_so(engine: offboard.Engine, tenant: sim.Tenant) -> None:
    plan = engine.plan("containment", PEOPLE[0], made_by="ada")
    approval = engine.approve(plan, by="ada")
    run = engine.run_id(plan, approval)
    with pytest.raises(offboard.UsageError, match="wait for itself") as raised:
        engine.apply(plan, approval, until="done", on_event=lambda _: engine.report(run))
    assert raised.value.hint is not None and "on_event" in raised.value.hint
    # It was stopped by that, and goes on like any other.
    assert engine.report(run).is_open
    assert engine.resume(run, until="done").is_done


def test_the_judging_of_a_step_that_calls_the_engine_is_told_so(tenant: sim.Tenant, badges: Badges) -> None:
    engines: list[offboard.Engine] = []

    def reached(self: offboard.Step, seen: object) -> bool:
        return bool(engines[0].runs())

    engine = offboard.connect(tenant, steps=[badge_step(badges, reached=reached)])
    engines.append(engine)
    plan = engine.plan(policy(), PEOPLE[0], made_by="ada")
    report = engine.apply(plan, engine.approve(plan, by="grace"), until="done")
    assert report.step("revoke_badge").outcome != "done"
    assert "wait for itself" in report.to_text()
