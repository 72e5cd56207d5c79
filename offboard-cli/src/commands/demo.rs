//! `offboard demo`: the whole way of one leaver on a simulated tenant, and a judge who knows the truth.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use offboard::core::model::cloud::Cloud;
use offboard::core::operation::guard::Direction;
use offboard::core::report::StepReport;
use offboard::{
    Connect, Drive, Engine, Host, Period, Plan, Policy, Report, RunId, Secret, SqliteJournal, Until, connect,
};
use offboard_sim::Tenant;
use offboard_sim::judge::{Claim, judge};
use serde_json::json;

use super::plan;
use crate::args::named;
use crate::fault::{Code, Fault};
use crate::show::{self, progress};
use crate::{Answer, Shell, files};

/// Shows the whole way on a simulated tenant: plan, approval, run, report; nothing real is touched
///
/// Time is virtual, so that minutes of waiting pass at once. At the end a judge, who reads the tenant's own world and
/// not what went over the wire, is asked whether any outcome in the report is false; then it ends with 1.
#[derive(Debug, Clone, Args)]
pub struct Demo {
    /// Who is leaving; `offboard sim people` lists everybody
    #[arg(long, value_name = "WHO", default_value = "irvin@contoso.com")]
    pub leaver: String,
    /// A policy file, or the name of one that comes with offboard
    #[arg(long, value_name = "FILE|NAME", default_value = "shared")]
    pub policy: String,
    /// Who takes over; without one the policy looks for somebody, the manager for example
    #[arg(long, value_name = "WHO")]
    pub successor: Option<String>,
    /// Which Contoso: the same seed gives the same people and ids
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Let the days pass that the calendar names, and carry out what waits for them
    #[arg(long)]
    pub to_the_end: bool,
    /// Where to write plan, approval, report and journal [default: a new temporary folder]
    #[arg(long, value_name = "FOLDER")]
    pub keep: Option<PathBuf>,
}

/// Whoever makes the plan, and whoever approves it.
const PLANNER: &str = "ada";
const APPROVER: &str = "grace";

/// What it leaves in its folder.
const KEPT: &[&str] = &["journal.db", "plan.json", "approval.json", "report.html", "report.json"];

struct Stage<'a> {
    shell: &'a Shell,
    tenant: Tenant,
    engine: Engine,
    folder: PathBuf,
}

pub(crate) fn run(shell: &Shell, args: &Demo, runtime: &tokio::runtime::Runtime) -> Result<Answer, Fault> {
    // The tenant's clock runs the demo; the runtime only lends what the journal needs.
    let _runtime = runtime.enter();
    let tenant = Tenant::contoso(args.seed);
    let clock = tenant.clock();
    clock.block_on(Box::pin(async {
        let policy = plan::policy(&args.policy)?;
        let stage = Stage::set(shell, tenant, args.keep.as_deref()).await?;
        Box::pin(stage.play(args, &policy)).await
    }))
}

impl<'a> Stage<'a> {
    async fn set(shell: &'a Shell, tenant: Tenant, keep: Option<&Path>) -> Result<Self, Fault> {
        let folder = match keep {
            Some(path) => {
                files::make_folder(path)?;
                // A journal that lies there is of runs that were, and no place for made-up ones.
                if let Some(there) = KEPT.iter().map(|name| path.join(name)).find(|file| file.exists()) {
                    return Err(Fault::usage(format!("`{}` is there already", there.display()))
                        .hint("name a folder of its own by --keep"));
                }
                path.to_owned()
            }
            None => tempfile::Builder::new()
                .prefix("offboard-demo-")
                .tempdir()
                .map_err(|error| Fault::environment(format!("no temporary folder can be made: {error}")))?
                .keep(),
        };
        let host = Host { clock: tenant.clock(), entropy: tenant.entropy() };
        let journal = SqliteJournal::open(folder.join("journal.db"), host.clock.clone()).await?;
        let app = tenant.app();
        let secret = Secret::new("secret of the simulation", app.secret);
        let with = Connect::with_secret(
            app.tenant_id,
            Cloud::Worldwide,
            tenant.transport(),
            &app.client_id,
            secret,
            host.clone(),
        )?;
        let providers = connect(with)?.providers;
        let engine = Engine::new(
            app.tenant_id,
            Cloud::Worldwide,
            providers,
            shell.journals.writer(journal),
            host,
            offboard_journal::owner(),
        );
        Ok(Self { shell, tenant, engine, folder })
    }

    async fn play(&self, args: &Demo, policy: &Policy) -> Result<Answer, Fault> {
        let people = self.tenant.world(|world| world.users.len());
        self.say(&format!(
            "A simulated Microsoft 365 tenant in memory: Contoso, {people} accounts, on a clock of its own.\n\
             Nothing real is touched.\n"
        ));
        self.chapter("1. The plan: what would be done, and what speaks against it");
        let successor = args.successor.as_deref().map(named);
        let planned =
            plan::make(&self.engine, policy, plan::now(named(&args.leaver), successor, PLANNER)).await?;
        let plan = planned.plan;
        let bytes = plan.to_bytes();
        files::write(&self.folder.join("plan.json"), &bytes)?;
        self.say(&show::plan::render(&plan, self.shell.terminal.style()));
        if plan::is_stopped(&plan) {
            return self.refused(&plan);
        }

        self.chapter("2. The approval: a second person accepts exactly these bytes");
        let ticket = Some("DEMO-1".to_owned());
        let approval = self.engine.approve(&bytes, APPROVER, ticket, Vec::new(), false)?.to_bytes();
        files::write(&self.folder.join("approval.json"), &approval)?;
        let approved = self.engine.approved(&bytes, &approval)?;
        self.say(&format!("{APPROVER} accepts the plan of {PLANNER}: SHA-256 {}\n", approved.digest()));

        self.chapter("3. The run: recorded before it is sent, done when it was seen");
        let watch = progress::watch(&plan, &self.shell.terminal);
        let how = || Drive { watch: Some(watch.clone()), ..Drive::until(Until::Done) };
        let (run, _) = Box::pin(self.engine.apply(approved, policy.bytes(), false, how())).await?;
        let mut report = self.engine.report(&run).await?;
        while args.to_the_end
            && report.open
            && let Some(at) = report.wake_at
        {
            let now = self.engine.host().clock.now();
            self.tenant.clock().advance((at + Period::seconds(1)).since(now));
            self.shell
                .terminal
                .progress(&format!("           ... it is {} now", self.engine.host().clock.now().date()));
            Box::pin(self.engine.resume(&run, how())).await?;
            report = self.engine.report(&run).await?;
        }
        self.end(&run, &plan, &report)
    }

    fn end(&self, run: &RunId, plan: &Plan, report: &Report) -> Result<Answer, Fault> {
        self.chapter("4. The report: one outcome for each planned step");
        self.say(&show::report::render(report, plan, self.shell.terminal.style()));
        let html = self.folder.join("report.html");
        files::write(&html, report.to_html().as_bytes())?;
        files::write(&self.folder.join("report.json"), &report.to_json())?;

        self.chapter("5. The judge: reads the tenant's own world, not what went over the wire");
        let contradictions = self.contradictions(report);
        let style = self.shell.terminal.style();
        let mut text = String::new();
        let verdict = if contradictions.is_empty() {
            let steps = report.steps.len();
            let requests = self.tenant.recorder().len();
            style.green(&format!(
                "the judge contradicts nothing ({steps} outcomes, after {requests} requests)"
            ))
        } else {
            style.red("the judge contradicts the report:")
        };
        text.push_str(&verdict);
        text.push('\n');
        for contradiction in &contradictions {
            let _ = writeln!(text, "  {contradiction}");
        }
        let _ = write!(
            text,
            "\nIn a browser  {}\nEverything    {} (plan.json, approval.json, report.json, journal.db)\n\
             Try           offboard demo --leaver diego@contoso.com    synced from Active Directory\n              \
             offboard demo --leaver ben@contoso.com      62 GB of mail: the plan is stopped\n              \
             offboard demo --to-the-end                  until access given to others has ended\n              \
             offboard sim serve                          the same tenant, for all other commands\n",
            html.display(),
            self.folder.display(),
        );
        let code = if contradictions.is_empty() { Code::Done } else { Code::Internal };
        let json = json!({
            "run": run,
            "report": report,
            "contradictions": contradictions,
            "html": html,
            "folder": self.folder,
        });
        Ok(Answer { code, text, json })
    }

    /// A plan that is stopped ends here, and the recorder shows that nothing was written.
    fn refused(&self, plan: &Plan) -> Result<Answer, Fault> {
        let writes = self.tenant.recorder().mutating().len();
        let text = format!(
            "\nThe plan is stopped, and nothing was written ({writes} requests that change anything).\n\
             Everything    {} (plan.json, journal.db)\n",
            self.folder.display()
        );
        if writes > 0 {
            return Err(Fault::internal(format!("{writes} requests changed something for a plan")));
        }
        let json = json!({ "findings": plan.findings, "writes": writes, "folder": self.folder });
        Ok(Answer { code: Code::Refused, text, json })
    }

    /// Everything in the report that the tenant's truth contradicts. What a person vouched for is his claim.
    fn contradictions(&self, report: &Report) -> Vec<String> {
        report.steps.iter().filter_map(|step| self.contradiction(report, step)).collect()
    }

    fn contradiction(&self, report: &Report, step: &StepReport) -> Option<String> {
        let claim = Claim {
            operation: step.operation.clone(),
            params: step.params.clone(),
            undo: report.direction == Direction::Undo,
            before: None,
            outcome: step.outcome.name().to_owned(),
            leaver: report.leaver.id,
            since: report.opened_at,
            seen_at: step.seen_at,
            twin: report.has_twin(step),
        };
        judge(&self.tenant, &claim).err().map(|contradiction| format!("{}: {contradiction}", step.id))
    }

    fn say(&self, text: &str) {
        self.shell.terminal.say(text);
    }

    fn chapter(&self, title: &str) {
        self.say(&format!("\n{}\n\n", self.shell.terminal.style().bold(title)));
    }
}
