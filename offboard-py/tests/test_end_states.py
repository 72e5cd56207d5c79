"""Every end state of mail, licenses and account, from the text of a policy to the last report, in virtual time."""

from __future__ import annotations

import datetime

import pytest

import offboard
from offboard import sim

LEAVER = "adele@contoso.com"
SUCCESSOR = "megan@contoso.com"

KEEP = 'disposition = "keep"'
DAY = datetime.timedelta(days=1)

# What no step can mend: always so, and what Adele's files add.
RISKS = ["R6", "R7", "R17", "B11", "R34", "R74", "B9", "B15", "B14"]


def policy(mail: str, licenses: str = KEEP, account: str = KEEP) -> offboard.Policy:
    """Access is cut; mail, licenses and account are as said."""
    return offboard.Policy(
        f"""policy = "offboard.policy/1"
name = "end state"
applies_to = "member"
[access]
sign_in = "block"
password = "reset"
sessions = "revoke"
exchange_account = "block"
forwarding = "stop"
[mail]
{mail}
[files]
disposition = "keep"
loss_accepted = true
[licenses]
{licenses}
[account]
{account}
[groups]
disposition = "keep"
[voice]
numbers = "keep"
""".encode()
    )


class Way:
    """A leaver who goes in three days, and the dates that follow."""

    def __init__(self, tenant: sim.Tenant, engine: offboard.Engine, wanted: offboard.Policy) -> None:
        self.tenant, self.engine = tenant, engine
        self.leaves_at = engine.now + 3 * DAY
        plan = engine.plan(wanted, LEAVER, successor=SUCCESSOR, leaves_at=self.leaves_at, made_by="ada")
        assert not plan.standing, plan.standing
        self.report = engine.apply(plan, engine.approve(plan, by="grace"), until="done")
        assert tenant.writes == (), "nothing is done before the last working moment"

    def to_the_end(self) -> offboard.Report:
        """Every date comes, and what is said is true on each."""
        while self.report.is_open:
            assert self.report.wake_at is not None, self.report.to_text()
            self.tenant.advance(self.report.wake_at - self.engine.now + datetime.timedelta(seconds=1))
            self.report = self.engine.resume(self.report.run, until="done")
            assert self.tenant.judge(self.report) == []
        return self.report

    def dates(self) -> list[tuple[int, str]]:
        """The dates of the report, in days after the last working moment, each with its requirement."""
        found = []
        for date in self.report.to_dict()["deadlines"]:
            at = datetime.datetime.fromisoformat(date["at"])
            assert at.tzinfo is not None and str(at.date()) in self.report.to_text()
            found.append(((at - self.leaves_at).days, date["requirement"]))
        return found

    def risks(self) -> list[str]:
        """What no step can mend, by requirement."""
        return [risk["requirement"] for risk in self.report.to_dict()["residual_risks"]]

    def outcome(self, step: str) -> str:
        """What became of a step."""
        return self.report.step(step).outcome


def begun(tenant: sim.Tenant, engine: offboard.Engine, *parts: str) -> Way:
    return Way(tenant, engine, policy(*parts))


def test_a_shared_mailbox_keeps_its_account(tenant: sim.Tenant, engine: offboard.Engine) -> None:
    mail = 'disposition = "shared"\nfull_access = { to = ["successor"], until = "P60D" }'
    way = begun(tenant, engine, mail, 'disposition = "remove"')
    assert way.to_the_end().is_done, way.report.to_text()
    person = tenant.person(LEAVER)
    assert person["mailbox"]["recipient_type"] == "SharedMailbox" and person["mailbox"]["permissions"] == ()
    assert person["user"]["account_enabled"] is False and not person["user"]["direct_licenses"]
    assert way.dates() == [(60, "R35"), (93, "R35")] and way.risks() == [*RISKS, "R100"]


def test_forwarding_keeps_the_license_and_ends(tenant: sim.Tenant, engine: offboard.Engine) -> None:
    way = begun(tenant, engine, 'disposition = "forward"\nforward_to = ["successor"]\nuntil = "P90D"')
    assert way.to_the_end().is_done, way.report.to_text()
    assert way.outcome("set_forwarding") == way.outcome("end_forwarding") == "done"
    person = tenant.person(LEAVER)
    assert person["mailbox"]["forwarding_address"] is None and person["user"]["direct_licenses"]
    assert way.dates() == [] and way.risks() == RISKS


def test_an_inactive_mailbox_outlives_its_account(tenant: sim.Tenant, engine: offboard.Engine) -> None:
    way = begun(
        tenant,
        engine,
        'disposition = "inactive"\nheld_for = "P2555D"',
        'disposition = "with_account"',
        'disposition = "delete"\nafter = "P30D"',
    )
    assert way.to_the_end().is_done, way.report.to_text()
    hold, deleted = way.report.step("place_litigation_hold"), way.report.step("delete_user")
    assert hold.outcome == deleted.outcome == "done"
    assert hold.seen_at is not None and hold.seen_at - way.leaves_at >= datetime.timedelta(hours=5)
    assert deleted.seen_at is not None and deleted.seen_at - way.leaves_at >= 30 * DAY
    assert way.dates() == [(60, "R36"), (60, "R69"), (153, "R36")] and way.risks() == [*RISKS, "R100"]


def test_what_is_let_go_goes_with_license_and_account(tenant: sim.Tenant, engine: offboard.Engine) -> None:
    # The retention policy of Contoso keeps the license on its mailbox, so that it goes with the account here.
    wanted = policy(
        'disposition = "let_go"', 'disposition = "with_account"', 'disposition = "delete"\nafter = "P30D"'
    )
    way = Way(tenant, engine, wanted)
    assert way.to_the_end().is_done and way.outcome("delete_user") == "done", way.report.to_text()
    assert way.dates() == [(60, "R36"), (60, "R69"), (153, "R36")] and way.risks() == [*RISKS, "R100"]


def test_whoever_is_only_suspended_keeps_everything(tenant: sim.Tenant, engine: offboard.Engine) -> None:
    way = begun(tenant, engine, KEEP)
    assert way.to_the_end().is_done and len(way.report.steps) == 5, way.report.to_text()
    person = tenant.person(LEAVER)
    assert person["user"]["account_enabled"] is False and person["user"]["direct_licenses"]
    assert person["mailbox"]["state"] == "active" and way.dates() == [] and way.risks() == RISKS


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (('disposition = "shared_and_forward"', 'disposition = "remove"'), "G3"),
        (('disposition = "shared_and_forward"',), "shared_and_forward"),
        (('disposition = "to_successor"',), "to_successor"),
        (('disposition = "inactive"',), "R24"),
        (('disposition = "inactive"\nauto_reply = { text = "gone" }', KEEP, 'disposition = "delete"'), "R25"),
        (('disposition = "shared"', KEEP, 'disposition = "delete"'), "G2"),
    ],
)
def test_what_is_no_end_state_is_refused_by_name(parts: tuple[str, ...], words: str) -> None:
    with pytest.raises(offboard.PolicyError, match=words):
        policy(*parts).check()


def test_the_policies_that_come_with_offboard_name_their_end() -> None:
    assert offboard.policies() == ["containment", "forward", "shared", "leave", "archive", "standard", "guest"]
    for name in offboard.policies():
        offboard.Policy.shipped(name).check()
