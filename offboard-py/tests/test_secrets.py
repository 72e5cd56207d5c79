"""What is secret is shown to nobody: not by names, not by errors, not by tracebacks, not by files."""

from __future__ import annotations

import pickle
import traceback
from pathlib import Path
from typing import NoReturn

import pytest
from conftest import contained

import offboard
from offboard import sim


def test_a_secret_shows_its_name_only() -> None:
    secret = offboard.Secret("canary-1")
    assert "canary" not in repr(secret) and "canary" not in str(secret) and "canary" not in f"{secret!a}"
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(secret)
    with pytest.raises(ValueError, match="empty"):
        offboard.Secret(" ")
    assert "canary" not in repr(offboard.AccessToken("canary-2", 0))


def test_a_wrong_secret_is_not_repeated(tenant: sim.Tenant) -> None:
    engine = offboard.connect(tenant, credential=offboard.Secret("canary-3"))
    try:
        engine.plan("containment", "alex@contoso.com")
    except offboard.AuthError as error:
        shown = "".join(traceback.format_exception(error)) + repr(vars(error))
        assert "canary" not in shown and error.hint
    else:
        pytest.fail("a wrong secret signs nobody in")


def test_nothing_secret_is_kept(tenant: sim.Tenant, tmp_path: Path) -> None:
    report = contained(offboard.connect(tenant, journal=tmp_path / "journal.db"), "alex@contoso.com")
    secret = tenant.client_secret
    told = [report.to_bytes(), report.to_html().encode(), repr(report).encode()]
    for data in told + [path.read_bytes() for path in tmp_path.iterdir()]:
        assert secret.encode() not in data


def test_a_credential_that_fails_is_told_without_its_trace(tenant: sim.Tenant) -> None:
    def get_token(scope: str) -> NoReturn:
        hidden = "canary-4"
        raise LookupError("the vault is sealed\nand more") from ValueError(hidden)

    engine = offboard.connect(tenant, credential=get_token)
    with pytest.raises(offboard.AuthError) as refused:
        engine.plan("containment", "alex@contoso.com")
    assert refused.value.message.endswith("the credential has raised LookupError: the vault is sealed")
    assert refused.value.code == "LookupError"
    assert "canary" not in "".join(traceback.format_exception(refused.value))
