//! Arguments: the flags are spelled as kubectl spells them.

use std::{path::PathBuf, process::ExitCode};

mod management;
mod past;
pub(crate) mod recovery;

pub(crate) use management::ManagementArgs;
pub(crate) use past::PastArgs;
use recovery::{AuditCommand, CaseCommand, IncidentsCommand, PauseArgs, PlanCommand, ResumeArgs};

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use jiff::SignedDuration;

/// Stands the on-call watch over Kubernetes clusters: notices, explains, and proves it.
#[derive(Debug, Parser)]
#[command(
    name = "dogwatch",
    version,
    max_term_width = 100,
    disable_help_subcommand = true
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags that every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    /// Colour the output.
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto)]
    pub(crate) color: Colour,
    /// No progress on stderr.
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Plain ASCII: no box characters.
    #[arg(long, global = true)]
    pub(crate) ascii: bool,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Diagnose one object: TYPE/NAME or TYPE NAME, short names as in kubectl.
    Diagnose(Diagnose),
    /// Inspect a whole scope; healthy is said too, with what was checked.
    Inspect(Inspect),
    /// Write an incident report: for people who were not there. Markdown unless -o says otherwise.
    Report(Report),
    /// Write what a diagnosis reads into a redacted support bundle.
    Capture(Capture),
    /// Serve a bundle, dump or case folder as a Kubernetes API on loopback.
    Replay(Replay),
    /// Call a public action: NAME key=value ..., NAME --key value ..., or --action NAME --params JSON.
    #[command(disable_help_flag = true)]
    Action(ActionArgs),
    /// Print the casebook of a check or remedy.
    Explain(Explain),
    /// Play a stuck rollout in the built-in sandbox and diagnose it. Needs no cluster.
    Demo(Demo),
    /// Say what Dogwatch can reach and may read.
    Doctor(Doctor),
    /// Make, show, approve and carry out recovery plans.
    #[command(subcommand)]
    Plan(PlanCommand),
    /// List and show incidents.
    #[command(subcommand)]
    Incidents(IncidentsCommand),
    /// Check and export the audit chain.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Export, check and replay the file of an incident.
    #[command(subcommand)]
    Case(CaseCommand),
    /// Stop all recovery at once.
    Pause(PauseArgs),
    /// Lift a pause; two different people have to ask.
    Resume(ResumeArgs),
    /// Print a completion script for a shell.
    Completion {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Print the version.
    Version {
        /// Format.
        #[arg(short, long, value_enum, default_value_t = Format::Text)]
        output: Format,
    },
}

/// Where to read from.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SourceArgs {
    /// Read a support bundle, must-gather, cluster-info dump, case folder or exported case file instead of
    /// a cluster.
    #[arg(long, value_name = "PATH", conflicts_with_all = ["kubeconfig", "context", "server"])]
    pub(crate) from: Option<PathBuf>,
    /// Kubeconfig file.
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig.
    #[arg(long)]
    pub(crate) context: Option<String>,
    /// Cluster entry of the kubeconfig.
    #[arg(long)]
    pub(crate) cluster: Option<String>,
    /// User entry of the kubeconfig.
    #[arg(long)]
    pub(crate) user: Option<String>,
    /// Address of the API server.
    #[arg(short, long)]
    pub(crate) server: Option<String>,
    /// User to impersonate.
    #[arg(long = "as", value_name = "USER")]
    pub(crate) as_user: Option<String>,
    /// Group to impersonate; may be given several times.
    #[arg(long = "as-group", value_name = "GROUP")]
    pub(crate) as_groups: Vec<String>,
    /// UID to impersonate.
    #[arg(long = "as-uid", value_name = "UID")]
    pub(crate) as_uid: Option<String>,
    /// Time for one request.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) request_timeout: Option<SignedDuration>,
}

/// How far and how long to look.
#[derive(Debug, Clone, Args)]
pub(crate) struct LimitArgs {
    /// Only Events of this last time, such as 30m or 2h.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) since: Option<SignedDuration>,
    /// Time for all reads together.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "60s")]
    pub(crate) timeout: SignedDuration,
    /// Lines from the end of each log.
    #[arg(long, default_value_t = 80)]
    pub(crate) tail: u32,
    /// List the metadata of every Secret, not only of Helm releases; payloads are never read.
    #[arg(long)]
    pub(crate) secret_names: bool,
}

/// What to print.
#[derive(Debug, Clone, Args)]
pub(crate) struct OutputArgs {
    /// Format; several may be written in one run as FORMAT=FILE.
    #[arg(short, long, value_name = "FORMAT[=FILE]")]
    pub(crate) output: Vec<String>,
    /// Severity at which the exit code says so.
    #[arg(long, value_enum, default_value_t = FailOn::Error)]
    pub(crate) fail_on: FailOn,
    /// Exit 0 also for findings and incomplete evidence.
    #[arg(long)]
    pub(crate) exit_zero: bool,
}

/// Output formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For a terminal.
    Text,
    /// One JSON document.
    Json,
    /// The same as YAML.
    Yaml,
    /// For tickets and chats.
    Markdown,
    /// One file for a browser, with the causal graph drawn.
    Html,
    /// For CI systems.
    Junit,
    /// SARIF 2.1.0.
    Sarif,
}

/// Threshold of the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum FailOn {
    /// Never.
    None,
    /// Any note.
    Info,
    /// Warnings and worse (exit 4 when there are only warnings).
    Warning,
    /// Any fault.
    Error,
    /// Only critical ones.
    Critical,
}

/// Arguments of `diagnose`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Diagnose {
    /// TYPE/NAME, or TYPE NAME.
    #[arg(required = true, num_args = 1..=2, value_name = "TYPE/NAME")]
    pub(crate) object: Vec<String>,
    /// Namespace; that of the context when absent.
    #[arg(short, long)]
    pub(crate) namespace: Option<String>,
    /// Label selector in place of the workload's own.
    #[arg(short = 'l', long)]
    pub(crate) selector: Option<String>,
    /// An alert that is firing about the object, as NAME or NAME:CONTAINER; may be given several times.
    #[arg(long = "alert", value_name = "NAME[:CONTAINER]")]
    pub(crate) alerts: Vec<String>,
    /// Abnormal Pods that are listed.
    #[arg(long, default_value_t = 20)]
    pub(crate) max_pods: usize,
    /// Also write everything that was read to this support bundle (.tar.gz or folder).
    #[arg(long, value_name = "FILE")]
    pub(crate) capture: Option<PathBuf>,
    /// Diagnose again every few seconds until interrupted, and print changes.
    #[arg(short, long, conflicts_with = "capture")]
    pub(crate) watch: bool,
    #[command(flatten)]
    pub(crate) management: ManagementArgs,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    #[command(flatten)]
    pub(crate) past: PastArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// Arguments of `inspect`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Inspect {
    /// Namespace; that of the context when absent.
    #[arg(short, long, conflicts_with = "all_namespaces")]
    pub(crate) namespace: Option<String>,
    /// Every Namespace.
    #[arg(short = 'A', long)]
    pub(crate) all_namespaces: bool,
    /// Also write everything that was read to this support bundle (.tar.gz or folder).
    #[arg(long, value_name = "FILE")]
    pub(crate) capture: Option<PathBuf>,
    /// Inspect again every few seconds until interrupted, and print changes.
    #[arg(short, long, conflicts_with = "capture")]
    pub(crate) watch: bool,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    #[command(flatten)]
    pub(crate) past: PastArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// Arguments of `report`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Report {
    /// An object, or cluster/NAME of Cluster API together with --management-context; the whole scope
    /// when absent.
    #[arg(num_args = 0..=2, value_name = "TYPE/NAME")]
    pub(crate) object: Vec<String>,
    /// Namespace; every one when absent.
    #[arg(short, long)]
    pub(crate) namespace: Option<String>,
    #[command(flatten)]
    pub(crate) management: ManagementArgs,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    #[command(flatten)]
    pub(crate) past: PastArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// Arguments of `capture`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Capture {
    /// Where to write: a .tar.gz file or a folder.
    pub(crate) path: PathBuf,
    /// Only this Namespace; every one when absent.
    #[arg(short, long)]
    pub(crate) namespace: Option<String>,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    #[command(flatten)]
    pub(crate) past: PastArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

/// Arguments of `replay`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Replay {
    /// Bundle, dump, case folder or exported case file.
    pub(crate) path: PathBuf,
    /// Port on loopback; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// Where to write the kubeconfig; a file beside the system's temporary files when absent.
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig_out: Option<PathBuf>,
}

/// Arguments of `action`; parsed by the dispatcher itself, because the parameters are open.
#[derive(Debug, Clone, Args)]
pub(crate) struct ActionArgs {
    /// NAME and parameters.
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "NAME [key=value ...]"
    )]
    pub(crate) words: Vec<String>,
}

/// Arguments of `explain`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Explain {
    /// Id of a check, its mode, or id of a remedy; without one, all ids are listed.
    pub(crate) check: Option<String>,
}

/// Arguments of `demo`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Demo {
    /// Keep the sandbox running and print its kubeconfig.
    #[arg(long)]
    pub(crate) keep: bool,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// Arguments of `doctor`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Doctor {
    /// Namespace whose permissions are asked for.
    #[arg(short, long)]
    pub(crate) namespace: Option<String>,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Format: text or json.
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    pub(crate) output: Format,
}

/// Reads durations as kubectl users write them: `30s`, `5m`, `2h`, or plain seconds.
fn duration(text: &str) -> Result<SignedDuration, String> {
    let seconds = text.parse::<i64>().ok().map(SignedDuration::from_secs);
    let parsed = seconds.or_else(|| text.parse::<SignedDuration>().ok());
    parsed
        .filter(SignedDuration::is_positive)
        .ok_or_else(|| format!("\"{text}\" is no duration: write 30s, 5m or 2h"))
}

/// Reads the command line. As `kubectl-dogwatch` the help says `kubectl dogwatch`.
pub(crate) fn parse() -> Result<Arguments, ExitCode> {
    let called_as = std::env::args_os().next().map(PathBuf::from);
    let is_plugin = called_as
        .as_deref()
        .and_then(|path| path.file_name()?.to_str())
        .is_some_and(|name| name.starts_with("kubectl-"));
    let mut command = Arguments::command();
    if is_plugin {
        command = command.bin_name("kubectl dogwatch");
    }
    let matches = command
        .try_get_matches()
        .and_then(|found| Arguments::from_arg_matches(&found));
    matches.map_err(|error| {
        // Printing help can only fail when nobody reads it.
        drop(error.print());
        ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
    })
}
