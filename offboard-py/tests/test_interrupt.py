"""Ctrl-C: what is in flight is recorded, nothing more is sent, and the run comes to the same end afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

#: Carries a run on the machine's time, is interrupted, and goes on.
BEGIN = """
import json, os, signal, sys, threading, time
import offboard
from offboard import sim

# Whoever is started in the background inherits that interrupts are ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
tenant = sim.Tenant(1, clock="machine")
tenant.hurry(latency="PT0.15S", read_lag="PT0S")
journal = sys.argv[1]

def told(event):
    if event.name == "applied":
        print("applied", flush=True)

def after(runs, go_on):
    engine = offboard.connect(tenant, journal=journal)
    stopped, sent = [engine.report(run) for run in runs], tenant.requests()[1]
    wrong = [text for report in stopped for text in tenant.judge(report)]
    go_on(engine)
    reports = [engine.report(run) for run in runs]
    print(json.dumps({
        "open": all(report.is_open for report in stopped), "done": all(report.is_done for report in reports),
        "wrong": wrong + [text for report in reports for text in tenant.judge(report)],
        "sent": sent, "all": tenant.requests()[1],
    }))

def when_written(then):
    def look():
        while tenant.requests()[1] == 0:
            time.sleep(0.001)
        then()
    threading.Thread(target=look, daemon=True).start()

def resume(run):
    after([run], lambda engine: engine.resume(run, until="done"))
"""

WAITING = """
engine = offboard.connect(tenant, journal=journal)
plan = engine.plan("containment", "alex@contoso.com", made_by="ada")
approval = engine.approve(plan, by="ada")
try:
    engine.apply(plan, approval, until="done", on_event=told)
except KeyboardInterrupt:
    resume(engine.run_id(plan, approval))
else:
    sys.exit("it was not interrupted")
"""

#: No function of the program's is told, so that the thread that waits begins the work itself.
ALONE = """
engine = offboard.connect(tenant, journal=journal)
plan = engine.plan("containment", "alex@contoso.com", made_by="ada")
approval = engine.approve(plan, by="ada")
when_written(lambda: print("applied", flush=True))
try:
    engine.apply(plan, approval, until="done")
except KeyboardInterrupt:
    resume(engine.run_id(plan, approval))
else:
    sys.exit("it was not interrupted")
"""

#: Virtual time passes as fast as the disk keeps the journal.
VIRTUAL = """
tenant = sim.Tenant(1)
rows = "upn\\n" + "\\n".join(tenant.hire(20)) + "\\n"
engine = offboard.connect(tenant, journal=journal)
roster = engine.plan_roster("containment", rows, made_by="ada")
approval = engine.approve_roster(roster, by="ada")
approved = engine.approved_roster(roster, approval)
when_written(lambda: print("applied", flush=True))
try:
    engine.apply_roster(roster, approval, until="done")
except KeyboardInterrupt:
    after(list(approved.runs), lambda engine: engine.resume_roster(approved.roster, until="done"))
else:
    sys.exit("it was not interrupted")
"""

ASYNCIO = """
import asyncio
from offboard import aio

made = []

async def main():
    engine = await aio.connect(tenant, journal=journal)
    plan = await engine.plan("containment", "alex@contoso.com", made_by="ada")
    made.extend((plan, engine.approve(plan, by="ada")))
    await engine.apply(*made, until="done", on_event=told)

try:
    asyncio.run(main())
except KeyboardInterrupt:
    resume(offboard.connect(tenant, journal=journal).run_id(*made))
else:
    sys.exit("it was not interrupted")
"""

ROSTER = """
engine = offboard.connect(tenant, journal=journal)
roster = engine.plan_roster("containment", "upn\\nalex@contoso.com\\njohanna@contoso.com\\n", made_by="ada")
approval = engine.approve_roster(roster, by="ada")
approved = engine.approved_roster(roster, approval)
try:
    engine.apply_roster(roster, approval, until="done", on_event=lambda run, event: told(event))
except KeyboardInterrupt:
    after(list(approved.runs), lambda engine: engine.resume_roster(approved.roster, until="done"))
else:
    sys.exit("it was not interrupted")
"""


@pytest.mark.parametrize("program", [WAITING, ALONE, VIRTUAL, ASYNCIO, ROSTER], ids=["waiting", "alone", "virtual", "asyncio", "roster"])
def test_ctrl_c_stops_between_two_writes(program: str, tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", BEGIN + program, os.fspath(tmp_path / "journal.db")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "applied\n"
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=120)
    assert child.returncode == 0, err
    said = json.loads(out.splitlines()[-1])
    assert said["open"] and said["wrong"] == [] and said["done"], said
    assert 0 < said["sent"] < said["all"], "it was stopped before everything was sent, and then everything was"


#: What is in flight takes an hour: the first Ctrl-C waits for it, the second one does not.
IMPATIENT = """
engine = offboard.connect(tenant, journal=journal)
plan = engine.plan("containment", "alex@contoso.com", made_by="ada")
approval = engine.approve(plan, by="ada")
tenant.hurry(latency="PT1H")
pressed = []

def press(*_):
    pressed.append(True)
    raise KeyboardInterrupt

signal.signal(signal.SIGINT, press)

def twice():
    os.kill(os.getpid(), signal.SIGINT)
    while not pressed:
        time.sleep(0.001)
    os.kill(os.getpid(), signal.SIGINT)

before = tenant.requests()[0]
def look():
    while tenant.requests()[0] == before:
        time.sleep(0.001)
    twice()
threading.Thread(target=look, daemon=True).start()
try:
    engine.apply(plan, approval)
except KeyboardInterrupt:
    print(json.dumps({"pressed": len(pressed)}))
else:
    sys.exit("it was not interrupted")
"""

#: Nobody ever begins the run that is followed, in virtual time.
NOBODY = """
engine = offboard.connect(sim.Tenant(1), journal=journal)
plan = engine.plan("containment", "alex@contoso.com", made_by="ada")
run = engine.run_id(plan, engine.approve(plan, by="ada"))
threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
try:
    list(engine.events(run, follow=True))
except KeyboardInterrupt:
    # Nothing is left in the way of whoever comes next.
    again = engine.plan("containment", "alex@contoso.com", made_by="ada")
    print(json.dumps({"pressed": 1}))
else:
    sys.exit("it was not interrupted")
"""


@pytest.mark.parametrize(("program", "pressed"), [(IMPATIENT, 2), (NOBODY, 1)], ids=["twice", "nobody"])
def test_ctrl_c_leaves_what_does_not_end(program: str, pressed: int, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + program, os.fspath(tmp_path / "journal.db")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {"pressed": pressed}
