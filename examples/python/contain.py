"""Cuts somebody's access on a simulated tenant, and takes it back. No asyncio.

    python examples/python/contain.py alex@contoso.com
"""

from __future__ import annotations

import sys

import offboard
from offboard import sim


def main(who: str) -> int:
    # A real tenant takes its id, a credential (azure-identity's, or offboard.Secret) and a journal:
    #   offboard.connect("aaaaaaaa-...", client_id="...", credential=DefaultAzureCredential(), journal="journal.db")
    tenant = sim.Tenant.contoso(seed=1)
    engine = offboard.connect(tenant)

    plan = engine.plan("containment", who, made_by="ada")
    for step in plan.steps:
        print(f"{step.action:<8} {step.title}")
    for finding in plan.findings:
        print(f"{finding.severity:<8} {finding.code} {finding.message}: {finding.hint}")

    approval = engine.approve(plan, by="ada", ticket="T-1")
    report = engine.apply(plan, approval, until="done", on_event=lambda event: print(f"{event.at:%H:%M:%S} {event.name} {event.step}"))
    print(report.to_text())
    assert tenant.judge(report) == []

    back = engine.undo(report.run, made_by="ada")
    undone = engine.apply(back, engine.approve(back, by="ada"), until="done", supersede=True)
    print(undone.to_text())
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2] or ["alex@contoso.com"]))
