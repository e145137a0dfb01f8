//! Arguments of everything that leads to a change: plans, incidents, audit, cases.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Format, SourceArgs};

/// What every command of recovery takes.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct RecoveryArgs {
    /// Configuration file; `DOGWATCH_CONFIG` when absent.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
}

/// Plans.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum PlanCommand {
    /// Look at an object and make plans for what is wrong. Changes nothing.
    Create(PlanCreate),
    /// Show the plans of an incident, or one plan.
    Show(PlanShow),
    /// Show what a plan would change, field by field.
    Diff(PlanName),
    /// Approve a plan: its short digest is asked for at the terminal.
    Approve(PlanApprove),
    /// Reject a plan. One rejection ends it.
    Reject(PlanReject),
    /// Carry out an approved plan, or go on with one that was interrupted.
    Execute(PlanExecute),
    /// Make the plan that leads back from an executed one. Changes nothing yet.
    Rollback(PlanName),
}

/// Arguments of `plan create`.
#[derive(Debug, Clone, Args)]
pub(crate) struct PlanCreate {
    /// TYPE/NAME, or TYPE NAME.
    #[arg(required = true, num_args = 1..=2, value_name = "TYPE/NAME")]
    pub(crate) object: Vec<String>,
    /// Namespace; that of the context when absent.
    #[arg(short, long)]
    pub(crate) namespace: Option<String>,
    /// An alert that is firing about the object; may be given several times.
    #[arg(long = "alert", value_name = "NAME")]
    pub(crate) alerts: Vec<String>,
    /// This remedy and no other, such as scale-workload; `dogwatch explain` lists them.
    #[arg(long, value_name = "ID")]
    pub(crate) remedy: Option<String>,
    /// A parameter of the remedy, such as replicas=4; may be given several times.
    #[arg(long = "set", value_name = "KEY=VALUE", requires = "remedy")]
    pub(crate) set: Vec<String>,
    /// Format: text, json, yaml or markdown.
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    pub(crate) output: Format,
    #[command(flatten)]
    pub(crate) recovery: RecoveryArgs,
}

/// Arguments of `plan show`.
#[derive(Debug, Clone, Args)]
pub(crate) struct PlanShow {
    /// Id of an incident or of a plan.
    pub(crate) id: String,
    /// Format: text, json, yaml or markdown.
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    pub(crate) output: Format,
    /// Configuration file; `DOGWATCH_CONFIG` when absent.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// Names one plan.
#[derive(Debug, Clone, Args)]
pub(crate) struct PlanName {
    /// Id of the plan.
    pub(crate) plan: String,
    #[command(flatten)]
    pub(crate) recovery: RecoveryArgs,
}

/// Arguments of `plan approve`.
#[derive(Debug, Clone, Args)]
pub(crate) struct PlanApprove {
    /// Id of the plan.
    pub(crate) plan: String,
    /// The full digest, where the policy lets a flag stand for a human at a terminal.
    #[arg(long = "approve", value_name = "DIGEST")]
    pub(crate) digest: Option<String>,
    /// Remedy and object, such as "drain-node n1", beside --approve, where the plan asks for it.
    #[arg(long, value_name = "REMEDY OBJECT", requires = "digest")]
    pub(crate) naming: Option<String>,
    #[command(flatten)]
    pub(crate) recovery: RecoveryArgs,
}

/// Arguments of `plan reject`.
#[derive(Debug, Clone, Args)]
pub(crate) struct PlanReject {
    /// Id of the plan.
    pub(crate) plan: String,
    #[command(flatten)]
    pub(crate) recovery: RecoveryArgs,
}

/// Arguments of `plan execute`.
#[derive(Debug, Clone, Args)]
pub(crate) struct PlanExecute {
    /// Id of the plan.
    pub(crate) plan: String,
    /// Format: text or json.
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    pub(crate) output: Format,
    #[command(flatten)]
    pub(crate) recovery: RecoveryArgs,
}

/// Incidents.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum IncidentsCommand {
    /// List incidents, the newest first.
    List(IncidentsList),
    /// Show one incident: rounds, plans, decisions, steps.
    Show(IncidentsShow),
    /// Give an incident up, with the reason. Plans that await a decision are superseded.
    Abandon(Box<IncidentsAbandon>),
    /// Do the later looks that are due, 30 minutes and a day after a plan succeeded.
    Recheck(Box<IncidentsRecheck>),
}

/// Arguments of `incidents recheck`.
#[derive(Debug, Clone, Args)]
pub(crate) struct IncidentsRecheck {
    /// Stay, and do each later look when it is due, until interrupted; the audit checkpoint of each
    /// day as well.
    #[arg(short, long)]
    pub(crate) watch: bool,
    /// Format: text or json.
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    pub(crate) output: Format,
    #[command(flatten)]
    pub(crate) recovery: RecoveryArgs,
}

/// Arguments of `incidents abandon`.
#[derive(Debug, Clone, Args)]
pub(crate) struct IncidentsAbandon {
    /// Id of the incident.
    pub(crate) id: String,
    /// Why it is given up.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) recovery: RecoveryArgs,
}

/// Arguments of `incidents list`.
#[derive(Debug, Clone, Args)]
pub(crate) struct IncidentsList {
    /// Only those that are not closed.
    #[arg(long)]
    pub(crate) open: bool,
    /// Format: text or json.
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    pub(crate) output: Format,
    /// Configuration file; `DOGWATCH_CONFIG` when absent.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// Arguments of `incidents show`.
#[derive(Debug, Clone, Args)]
pub(crate) struct IncidentsShow {
    /// Id of the incident.
    pub(crate) id: String,
    /// Format: text or json.
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    pub(crate) output: Format,
    /// Configuration file; `DOGWATCH_CONFIG` when absent.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// The audit chain.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum AuditCommand {
    /// Walk the chain and report the first break.
    Verify(AuditVerify),
    /// Print the records, one JSON object per line.
    Export(AuditExport),
    /// Sign how long the chain is and how it ends, to be kept where the store is not.
    Checkpoint(AuditCheckpoint),
}

/// Arguments of `audit checkpoint`.
#[derive(Debug, Clone, Args)]
pub(crate) struct AuditCheckpoint {
    /// A folder with the checkpoints before it, or a file that does not exist yet.
    #[arg(long, value_name = "DIR|FILE")]
    pub(crate) to: PathBuf,
    /// Configuration file; `DOGWATCH_CONFIG` when absent.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// Arguments of `audit verify`.
#[derive(Debug, Clone, Args)]
pub(crate) struct AuditVerify {
    /// An exported file instead of the store.
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// A folder of signed checkpoints that the chain has to agree with.
    #[arg(long, value_name = "DIR")]
    pub(crate) checkpoints: Option<PathBuf>,
    /// The public key that signed them, 64 hexadecimal digits; that beside the store when absent.
    #[arg(long, value_name = "PUBLICKEY", requires = "checkpoints")]
    pub(crate) key: Option<String>,
    /// Configuration file; `DOGWATCH_CONFIG` when absent.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// Arguments of `audit export`.
#[derive(Debug, Clone, Args)]
pub(crate) struct AuditExport {
    /// Only records of this incident.
    #[arg(long, value_name = "ID")]
    pub(crate) incident: Option<String>,
    /// Configuration file; `DOGWATCH_CONFIG` when absent.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// The file of an incident.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum CaseCommand {
    /// Write one signed file with everything about an incident.
    Export(CaseExport),
    /// Check signature, audit chain and digests of a case file.
    Verify(CaseFile),
    /// Diagnose again from the recording in a case file and compare byte for byte.
    Replay(CaseFile),
}

/// Arguments of `case export`.
#[derive(Debug, Clone, Args)]
pub(crate) struct CaseExport {
    /// Id of the incident.
    pub(crate) incident: String,
    /// Where to write.
    pub(crate) file: PathBuf,
    /// Configuration file; `DOGWATCH_CONFIG` when absent.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// Names a case file.
#[derive(Debug, Clone, Args)]
pub(crate) struct CaseFile {
    /// The case file.
    pub(crate) file: PathBuf,
}

/// Arguments of `pause`.
#[derive(Debug, Clone, Args)]
pub(crate) struct PauseArgs {
    /// Why.
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) recovery: RecoveryArgs,
}

/// Arguments of `resume`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ResumeArgs {
    /// Number of the pause.
    pub(crate) pause: u64,
    #[command(flatten)]
    pub(crate) recovery: RecoveryArgs,
}
