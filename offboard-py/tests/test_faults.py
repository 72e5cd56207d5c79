"""Faults of a simulated tenant, and how they are taken away again."""

from __future__ import annotations

import pytest

import offboard
from offboard import sim

READS = sim.Matcher.graph("GET", "/users**")


def test_a_rule_is_taken_away_by_its_number(tenant: sim.Tenant, engine: offboard.Engine) -> None:
    rule = tenant.faults.always(READS, sim.Fault.status(403))
    with pytest.raises(offboard.PermissionDenied):
        engine.plan("containment", "alex@contoso.com")
    tenant.faults.remove(rule)
    assert engine.plan("containment", "alex@contoso.com").steps


def test_each_rule_has_a_number_of_its_own(tenant: sim.Tenant, engine: offboard.Engine) -> None:
    held = tenant.faults
    rules = [
        held.always(READS, sim.Fault.status(403)),
        tenant.faults.once(sim.Matcher.writes(), sim.Fault.status(503)),
        tenant.faults.times(2, sim.Matcher.writes(), sim.Fault.status(503)),
    ]
    assert len(set(rules)) == len(rules)
    # One access takes away what another has made, and nothing else.
    held.remove(rules[1])
    with pytest.raises(offboard.PermissionDenied):
        engine.plan("containment", "alex@contoso.com")


def test_what_is_no_rule_is_said(tenant: sim.Tenant) -> None:
    rule = tenant.faults.always(READS, sim.Fault.status(403))
    for no_rule in (rule + 1, 10_000):
        with pytest.raises(offboard.UsageError, match=f"no rule {no_rule}"):
            tenant.faults.remove(no_rule)
    tenant.faults.remove(rule)
    with pytest.raises(offboard.UsageError, match=f"no rule {rule}") as twice:
        tenant.faults.remove(rule)
    assert twice.value.hint
    tenant.faults.clear()
    assert tenant.faults.always(READS, sim.Fault.status(403)) != rule
