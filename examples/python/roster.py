"""Off-boards everybody in a file: who is refused and why, everybody's access cut first, one report of all.

    python examples/python/roster.py leavers.csv november.html
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import offboard
from offboard import sim

#: What is off-boarded where no file is named. Line 4 counts on somebody who leaves too, line 5 says a day and no moment.
LEAVERS = """upn,leaves,successor
alex@contoso.com,,megan@contoso.com
johanna@contoso.com,,megan@contoso.com
zoe@contoso.com,,alex@contoso.com
grady@contoso.com,2026-11-30,
"""


def main(file: Path | None, page: Path | None) -> None:
    tenant = sim.Tenant.contoso(seed=1)
    engine = offboard.connect(tenant)
    roster = engine.plan_roster("shared", file or LEAVERS, made_by="ada")
    for row in roster.refused:
        print(f"line {row.line} is refused: {row.why}; {row.hint}")

    # Somebody else looks at it. What stops a plan leaves its leaver out, and nobody else.
    approval = engine.approve_roster(roster, by="grace", ticket="HR-1042")
    approved = engine.approved_roster(roster, approval)
    for left in approved.left_out:
        print(f"line {left.member.line} is left out: {left.error.message}")

    cut = Counter[str]()

    def watch(run: str, event: offboard.Event) -> None:
        step = roster.plan(approved.runs[run].leaver.id).step(event.step) if event.step else None
        if event.name == "applied" and step is not None and step.kind == "containment":
            cut[run] += 1
            print(f"{approved.runs[run].leaver.user_principal_name:<24} {step.title}")

    report = engine.apply_roster(roster, approval, until="done", on_event=watch)
    print(report.summary)
    assert len(cut) == report.totals.access_cut
    if page is not None:
        page.write_text(report.to_html(), encoding="utf-8")
    for line in report.leavers:
        assert line.run is None or tenant.judge(engine.report(line.run)) == []


if __name__ == "__main__":
    paths = [Path(path) for path in sys.argv[1:3]]
    main(*paths, *[None] * (2 - len(paths)))
