//! The command line of offboard.
//!
//! What it prints on the standard output is the answer: text for people, or one JSON object with `--json`. Progress,
//! questions and errors go to the standard error. It asks nothing where nobody sits at a terminal, takes no secret as
//! an argument, and its exit code says what the answer says ([`fault::Code`]).
//!
//! One command is one file under [`commands`]. Each returns an [`Answer`], or a [`Fault`] that says in one line what
//! was seen and in another what to do.

pub mod args;
pub mod commands;
pub mod config;
pub mod fault;
pub mod files;
mod hardening;
mod interrupt;
pub mod session;
pub mod show;
pub mod terminal;

use std::process::ExitCode;

use clap::Parser as _;
use offboard::core::time::Host;

use args::Cli;
use config::{Env, Settings};
use fault::{Code, Fault};
use interrupt::Interrupt;
use terminal::Terminal;

/// What a command answers.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The exit code.
    pub code: Code,
    /// For people.
    pub text: String,
    /// For programs. The envelope around it adds format, command and exit code, unless it has a format of its own.
    pub json: serde_json::Value,
}

/// Everything a command works with.
#[derive(Debug)]
pub struct Shell {
    /// Where answers, progress and questions go.
    pub terminal: Terminal,
    /// File, environment and flags.
    pub settings: Settings,
    /// Time and chance of this machine.
    pub host: Host,
    /// Ctrl-C.
    pub interrupt: Interrupt,
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    hardening::no_core_dumps();
    hardening::quiet_panics();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers, everything else is a usage error; both know where they are printed.
            let _ = error.print();
            return if error.use_stderr() { Code::Usage.into() } else { Code::Done.into() };
        }
    };
    let terminal = Terminal::new(cli.global.json, cli.global.quiet);
    let name = cli.command.name();
    let code = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(cli, &terminal)))
        .unwrap_or_else(|_| Err(Fault::internal("offboard met a bug of its own and stopped")));
    match code {
        Ok(answer) => {
            terminal.answer(name, &answer);
            answer.code.into()
        }
        Err(fault) => {
            terminal.fault(name, &fault);
            fault.code.into()
        }
    }
}

fn run(cli: Cli, terminal: &Terminal) -> Result<Answer, Fault> {
    let settings = Settings::load(&cli.global, Env::of_process()?)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Fault::environment(format!("no event loop can be made: {error}")))?;
    let shell = Shell {
        terminal: terminal.clone(),
        settings,
        host: offboard::host::system(),
        interrupt: Interrupt::default(),
    };
    // The demo brings its own clock, and with it its own way of running.
    if let args::Command::Demo(demo) = &cli.command {
        return commands::demo::run(&shell, demo, &runtime);
    }
    runtime.block_on(async {
        tokio::select! {
            answer = Box::pin(commands::run(&shell, cli.command)) => answer,
            () = shell.interrupt.left(&shell.terminal) => Err(Fault::interrupted()),
        }
    })
}
