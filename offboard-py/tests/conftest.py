"""What the tests stand on: a simulated tenant, the command line's binary, and how a run is carried by either front end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import offboard
from offboard import sim


@pytest.fixture
def tenant() -> sim.Tenant:
    """Contoso, on a clock of its own."""
    return sim.Tenant.contoso(seed=1)


@pytest.fixture
def engine(tenant: sim.Tenant) -> offboard.Engine:
    """An engine on it, with a journal in memory."""
    return offboard.connect(tenant)


#: What waits by the machine's clock: for readings, or for processes.
SLOW = ("test_many", "test_interrupt", "test_exit")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is slow begins first, each with something quick: so, in pairs, several workers are given their first tests."""
    slow = [item for item in items if item.path.stem in SLOW]
    quick = [item for item in items if item.path.stem not in SLOW]
    pairs = [item for pair in zip(slow, quick, strict=False) for item in pair]
    items[:] = [*pairs, *quick[len(slow) :]] if len(quick) >= len(slow) else [*pairs, *slow[len(quick) :]]


Program = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def binary() -> Path:
    """The command line, as `make python` has built it."""
    path = os.environ.get("OFFBOARD_BIN")
    if not path:
        pytest.fail("OFFBOARD_BIN names no binary; run the tests by `make python`")
    return Path(path)


@pytest.fixture
def program(binary: Path, tmp_path: Path) -> Program:
    """Runs the command line with nothing of this machine's own configuration."""

    def run(*args: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        base = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
        return subprocess.run(
            [binary, *args], env=base | dict(env or {}), cwd=tmp_path, capture_output=True, text=True, check=False
        )

    return run


def answer(done: subprocess.CompletedProcess[str], code: int) -> dict[str, Any]:
    """The one JSON object that the command line printed."""
    assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def contained(engine: offboard.Engine, who: str) -> offboard.Report:
    """Cuts somebody's access by plan and approval, to the end."""
    plan = engine.plan("containment", who, made_by="ada")
    return engine.apply(plan, engine.approve(plan, by="ada"), until="done")


#: A process of its own: two copies of SQLite in one process would take each other's locks away.
FOREIGN = """
import ast, sqlite3, sys
with sqlite3.connect(sys.argv[1]) as database:
    for statement, values in ast.literal_eval(sys.argv[2]):
        database.execute(statement, values)
database.close()
"""


def foreign_hand(journal: Path, *statements: tuple[str, tuple[object, ...]]) -> None:
    """Changes a journal from outside, while engines have it open."""
    subprocess.run([sys.executable, "-c", FOREIGN, journal, repr(statements)], check=True)


#: Two who can go, and nothing else.
BOTH = "upn,successor\nalex@contoso.com,megan@contoso.com\njohanna@contoso.com,megan@contoso.com\n"


def nobody_before_everybody(told: list[tuple[str, str, str]], plans: dict[str, offboard.Plan]) -> None:
    """Nothing but cutting access was begun of anybody before all of it was sent of everybody."""
    cut: dict[str, set[str]] = {
        run: {step.id for step in plan.steps if step.kind == "containment" and step.action == "change"}
        for run, plan in plans.items()
    }
    others = 0
    for run, name, step in told:
        kind = plans[run].step(step).kind
        if name == "applied" and kind == "containment":
            cut[run].discard(step)
        elif name in ("captured", "applied") and kind != "containment":
            others += 1
            assert not any(cut.values()), f"{step} of {run} before {cut}"
    assert others > len(plans), "something else was begun afterwards"
