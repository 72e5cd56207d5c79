"""Truth: whatever the tenant does behind the program's back, nothing that Python is told is false.

For every containment step and its undo, through both front ends: the tenant says success and changes nothing, changes and drops
the answer, changes 20 minutes later, changes and is reverted by directory sync, refuses the reading afterwards.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

import pytest

import offboard
from offboard import aio, sim

ALEX = "alex@contoso.com"
TWENTY = "PT20M"


@dataclass(frozen=True)
class Row:
    """A step of the containment policy: on whom it is tried, and the write by which it is done and taken back."""

    step: str
    who: str
    write: sim.Matcher
    reversible: bool = True


ROWS = [
    Row("block_sign_in", ALEX, sim.Matcher.graph("PATCH", "/users/*").about("accountEnabled")),
    Row("reset_password", ALEX, sim.Matcher.graph("PATCH", "/users/*").about("passwordProfile"), reversible=False),
    Row(
        "revoke_sign_in_sessions",
        ALEX,
        sim.Matcher.graph("POST", "/users/*/revokeSignInSessions"),
        reversible=False,
    ),
    Row("block_exchange_account", ALEX, sim.Matcher.cmdlet("Set-Mailbox").about("AccountDisabled")),
    Row("stop_forwarding", "patti@contoso.com", sim.Matcher.cmdlet("Set-Mailbox").about("Forwarding")),
]

#: What happens, and what may then be said in the end.
Trouble = Literal["claims", "claims for ever", "answer lost", "answers lost", "late", "reverted", "unreadable"]
HONEST: dict[Trouble, set[str]] = {
    "claims": {"done"},
    "claims for ever": {"unknown"},
    "answer lost": {"done"},
    "answers lost": {"done"},
    "late": {"done"},
    "reverted": {"done", "unknown"},
    "unreadable": {"unknown"},
}


def begin(tenant: sim.Tenant, trouble: Trouble, write: sim.Matcher) -> None:
    faults, fault = tenant.faults, sim.Fault
    match trouble:
        case "claims":
            faults.once(write, fault.nothing_happens())
        case "claims for ever":
            faults.always(write, fault.nothing_happens())
        case "answer lost":
            faults.once(write, fault.drop_answer())
        case "answers lost":
            faults.always(write, fault.drop_answer())
        case "late":
            faults.always(write, fault.later(TWENTY))
        case "reverted":
            tenant.hurry(directory_sync="PT5S", sync_for="PT2M")
            faults.once(write, fault.reverted_by_sync())
        case "unreadable":
            pass


def carry(tenant: sim.Tenant, who: str, trouble: Trouble, row: Row, how: str, undo: bool) -> offboard.Report:
    """One run by one of the two front ends, while the tenant misleads."""
    refused = sim.Fault.status(403)

    def after(event: offboard.Event) -> None:
        if trouble == "unreadable" and event.name == "applied" and event.step == row.step:
            tenant.faults.always(sim.Matcher.reads(), refused)

    def begun() -> None:
        begin(tenant, trouble, row.write)

    if how == "waiting":
        engine = offboard.connect(tenant)
        plan = engine.plan("containment", who, made_by="ada")
        if not undo:
            begun()
        first = engine.apply(plan, engine.approve(plan, by="ada"), until="done", on_event=None if undo else after)
        if not undo:
            return first
        back = engine.undo(first.run, made_by="ada")
        begun()
        return engine.apply(back, engine.approve(back, by="ada"), until="done", supersede=True, on_event=after)

    async def main() -> offboard.Report:
        engine = await aio.connect(tenant)
        plan = await engine.plan("containment", who, made_by="ada")
        if not undo:
            begun()
        approval = engine.approve(plan, by="ada")
        first = await engine.apply(plan, approval, until="done", on_event=None if undo else after)
        if not undo:
            return first
        back = await engine.undo(first.run, made_by="ada")
        begun()
        approval = engine.approve(back, by="ada")
        return await engine.apply(back, approval, until="done", supersede=True, on_event=after)

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("how", "undo"),
    [("waiting", False), ("asyncio", False), ("asyncio", True)],
    ids=["waiting", "asyncio", "asyncio-undo"],
)
@pytest.mark.parametrize("trouble", list(HONEST))
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.step)
def test_nothing_false_is_told(row: Row, trouble: Trouble, how: str, undo: bool) -> None:
    if undo and not row.reversible:
        return none_is_undone(row, how)
    tenant = sim.Tenant(seed=1 + ROWS.index(row) % 3)
    report = carry(tenant, row.who, trouble, row, how, undo)
    assert tenant.judge(report) == [], report.to_text()
    step = report.step(row.step)
    assert step.outcome in HONEST[trouble], (step.outcome, step.detail)
    assert tenant.was_faulted(), "the trouble never happened"
    # The exit code says the same: only what was seen is done.
    assert report.is_done == (report.exit_code == 0)
    outcomes = {step.outcome for step in report.steps}
    assert report.is_done == (outcomes <= {"done", "already", "skipped", "sent"})
    return None


def none_is_undone(row: Row, how: str) -> None:
    """What cannot be taken back is not in the plan that takes the run back, and that plan says so."""
    tenant = sim.Tenant(seed=1)
    engine = offboard.connect(tenant)
    plan = engine.plan("containment", row.who, made_by="ada")
    report = engine.apply(plan, engine.approve(plan, by="ada"), until="done")
    undo = engine.undo(report.run, made_by="ada")
    assert row.step not in [step.id for step in undo.steps]
    assert any(row.step in risk["what"] for risk in undo.to_dict()["residual_risks"]), how


def test_the_judge_contradicts_a_false_report(tenant: sim.Tenant, engine: offboard.Engine) -> None:
    """A test that cannot fail shows nothing: a report that claims too much is contradicted."""
    tenant.faults.always(ROWS[0].write, sim.Fault.nothing_happens())
    plan = engine.plan("containment", ALEX, made_by="ada")
    report = engine.apply(plan, engine.approve(plan, by="ada"), until="done")
    data = report.to_dict()
    step = next(step for step in data["steps"] if step["id"] == "block_sign_in")
    step["outcome"], step["seen_at"] = "done", data["as_of"]
    contradictions = tenant.judge(offboard.Report(data))
    assert len(contradictions) == 1 and "block_sign_in" in contradictions[0]
