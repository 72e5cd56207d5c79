"""Following a run to its end, whoever carries it: this call, another call, another process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import BOTH, foreign_hand

import offboard
from offboard import sim

#: Longer than it takes to read a journal: what has nothing to wait for would have ended by then.
A_WHILE = 0.2


def later(what: Callable[..., object], *args: object) -> threading.Timer:
    """Does it in a while."""
    timer = threading.Timer(A_WHILE, what, args)
    timer.start()
    return timer


def numbers(events: list[offboard.Event]) -> list[int]:
    return [event.seq or 0 for event in events]


def test_one_call_that_ends_does_not_end_the_following_of_another(tmp_path: Path) -> None:
    # On the machine's clock, where one call that is held holds up no other.
    tenant = sim.Tenant(1, clock="machine")
    tenant.hurry(latency="PT0.002S", read_lag="PT0S")
    engine = offboard.connect(tenant, journal=tmp_path / "journal.db")
    plan = engine.plan("containment", "alex@contoso.com", made_by="ada")
    approval = engine.approve(plan, by="ada")
    run = engine.run_id(plan, approval)
    begun, go_on = threading.Event(), threading.Event()

    def watch(_: offboard.Event) -> None:
        begun.set()
        assert go_on.wait(20)

    carried = threading.Thread(target=lambda: engine.apply(plan, approval, until="contained", on_event=watch))
    carried.start()
    assert begun.wait(20)
    # Another call is refused while this one has the run; at once, because it can read nothing before.
    tenant.faults.always(sim.Matcher.any(), sim.Fault.status(403))
    with pytest.raises(offboard.Leased):
        engine.resume(run)
    tenant.faults.clear()
    seen = list(engine.events(run))
    later(go_on.set)
    rest = list(engine.events(run, after=len(seen), follow=True))
    carried.join()
    assert rest and numbers(seen + rest) == numbers(list(engine.events(run)))


def test_a_run_of_a_roster_that_another_process_carries(tmp_path: Path, tenant: sim.Tenant) -> None:
    theirs, ours = (offboard.connect(tenant, journal=tmp_path / "journal.db") for _ in range(2))
    roster = theirs.plan_roster("shared", BOTH, made_by="ada")
    approval = theirs.approve_roster(roster, by="grace")
    # Somebody only looks what it will come to, and then the other process applies it.
    approved = ours.approved_roster(roster, approval)
    alex, johanna = approved.runs
    applied = later(theirs.apply_roster, roster, approval)
    first: list[offboard.Event] = []
    follow = threading.Thread(target=lambda: first.append(next(ours.events(alex, follow=True))), daemon=True)
    follow.start()
    follow.join(20)
    assert numbers(first) == [1], "whoever follows what was only asked for sees what the other process does"
    applied.join()
    assert theirs.resume_roster(approved.roster, only=[]).is_open

    def followed(run: str) -> list[offboard.Event]:
        """What comes after all that there is, until the other process ends it."""
        after = len(list(ours.events(run)))
        later(theirs.cancel, run)
        return list(ours.events(run, after=after, follow=True))

    # He was carried here neither by a look at what it comes to, nor by going on with somebody else.
    ours.resume_roster(approved.roster, only=[johanna], until="contained")
    assert "cancelled" in [event.name for event in followed(alex)]


def test_a_run_that_another_process_holds_is_not_known_here(tmp_path: Path, tenant: sim.Tenant) -> None:
    journal = tmp_path / "journal.db"
    theirs, ours = (offboard.connect(tenant, journal=journal) for _ in range(2))
    plan = theirs.plan("shared", "irvin@contoso.com", made_by="ada")
    run = theirs.apply(plan, theirs.approve(plan, by="grace"), until="contained").run
    hold = "UPDATE runs SET owner = ?, held_until = ?"
    foreign_hand(journal, (hold, ("elsewhere/1", 2**62)))
    with pytest.raises(offboard.Leased):
        ours.resume(run)
    foreign_hand(journal, (hold, (None, None)))
    after = len(list(ours.events(run)))
    later(theirs.cancel, run)
    assert "cancelled" in [event.name for event in ours.events(run, after=after, follow=True)]
