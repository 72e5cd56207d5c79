"""Off-boards a list of people in one asyncio loop, with progress, and says who needs somebody.

    python examples/python/many.py alex@contoso.com irvin@contoso.com
"""

from __future__ import annotations

import asyncio
import sys

import offboard
from offboard import aio, sim


async def one(engine: aio.Engine, who: str) -> offboard.Report | str:
    """One leaver. A plan that findings stop is not carried out."""
    plan = await engine.plan("shared", who, made_by="ada")
    try:
        approval = engine.approve(plan, by="grace")
    except offboard.ApprovalRefused as refused:
        return f"{who}: {', '.join(finding.code for finding in refused.findings)} stop this plan"
    carried = asyncio.create_task(engine.apply(plan, approval, until="done"))
    async for event in engine.events(engine.run_id(plan, approval), follow=True):
        print(f"{who:<24} {event.name:<12} {event.step or ''}")
    return await carried


async def main(people: list[str]) -> None:
    tenant = sim.Tenant.contoso(seed=1)
    engine = await aio.connect(tenant)
    for end in await asyncio.gather(*(one(engine, who) for who in people)):
        if isinstance(end, str):
            print(end)
            continue
        print(repr(end))
        assert tenant.judge(end) == []


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:] or ["alex@contoso.com", "irvin@contoso.com", "ben@contoso.com"]))
