"""Two hundred leavers in one loop: no thread for each; and cut in the middle, brought to the same end by the command line."""

from __future__ import annotations

import asyncio
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from conftest import Program, answer

import offboard
from offboard import aio, sim

LEAVERS = 200
#: Where time is the machine's, each waits for his readings: so many are carried at once, some are done, some are cut in the
#: middle, and the rest is never begun.
AT_ONCE = 60
ENOUGH = 50
#: Python's own, two that carry, four for calls that block, the tenant's, the journals'; and none for each leaver.
THREADS = 20


def threads() -> int:
    """Every thread of this process, whoever made it."""
    return len(list(Path("/proc/self/task").iterdir()))


def state(tenant: sim.Tenant, who: str) -> dict[str, object]:
    """What containment decides of somebody."""
    person = tenant.person(who)
    user, mailbox = person["user"], person["mailbox"]
    return {
        "enabled": user["account_enabled"],
        "account_disabled": mailbox["account_disabled"],
        "forwarding": mailbox["forwarding_smtp_address"],
        "password is new": user["last_password_change"] >= "2026-11-26",
    }


def test_all_at_once() -> None:
    tenant = sim.Tenant(1)
    people = tenant.hire(LEAVERS)
    most = 0

    async def one(engine: aio.Engine, who: str) -> offboard.Report:
        nonlocal most
        plan = await engine.plan("containment", who, made_by="ada")
        report = await engine.apply(plan, engine.approve(plan, by="ada"), until="done")
        most = max(most, threads())
        return report

    async def main() -> list[offboard.Report]:
        engine = await aio.connect(tenant)
        before = threading.active_count()
        reports = await asyncio.gather(*(one(engine, who) for who in people))
        assert threading.active_count() == before
        return reports

    reports = asyncio.run(main())
    assert len({report.run for report in reports}) == LEAVERS
    assert all(report.is_done for report in reports)
    # The truth itself is looked at: the judge, who goes over the whole past of a tenant, would take long for so many.
    assert {frozenset(state(tenant, who).items()) for who in people} == {frozenset(state(tenant, people[0]).items())}
    assert most <= THREADS, most


def test_cut_in_the_middle_and_resumed_by_the_command_line(program: Program, tmp_path: Path) -> None:
    tenant = sim.Tenant(1, clock="machine")
    # Quick, because the command line has no other clock than the machine's.
    tenant.hurry(latency="PT0.002S", read_lag="PT0S")
    people = tenant.hire(LEAVERS)
    journal = tmp_path / "journal.db"
    most = 0

    async def main() -> dict[str, offboard.Report]:
        nonlocal most
        engine = await aio.connect(tenant, journal=journal)
        turn, reports = asyncio.Semaphore(AT_ONCE), dict[str, offboard.Report]()
        enough = asyncio.Event()

        async def one(who: str) -> None:
            nonlocal most
            async with turn:
                try:
                    plan = await engine.plan("containment", who, made_by="ada")
                    reports[who] = await engine.apply(plan, engine.approve(plan, by="ada"), until="done")
                except Exception:
                    # It is seen below, and not waited for.
                    enough.set()
                    raise
                most = max(most, threads())
                if len(reports) >= ENOUGH:
                    enough.set()

        tasks = [asyncio.create_task(one(who)) for who in people]
        await enough.wait()
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert {type(end) for end in ended} == {type(None), asyncio.CancelledError}, ended
        return reports

    whole = asyncio.run(main())
    assert most <= THREADS, most
    assert ENOUGH <= len(whole) < LEAVERS
    engine = offboard.connect(tenant, journal=journal)
    done = {report.run for report in whole.values()}
    cut = [run for run in engine.runs() if run.run not in done]
    assert cut and len(whole) + len(cut) < LEAVERS, "some were cut in the middle, and some were never begun"

    # The command line goes on with what was cut, from the same journal and over the wire.
    with tenant.serve() as server:
        environment = server.environment | {"OFFBOARD_JOURNAL": os.fspath(journal)}

        def resume(run: str) -> str:
            told = answer(program("resume", run, "--until", "done", "--json", env=environment), 0)
            return str(told["report"]["run"])

        # Each reads back by the machine's clock, and mostly waits.
        with ThreadPoolExecutor(16) as pool:
            assert set(pool.map(resume, [run.run for run in cut])) == {run.run for run in cut}

    reports = [engine.report(run.run) for run in engine.runs()]
    assert len(reports) == len(whole) + len(cut)
    expected = state(tenant, next(iter(whole)))
    # Of a write whose process died, nobody can tell any more whether it was so before it was sent.
    seen = {"already": "done"}
    outcomes = {
        frozenset((step.id, seen.get(step.outcome, step.outcome)) for step in report.steps) for report in reports
    }
    assert len(outcomes) == 1, outcomes
    for report in reports:
        assert report.is_done, report.to_text()
        assert state(tenant, report.leaver.user_principal_name) == expected
    assert engine.runs(only_open=True) == []
