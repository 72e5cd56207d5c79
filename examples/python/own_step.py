"""A step of another system, written in Python: it takes part in the same plan, approval, journal, report and undo.

    python examples/python/own_step.py
"""

from __future__ import annotations

import asyncio
import datetime
from typing import Any

import offboard
from offboard import aio, sim
from offboard.steps import Context, Facts, Is, Seen, State


class Chat:
    """The other system; it knows people by their object id."""

    def __init__(self) -> None:
        self.accounts: dict[str, dict[str, Any]] = {}

    async def get(self, person: str) -> dict[str, Any] | None:
        account = self.accounts.get(person)
        return None if account is None else dict(account)

    async def set_active(self, person: str, active: bool, request: str) -> str:
        self.accounts[person]["active"] = active
        return f"chat-{request}"


CHAT = Chat()


class DisableChat(offboard.Step):
    """Ends somebody's sessions in the chat and keeps him out."""

    name = "disable_chat"
    version = 1
    title = "Disable the chat account"
    phase = "lock_out"
    kind = "containment"
    reversal = "exact"
    repeat = "safe"
    latency = datetime.timedelta(seconds=30)
    facets = {"chat_account": CHAT.get}

    def state(self, facts: Facts) -> State:
        return facts.state("chat_account", "there is no chat account")

    def effect(self, facts: Facts) -> None:
        known = self.state(facts)
        if isinstance(known, Is):
            facts.set("chat_account", known.state | {"active": False})

    def put_back(self, facts: Facts, before: Any) -> None:
        facts.set("chat_account", before)

    def reached(self, seen: Seen) -> bool:
        return seen.state is not None and seen.state["active"] is False

    async def apply(self, context: Context, before: State) -> None:
        context.receipt(request_id=await CHAT.set_active(self.user, False, context.call_id))

    async def undo(self, context: Context, before: Any, now: Any) -> None:
        context.receipt(request_id=await CHAT.set_active(self.user, before["active"], context.call_id))

    def by_hand(self, facts: Facts, why: str) -> offboard.Instructions:
        return offboard.Instructions(
            system="Chat", role="Chat administrator", why=why, commands=(f"deactivate {self.user}",), shown_by="active is false"
        )


async def main() -> None:
    tenant = sim.Tenant.contoso(seed=1)
    alex = tenant.user_id("alex@contoso.com")
    CHAT.accounts[alex] = {"name": "alex", "active": True}

    engine = await aio.connect(tenant, steps=[DisableChat])
    containment = offboard.Policy.shipped("containment").to_dict()
    containment["step"] = [{"operation": "disable_chat", "params": {"user": "$leaver"}}]

    plan = await engine.plan(containment, "alex@contoso.com", made_by="ada")
    report = await engine.apply(plan, engine.approve(plan, by="ada"), until="done")
    print(report.to_text())
    assert report.is_done and CHAT.accounts[alex]["active"] is False

    back = await engine.undo(report.run, made_by="ada")
    undone = await engine.apply(back, engine.approve(back, by="ada"), until="done", supersede=True)
    assert undone.is_done and CHAT.accounts[alex]["active"] is True


if __name__ == "__main__":
    asyncio.run(main())
