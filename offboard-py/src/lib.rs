//! `offboard` for Python. The extension module `offboard._offboard` holds the one core; the front ends with and without
//! asyncio, the documents and the exceptions are Python, in `python/offboard`.
//!
//! * `work`: something that is to be done. It is waited for, or becomes a future of an asyncio loop.
//! * `runner`: where it is done: on a runtime of its own, or on the clock of a simulated tenant, where there is one `seat`.
//! * `gate`: nothing attaches to an interpreter that is shutting down.
//! * `engine`: what there is to do. It gives and takes the bytes of documents, so that a plan made here is byte for byte the
//!   plan of the command line. `roster` has the same for many leavers at once, `standing` for approvals given once.

mod calls;
mod connect;
mod credentials;
mod documents;
mod engine;
mod errors;
mod events;
mod gate;
mod kept;
mod last;
mod roster;
mod runner;
mod seat;
mod sim;
mod standing;
mod steps;
mod who;
mod work;

use pyo3::prelude::*;

/// The extension module.
#[pymodule]
mod _offboard {
    #[pymodule_export]
    use super::connect::connect;
    #[pymodule_export]
    use super::documents::{
        approval_is_for, digest, plan_digest, plan_policy_digest, policy_bytes, policy_name, report_exit,
        report_html, report_text, roster_digest, roster_report_html, roster_report_summary,
        roster_report_text, shipped_policies, standing_digest,
    };
    #[pymodule_export]
    use super::engine::Core;
    #[pymodule_export]
    use super::gate::close_gate;
    #[pymodule_export]
    use super::roster::{
        apply_roster, approve_roster, approved_roster, cancel_roster, kept_roster, plan_roster,
        resume_roster, roster_report, rosters,
    };
    #[pymodule_export]
    use super::sim::faults::{Fault, Faults, Matcher};
    #[pymodule_export]
    use super::sim::server::Server;
    #[pymodule_export]
    use super::sim::tenant::Tenant;
    #[pymodule_export]
    use super::standing::{approve_by_standing, propose_standing, second_standing};
    #[pymodule_export]
    use super::steps::context::Context;
    #[pymodule_export]
    use super::work::Work;

    use super::{Bound, PyModule, PyModuleMethods, PyResult};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
