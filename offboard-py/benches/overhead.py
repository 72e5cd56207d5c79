"""What Python adds to a run: the same people at the same simulated tenant, in Rust and in Python, measured in pairs.

    make bench-python

Time is virtual, so that nothing waits: a real run waits for Microsoft's services, and what Python adds is a smaller part of it
still. Each pair takes place side by side, whichever goes first, so that a busy machine slows both.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time

import offboard
from offboard import sim


def in_rust(program: str) -> dict[str, object]:
    said = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    return dict(json.loads(said))


def in_python(people: list[str]) -> tuple[float, list[str]]:
    tenant = sim.Tenant.contoso(1)
    began = time.perf_counter()
    engine = offboard.connect(tenant)
    done = []
    for who in people:
        plan = engine.plan("containment", who, made_by="bench")
        try:
            approval = engine.approve(plan, by="grace")
        except offboard.ApprovalRefused:
            continue
        if engine.apply(plan, approval, until="done").exit_code == 0:
            done.append(who)
    return time.perf_counter() - began, done


def main(program: str, pairs: int) -> None:
    first = in_rust(program)
    people = [str(who) for who in list(first["people"])]  # type: ignore[call-overload]
    in_python(people)
    rust, python = [], []
    for pair in range(pairs):
        order = ("rust", "python") if pair % 2 else ("python", "rust")
        for side in order:
            if side == "rust":
                said = in_rust(program)
                rust.append(float(str(said["microseconds"])) / 1e6)
            else:
                seconds, done = in_python(people)
                python.append(seconds)
                assert done == first["done"], (done, first["done"])
    ratios = sorted(p / r for p, r in zip(python, rust, strict=True))
    added = (statistics.median(ratios) - 1) * 100
    print(f"{len(people)} people, {len(first['done'])} of them done, {pairs} pairs")  # type: ignore[arg-type]
    print(f"Rust   {statistics.median(rust) * 1e3:8.1f} ms (median)")
    print(f"Python {statistics.median(python) * 1e3:8.1f} ms (median)")
    low, high = ratios[len(ratios) // 4], ratios[-1 - len(ratios) // 4]
    verdict = "under" if added < 5 else "OVER"
    print(f"Python adds {added:.1f} % ({verdict} 5 %); half of the pairs lie between {low - 1:+.1%} and {high - 1:+.1%}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 15)
