"""Standing approvals: two people accept a policy, and plans without surprise need nobody again."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from conftest import Program, answer

import offboard
from offboard import sim

#: A policy of the organisation's own: access is cut and the mailbox becomes shared.
POLICY = offboard.Policy(
    """
policy = "offboard.policy/1"
name = "routine"
applies_to = "member"
[access]
sign_in = "block"
password = "reset"
sessions = "revoke"
exchange_account = "block"
forwarding = "stop"
[mail]
disposition = "shared"
[files]
disposition = "keep"
[licenses]
disposition = "keep"
[account]
disposition = "keep"
[groups]
disposition = "keep"
[voice]
numbers = "keep"
"""
)
ALEX, BRIAN = "alex@contoso.com", "o'neill@contoso.com"


def expected(*plans: offboard.Plan) -> list[offboard.Expected]:
    """What these plans say against themselves, by their rules alone."""
    codes = {finding.code for plan in plans for finding in plan.findings}
    assert codes and not any(plan.standing for plan in plans)
    return [offboard.Expected(code, None, "seen in every plan of this policy") for code in sorted(codes)]


def test_plans_without_surprise_need_nobody_again_until_the_number_is_used_up(
    tenant: sim.Tenant, engine: offboard.Engine
) -> None:
    alex, brian = (engine.plan(POLICY, who, made_by="ada") for who in (ALEX, BRIAN))
    first = engine.propose_standing(
        POLICY, per_day=1, by=" ada ", lasts=datetime.timedelta(days=7), expect=expected(alex, brian), ticket="HR-1"
    )
    assert first.policy == "routine" and first.policy_digest == POLICY.digest and first.tenant_id == tenant.tenant_id
    with pytest.raises(offboard.ApprovalRefused, match="takes two people") as alone:
        engine.approve(alex, standing=first)
    assert alone.value.code == "APPROVAL" and alone.value.hint
    with pytest.raises(offboard.ApprovalRefused, match="takes two people"):
        engine.second_standing(first, by="ADA")
    standing = engine.second_standing(first, by="grace")
    assert [signature.name for signature in standing.by] == ["ada", "grace"] and standing.per_day == 1
    assert standing.expires_at == first.by[0].at + datetime.timedelta(days=7)
    assert offboard.StandingApproval(standing.to_bytes()) == standing != first
    assert offboard.StandingApproval(standing.to_dict()) == standing

    approval = engine.approve(alex, standing=standing)
    assert approval.by == "ada and grace" and approval.ticket == "HR-1" and approval.standing == standing
    # Whoever made the plan needs no second person here: two have spoken.
    report = engine.apply(alex, approval, until="contained")
    assert report.approved_by == "ada and grace" and tenant.judge(report) == []
    assert engine.apply(alex, approval).run == report.run, "the same run goes on"
    sent = len(tenant.writes)
    second = engine.approve(brian, standing=standing)
    with pytest.raises(offboard.ApprovalRefused, match="1 runs were begun under this standing approval"):
        engine.apply(brian, second)
    assert len(tenant.writes) == sent
    tenant.advance("P1D")
    later = engine.plan(POLICY, BRIAN, made_by="ada")
    assert engine.apply(later, engine.approve(later, standing=standing), until="contained").is_open


def test_it_does_not_cover_what_nobody_expected(engine: offboard.Engine) -> None:
    plan = engine.plan(POLICY, ALEX, made_by="ada")

    def approved(made: offboard.Plan, expect: list[offboard.Expected]) -> offboard.Approval:
        first = engine.propose_standing(POLICY, per_day=9, by="ada", expect=expect)
        return engine.approve(made, standing=engine.second_standing(first, by="grace"))

    assert approved(plan, expected(plan)).waivers == ()
    # By the case too: exactly the findings of this plan.
    assert approved(plan, [finding.expect("looked at") for finding in plan.findings]).plan == plan.digest
    refused = [
        (plan, expected(plan)[1:], "does not list the finding"),
        (engine.plan("shared", ALEX, made_by="ada"), expected(plan), "is for the policy"),
        # She may activate a role, he is in a group that can hold one.
        (engine.plan(POLICY, "lynne@contoso.com", made_by="ada"), expected(plan), "does not cover a privileged leaver"),
        (engine.plan(POLICY, "grady@contoso.com", made_by="ada"), expected(plan), "role-assignable group"),
    ]
    for made, expect, said in refused:
        with pytest.raises(offboard.ApprovalRefused, match=said) as error:
            approved(made, expect)
        assert error.value.code == "APPROVAL" and error.value.hint


def test_it_ends(tenant: sim.Tenant, engine: offboard.Engine) -> None:
    plan = engine.plan(POLICY, ALEX, made_by="ada")
    first = engine.propose_standing(POLICY, per_day=1, by="ada", lasts="P1D", expect=expected(plan))
    standing = engine.second_standing(first, by="grace")
    approval = engine.approve(plan, standing=standing)
    assert approval.expires_at <= standing.expires_at
    # One that was changed afterwards says less than the approval that was made under it.
    changed = approval.to_dict()
    changed["irreversible"] = True
    with pytest.raises(offboard.ApprovalRefused, match="says less"):
        engine.apply(plan, offboard.Approval(changed))
    tenant.advance("P2D")
    with pytest.raises(offboard.ApprovalRefused, match="ended at"):
        engine.approve(engine.plan(POLICY, ALEX, made_by="ada"), standing=standing)
    with pytest.raises(offboard.ApprovalRefused, match="ended at"):
        engine.second_standing(first, by="grace")


def test_what_nobody_can_mean_is_not_proposed(engine: offboard.Engine) -> None:
    wrong: list[tuple[dict[str, object], str]] = [
        ({"per_day": 0}, "per_day is 0"),
        ({"per_day": -1}, "per_day is -1"),
        ({"per_day": 2**40}, f"per_day is {2**40}, and a standing approval allows at most"),
        ({"lasts": "P91D"}, "at most are P90D"),
        ({"lasts": "soon"}, "lasts: "),
        ({"lasts": datetime.timedelta(0)}, "cannot last"),
        ({"lasts": -datetime.timedelta(1)}, "no length of time"),
        ({"by": " "}, "nobody is named"),
        ({"expect": [offboard.Expected("G99", None, "why")]}, "no rule is called `G99`"),
        ({"expect": [offboard.Expected("G45", None, " ")]}, "no reason"),
    ]
    for options, said in wrong:
        with pytest.raises(offboard.UsageError, match=said) as refused:
            engine.propose_standing(POLICY, **({"per_day": 1, "by": "ada"} | options))  # type: ignore[arg-type]
        # Of what the core says of the terms, the message itself says what can be.
        assert refused.value.hint or said in ("at most are P90D", "cannot last", "no rule is called `G99`", "no reason")
    with pytest.raises(offboard.PolicyError):
        engine.propose_standing("policy = 1\n", per_day=1, by="ada")
    for bad in (b"", b"{", b'{"format": "offboard.approval/1"}'):
        with pytest.raises(offboard.DocumentError):
            offboard.StandingApproval(bad)


def test_a_standing_approval_stands_alone_and_for_no_roster(engine: offboard.Engine) -> None:
    plan = engine.plan(POLICY, ALEX, made_by="ada")
    first = engine.propose_standing(POLICY, per_day=1, by="ada", expect=expected(plan))
    standing = engine.second_standing(first, by="grace")
    with pytest.raises(offboard.UsageError, match="says itself by whom"):
        engine.approve(plan, by="grace", standing=standing)  # type: ignore[call-overload]
    with pytest.raises(offboard.UsageError, match="nobody is named"):
        engine.approve(plan)  # type: ignore[call-overload]
    roster = engine.plan_roster(POLICY, f"upn\n{ALEX}\n", made_by="ada")
    approval = engine.approve_roster(roster, by="grace").to_dict() | {"standing": standing.to_dict()}
    with pytest.raises(offboard.ApprovalRefused, match="single plans, and no roster") as refused:
        engine.apply_roster(roster, offboard.Approval(approval))
    assert refused.value.hint


def test_the_command_line_goes_on_with_one_that_python_made(program: Program, tmp_path: Path) -> None:
    engine = offboard.connect(sim.Tenant(1, clock="machine"))
    plan = engine.plan(POLICY, ALEX, made_by="ada")
    first = engine.propose_standing(POLICY, per_day=1, by="ada", expect=expected(plan))
    first.write(tmp_path / "first.json")
    plan.write(tmp_path / "plan.json")
    answer(program("standing", "second", "first.json", "--by", "grace", "-o", "standing.json", "--json"), 0)
    told = answer(program("approve", "plan.json", "--standing", "standing.json", "-o", "approval.json", "--json"), 0)
    approval = offboard.Approval.read(tmp_path / "approval.json")
    standing = offboard.StandingApproval.read(tmp_path / "standing.json")
    assert approval.standing == standing and engine.run_id(plan, approval) == told["run"]
    assert engine.approve(plan, standing=standing).by == approval.by == "ada and grace"
