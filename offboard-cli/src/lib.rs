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
pub mod journals;
pub mod session;
pub mod show;
pub mod skew;
pub mod terminal;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use offboard::core::time::Host;

use args::Cli;
use config::{Env, Settings};
use fault::{Code, Fault};
use interrupt::Interrupt;
use journals::Journals;
use skew::Skew;
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
    /// What is closed in the end.
    pub journals: Journals,
    /// This machine's clock beside those of the services.
    pub skew: Arc<Skew>,
}

impl Shell {
    /// A place to write to that is neither the journal nor the configuration nor one of `inputs`, which the command reads.
    ///
    /// # Errors
    /// As [`files::Output::new`].
    pub fn output(&self, path: &Path, force: bool, inputs: &[(&str, &Path)]) -> Result<files::Output, Fault> {
        let journal = self.settings.journal().map(|journal| journal.path().to_owned()).ok();
        let beside = |end: &str| {
            let mut name = journal.clone().unwrap_or_default().into_os_string();
            name.push(end);
            PathBuf::from(name)
        };
        let journals =
            if journal.is_some() { vec![beside(""), beside("-wal"), beside("-shm")] } else { vec![] };
        let mut kept = inputs.to_vec();
        kept.extend(journals.iter().map(|file| ("the journal", file.as_path())));
        kept.extend(self.settings.file.iter().map(|file| ("the configuration", file.as_path())));
        files::Output::new(path, force, &kept)
    }
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    hardening::no_core_dumps();
    hardening::quiet_panics();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers, everything else is a usage error; both know where they are printed.
            let printed = error.print().and_then(|()| std::io::Write::flush(&mut std::io::stdout()));
            return match printed {
                Err(lost) if lost.kind() != ErrorKind::BrokenPipe => Code::Internal.into(),
                _ if error.use_stderr() => Code::Usage.into(),
                _ => Code::Done.into(),
            };
        }
    };
    let terminal = Terminal::new(cli.global.json, cli.global.quiet);
    let name = cli.command.name();
    let code = match run(cli, &terminal) {
        Ok(answer) => {
            terminal.answer(name, &answer);
            answer.code
        }
        Err(fault) => {
            terminal.fault(name, &fault);
            fault.code
        }
    };
    // Whoever asked did not get the answer, or not the whole of it.
    if terminal.has_lost() { Code::Internal.into() } else { code.into() }
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
        journals: Journals::default(),
        skew: Arc::new(Skew::new(terminal.clone())),
    };
    let carried = std::panic::AssertUnwindSafe(|| carry(&shell, cli.command, &runtime));
    let answer = std::panic::catch_unwind(carried)
        .unwrap_or_else(|_| Err(Fault::internal("offboard met a bug of its own and stopped")));
    for error in runtime.block_on(shell.journals.close()) {
        terminal.note(&format!(
            "offboard: {error}; what was recorded is safe, in the journal and the log beside it"
        ));
    }
    answer
}

fn carry(shell: &Shell, command: args::Command, runtime: &tokio::runtime::Runtime) -> Result<Answer, Fault> {
    // The demo brings its own clock, and with it its own way of running.
    if let args::Command::Demo(demo) = &command {
        return commands::demo::run(shell, demo, runtime);
    }
    runtime.block_on(async {
        tokio::select! {
            answer = Box::pin(commands::run(shell, command)) => answer,
            () = shell.interrupt.left(&shell.terminal) => Err(Fault::interrupted()),
        }
    })
}
