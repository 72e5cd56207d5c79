"""Whoever can give a token may sign in: azure-identity, plain and async, objects like it, and functions."""

from __future__ import annotations

import asyncio
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from json import loads
from typing import Any

import pytest
from azure.core.pipeline.transport import RequestsTransport
from azure.identity import ClientSecretCredential
from azure.identity.aio import ClientSecretCredential as AsyncClientSecretCredential

import offboard
from offboard import aio, sim

ALEX = "alex@contoso.com"
SIGN_IN = "https://login.microsoftonline.com"


@pytest.fixture
def served(tenant: sim.Tenant) -> Iterator[sim.Server]:
    """The tenant's sign-in, for whoever has a client of his own."""
    with tenant.serve() as server:
        yield server


def fetched(server: sim.Server, scope: str) -> offboard.AccessToken:
    """A token, by a request of the test's own."""
    environment = server.environment
    form = urllib.parse.urlencode(
        {
            "grant_type": "client_credentials",
            "client_id": environment["OFFBOARD_CLIENT_ID"],
            "client_secret": environment["OFFBOARD_CLIENT_SECRET"],
            "scope": scope,
        }
    ).encode()
    url = f"{server.origin}/login/{environment['OFFBOARD_TENANT']}/oauth2/v2.0/token"
    with urllib.request.urlopen(url, form) as answer:
        told = loads(answer.read())
    # The tenant's clock is virtual: it is still on its first morning.
    return offboard.AccessToken(told["access_token"], int(time.time()) + 10**8)


class Plain:
    """An object like those of azure-identity."""

    def __init__(self, server: sim.Server) -> None:
        self.server = server
        self.scopes: list[str] = []

    def get_token(self, *scopes: str, claims: str | None = None, **_: object) -> offboard.AccessToken:
        self.scopes += scopes
        return fetched(self.server, scopes[0])


class Awaited(Plain):
    """The same, as in ``azure.identity.aio``."""

    async def get_token(self, *scopes: str, claims: str | None = None, **_: object) -> offboard.AccessToken:  # type: ignore[override]
        await asyncio.sleep(0)
        self.scopes += scopes
        return fetched(self.server, scopes[0])


KINDS: dict[str, Callable[[sim.Server], Any]] = {
    "object": Plain,
    "async object": Awaited,
    "function": lambda server: Plain(server).get_token,
    "coroutine": lambda server: Awaited(server).get_token,
}


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_gives_a_token(tenant: sim.Tenant, served: sim.Server, kind: str) -> None:
    credential = KINDS[kind](served)
    report = offboard.connect(tenant, credential=credential).contain(ALEX, by="ada", until="done")
    assert report.is_done and tenant.judge(report) == []

    async def main() -> offboard.Report:
        engine = await aio.connect(tenant, credential=KINDS[kind](served))
        return await engine.contain("irvin@contoso.com", by="ada", until="done")

    assert tenant.judge(asyncio.run(main())) == []


def test_one_fetch_for_all_who_wait(tenant: sim.Tenant, served: sim.Server) -> None:
    credential = Plain(served)

    async def main() -> None:
        engine = await aio.connect(tenant, credential=credential)
        await asyncio.gather(*(engine.plan("containment", ALEX, made_by="ada") for _ in range(20)))

    asyncio.run(main())
    assert sorted(set(credential.scopes)) == [
        "https://graph.microsoft.com/.default",
        "https://outlook.office365.com/.default",
    ]
    assert len(credential.scopes) == 2


@pytest.mark.parametrize("bad", ["a token", ("token", 1), None, 7, object()])
def test_what_is_no_token_is_refused(tenant: sim.Tenant, bad: object) -> None:
    engine = offboard.connect(tenant, credential=lambda scope: bad)  # type: ignore[arg-type,return-value]
    with pytest.raises(offboard.AuthError, match="TypeError: a credential gives an object with `token`"):
        engine.plan("containment", ALEX)


class ToTheSimulation(RequestsTransport):  # type: ignore[misc]
    """azure-identity speaks to Microsoft's own sign-in; its requests are led to the simulated one."""

    origin = ""

    def send(self, request: Any, **options: Any) -> Any:
        here = f"{self.origin}/login"
        request.url = request.url.replace(SIGN_IN, here)
        response = super().send(request, **options)
        # Its addresses have to be https: it knows them by Microsoft's name, and they are led here again.
        for told in (response.internal_response, response):
            if isinstance(getattr(told, "_content", None), bytes):
                told._content = told._content.replace(here.encode(), SIGN_IN.encode())
        return response


def test_azure_identity_signs_in() -> None:
    # Its tokens end by the machine's time, so the tenant lives in it too.
    tenant = sim.Tenant(1, clock="machine")
    tenant.hurry(latency="PT0.002S", read_lag="PT0S")
    with tenant.serve() as server:
        transport = ToTheSimulation()
        transport.origin = server.origin
        with ClientSecretCredential(
            tenant.tenant_id,
            tenant.client_id,
            tenant.client_secret,
            authority="login.microsoftonline.com",
            disable_instance_discovery=True,
            transport=transport,
        ) as credential:
            assert isinstance(credential, offboard.TokenCredential)
            engine = offboard.connect(tenant, credential=credential)
            report = engine.contain(ALEX, by="ada", until="contained")
            assert report.step("block_sign_in").attempts == 1 and tenant.judge(report) == []


def test_the_async_credentials_look_the_same() -> None:
    assert asyncio.iscoroutinefunction(AsyncClientSecretCredential.get_token)
