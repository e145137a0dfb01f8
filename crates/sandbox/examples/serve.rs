//! Serves the objects of a JSON file on loopback, for trying clients by hand.
//!
//! `cargo run -p dogwatch-sandbox --example serve -- objects.json [port] [play]`
//!
//! With `play` the controllers run. `pods:10000` instead of a file serves a generated cluster of that size.

use std::error::Error;
use std::io::Write;

use dogwatch_sandbox::{Clock, Controllers, Sandbox, load};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments
        .next()
        .ok_or("name a file with a JSON object or List")?;
    let port: u16 = arguments.next().as_deref().unwrap_or("0").parse()?;
    let play = arguments.next().as_deref() == Some("play");
    let controllers = if play {
        Controllers::On
    } else {
        Controllers::Off
    };
    let builder = Sandbox::builder()
        .clock(Clock::Running)
        .controllers(controllers);
    let sandbox = match path.strip_prefix("pods:") {
        Some(pods) => builder.objects(load::cluster(pods.parse()?, 1)).build(),
        None => builder
            .object(serde_json::from_slice(&std::fs::read(path)?)?)
            .build(),
    };
    let server = sandbox.serve(([127, 0, 0, 1], port).into()).await?;
    std::io::stdout().write_all(server.kubeconfig().as_bytes())?;
    std::future::pending::<()>().await;
    Ok(())
}
