"""The way of one leaver: plan, check, approve, apply, report, undo."""

from __future__ import annotations

import asyncio
import datetime
from pathlib import Path

import pytest
from conftest import contained

import offboard
from offboard import aio, sim

SHARED = "irvin@contoso.com"


def test_a_plan_changes_nothing(tenant: sim.Tenant, engine: offboard.Engine) -> None:
    plan = engine.plan("shared", SHARED, made_by="ada")
    assert [step.operation for step in plan.steps][0] == "block_sign_in"
    assert plan.leaver.id == tenant.user_id(SHARED)
    assert not plan.is_containment_only and plan.direction == "forward" and not plan.standing
    assert tenant.writes == ()
    assert engine.check(plan) == offboard.Check(plan.findings, (), ())


def test_an_approved_plan_is_carried_out_and_seen(tenant: sim.Tenant, engine: offboard.Engine) -> None:
    plan = engine.plan("shared", SHARED, made_by="ada")
    approval = engine.approve(plan, by="grace", ticket="T-1")
    assert approval.plan == plan.digest and approval.ticket == "T-1"
    told: list[offboard.Event] = []
    report = engine.apply(plan, approval, until="done", on_event=told.append)
    assert report.run == engine.run_id(plan, approval) and report.plan == plan.digest
    assert report.step("block_sign_in").outcome == "done"
    assert report.step("block_sign_in").seen_at is not None
    assert tenant.judge(report) == []
    assert tenant.person(SHARED)["user"]["account_enabled"] is False
    kept = list(engine.events(report.run))
    assert [event.seq for event in kept] == list(range(1, len(kept) + 1))
    assert [(event.name, event.step) for event in told] == [(event.name, event.step) for event in kept]
    assert list(engine.events(report.run, after=5)) == kept[5:]
    # Applying the same two documents again goes on with the same run.
    assert engine.apply(plan, approval).run == report.run
    assert [run.run for run in engine.runs()] == [report.run]
    assert engine.plan_of(report.run) == plan
    policy = engine.policy_of(report.run)
    assert policy is not None and policy.digest == plan.policy_digest


def test_dates_wait_for_their_time(tenant: sim.Tenant, engine: offboard.Engine) -> None:
    plan = engine.plan("shared", SHARED, made_by="ada")
    report = engine.apply(plan, engine.approve(plan, by="grace"), until="done")
    assert report.is_open and report.exit_code == 6 and report.wake_at is not None
    assert engine.due() == [] and [run.is_open for run in engine.runs(only_open=True)] == [True]
    while report.is_open:
        assert report.wake_at is not None
        tenant.advance(report.wake_at - engine.now + datetime.timedelta(seconds=1))
        assert engine.due() == [report.run]
        report = engine.resume(report.run, until="done")
    assert report.is_done and tenant.judge(report) == [], report.to_text()
    assert engine.runs(only_open=True) == []


def test_a_run_is_taken_back_by_a_plan_of_its_own(tenant: sim.Tenant, engine: offboard.Engine) -> None:
    before = tenant.person("alex@contoso.com")["user"]["account_enabled"]
    report = contained(engine, "alex@contoso.com")
    plan = engine.undo(report.run, made_by="ada")
    assert plan.undoes == report.run and plan.direction == "undo"
    undone = engine.apply(plan, engine.approve(plan, by="ada"), until="done", supersede=True)
    assert undone.is_done and tenant.judge(undone) == [], undone.to_text()
    assert tenant.person("alex@contoso.com")["user"]["account_enabled"] is before is True


def test_contain_cuts_access_at_once(tenant: sim.Tenant, engine: offboard.Engine) -> None:
    report = engine.contain("alex@contoso.com", by="ada", ticket="T-2", until="done")
    assert report.is_done and tenant.judge(report) == []
    assert report.approved_by == report.made_by == "ada"


def test_people_speak_to_steps(tenant: sim.Tenant, engine: offboard.Engine) -> None:
    # Diego is synced: Active Directory has the last word, and its people are asked.
    plan = engine.plan("shared", "diego@contoso.com", successor="megan@contoso.com", made_by="ada")
    waivers = [finding.waive("looked at") for finding in plan.standing]
    report = engine.apply(plan, engine.approve(plan, by="grace", waivers=waivers), until="done")
    asked = [step for step in report.steps if step.outcome == "handed_off"]
    assert asked and report.exit_code == 5 and tenant.judge(report) == []
    step = asked[0]
    assert step.instructions is not None and step.instructions.commands and step.instructions.role
    report = engine.acknowledge(report.run, step.id, by="grace")
    assert report.step(step.id).outcome == "vouched" and report.step(step.id).vouched_by == "grace"
    unknown = next(step for step in report.steps if step.outcome == "unknown")
    report = engine.settle(report.run, unknown.id, happened=False, by="grace")
    assert report.step(unknown.id).outcome == "cancelled"
    with pytest.raises(offboard.UsageError, match="only a hand-off is acknowledged"):
        engine.acknowledge(report.run, "revoke_sign_in_sessions", by="grace")


def test_a_cancelled_run_sends_nothing_more(tenant: sim.Tenant, engine: offboard.Engine) -> None:
    plan = engine.plan("shared", SHARED, made_by="ada")
    report = engine.apply(plan, engine.approve(plan, by="grace"), until="sent")
    report = engine.cancel(report.run, by="grace")
    sent = len(tenant.writes)
    assert not report.is_open and "cancelled" in report.counts
    assert engine.resume(report.run, until="done").run == report.run
    assert len(tenant.writes) == sent and tenant.judge(engine.report(report.run)) == []


def test_what_a_watcher_raises_stops_the_run(tenant: sim.Tenant, engine: offboard.Engine) -> None:
    plan = engine.plan("shared", SHARED, made_by="ada")
    approval = engine.approve(plan, by="grace")

    def watch(event: offboard.Event) -> None:
        if event.name == "applied":
            raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        engine.apply(plan, approval, until="done", on_event=watch)
    report = engine.report(engine.run_id(plan, approval))
    assert report.is_open and tenant.judge(report) == []
    assert tenant.judge(engine.resume(report.run, until="done")) == []


def test_a_journal_on_disk_is_gone_on_with(tenant: sim.Tenant, tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    report = contained(offboard.connect(tenant, journal=journal), "alex@contoso.com")
    again = offboard.connect(tenant, journal=journal)
    assert again.report(report.run).to_dict()["steps"] == report.to_dict()["steps"]
    assert [run.leaver_name for run in again.runs()] == ["Alex Wilber <alex@contoso.com>"]


def test_a_leaver_is_named_in_many_ways(tenant: sim.Tenant, engine: offboard.Engine) -> None:
    person = tenant.person("alex@contoso.com")["user"]
    by_id = engine.plan("containment", tenant.user_id("alex@contoso.com"), made_by="ada")
    for plan in (
        engine.plan("containment", "Alex Wilber", made_by="ada"),
        engine.plan("containment", employee_id=person["employee_id"], made_by="ada"),
    ):
        assert plan.leaver == by_id.leaver
    late = engine.now + datetime.timedelta(hours=8)
    assert engine.plan("containment", "Alex Wilber", leaves_at=late).to_dict()["intent"] != by_id.to_dict()["intent"]


def test_whom_others_deleted_is_restored() -> None:
    tenant = sim.Tenant.contoso(seed=1)
    engine = offboard.connect(tenant)
    with pytest.raises(offboard.LeaverNotFound):
        engine.restore("alex@contoso.com")
    tenant.delete("alex@contoso.com")
    tenant.advance("PT10M")
    assert [row["user"]["user_principal_name"] for row in engine.deleted_users()] == ["alex@contoso.com"]
    plan = engine.restore("alex@contoso.com", made_by="ada")
    assert plan.direction == "undo" and plan.undoes is None and plan.policy == "restore"
    report = engine.apply(plan, engine.approve(plan, by="grace"), until="done")
    assert report.is_done and tenant.judge(report) == [], report.to_text()
    assert engine.policy_of(report.run) is None
    with pytest.raises(offboard.UsageError):
        engine.restore("alex@contoso.com", employee_id="7")


def test_a_name_that_another_has_is_given_up_by_name() -> None:
    tenant = sim.Tenant.contoso(seed=1)
    tenant.delete("alex@contoso.com")
    tenant.change("megan@contoso.com", user_principal_name="alex@contoso.com")
    tenant.advance("PT10M")

    async def main() -> offboard.Report:
        engine = await aio.connect(tenant)
        plan = await engine.restore("Alex Wilber")
        with pytest.raises(offboard.ApprovalRefused) as refused:
            engine.approve(plan, by="grace")
        assert [finding.code for finding in refused.value.findings] == ["G35"]
        assert len(await engine.deleted_users()) == 1
        plan = await engine.restore("Alex Wilber", user_principal_name="alex.w@contoso.com")
        return await engine.apply(plan, engine.approve(plan, by="grace"), until="done")

    report = asyncio.run(main())
    assert report.is_done and tenant.judge(report) == [], report.to_text()
    assert tenant.person("alex.w@contoso.com")["user"]["display_name"] == "Alex Wilber"


def deciding(files: str) -> offboard.Policy:
    """The policy `containment`, with something else about the files."""
    text = offboard.Policy.shipped("containment").to_bytes().decode()
    before, rest = text.split("[files]", 1)
    _, after = rest.split("\n[", 1)
    return offboard.Policy(f"{before}[files]\n{files}\n\n[{after}", source_name="files")


def test_what_an_invitation_does_not_reach_is_counted(tenant: sim.Tenant, engine: offboard.Engine) -> None:
    policy = deciding('disposition = "grant"\nby = "invitation"\nto = ["successor"]\nuntil = "P60D"')
    plan = engine.plan(policy, "adele@contoso.com", successor="megan@contoso.com", made_by="ada")
    report = engine.apply(plan, engine.approve(plan, by="grace"), until="done")
    step = report.step("share_drive")
    assert step.outcome == "partial" and "2 files and 1 folder" in step.detail, report.to_text()
    assert (report.is_done, report.exit_code, report.counts["partial"]) == (False, 4, 1)
    assert tenant.judge(report) == []
    report = engine.settle(report.run, step.id, happened=True, by="grace")
    assert report.step(step.id).outcome == "vouched" and report.step(step.id).vouched_by == "grace"


def test_an_address_that_is_a_right_to_ask_is_shown_to_nobody() -> None:
    policy = deciding('disposition = "copy"\nto = ["successor"]')
    engine = offboard.connect(sim.Tenant.contoso(seed=1))
    plan = engine.plan(policy, "adele@contoso.com", successor="megan@contoso.com", made_by="ada")
    told: list[offboard.Event] = []
    report = engine.apply(plan, engine.approve(plan, by="grace"), until="done", on_event=told.append)
    assert report.step("copy_drive").outcome == "done", report.to_text()
    for events in (told, list(engine.events(report.run))):
        cursors = [str(event.data) for event in events if event.name == "progressed"]
        assert any("(an address)" in cursor for cursor in cursors)
        assert not any("://" in cursor for cursor in cursors)
