//! The developer's tools, played by programs that answer as they were told.

use std::ffi::{OsStr, OsString};
use std::io;
use std::process::{ExitStatus, Output};
use std::sync::Mutex;

use azure_identity::Executor;

use super::*;

/// Programs that answer as they were told, and remember how they were called.
#[derive(Debug, Default)]
struct Programs {
    az: Option<(i32, &'static str, &'static str)>,
    azd: Option<(i32, &'static str, &'static str)>,
    called: Mutex<Vec<String>>,
}

#[cfg(unix)]
fn status(code: i32) -> ExitStatus {
    std::os::unix::process::ExitStatusExt::from_raw(code << 8)
}

#[cfg(windows)]
fn status(code: i32) -> ExitStatus {
    std::os::windows::process::ExitStatusExt::from_raw(code.unsigned_abs())
}

#[async_trait]
impl Executor for Programs {
    async fn run(&self, _: &OsStr, args: &[&OsStr]) -> io::Result<Output> {
        let command = args.last().map_or_else(OsString::new, |last| (*last).to_owned());
        let command = command.to_string_lossy().into_owned();
        let program = if command.contains("azd auth") { self.azd } else { self.az };
        self.called.lock().unwrap().push(command);
        let (code, out, err) = program.unwrap_or((127, "", "sh: 1: not found"));
        Ok(Output { status: status(code), stdout: out.into(), stderr: err.into() })
    }
}

const AZ: &str = r#"{"accessToken":"canary-az","expires_on":1796040000,"tokenType":"Bearer"}"#;
const AZD: &str = r#"{"token":"canary-azd","expiresOn":"2026-11-30T13:00:00Z"}"#;

async fn by(programs: Programs) -> (Result<Token, ProviderError>, Vec<String>) {
    let programs = Arc::new(programs);
    let source = AzureIdentity { way: Way::Tools(Tools::run_by(tenant(), programs.clone())) };
    let token = source.token(&wanted(None), TestClock::new().as_ref()).await;
    let called = programs.called.lock().unwrap().clone();
    (token, called)
}

#[tokio::test]
async fn the_tools_are_asked_for_the_tenant_one_after_the_other() {
    let (token, called) = by(Programs { az: Some((0, AZ, "")), ..Programs::default() }).await;
    let header = token.unwrap().authorization(&Url::parse("https://graph.microsoft.us/v1.0/me").unwrap());
    assert_eq!(header.unwrap(), "Bearer canary-az");
    assert_eq!(called.len(), 1);
    assert!(called[0].contains(&format!("--tenant {TENANT}")), "{called:?}");
    assert!(called[0].contains("--scope https://graph.microsoft.us/.default"), "{called:?}");

    for az in [None, Some((1, "", "Please run 'az login' to setup account."))] {
        let (token, called) = by(Programs { az, azd: Some((0, AZD, "")), ..Programs::default() }).await;
        assert_eq!(token.unwrap().expires_at(), start() + Period::hours(1));
        assert!(called[1].contains(&format!("--tenant-id {TENANT}")), "{called:?}");
    }
}

#[tokio::test]
async fn what_the_tools_say_is_told_without_their_words() {
    let login = (1, "", "ERROR: canary@contoso.example: Please run 'az login' to setup account.");
    let revoked = (1, "", "ERROR: AADSTS50173: canary@contoso.example the grant has expired");
    let odd = (0, "canary, and no JSON", "");
    for (az, azd, code, hint) in [
        (None, None, "tool_missing", "install"),
        (Some(login), None, "tool_refused", "az login --tenant"),
        (Some(login), Some(login), "tool_refused", "az login --tenant"),
        (None, Some(login), "tool_refused", "azd auth login --tenant-id"),
        (Some(revoked), None, "AADSTS50173", "sign in again"),
        (Some(odd), None, "tool_refused", "az login --tenant"),
    ] {
        let (token, _) = by(Programs { az, azd, ..Programs::default() }).await;
        let failure = *token.unwrap_err().failure;
        assert_eq!((failure.kind, failure.code.as_deref()), (Kind::Unauthenticated, Some(code)), "{failure}");
        let shown = format!("{failure} {:?}", failure.hint);
        assert!(shown.contains(hint) && !shown.contains("canary"), "{shown}");
    }
}

/// A program that waits for somebody.
#[derive(Debug)]
struct Waiting;

#[async_trait]
impl Executor for Waiting {
    async fn run(&self, _: &OsStr, _: &[&OsStr]) -> io::Result<Output> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_tool_that_waits_for_somebody_is_not_waited_for() {
    let source = AzureIdentity { way: Way::Tools(Tools::run_by(tenant(), Arc::new(Waiting))) };
    let failure = refused(&source).await;
    assert_eq!((failure.kind, failure.code.as_deref()), (Kind::Unavailable, Some("tool_slow")));
}
