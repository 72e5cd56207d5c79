//! The commands, one a file.

pub mod ack;
pub mod apply;
pub mod approve;
pub mod back;
pub mod cancel;
mod carry;
pub mod check;
pub mod contain;
pub mod demo;
pub mod doctor;
mod journal;
pub mod plan;
pub mod policy;
pub mod report;
pub mod restore;
pub mod resume;
mod roster;
pub mod runs;
pub mod schema;
pub mod settle;
pub mod show;
pub mod sim;
pub mod standing;
pub mod status;
pub mod undo;
mod waive;

use crate::args::Command;
use crate::fault::Fault;
use crate::{Answer, Shell};

/// Runs one command.
///
/// # Errors
/// What it could not do, and what to do about it.
pub(crate) async fn run(shell: &Shell, command: Command) -> Result<Answer, Fault> {
    match command {
        // It has its own clock and is run by itself.
        Command::Demo(_) => Err(Fault::internal("the demo was started on the wrong clock")),
        Command::Contain(contain) => Box::pin(contain::run(shell, contain)).await,
        Command::Plan(plan) => Box::pin(plan::run(shell, plan)).await,
        Command::Show(show) => show::run(shell, &show),
        Command::Policy(policy) => policy::run(shell, &policy),
        Command::Check(check) => Box::pin(check::run(shell, check)).await,
        Command::Approve(approve) => approve::run(shell, &approve),
        Command::Standing(standing) => standing::run(shell, &standing),
        Command::Apply(apply) => Box::pin(apply::run(shell, apply)).await,
        Command::Resume(resume) => Box::pin(resume::run(shell, resume)).await,
        Command::Cancel(cancel) => Box::pin(cancel::run(shell, cancel)).await,
        Command::Ack(ack) => Box::pin(ack::run(shell, ack)).await,
        Command::Settle(settle) => Box::pin(settle::run(shell, settle)).await,
        Command::Runs(runs) => runs::run(shell, runs).await,
        Command::Status(status) => status::run(shell, status).await,
        Command::Report(report) => report::run(shell, report).await,
        Command::Undo(undo) => Box::pin(undo::run(shell, undo)).await,
        Command::Restore(restore) => Box::pin(restore::run(shell, restore)).await,
        Command::Doctor(doctor) => Box::pin(doctor::run(shell, doctor)).await,
        Command::Sim(sim) => sim::run(shell, sim).await,
        Command::Schema(schema) => schema::run(&schema),
    }
}
