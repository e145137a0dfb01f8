//! The `dogwatch` binary: arguments, wiring, rendering, exit codes.

mod args;
mod case_file;
mod commands;
mod config;
mod exit;
mod progress;
mod render;
mod wiring;

use std::process::ExitCode;

/// Many small objects live and die while a cluster is decoded; the system allocator fragments.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = match args::parse() {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    commands::run(arguments)
}
