"""Documents are the same bytes everywhere, and nobody changes them."""

from __future__ import annotations

import copy
import json
import os
import pickle
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import BOTH, Program, answer, contained

import offboard
from offboard import sim


def test_a_plan_has_the_digest_of_the_command_line(program: Program, tmp_path: Path) -> None:
    """P34: the same tenant, policy, leaver, maker and moment give the same bytes."""
    done = program("demo", "--json", "--seed", "3", "--leaver", "irvin@contoso.com", "--keep", "kept")
    told = answer(done, 0 if '"exit": 0' in done.stdout else json.loads(done.stdout)["report"]["exit"])
    tenant = sim.Tenant.contoso(seed=3)
    engine = offboard.connect(tenant, journal=tmp_path / "ours.db")
    plan = engine.plan("shared", "irvin@contoso.com", made_by="ada")
    theirs = (tmp_path / "kept" / "plan.json").read_bytes()
    assert plan.to_bytes() == theirs
    assert plan.digest == told["report"]["plan"] == offboard.Plan(theirs).digest
    # The whole course is the same: the approval, the run's name, the report.
    approval = engine.approve(plan, by="grace", ticket="DEMO-1")
    assert approval.to_bytes() == (tmp_path / "kept" / "approval.json").read_bytes()
    report = engine.apply(plan, approval, until="done")
    assert report.run == told["run"]
    assert report.to_bytes() == (tmp_path / "kept" / "report.json").read_bytes()
    assert report.to_html() == (tmp_path / "kept" / "report.html").read_text()


def test_the_command_line_reads_what_python_wrote(
    tenant: sim.Tenant, engine: offboard.Engine, program: Program, tmp_path: Path
) -> None:
    plan = engine.plan("containment", "alex@contoso.com", made_by="ada")
    plan.write(tmp_path / "plan.json")
    told = answer(program("approve", "plan.json", "--by", "ada", "-o", "approval.json", "--json"), 0)
    assert told["plan"] == plan.digest
    approval = offboard.Approval.read(tmp_path / "approval.json")
    assert approval.plan == plan.digest and engine.run_id(plan, approval) == told["run"]


def test_documents_go_through_json_unchanged(engine: offboard.Engine) -> None:
    plan = engine.plan("shared", "irvin@contoso.com", made_by="ada")
    approval = engine.approve(plan, by="grace")
    report = engine.apply(plan, approval)
    for document in (plan, approval, report):
        kind = type(document)
        for again in (
            kind(document.to_dict()),
            kind(document.to_json()),
            kind(bytes(document)),
            pickle.loads(pickle.dumps(document)),
            copy.deepcopy(document),
        ):
            assert again == document and again.digest == document.digest and hash(again) == hash(document)


def test_documents_do_not_change(engine: offboard.Engine) -> None:
    plan = engine.plan("containment", "alex@contoso.com", made_by="ada")
    with pytest.raises(AttributeError, match="does not change"):
        plan.digest = "other"  # type: ignore[misc]
    with pytest.raises(AttributeError, match="does not change"):
        del plan._bytes
    with pytest.raises(TypeError):
        plan.facts["as_of"] = "now"  # type: ignore[index]
    with pytest.raises(AttributeError):
        plan.steps[0].id = "other"  # type: ignore[misc]
    plan.to_dict()["steps"].clear()
    assert plan.steps


def test_a_changed_plan_is_another_plan(engine: offboard.Engine) -> None:
    plan = engine.plan("shared", "irvin@contoso.com", made_by="ada")
    approval = engine.approve(plan, by="grace")
    data = plan.to_dict()
    data["made_by"] = "eve"
    changed = offboard.Plan(data)
    assert changed != plan and changed.digest != plan.digest
    with pytest.raises(offboard.ApprovalRefused, match="is for the plan"):
        engine.apply(changed, approval)


@pytest.mark.parametrize("bad", [b"", b"{", b"[]", b'{"format": "offboard.plan/9"}', b"\xff", "null"])
def test_what_is_no_plan_is_refused(bad: bytes | str) -> None:
    with pytest.raises(offboard.DocumentError):
        offboard.Plan(bad)
    with pytest.raises(offboard.DocumentError):
        offboard.Approval(bad)


def test_a_document_is_no_other_document(engine: offboard.Engine) -> None:
    plan = engine.plan("containment", "alex@contoso.com", made_by="ada")
    with pytest.raises(TypeError, match="this is a plan, and not a approval"):
        offboard.Approval(plan)
    with pytest.raises(TypeError, match="is made from"):
        offboard.Plan(7)  # type: ignore[arg-type]


def test_notebooks_show_names_and_no_markup(tenant: sim.Tenant) -> None:
    tenant.change("alex@contoso.com", display_name="<script>alert(1)</script>")
    engine = offboard.connect(tenant)
    report = contained(engine, "alex@contoso.com")
    plan = engine.plan_of(report.run)
    for shown in (plan._repr_html_(), report._repr_html_(), report.to_html()):
        assert "<script" not in shown
    assert "alex@contoso.com" in repr(plan) and "done" in repr(report)
    assert [row["outcome"] for row in report.to_dicts()] == [step.outcome for step in report.steps]


def test_files_are_written_whole(tmp_path: Path, engine: offboard.Engine) -> None:
    plan = engine.plan("containment", "alex@contoso.com", made_by="ada")
    plan.write(tmp_path / "plan.json")
    assert offboard.Plan.read(tmp_path / "plan.json") == plan
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]


def test_files_are_for_their_owner_only(tmp_path: Path, engine: offboard.Engine) -> None:
    """As those of the command line: whom they name and what somebody accepts is nobody else's matter."""
    plan, older = engine.plan("containment", "alex@contoso.com", made_by="ada"), tmp_path / "plan.json"
    older.write_text("older")
    older.chmod(0o644)
    roster = engine.plan_roster("containment", BOTH, made_by="ada")
    before = os.umask(0o022)
    try:
        plan.write(older)
        roster.write(tmp_path / "november")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "november").stat().st_mode) == 0o700
    files = [older, *(tmp_path / "november").iterdir()]
    assert len(files) == 4 and {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_two_threads_write_one_file(tmp_path: Path, engine: offboard.Engine) -> None:
    target = tmp_path / "plan.json"
    plans = [engine.plan("containment", who, made_by="ada") for who in ("alex@contoso.com", "irvin@contoso.com")]
    with ThreadPoolExecutor(8) as pool:
        for _ in pool.map(lambda n: plans[n % 2].write(target), range(64)):
            assert offboard.Plan.read(target) in plans
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]
    # What cannot be put in its place leaves nothing beside it.
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError):
        plans[0].write(tmp_path / "folder")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "plan.json"]


def test_policies_are_read_with_their_lines(engine: offboard.Engine, tmp_path: Path) -> None:
    assert set(offboard.policies()) >= {"containment", "shared"}
    shipped = offboard.Policy.shipped("shared")
    assert shipped.name and engine.check_policy(shipped) == shipped
    shipped.check()
    text = shipped.to_json()
    path = tmp_path / "mine.toml"
    path.write_text(text.replace('sign_in = "block"', 'sign_in = "blok"'))
    with pytest.raises(offboard.PolicyError, match=r"mine\.toml:\d+: ") as refused:
        engine.plan(path, "alex@contoso.com")
    assert refused.value.kind == "policy"
    # What a policy says in JSON it says as well as in TOML.
    as_json = offboard.Policy(shipped.to_dict())
    ours = engine.plan(as_json, "irvin@contoso.com", made_by="ada")
    theirs = engine.plan(shipped, "irvin@contoso.com", made_by="ada")
    assert [step.id for step in ours.steps] == [step.id for step in theirs.steps]
    with pytest.raises(offboard.UsageError, match="no policy that comes with offboard") as unknown:
        engine.plan("shard", "alex@contoso.com")
    assert unknown.value.hint is not None and "shared" in unknown.value.hint
