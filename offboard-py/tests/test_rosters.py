"""Many leavers at once: from a file to a roster, an approval and a report; and what is refused on the way."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
from conftest import BOTH, Program, answer, foreign_hand, nobody_before_everybody

import offboard
from offboard import sim

#: Two who can go, one whose successor leaves too, one whom nobody knows, and one who leaves at no moment.
FILE = (
    "upn,leaves,successor\n"
    "alex@contoso.com,,megan@contoso.com\n"
    "johanna@contoso.com,,megan@contoso.com\n"
    "zoe@contoso.com,,alex@contoso.com\n"
    "nobody@contoso.com,,\n"
    "grady@contoso.com,2026-11-30,\n"
)


def enabled(tenant: sim.Tenant, who: str) -> bool:
    """Whether he can sign in."""
    return bool(tenant.person(who)["user"]["account_enabled"])


def test_from_a_file_to_a_report(tenant: sim.Tenant, engine: offboard.Engine) -> None:
    planned: list[int] = []
    roster = engine.plan_roster("shared", FILE, made_by="ada", planned=planned.append)
    assert planned == [1, 2, 3] and tenant.writes == ()
    assert [(row.line, row.column, row.who) for row in roster.refused] == [
        (5, None, "nobody@contoso.com"),
        (6, "leaves", "grady@contoso.com"),
    ]
    assert "nobody is called" in roster.refused[0].why and "offset" in roster.refused[1].why
    assert all(row.hint for row in roster.refused)
    assert [(one.line, one.leaver.user_principal_name) for one in roster.members] == [
        (2, "alex@contoso.com"),
        (3, "johanna@contoso.com"),
        (4, "zoe@contoso.com"),
    ]
    assert [plan.digest for plan in roster.plans] == [one.plan for one in roster.members]
    zoe = roster.member("ZOE@contoso.com")
    assert [finding.code for finding in zoe.stopped_by] == ["G16"] and not zoe.is_hopeless
    assert zoe.steps == len(roster.plan("zoe@contoso.com").steps)

    # The one who counts on somebody who leaves is left out alone, and it is said before anything is sent.
    approval = engine.approve_roster(roster, by="grace", ticket="HR-7")
    assert approval.plan == roster.digest and approval.standing is None
    approved = engine.approved_roster(roster, approval)
    assert [left.member for left in approved.left_out] == [zoe]
    why = approved.left_out[0].error
    assert isinstance(why, offboard.ApprovalRefused) and why.findings == zoe.stopped_by and why.hint
    assert {one.leaver.user_principal_name for one in approved.runs.values()} == {"alex@contoso.com", "johanna@contoso.com"}

    told: list[tuple[str, str, str]] = []

    def watch(run: str, event: offboard.Event) -> None:
        if event.step is not None:
            told.append((run, event.name, event.step))

    report = engine.apply_roster(roster, approval, on_event=watch)
    plans = {run: roster.plan(one.leaver.id) for run, one in approved.runs.items()}
    assert {run for run, _, _ in told} == set(plans)
    nobody_before_everybody(told, plans)
    with pytest.raises(AssertionError, match="before"):
        nobody_before_everybody(told[::-1], plans)
    assert not enabled(tenant, "alex@contoso.com") and not enabled(tenant, "johanna@contoso.com")
    assert enabled(tenant, "zoe@contoso.com")

    assert report.roster == approved.roster and report.exit_code == 3 and not report.is_done
    assert report.totals == offboard.Totals(
        rows=5, begun=2, refused=3, access_cut=2, done=0, waiting=2, need_a_person=0
    )
    assert report.refused == roster.refused and report.ticket == "HR-7" and report.approved_by == "grace"
    line = report.leaver("zoe@contoso.com")
    assert line.run is None and line.exit_code == 3 and "is leaving too" in line.verdict and line.hint
    for run, one in approved.runs.items():
        line = report.leaver(one.leaver.user_principal_name)
        alone = engine.report(run)
        assert (line.run, line.access_cut, line.exit_code, line.counts) == (run, True, 6, alone.counts)
        assert tenant.judge(alone) == [] and engine.plan_of(run) == plans[run]
        assert line.verdict in report.to_text() and line.verdict in report.to_html()
    assert report.is_open and report.wake_at == min(line.wake_at for line in report.leavers if line.wake_at)
    assert report.summary in report.to_text() and "<script" not in report.to_html()


def test_what_one_accepts_of_all_of_them(tenant: sim.Tenant, engine: offboard.Engine) -> None:
    rows = "upn,successor\nalex@contoso.com,zoe@contoso.com\njohanna@contoso.com,zoe@contoso.com\nzoe@contoso.com,megan@contoso.com\n"
    roster = engine.plan_roster("shared", rows, made_by="ada")
    finding = roster.member("alex@contoso.com").stopped_by[0]
    waivers = roster.waive(finding, "she stays until the end of the year")
    assert [waiver.plan for waiver in waivers] == [one.plan for one in roster.members[:2]]
    one = roster.members[0].waive(finding, "she stays until the end of the year")
    assert one == waivers[0] and offboard.Waiver.of(one.to_dict()) == one
    with pytest.raises(ValueError, match="is not stopped by plan:G16"):
        roster.member("zoe@contoso.com").waive(finding, "why")
    with pytest.raises(ValueError, match="no plan of this roster is stopped by"):
        roster.waive(offboard.Finding("G6", "block", "1", "R1", "", "", None), "why")

    def left(waivers: tuple[offboard.Waiver, ...]) -> list[str]:
        approved = engine.approved_roster(roster, engine.approve_roster(roster, by="grace", waivers=waivers))
        return [left.member.leaver.user_principal_name for left in approved.left_out]

    assert left(()) == ["alex@contoso.com", "johanna@contoso.com"]
    assert left((one,)) == ["johanna@contoso.com"] and left(waivers) == []
    # A waiver that says of no plan is one of a single plan.
    with pytest.raises(offboard.ApprovalRefused, match="names no plan of this roster"):
        engine.approve_roster(roster, by="grace", waivers=[finding.waive("why")])


def test_bytes_text_and_paths_are_one_file(engine: offboard.Engine, tmp_path: Path) -> None:
    file = tmp_path / "leavers.csv"
    file.write_bytes(BOTH.encode())
    by_path = engine.plan_roster("containment", file, made_by="ada")
    assert by_path.source == engine.plan_roster("containment", BOTH.encode(), made_by="ada").source
    assert by_path.source == engine.plan_roster("containment", BOTH, made_by="ada").source
    leaves_at = engine.now.replace(year=engine.now.year + 1)
    assert {one.leaves_at for one in engine.plan_roster("shared", BOTH, leaves_at=leaves_at).members} == {leaves_at}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (b"upn,succesor\na@contoso.com,b@contoso.com\n", "rows:1: `succesor` is no column of a roster"),
        (b"upn\n\xffa@contoso.com\n", "rows:2: this is no UTF-8"),
        (b"upn\n", "rows:1: nobody is in this file"),
        (b"", "rows:1: no column names people"),
    ],
)
def test_a_file_that_could_be_misread_is_refused(engine: offboard.Engine, rows: bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(offboard.DocumentError, match=said) as refused:
        engine.plan_roster("shared", rows)
    assert refused.value.hint
    file = tmp_path / "leavers.csv"
    file.write_bytes(rows)
    with pytest.raises(offboard.DocumentError, match=f"leavers.csv:{said.removeprefix('rows:')}"):
        engine.plan_roster("shared", file)


def test_what_cannot_be_asked_of_a_roster(engine: offboard.Engine) -> None:
    with pytest.raises(offboard.UsageError, match="this text is one line") as refused:
        engine.plan_roster("shared", "leavers.csv")
    assert "pathlib" in (refused.value.hint or "")
    with pytest.raises(TypeError, match="bytes, text or a path"):
        engine.plan_roster("shared", ["alex@contoso.com"])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"this is a str, and not a Roster .* Roster\(bytes, plans="):
        engine.approve_roster("november", by="grace")  # type: ignore[arg-type]
    with pytest.raises(offboard.UsageError, match="time zone"):
        engine.plan_roster("shared", BOTH, leaves_at=engine.now.replace(tzinfo=None))
    with pytest.raises(TypeError, match="not one name"):
        engine.resume_roster("r", only="0123")
    for ask in (engine.roster_report, engine.resume_roster, engine.cancel_roster, engine.kept_roster):
        with pytest.raises(offboard.NoRoster, match="rnothing") as none:
            ask("rnothing")
        assert none.value.hint
    with pytest.raises(LookupError, match="enough"):
        engine.plan_roster("shared", BOTH, planned=_enough)


def _enough(_: int) -> None:
    raise LookupError("enough")


def test_a_roster_is_no_larger_than_the_profile_allows(tenant: sim.Tenant) -> None:
    profile = "[tenant]\ncaps = { per_roster = 1, per_day = 9 }\n"
    engine = offboard.connect(tenant, profile=profile)
    with pytest.raises(offboard.CapReached, match="2 people are in this roster") as refused:
        engine.plan_roster("shared", BOTH)
    assert refused.value.code == "CAP" and refused.value.hint


def test_what_was_changed_after_it_was_approved_is_not_applied(engine: offboard.Engine) -> None:
    roster = engine.plan_roster("shared", BOTH, made_by="ada")
    approval = engine.approve_roster(roster, by="grace")
    data = roster.to_dict()
    data["made_by"] = "eve"
    with pytest.raises(offboard.ApprovalRefused, match="is for the plan") as refused:
        engine.apply_roster(offboard.Roster(data, plans=roster.plans), approval)
    assert refused.value.code == "APPROVAL" and refused.value.hint
    # Approved anew it would still say of a plan what the plan does not say.
    data["members"][0]["steps"] = 1
    untrue = offboard.Roster(data, plans=roster.plans)
    with pytest.raises(offboard.UntruePlan, match="what the plan does not say"):
        engine.approve_roster(untrue, by="grace")
    changed = roster.plans[0].to_dict()
    changed["made_by"] = "eve"
    with pytest.raises(offboard.DocumentError, match="is none of this roster"):
        offboard.Roster(roster, plans=[offboard.Plan(changed)])


def test_a_roster_without_its_plans_is_only_looked_at(engine: offboard.Engine, tmp_path: Path) -> None:
    roster = engine.plan_roster("shared", BOTH, made_by="ada")
    approval = engine.approve_roster(roster, by="grace")
    alone, half = offboard.Roster(roster.to_bytes()), offboard.Roster(roster.to_bytes(), plans=roster.plans[:1])
    for some, who in ((alone, "alex"), (half, "johanna")):
        for ask in (
            lambda some=some: engine.approve_roster(some, by="grace"),
            lambda some=some: engine.approved_roster(some, approval),
            lambda some=some: engine.apply_roster(some, approval),
            lambda some=some: some.write(tmp_path / "none"),
        ):
            with pytest.raises(offboard.DocumentError, match=f"of {who}@contoso.com is missing") as refused:
                ask()
            assert "plans=[...]" in (refused.value.hint or "")
    assert not (tmp_path / "none").exists()
    roster.write(tmp_path / "november")
    lost = tmp_path / "november" / f"{roster.plan('johanna@contoso.com').digest}.json"
    lost.unlink()
    with pytest.raises(offboard.DocumentError, match=f"of johanna@contoso.com is missing: .*{lost.name}") as refused:
        offboard.Roster.read(tmp_path / "november")
    assert refused.value.hint


@pytest.mark.parametrize("name", ["../../etc/passwd", "/", "", "A" * 64, "0" * 63])
def test_a_plan_of_a_roster_is_named_by_its_digest(engine: offboard.Engine, tmp_path: Path, name: str) -> None:
    data = engine.plan_roster("containment", BOTH, made_by="ada").to_dict()
    data["members"][1]["plan"] = name
    (tmp_path / "roster.json").write_text(json.dumps(data))
    with pytest.raises(offboard.DocumentError, match="is not a SHA-256") as refused:
        offboard.Roster.read(tmp_path)
    assert refused.value.hint


def test_a_tampered_journal_is_not_believed(tenant: sim.Tenant, tmp_path: Path) -> None:
    journal = tmp_path / "journal.db"
    engine = offboard.connect(tenant, journal=journal)
    roster = engine.plan_roster("containment", BOTH, made_by="ada")
    name = engine.apply_roster(roster, engine.approve_roster(roster, by="grace"), until="done").roster
    changed = "UPDATE rosters SET approval = CAST(replace(approval, 'grace', 'eve') AS BLOB)"
    foreign_hand(journal, (changed, ()))
    engine = offboard.connect(tenant, journal=journal)
    for ask in (engine.roster_report, engine.resume_roster, engine.kept_roster):
        with pytest.raises(offboard.Tampered) as refused:
            ask(name)
        assert refused.value.hint
    # It is listed all the same, so that somebody sees it.
    assert [(one.roster, one.policy) for one in engine.rosters()] == [(name, None)]


def test_whose_approval_is_none(engine: offboard.Engine) -> None:
    roster = engine.plan_roster("shared", BOTH, made_by="ada")
    with pytest.raises(offboard.ApprovalRefused, match="made this plan and cannot approve it"):
        engine.approve_roster(roster, by="Ada ")
    with pytest.raises(offboard.UsageError, match="nobody is named"):
        engine.approve_roster(roster, by=" ")
    of_one = engine.approve(roster.plans[0], by="grace")
    with pytest.raises(offboard.ApprovalRefused, match="is for the plan"):
        engine.apply_roster(roster, of_one)
    with pytest.raises(offboard.UsageError, match="is not the policy that this roster was made from"):
        engine.apply_roster(roster, engine.approve_roster(roster, by="grace"), policy="containment")
    # Whoever only cuts access waits for nobody.
    containment = engine.plan_roster("containment", BOTH, made_by="ada")
    report = engine.apply_roster(containment, engine.approve_roster(containment, by="ada"), until="done")
    assert report.is_done and report.exit_code == 0 and not report.is_open and report.wake_at is None


def test_a_roster_goes_through_bytes_folders_and_pickle(engine: offboard.Engine, tmp_path: Path) -> None:
    roster = engine.plan_roster("shared", FILE, made_by="ada")
    roster.write(tmp_path / "november")
    with pytest.raises(FileExistsError, match="is not empty"):
        roster.write(tmp_path / "november")
    for again in (
        offboard.Roster.read(tmp_path / "november"),
        offboard.Roster.read(tmp_path / "november" / "roster.json"),
        offboard.Roster(roster.to_bytes(), plans=[plan.to_bytes() for plan in reversed(roster.plans)]),
        offboard.Roster(roster.to_dict(), plans=roster.plans),
        offboard.Roster(roster),
        pickle.loads(pickle.dumps(roster)),
    ):
        assert again == roster and again.digest == roster.digest and again.plans == roster.plans
    alone = offboard.Roster(roster.to_bytes())
    assert alone == roster and alone.plans == ()
    with pytest.raises(KeyError, match="is not here"):
        alone.plan("alex@contoso.com")
    with pytest.raises(KeyError, match="not in this roster"):
        roster.member("megan@contoso.com")
    for bad in (b"{", b"[]", roster.plans[0].to_bytes(), b'{"format": "offboard.roster/9"}'):
        with pytest.raises(offboard.DocumentError):
            offboard.Roster(bad)
        with pytest.raises(offboard.DocumentError):
            offboard.RosterReport(bad)
    assert "3 leavers planned, 1 stopped, 2 rows refused" in repr(roster)
    assert "grady@contoso.com" in roster._repr_html_()


def test_the_command_line_and_python_share_rosters(
    tenant: sim.Tenant, program: Program, tmp_path: Path
) -> None:
    # Approved by the command line, which has no other clock than the machine's.
    engine = offboard.connect(sim.Tenant(1, clock="machine"))
    roster = engine.plan_roster("containment", BOTH, made_by="ada")
    roster.write(tmp_path / "november")
    told = answer(program("approve", "november", "--by", "grace", "-o", "approval.json", "--json"), 0)
    approval = offboard.Approval.read(tmp_path / "approval.json")
    assert engine.approved_roster(tmp_path / "november", approval).roster == told["roster"]

    # Carried by Python, and reported by the command line, which has never met this tenant.
    journal = tmp_path / "journal.db"
    engine = offboard.connect(tenant, journal=journal)
    roster = engine.plan_roster("containment", BOTH, made_by="ada")
    approval = engine.approve_roster(roster, by="grace")
    report = engine.apply_roster(roster, approval, until="done")
    done = program("report", report.roster, "--json", env={"OFFBOARD_JOURNAL": str(journal)})
    assert answer(done, 0)["leavers"] == report.to_dict()["leavers"]
    kept = engine.kept_roster(report.roster)
    assert kept.roster == roster and kept.approval == approval and kept.id == report.roster
    assert {run.run for run in engine.runs()} == set(kept.runs)
    assert [(one.roster, one.leavers, one.approved_by) for one in engine.rosters()] == [(kept.id, 2, "grace")]
