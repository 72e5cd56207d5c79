"""Steps written in Python take part in the same durable run, and are as truthful as those of Rust."""

from __future__ import annotations

import asyncio
import datetime
import threading
from pathlib import Path
from typing import Any

import pytest

import offboard
from offboard import aio, sim
from offboard.steps import Context, Facts, Findings, HandOff, Is, Nothing, Partly, Seen, Skip, State

ALEX = "alex@contoso.com"
MINUTE = datetime.timedelta(minutes=1)


class Badges:
    """The system of the doors of the house. It misleads when it is told to."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.calls: list[str] = []
        self.trouble = ""

    def read(self, person: str) -> dict[str, Any] | None:
        if self.trouble == "unreadable":
            raise offboard.StepFailed("the badge system is closed", kind="unavailable")
        row = self.rows.get(person)
        return None if row is None else dict(row)

    def write(self, person: str, valid: bool) -> None:
        self.calls.append(f"{person}={valid}")
        if self.trouble == "claims":
            return
        self.rows[person]["valid"] = valid
        if self.trouble == "answer lost":
            self.trouble = ""
            raise ConnectionError("the line broke")
        if self.trouble == "answers lost":
            raise ConnectionError("the line broke")
        if self.trouble == "refused":
            raise offboard.StepFailed("not by you", kind="permission_denied", hint="ask the porter", code="E7")


def badge_step(badges: Badges, **changes: Any) -> type[offboard.Step]:
    """A step on these badges."""

    class Badge(offboard.Step):
        name = "revoke_badge"
        version = 1
        title = "Revoke the badge"
        phase = "lock_out"
        kind = "ordinary"
        reversal = "exact"
        repeat = "safe"
        latency = MINUTE
        facets = {"badge": badges.read}

        def state(self, facts: Facts) -> State:
            return facts.state("badge", "there is no badge")

        def effect(self, facts: Facts) -> None:
            known = self.state(facts)
            if isinstance(known, Is):
                facts.set("badge", known.state | {"valid": False})

        def put_back(self, facts: Facts, before: Any) -> None:
            facts.set("badge", before)

        def reached(self, seen: Seen) -> bool:
            return seen.state is not None and not seen.state["valid"]

        def apply(self, context: Context, before: State) -> None:
            badges.write(self.user, False)
            context.receipt(request_id=f"badge-{context.call_id}")

        def undo(self, context: Context, before: Any, now: Any) -> None:
            badges.write(self.user, before["valid"])

        def by_hand(self, facts: Facts, why: str) -> offboard.Instructions:
            return offboard.Instructions("Badges", "Porter", why, (f"revoke {self.user}",), "the door stays shut")

    for name, value in changes.items():
        setattr(Badge, name, value)
    return Badge


def policy(operation: str = "revoke_badge") -> dict[str, Any]:
    data = offboard.Policy.shipped("containment").to_dict()
    data["step"] = [{"operation": operation, "params": {"user": "$leaver"}}]
    return data


@pytest.fixture
def badges(tenant: sim.Tenant) -> Badges:
    found = Badges()
    found.rows[tenant.user_id(ALEX)] = {"number": 7, "valid": True}
    return found


def carried(tenant: sim.Tenant, step: type[offboard.Step], **options: Any) -> tuple[offboard.Engine, offboard.Report]:
    engine = offboard.connect(tenant, steps=[step], **options)
    plan = engine.plan(policy(), ALEX, made_by="ada")
    return engine, engine.apply(plan, engine.approve(plan, by="grace"), until="done")


def test_a_step_is_planned_done_seen_and_taken_back(tenant: sim.Tenant, badges: Badges, tmp_path: Path) -> None:
    engine, report = carried(tenant, badge_step(badges), journal=tmp_path / "journal.db")
    alex = tenant.user_id(ALEX)
    step = report.step("revoke_badge")
    assert step.outcome == "done" and step.seen_at is not None and report.is_done, report.to_text()
    assert step.before == {"is": {"number": 7, "valid": True}} and step.after == {"is": {"number": 7, "valid": False}}
    receipts = report.to_dict()["steps"][[s.id for s in report.steps].index("revoke_badge")]["receipts"]
    assert receipts[0]["request_id"] == f"badge-{receipts[0]['call']}"
    assert badges.calls == [f"{alex}=False"] and tenant.judge(report) == []
    assert "revoke_badge" in [operation.name for operation in engine.operations]
    back = engine.undo(report.run, made_by="ada")
    undone = engine.apply(back, engine.approve(back, by="grace"), until="done", supersede=True)
    assert undone.step("revoke_badge").outcome == "done" and badges.rows[alex]["valid"] is True
    # What is so already is not sent again.
    badges.rows[alex]["valid"] = False
    _, again = carried(tenant, badge_step(badges))
    assert again.step("revoke_badge").outcome == "already" and len(badges.calls) == 2


def test_a_step_that_reaches_a_part_says_so(tenant: sim.Tenant, badges: Badges) -> None:
    def reached(step: offboard.Step, seen: Seen) -> bool | Partly:
        gone = seen.state is not None and not seen.state["valid"]
        return Partly("2 doors have locks of their own") if gone else False

    engine, report = carried(tenant, badge_step(badges, reached=reached))
    step = report.step("revoke_badge")
    assert (step.outcome, step.detail) == ("partial", "2 doors have locks of their own"), report.to_text()
    assert step.after == {"is": {"number": 7, "valid": False}} and report.exit_code == 4
    report = engine.settle(report.run, step.id, happened=True, by="grace")
    assert report.step("revoke_badge").outcome == "vouched" and report.is_done


@pytest.mark.parametrize(
    ("trouble", "repeat", "outcomes"),
    [
        ("claims", "safe", {"unknown"}),
        ("claims", "settle", {"unknown"}),
        ("answer lost", "safe", {"done"}),
        ("answer lost", "settle", {"done"}),
        ("answers lost", "settle", {"done"}),
        ("refused", "safe", {"done", "failed"}),
    ],
)
def test_what_it_says_is_not_believed(
    tenant: sim.Tenant, badges: Badges, trouble: str, repeat: str, outcomes: set[str]
) -> None:
    badges.trouble = trouble
    _, report = carried(tenant, badge_step(badges, repeat=repeat))
    step = report.step("revoke_badge")
    assert step.outcome in outcomes, report.to_text()
    if step.outcome == "done":
        assert badges.rows[tenant.user_id(ALEX)]["valid"] is False
    if repeat == "settle":
        assert len(badges.calls) == 1, "it was sent again unread"
    if step.outcome == "failed":
        assert step.failure is not None
        assert (step.failure.kind, step.failure.code, step.failure.hint) == ("permission_denied", "E7", "ask the porter")


def test_what_cannot_be_read_is_unknown(tenant: sim.Tenant, badges: Badges) -> None:
    badges.trouble = "unreadable"
    engine = offboard.connect(tenant, steps=[badge_step(badges)])
    plan = engine.plan(policy(), ALEX, made_by="ada")
    assert "unknown" in plan.step("revoke_badge").before
    (finding,) = plan.standing
    assert finding.step == "revoke_badge" and "could not be read" in finding.message
    with pytest.raises(offboard.ApprovalRefused):
        engine.approve(plan, by="grace")
    # Whoever accepts that has it sent, and is told that nobody has seen it.
    approval = engine.approve(plan, by="grace", waivers=[finding.waive("the porter looks")])
    report = engine.apply(plan, approval, until="done")
    assert report.step("revoke_badge").outcome == "unknown" and report.exit_code == 5


def test_who_has_none_is_passed_over(tenant: sim.Tenant) -> None:
    _, report = carried(tenant, badge_step(Badges()))
    assert report.step("revoke_badge").outcome == "skipped" and report.is_done


@pytest.mark.parametrize("method", ["state", "effect", "reached", "check", "route", "permissions"])
def test_code_that_fails_stops_its_step_and_is_told(tenant: sim.Tenant, badges: Badges, method: str) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a bug of its author")

    engine = offboard.connect(tenant, steps=[badge_step(badges, **{method: broken})])
    plan = engine.plan(policy(), ALEX, made_by="ada")
    told = plan.to_json() + "".join(finding.message for finding in plan.findings)
    if plan.standing:
        assert any(finding.severity == "never" and "ZeroDivisionError" in finding.message for finding in plan.standing)
        with pytest.raises(offboard.ApprovalRefused):
            engine.approve(plan, by="grace")
        return
    report = engine.apply(plan, engine.approve(plan, by="grace"), until="done")
    assert report.step("revoke_badge").outcome not in ("done", "already", "skipped"), report.to_text()
    assert "ZeroDivisionError" in told + report.to_json()
    # Nothing else is held up by it.
    assert report.step("block_sign_in").outcome == "done" and tenant.judge(report) == []


def test_hand_offs_and_findings(tenant: sim.Tenant, badges: Badges) -> None:
    def route(self: offboard.Step, facts: Facts) -> HandOff:
        return HandOff(self.by_hand(facts, "the porter does that"))

    engine, report = carried(tenant, badge_step(badges, route=route))
    step = report.step("revoke_badge")
    assert step.outcome == "handed_off" and step.instructions is not None and badges.calls == []
    assert step.instructions.role == "Porter" and step.instructions.why == "the porter does that"
    report = engine.acknowledge(report.run, "revoke_badge", by="porter")
    assert report.step("revoke_badge").outcome == "vouched" and report.step("revoke_badge").vouched_by == "porter"
    engine.cancel(report.run, by="ada")

    def check(self: offboard.Step, facts: Facts, findings: Findings) -> None:
        findings.block("visit", "he is expected on Monday", "let him in once more")
        assert facts.user is not None and facts.leaver_id == self.user

    engine = offboard.connect(tenant, steps=[badge_step(badges, check=check)])
    plan = engine.plan(policy(), ALEX, made_by="ada")
    (finding,) = plan.standing
    assert (finding.code, finding.key, finding.step) == ("revoke_badge", "visit", "revoke_badge")
    approval = engine.approve(plan, by="grace", waivers=[finding.waive("the porter knows him")])
    assert engine.apply(plan, approval, until="done").step("revoke_badge").outcome == "done"

    skipping = badge_step(badges, route=lambda self, facts: Skip("not today"))
    _, report = carried(sim.Tenant(1), skipping)
    assert report.step("revoke_badge").outcome == "skipped"


def test_coroutines_run_on_the_loop_that_awaits_them(tenant: sim.Tenant, badges: Badges) -> None:
    seen: list[object] = []

    async def apply(self: offboard.Step, context: Context, before: State) -> None:
        seen.append(asyncio.get_running_loop())
        await context.progress_async({"page": 1})
        badges.write(self.user, False)

    async def read(person: str) -> dict[str, Any] | None:
        seen.append(asyncio.get_running_loop())
        await asyncio.sleep(0)
        return badges.read(person)

    step = badge_step(badges, apply=apply, facets={"badge": read})

    async def main() -> None:
        engine = await aio.connect(tenant, steps=[step])
        plan = await engine.plan(policy(), ALEX, made_by="ada")
        report = await engine.apply(plan, engine.approve(plan, by="grace"), until="done")
        assert report.step("revoke_badge").outcome == "done", report.to_text()
        events = [event.name async for event in engine.events(report.run) if event.step == "revoke_badge"]
        assert events == ["captured", "progressed", "applied", "verified"]
        assert set(seen) == {asyncio.get_running_loop()}

    asyncio.run(main())
    seen.clear()
    badges.rows[tenant.user_id(ALEX)]["valid"] = True
    # Without a loop of the program's own there is one for all of them.
    _, report = carried(sim.Tenant(1), step)
    assert report.step("revoke_badge").outcome == "done" and len(set(seen)) == 1
    assert [thread.name for thread in threading.enumerate()].count("offboard-asyncio") == 1


def test_long_work_goes_on_where_it_was(tenant: sim.Tenant, badges: Badges) -> None:
    pages: list[int] = []

    def apply(self: offboard.Step, context: Context, before: State) -> None:
        begin = context.cursor["page"] if context.cursor else 0
        for page in range(begin, 4):
            context.progress({"page": page})
            pages.append(page)
            if page == 2 and len(pages) == 3:
                raise offboard.StepFailed("too fast", kind="throttled", retry_after=30)
        badges.write(self.user, False)

    _, report = carried(tenant, badge_step(badges, apply=apply))
    assert report.step("revoke_badge").outcome == "done", report.to_text()
    assert pages == [0, 1, 2, 2, 3]


def test_what_is_not_declared_is_asked_for(tenant: sim.Tenant, badges: Badges) -> None:
    class Careless(offboard.Step):
        name = "careless"

    with pytest.raises(offboard.UsageError, match="does not say its version, title, phase, kind, reversal, repeat, latency"):
        offboard.connect(tenant, steps=[Careless])
    with pytest.raises(offboard.UsageError, match="says of itself what cannot be"):
        offboard.connect(tenant, steps=[badge_step(badges, phase="tomorrow")])
    with pytest.raises(offboard.UsageError, match="length of time"):
        offboard.connect(tenant, steps=[badge_step(badges, latency=30)])
    engine = offboard.connect(tenant, steps=[badge_step(badges)])
    data = policy()
    data["step"][0]["params"]["door"] = 3
    with pytest.raises(offboard.PolicyError, match="unexpected keyword argument 'door'"):
        engine.check_policy(data)
    with pytest.raises(offboard.PolicyError, match="revoke_badge"):
        offboard.connect(tenant).check_policy(policy())


def test_another_process_without_the_step_refuses_the_run(tenant: sim.Tenant, badges: Badges, tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    engine = offboard.connect(tenant, steps=[badge_step(badges)], journal=journal)
    plan = engine.plan(policy(), ALEX, made_by="ada")
    report = engine.apply(plan, engine.approve(plan, by="grace"), until="contained")
    without = offboard.connect(tenant, journal=journal)
    assert without.report(report.run).step("revoke_badge").outcome != "done"
    without.resume(report.run, until="done")
    # Its own host carries it to the end.
    report = offboard.connect(tenant, steps=[badge_step(badges)], journal=journal).resume(report.run, until="done")
    assert report.step("revoke_badge").outcome == "done" and report.is_done, report.to_text()
    newer = badge_step(badges, version=2)
    with pytest.raises(offboard.CatalogError, match="version"):
        offboard.connect(tenant, steps=[newer], journal=journal).undo(report.run)


def test_states_are_what_they_say(tenant: sim.Tenant, badges: Badges) -> None:
    step = badge_step(badges, state=lambda self, facts: Nothing("nobody has one"))
    _, report = carried(tenant, step)
    assert report.step("revoke_badge").outcome == "skipped" and badges.calls == []
