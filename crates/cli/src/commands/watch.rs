//! Asks again and again and prints what changed.

use std::time::Duration;

use crate::exit::{CliError, Exit};

/// Pause between two rounds: state changes in seconds, and a server under stress needs rest.
const PAUSE: Duration = Duration::from_secs(5);

/// Runs `round` until interrupted. Each round gives its output, and the time of reading in it does
/// not count as a change; an error is printed and does not end the watch.
pub(super) async fn rounds<F>(as_json: bool, mut round: F) -> Result<Exit, CliError>
where
    F: AsyncFnMut() -> Result<(String, String), CliError>,
{
    let mut last = String::new();
    loop {
        match round().await {
            Ok((essence, text)) if essence != last => {
                crate::render::print(&text);
                last = essence;
            }
            Ok(_) => {}
            Err(error) => {
                // The watch goes on: the next round may succeed.
                let _exit = error.report(as_json);
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}
