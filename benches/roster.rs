//! How many leavers one process carries: `cargo bench -p offboard --bench roster`.
//!
//! 100 and 1,000 ordinary people leave at once under the policy `shared`, over the simulated tenant and a journal in memory, on
//! one thread. Said are leavers per second of this machine's time (planning and applying apart), the peak of the process's
//! memory, in which the tenant, the record of every request and every version of its truth are most, and how long it all
//! would have taken on the tenant's clock, with the published quotas and three calls at a time to Exchange.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::large_futures,
    reason = "a benchmark that cannot go on fails, and says what it saw"
)]

#[allow(dead_code, unreachable_pub, reason = "a benchmark uses its own part of this")]
#[path = "../tests/laboratory/common/mod.rs"]
mod common;

use std::fmt::Write as _;

use common::{Lab, policy};
use offboard::core::plan::roster::Rows;
use offboard::core::tenant::Caps;
use offboard::core::time::Clock as _;
use offboard::{RosterDrive, SystemClock, TenantProfile, Timestamp, Until};
use offboard_sim::Tenant;

/// How many leave at once.
const SIZES: [usize; 2] = [100, 1_000];

/// The peak of this process's memory in MiB, where the system says it.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1_024)
}

#[expect(clippy::cast_precision_loss, reason = "seconds, and some hundred people")]
fn per_second(people: usize, since: Timestamp) -> f64 {
    people as f64 / (SystemClock.now().since(since).as_micros() as f64 / 1e6)
}

fn measure(people: usize) {
    let tenant = Tenant::contoso_and(7, people);
    let mut lab = Lab::on(tenant);
    let all = u32::try_from(people).unwrap_or(u32::MAX);
    let caps = Caps { per_roster: all, per_day: all };
    lab.engine = lab.engine.clone().with_profile(TenantProfile { caps, ..TenantProfile::default() }.sealed());
    let mut file = "upn,successor\n".to_owned();
    for n in 1..=people {
        writeln!(file, "worker{n:04}@contoso.com,megan@contoso.com").unwrap();
    }
    let (rows, shared) = (Rows::parse(file.as_bytes(), "leavers.csv").unwrap(), policy("shared"));
    let clock = lab.tenant.clock();
    let began = SystemClock.now();
    let planned = lab.block_on(lab.engine.plan_roster(&shared, &rows, None, "ada", &|_| ())).unwrap();
    let planning = per_second(people, began);
    let bytes = planned.roster.to_bytes();
    let (_, approved) =
        lab.engine.approve_roster(&bytes, planned.plans, "grace", None, vec![], true).unwrap();
    let (began, began_there) = (SystemClock.now(), clock.now());
    let how = RosterDrive::until(Until::Sent);
    let carried = lab.block_on(lab.engine.apply_roster(approved, shared.bytes(), &how)).unwrap();
    let applying = per_second(people, began);
    let took = clock.now().since(began_there);
    let report = lab.block_on(lab.engine.roster_report(&carried.roster, &carried.trouble)).unwrap();
    assert_eq!(report.totals.access_cut, people, "{}", report.summary());
    let peak = peak().map_or_else(|| "unknown".to_owned(), |mib| format!("{mib} MiB"));
    println!(
        "{people:>5} leavers: planned {planning:.1}/s, applied {applying:.1}/s, peak memory {peak}, {} requests, {took} on \
         the tenant's clock",
        lab.tenant.recorder().len()
    );
    // What went over the wire is held against Microsoft's descriptions by the tests.
    lab.tenant.recorder().clear();
}

fn main() {
    SIZES.into_iter().for_each(measure);
}
