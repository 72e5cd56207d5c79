"""Carrying many leavers at once: refused alone, waiting for dates, stopped in the middle and gone on with, by both front ends."""

from __future__ import annotations

import asyncio
import pickle
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import BOTH, Program, answer, foreign_hand, nobody_before_everybody

import offboard
from offboard import aio, sim


def test_one_who_is_refused_alone(tenant: sim.Tenant, engine: offboard.Engine) -> None:
    other = engine.plan("shared", "alex@contoso.com", successor="megan@contoso.com", made_by="ada")
    run = engine.apply(other, engine.approve(other, by="grace"), until="contained").run
    roster = engine.plan_roster("shared", BOTH, made_by="ada")
    report = engine.apply_roster(roster, engine.approve_roster(roster, by="grace"))
    line = report.leaver("alex@contoso.com")
    assert line.run is None and run in line.verdict and line.hint
    assert report.leaver("johanna@contoso.com").access_cut and report.totals.begun == 1
    # Nothing of it goes on any more.
    report = engine.cancel_roster(report.roster, by="grace")
    assert not report.is_open
    sent = len(tenant.writes)
    assert engine.resume_roster(report.roster).roster == report.roster and len(tenant.writes) == sent


def test_one_whom_another_process_carries(tenant: sim.Tenant, tmp_path: Path, program: Program) -> None:
    journal = tmp_path / "journal.db"
    engine = offboard.connect(tenant, journal=journal)
    roster = engine.plan_roster("containment", BOTH, made_by="ada")
    first = engine.apply_roster(roster, engine.approve_roster(roster, by="grace"), until="done")
    alex, johanna = (first.leaver(who) for who in ("alex@contoso.com", "johanna@contoso.com"))
    assert first.exit_code == 0 and alex.error is None and johanna.error is None

    def hold(*runs: str | None) -> None:
        held = [("UPDATE runs SET owner = 'elsewhere/1', held_until = ? WHERE run = ?", (2**62, run)) for run in runs]
        foreign_hand(journal, ("UPDATE runs SET owner = NULL, held_until = NULL", ()), *held)

    hold(alex.run)
    report = offboard.connect(tenant, journal=journal).resume_roster(first.roster, until="done")
    line = report.leaver("alex@contoso.com")
    assert isinstance(line.error, offboard.Leased) and line.run == alex.run and line.error.hint
    assert line.hint == f"not carried on: {line.error}", "what was seen, and what to do"
    assert report.leaver("johanna@contoso.com") == johanna and report.leaver("johanna@contoso.com").error is None
    # He himself is done; what was asked was not done.
    assert line.exit_code == 0 and report.exit_code == 6 and not report.is_done
    for again in (pickle.loads(pickle.dumps(report)), offboard.RosterReport(report)):
        assert again == report and again.exit_code == 6 and isinstance(again.leaver("alex@contoso.com").error, offboard.Leased)
    # What was recorded knows of no such thing.
    assert engine.roster_report(first.roster).exit_code == 0
    # Who cannot act ends it as the command line would.
    with tenant.serve() as server:
        told = program("resume", first.roster, "--json", env=server.environment | {"OFFBOARD_JOURNAL": str(journal)})
    assert answer(told, report.exit_code)["report"]["exit"] == 0
    # Nobody could be carried: that is raised.
    hold(alex.run, johanna.run)
    with pytest.raises(offboard.Leased):
        offboard.connect(tenant, journal=journal).resume_roster(first.roster)


def test_whoever_is_held_back_by_his_roster(tenant: sim.Tenant, engine: offboard.Engine) -> None:
    roster = engine.plan_roster("shared", BOTH, made_by="ada")
    approval = engine.approve_roster(roster, by="grace")

    def watch(_: str, __: offboard.Event) -> None:
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        engine.apply_roster(roster, approval, until="done", on_event=watch)
    approved = engine.approved_roster(roster, approval)
    (alex, _), (johanna, _) = approved.runs.items()
    assert engine.held_back_by(alex) == engine.held_back_by(johanna) == approved.roster
    # Alone he is only contained, whatever is asked for; asked for with his roster, so are the others.
    engine.resume(alex, until="done")
    begun = {step.kind for step in map(engine.plan_of(alex).step, _sent(engine, alex))}
    assert begun == {"containment"} and not _sent(engine, johanna)
    engine.resume_roster(approved.roster, only=[alex], until="done")
    assert {step.kind for step in map(engine.plan_of(johanna).step, _sent(engine, johanna))} == {"containment"}
    assert engine.held_back_by(alex) is None
    with pytest.raises(offboard.NoRun):
        engine.held_back_by("nothing")

    async def main() -> str | None:
        return await (await aio.connect(tenant)).held_back_by("nothing")

    with pytest.raises(offboard.NoRun):
        asyncio.run(main())


def _sent(engine: offboard.Engine, run: str) -> set[str]:
    return {event.step for event in engine.events(run) if event.name == "applied" and event.step}


def test_dates_wait_for_their_time(tenant: sim.Tenant, engine: offboard.Engine) -> None:
    roster = engine.plan_roster("shared", BOTH, made_by="ada")
    report = engine.apply_roster(roster, engine.approve_roster(roster, by="grace"), until="done")
    assert report.exit_code == 6 and report.wake_at is not None and engine.due() == []
    while report.is_open:
        assert report.wake_at is not None
        tenant.advance(report.wake_at - engine.now)
        tenant.advance("PT1S")
        # Only those whose time has come; runs of others are none of this roster's.
        report = engine.resume_roster(report.roster, only=[*engine.due(), "ffffffffffffffff"], until="done")
    assert report.is_done and report == engine.roster_report(report.roster), report.to_text()
    assert all(tenant.judge(engine.report(line.run)) == [] for line in report.leavers if line.run)


def test_what_a_watcher_raises_stops_everybody(tenant: sim.Tenant, engine: offboard.Engine) -> None:
    roster = engine.plan_roster("shared", BOTH, made_by="ada")
    approval = engine.approve_roster(roster, by="grace")

    def watch(_: str, event: offboard.Event) -> None:
        if event.name == "applied":
            raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        engine.apply_roster(roster, approval, until="done", on_event=watch)
    name = engine.approved_roster(roster, approval).roster
    stopped = engine.roster_report(name)
    assert stopped.is_open and stopped.totals.access_cut == 0
    assert all(line.run and tenant.judge(engine.report(line.run)) == [] for line in stopped.leavers)
    assert engine.resume_roster(name, until="done").exit_code == 6


@pytest.mark.parametrize("after", [1, 5, 13])
def test_a_cancelled_roster_comes_to_the_same_end(after: int, tmp_path: Path) -> None:
    tenant, twin = sim.Tenant(2), sim.Tenant(2)
    journal = tmp_path / "journal.db"
    told: list[tuple[str, str, str]] = []

    async def whole() -> offboard.RosterReport:
        engine = await aio.connect(twin)
        roster = await engine.plan_roster("shared", BOTH, made_by="ada")
        return await engine.apply_roster(roster, engine.approve_roster(roster, by="grace"), until="done")

    def watch(then: Callable[[], object]) -> Callable[[str, offboard.Event], None]:
        def watching(run: str, event: offboard.Event) -> None:
            if event.step is not None:
                told.append((run, event.name, event.step))
            if len(told) >= after:
                then()
                # Until the loop has asked to stop: virtual time does not run ahead of it.
                time.sleep(0.05)

        return watching

    async def cut() -> tuple[str, offboard.Roster]:
        engine = await aio.connect(tenant, journal=journal)
        roster = await engine.plan_roster("shared", BOTH, made_by="ada")
        approval = engine.approve_roster(roster, by="grace")
        name = engine.approved_roster(roster, approval).roster
        loop, enough = asyncio.get_running_loop(), asyncio.Event()
        then = watch(lambda: loop.call_soon_threadsafe(enough.set))
        carried = asyncio.create_task(engine.apply_roster(roster, approval, until="done", on_event=then))
        await enough.wait()
        carried.cancel()
        with pytest.raises(asyncio.CancelledError):
            await carried
        report = await engine.roster_report(name)
        assert report.is_open and all(line.run for line in report.leavers)
        sent = tenant.requests()[1]
        await asyncio.sleep(0.05)
        assert tenant.requests()[1] == sent, "nothing leaves any more"
        return name, roster

    name, roster = asyncio.run(cut())
    expected = asyncio.run(whole())
    engine = offboard.connect(tenant, journal=journal)
    report = engine.resume_roster(
        name, until="done", on_event=lambda run, event: told.append((run, event.name, event.step or ""))
    )
    assert [(line.verdict, line.counts) for line in report.leavers] == [
        (line.verdict, line.counts) for line in expected.leavers
    ]
    assert all(tenant.judge(engine.report(line.run)) == [] for line in report.leavers if line.run)
    plans = {run: roster.plan(one.leaver.id) for run, one in engine.kept_roster(name).runs.items()}
    nobody_before_everybody([row for row in told if row[2]], plans)


def test_asyncio_has_the_same_words(tenant: sim.Tenant) -> None:
    twin = sim.Tenant.contoso(seed=1)

    async def main() -> offboard.RosterReport:
        engine = await aio.connect(tenant)
        roster = await engine.plan_roster("shared", BOTH, made_by="ada")
        approval = engine.approve_roster(roster, by="grace")
        approved = engine.approved_roster(roster, approval)
        carried = asyncio.create_task(engine.apply_roster(roster, approval, until="contained"))
        # Each run of it can be followed while all of them are carried.

        async def followed(run: str) -> list[offboard.Event]:
            return [event async for event in engine.events(run, follow=True)]

        seen = await asyncio.gather(*map(followed, approved.runs))
        report = await carried
        assert seen == [[event async for event in engine.events(run)] for run in approved.runs]
        assert await engine.roster_report(report.roster) == report
        assert (await engine.kept_roster(report.roster)).runs == approved.runs
        assert [one.roster for one in await engine.rosters()] == [report.roster]
        await engine.resume_roster(report.roster, only=await engine.due())
        report = await engine.resume_roster(report.roster, until="done")
        assert not (await engine.cancel_roster(report.roster, by="grace")).is_open
        return report

    report = asyncio.run(main())
    engine = offboard.connect(twin)
    roster = engine.plan_roster("shared", BOTH, made_by="ada")
    approval = engine.approve_roster(roster, by="grace")
    name = engine.apply_roster(roster, approval, until="contained").roster
    assert len(due := engine.due()) == 2, "what may be done now is due, whoever stopped before it"
    engine.resume_roster(name, only=due)
    assert engine.resume_roster(name, until="done") == report
