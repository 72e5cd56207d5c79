//! `offboard settle`: a person decides what nobody could read, or what was reached in part.

use clap::Args;
use offboard::core::engine::control::Word;

use crate::fault::Fault;
use crate::{Answer, Shell};

/// Decides what nobody could read, or what was reached in part: it happened, or it did not
///
/// Look in the tenant first, then say what is so. A step that is `partial` is settled as happened once the rest is handed over, too.
#[derive(Debug, Clone, Args)]
pub struct Settle {
    /// The run
    #[arg(value_name = "RUN")]
    pub run: String,
    /// The step
    #[arg(value_name = "STEP")]
    pub step: String,
    /// What is so
    #[command(flatten)]
    pub what: What,
    /// Who says so [default: the operating system's user]
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
}

/// What is so.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub struct What {
    /// It happened
    #[arg(long)]
    pub happened: bool,
    /// It did not
    #[arg(long)]
    pub did_not_happen: bool,
}

pub(super) async fn run(shell: &Shell, args: Settle) -> Result<Answer, Fault> {
    let word = Word::Settle { happened: args.what.happened };
    super::ack::say(shell, &args.run, &args.step, &word, args.by).await
}
