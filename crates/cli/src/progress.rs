//! Progress on stderr: a spinner on a terminal, one line per phase elsewhere, silence on request.

use std::{io::IsTerminal as _, sync::Mutex, time::Duration};

use dogwatch_agent::collect::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Instant;

/// Work shorter than this shows nothing.
const QUIET_FOR: Duration = Duration::from_secs(1);

/// Shows what is being read.
#[derive(Debug)]
pub(crate) struct Shown {
    spinner: Option<ProgressBar>,
    is_quiet: bool,
    begun: Instant,
    last: Mutex<String>,
}

impl Shown {
    /// Starts; nothing is drawn before a phase has taken long enough to be noticed.
    pub(crate) fn new(is_quiet: bool) -> Self {
        let is_terminal = std::io::stderr().is_terminal() && !is_quiet;
        let spinner = is_terminal.then(|| {
            let spinner = ProgressBar::new_spinner();
            // The template is a constant; a default spinner is as good.
            let style = ProgressStyle::with_template("{spinner} {msg}");
            spinner.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            spinner
        });
        Self {
            spinner,
            is_quiet,
            begun: Instant::now(),
            last: Mutex::new(String::new()),
        }
    }
}

impl Progress for Shown {
    fn phase(&self, what: &str) {
        if self.is_quiet || self.begun.elapsed() < QUIET_FOR {
            return;
        }
        if let Some(spinner) = &self.spinner {
            spinner.set_message(format!("reading {what}"));
            spinner.tick();
            return;
        }
        let mut last = self
            .last
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if *last != what {
            what.clone_into(&mut last);
            anstream::eprintln!("reading {what} ...");
        }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        if let Some(spinner) = &self.spinner {
            spinner.finish_and_clear();
        }
    }
}
