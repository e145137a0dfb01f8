//! Exit codes and errors, decided in one place.

use std::process::ExitCode;

use serde_json::json;

/// What the process answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Ran; nothing at or above the threshold.
    Ok,
    /// Failed for a reason that is not about the flags.
    Failure,
    /// Bad flag, bad configuration, unknown action, missing parameter.
    Usage,
    /// Findings at failure severity.
    Findings,
    /// Only warnings, and they were asked for.
    Warnings,
    /// Evidence incomplete, no verdict.
    Incomplete,
    /// Approval needed, refused or expired; the plan drifted.
    Refused,
    /// Execution or verification failed.
    NotRecovered,
    /// The deadline passed.
    Timeout,
    /// Interrupted from the terminal.
    Interrupted,
}

impl Exit {
    /// The number.
    pub(crate) fn code(self) -> u8 {
        match self {
            Exit::Ok => 0,
            Exit::Failure => 1,
            Exit::Usage => 2,
            Exit::Findings => 3,
            Exit::Warnings => 4,
            Exit::Incomplete => 5,
            Exit::Refused => 6,
            Exit::NotRecovered => 7,
            Exit::Timeout => 124,
            Exit::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

/// One clear sentence and its exit code.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct CliError {
    message: String,
    exit: Exit,
}

impl CliError {
    /// The flags or the configuration are wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            exit: Exit::Usage,
        }
    }

    /// What would be needed for an answer could not be read.
    pub(crate) fn incomplete(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            exit: Exit::Incomplete,
        }
    }

    /// An approval is missing or does not count.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            exit: Exit::Refused,
        }
    }

    /// The deadline passed before anything was read.
    pub(crate) fn timed_out(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            exit: Exit::Timeout,
        }
    }

    /// Something else is wrong.
    pub(crate) fn failure(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            exit: Exit::Failure,
        }
    }

    /// Says it, as JSON on stdout where JSON was asked for.
    pub(crate) fn report(&self, as_json: bool) -> Exit {
        if as_json {
            let error = json!({
                "success": false,
                "error": self.message,
                "exit_code": self.exit.code(),
            });
            crate::render::print(&format!("{error}\n"));
        } else {
            anstream::eprintln!("Error: {}", self.message);
        }
        self.exit
    }
}
