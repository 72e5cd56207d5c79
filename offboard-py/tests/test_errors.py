"""One tree of exceptions, each with what was seen, what to do, and who can act."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from conftest import foreign_hand

import offboard
from offboard import errors, sim


def test_everything_is_one_tree() -> None:
    classes = [getattr(errors, name) for name in errors.__all__]
    assert all(issubclass(kind, offboard.OffboardError) for kind in classes)
    kinds = [kind.kind for kind in classes if kind is not errors.StepFailed]
    assert len(set(kinds)) == len(kinds), "two exceptions of one kind"
    assert all(kind.__doc__ for kind in classes)
    assert set(errors.__all__) <= set(offboard.__all__)


@pytest.mark.parametrize(
    ("status", "kind", "name"),
    [
        (403, errors.PermissionDenied, "permission_denied"),
        (400, errors.InvalidRequest, "invalid_request"),
        (503, errors.Unavailable, "unavailable"),
        (429, errors.Throttled, "throttled"),
    ],
)
def test_what_the_service_refuses(
    tenant: sim.Tenant, status: int, kind: type[offboard.ServiceError], name: str
) -> None:
    tenant.faults.always(sim.Matcher.graph("GET", "/users**"), sim.Fault.status(status))
    engine = offboard.connect(tenant)
    with pytest.raises(kind) as refused:
        engine.plan("containment", "alex@contoso.com")
    error = refused.value
    assert error.kind == name and error.message and isinstance(error, offboard.ServiceError)
    if status == 403:
        assert error.hint and error.request_id and error.code
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (again.message, again.hint, again.request_id) == (error.message, error.hint, error.request_id)


def test_two_of_one_name_are_nobody(engine: offboard.Engine) -> None:
    names = [person["display_name"] for person in sim.people()]
    twice = next(name for name in names if names.count(name) > 1)
    with pytest.raises(offboard.Ambiguous) as refused:
        engine.plan("containment", twice)
    assert refused.value.code == "G28" and refused.value.hint


def test_findings_stop_an_approval_and_are_told(engine: offboard.Engine) -> None:
    plan = engine.plan("shared", "ben@contoso.com", successor="megan@contoso.com", made_by="ada")
    assert plan.standing
    with pytest.raises(offboard.ApprovalRefused) as refused:
        engine.approve(plan, by="grace")
    assert set(refused.value.findings) == set(plan.standing)
    assert all(finding.hint and finding.message for finding in refused.value.findings)
    assert pickle.loads(pickle.dumps(refused.value)).findings == refused.value.findings
    with pytest.raises(ValueError, match="reason"):
        plan.standing[0].waive("  ")


def test_nobody_approves_his_own_plan(engine: offboard.Engine) -> None:
    plan = engine.plan("shared", "irvin@contoso.com", made_by="ada")
    with pytest.raises(offboard.ApprovalRefused, match="made this plan and cannot approve it"):
        engine.approve(plan, by=" ADA ")
    with pytest.raises(offboard.UsageError, match="nobody is named") as nobody:
        engine.approve(plan, by=" ")
    assert "by=" in (nobody.value.hint or "")


def test_what_cannot_be_meant_is_refused_with_what_to_do(engine: offboard.Engine) -> None:
    plan = engine.plan("shared", "irvin@contoso.com", made_by="ada")
    with pytest.raises(offboard.UsageError, match="leaves_at: `2026-11-30` is not a time with its offset") as refused:
        engine.plan("shared", "irvin@contoso.com", leaves_at="2026-11-30")
    assert "time zone" in (refused.value.hint or "")
    bad = offboard.Waiver(None, "G1", "1", 7)  # type: ignore[arg-type]
    with pytest.raises(offboard.UsageError, match="a waiver cannot be read: .*integer `7`") as refused:
        engine.approve(plan, by="grace", waivers=[bad])
    assert "finding.waive" in (refused.value.hint or "")


def test_a_second_run_of_one_leaver(engine: offboard.Engine) -> None:
    first = engine.plan("shared", "irvin@contoso.com", made_by="ada")
    report = engine.apply(first, engine.approve(first, by="grace"))
    second = engine.plan("containment", "irvin@contoso.com", made_by="ada")
    approval = engine.approve(second, by="ada")
    with pytest.raises(offboard.AlreadyOpen, match=report.run):
        engine.apply(second, approval)
    taken = engine.apply(second, approval, supersede=True)
    assert [run.run for run in engine.runs(only_open=True) if run.run != taken.run] == []


def test_what_was_never_run(engine: offboard.Engine, tmp_path: Path) -> None:
    for ask in (engine.report, engine.resume, engine.undo, engine.cancel, engine.plan_of):
        with pytest.raises(offboard.NoRun, match="no run `nothing`"):
            ask("nothing")
    with pytest.raises(offboard.NoRun):
        list(engine.events("nothing"))
    with pytest.raises(offboard.NoRun):
        list(engine.events("nothing", follow=True))


def test_what_cannot_be_connected(tenant: sim.Tenant, tmp_path: Path) -> None:
    secret = offboard.Secret("s3cret")
    bad: list[tuple[dict[str, object], str]] = [
        ({}, "no journal is named"),
        ({"journal": tmp_path / "j.db"}, "nobody signs in"),
        ({"journal": tmp_path / "j.db", "credential": secret}, "client_id is missing"),
        ({"journal": tmp_path / "j.db", "credential": "s3cret"}, "a credential is no text"),
        ({"journal": tmp_path / "j.db", "credential": 7}, "cannot be asked for a token"),
        ({"journal": tmp_path / "j.db", "credential": secret, "client_id": "x", "cloud": "mars"}, "no cloud"),
        ({"journal": tmp_path / "j.db", "credential": secret, "client_id": "x", "exchange": "?"}, "no door"),
        ({"journal": tmp_path / "j.db", "credential": secret, "client_id": "x", "profile": "x = 1"}, r"profile:1: "),
    ]
    for options, message in bad:
        with pytest.raises(offboard.UsageError, match=message):
            offboard.connect(tenant.tenant_id, **options)  # type: ignore[arg-type]
    with pytest.raises(offboard.UsageError, match="tenant's id"):
        offboard.connect("contoso", client_id="x", credential=secret, journal=tmp_path / "j.db")
    with pytest.raises(offboard.JournalError):
        offboard.connect(tenant, journal=tmp_path / "no" / "such" / "folder.db")
    with pytest.raises(offboard.ConfigurationError, match="Germany"):
        offboard.connect(
            tenant.tenant_id,
            client_id="x",
            credential=secret,
            journal=tmp_path / "j.db",
            cloud="germany",  # type: ignore[arg-type]
        )


def test_a_tampered_journal_is_not_believed(tenant: sim.Tenant, tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    run = offboard.connect(tenant, journal=journal).contain("alex@contoso.com", by="ada", until="done").run
    foreign_hand(journal, ("DELETE FROM entries WHERE seq = 2", ()))
    with pytest.raises(offboard.Tampered) as refused:
        offboard.connect(tenant, journal=journal).report(run)
    assert refused.value.hint and "evidence" in refused.value.hint


@pytest.mark.parametrize("begun", [True, False])
def test_a_plan_that_was_put_in_the_place_of_another_is_not_believed(
    tenant: sim.Tenant, tmp_path: Path, begun: bool
) -> None:
    journal = tmp_path / "journal.db"
    engine = offboard.connect(tenant, journal=journal)
    run = engine.contain("alex@contoso.com", by="ada", until="done").run
    plan, policy = engine.plan_of(run), engine.policy_of(run)
    assert policy is not None and plan.policy_digest == policy.digest

    def put(column: str, data: bytes) -> None:
        if not begun:
            foreign_hand(journal, ("DELETE FROM entries", ()))
        foreign_hand(journal, (f"UPDATE documents SET {column} = ?", (data,)))

    for other in (plan.to_bytes().replace(b'"ada"', b'"eve"'), b'{"format": "offboard.plan/9"}'):
        put("plan", other)
        engine = offboard.connect(tenant, journal=journal)
        # Without an entry nothing but the run's name vouches for its documents, and what cannot be read has none.
        readable = begun or b"eve" in other
        with pytest.raises(offboard.Tampered if readable else offboard.DocumentError) as refused:
            engine.plan_of(run)
        assert refused.value.hint or not readable
    put("plan", plan.to_bytes())
    if begun:
        assert offboard.connect(tenant, journal=journal).plan_of(run) == plan
        put("policy", policy.to_bytes() + b"# mine")
        with pytest.raises(offboard.Tampered):
            offboard.connect(tenant, journal=journal).policy_of(run)
