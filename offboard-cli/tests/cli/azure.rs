//! Signing in by what Azure gives, with the real program against a tenant by https.

use std::process::Command;

use crate::common::{Desk, Said};
use offboard::Period;

/// The program without the secret of the application, and trusting the tenant's authority.
fn command(desk: &Desk, way: &str, args: &[&str]) -> Command {
    let mut command = desk.command(args);
    command
        .env_remove("OFFBOARD_CLIENT_SECRET")
        .env("OFFBOARD_CA_FILE", desk.path("authority.pem"))
        .env("OFFBOARD_AUTH", way);
    command
}

#[track_caller]
fn says(desk: &Desk, mut command: Command, code: i32) -> Said {
    desk.said(command.output().unwrap()).ends_with(code)
}

const PLAN: &[&str] = &["plan", "alex@contoso.com", "--policy", "containment", "-o", "plan.json", "--force"];

/// As a pod: everything that is not offboard's own comes from Kubernetes.
fn pod(desk: &Desk, args: &[&str]) -> Command {
    let app = desk.tenant.app();
    let mut command = command(desk, "workload_identity", args);
    command
        .env_remove("OFFBOARD_TENANT")
        .env_remove("OFFBOARD_CLIENT_ID")
        .env("AZURE_TENANT_ID", app.tenant_id.to_string())
        .env("AZURE_CLIENT_ID", &app.client_id)
        .env("AZURE_FEDERATED_TOKEN_FILE", desk.path("federated"));
    command
}

#[test]
fn a_workload_plans_and_cuts_access() {
    let desk = Desk::https(1);
    desk.file("federated", &desk.tenant.federated_token(Period::hours(1)).unwrap());
    says(&desk, pod(&desk, &["doctor"]), 0).says("workload identity");
    says(&desk, pod(&desk, PLAN), 0);
    says(&desk, pod(&desk, &["contain", "alex@contoso.com", "--until", "done"]), 0);
    assert!(!desk.is_enabled("alex@contoso.com"));
}

#[test]
fn a_workload_is_told_what_is_wrong() {
    let desk = Desk::https(1);
    says(&desk, pod(&desk, PLAN), 1).complains("federated").complains("service account");
    desk.file("federated", "no token at all");
    says(&desk, pod(&desk, PLAN), 1).complains("is none that the service can read");
    let app = desk.tenant.app().object_id;
    desk.file("federated", &desk.tenant.federated_token(Period::hours(1)).unwrap());
    desk.tenant.world(|world| world.service_principals.get_mut(&app).unwrap().federated.clear());
    says(&desk, pod(&desk, PLAN), 1)
        .complains("no federated credential")
        .complains("issuer, subject and audience");

    // Twins: without trust in its authority the tenant is out of reach, and by plain http nobody is asked.
    let mut untrusting = pod(&desk, PLAN);
    untrusting.env_remove("OFFBOARD_CA_FILE");
    says(&desk, untrusting, 1).complains("could not connect");
    let plain = Desk::contoso(1);
    let mut command = pod(&plain, PLAN);
    command.env_remove("OFFBOARD_CA_FILE");
    says(&plain, command, 2).complains("https");
    assert_eq!(desk.writes() + plain.writes(), 0);
}

/// As on App Service, where the platform names its endpoint.
fn machine(desk: &Desk, args: &[&str]) -> Command {
    let mut command = command(desk, "managed_identity", args);
    command
        .env_remove("OFFBOARD_CLIENT_ID")
        .env("IDENTITY_ENDPOINT", format!("{}/msi/token", desk.origin()))
        .env("IDENTITY_HEADER", desk.tenant.app().identity_header);
    command
}

#[test]
fn a_managed_identity_plans_and_cuts_access() {
    let desk = Desk::https(1);
    says(&desk, machine(&desk, &["doctor"]), 0).says("system-assigned managed identity");
    says(&desk, machine(&desk, &["contain", "alex@contoso.com", "--until", "done"]), 0);
    assert!(!desk.is_enabled("alex@contoso.com"));
    let id = desk.tenant.app().client_id;
    let mut assigned = machine(&desk, PLAN);
    assigned.env("OFFBOARD_CLIENT_ID", &id);
    says(&desk, assigned, 0);
}

#[test]
fn a_managed_identity_is_told_what_is_wrong() {
    let desk = Desk::https(1);
    let mut other = machine(&desk, PLAN);
    other.env("OFFBOARD_CLIENT_ID", "9a7b6c5d-0000-4000-8000-000000000009");
    says(&desk, other, 1).complains("no such managed identity");
    let mut foreign = machine(&desk, PLAN);
    foreign.env("IDENTITY_HEADER", "somebody else's");
    says(&desk, foreign, 1).complains("IDENTITY_HEADER");
    let mut unsupported = machine(&desk, PLAN);
    unsupported.env("IDENTITY_SERVER_THUMBPRINT", "x");
    says(&desk, unsupported, 1).complains("Service Fabric");
    assert_eq!(desk.writes(), 0);
}

/// A desk on which this program is called `az`.
#[cfg(unix)]
fn with_az(desk: &Desk, script: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::create_dir_all(desk.path("bin")).unwrap();
    let az = desk.file("bin/az", &format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(az, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(unix)]
fn developer(desk: &Desk, args: &[&str]) -> Command {
    let mut command = command(desk, "developer_tools", args);
    let path = format!("{}:/usr/bin:/bin", desk.path("bin").display());
    command.env_remove("OFFBOARD_CLIENT_ID").env("PATH", path);
    command
}

#[cfg(unix)]
#[test]
fn a_developer_plans_by_what_his_tools_have() {
    let desk = Desk::https(1);
    let ends = desk.tenant.world(|world| world.now.as_secs()) + 3_000;
    let answer = |resource: &str| {
        let token = desk.token_of("nestor@contoso.com", resource);
        format!(r#"echo '{{"accessToken":"{token}","expires_on":{ends},"tokenType":"Bearer"}}'"#)
    };
    let (graph, exchange) = (answer("https://graph.microsoft.com"), answer("https://outlook.office365.com"));
    let tenant = desk.tenant.app().tenant_id;
    with_az(
        &desk,
        &format!(
            "case \"$*\" in\n*outlook*--tenant\\ {tenant}) {exchange};;\n*graph*--tenant\\ {tenant}) {graph};;\n*) exit 1;;\nesac"
        ),
    );
    // What his tools may is for a person to decide: `doctor` says what is lacking.
    desk.said(developer(&desk, &["doctor"]).output().unwrap()).says("as a person").says("Azure CLI");
    says(&desk, developer(&desk, PLAN), 0);
}

#[cfg(unix)]
#[test]
fn a_developer_is_told_what_to_do() {
    let desk = Desk::https(1);
    says(&desk, developer(&desk, PLAN), 1).complains("is installed").complains("`az`");
    with_az(&desk, "echo \"ERROR: canary@contoso.com: Please run 'az login' to setup account.\" >&2; exit 1");
    let said = says(&desk, developer(&desk, PLAN), 1).complains("az login --tenant");
    assert!(!said.err.contains("canary"), "{}", said.err);
    assert_eq!(desk.writes(), 0);
}
