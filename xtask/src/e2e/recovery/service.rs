//! A provider's service on loopback: one request after another, as JSON.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use anyhow::{Context as _, Result};
use serde_json::Value;

/// What is asked: the first line, the body, and the key of a change.
pub(super) struct Asked {
    pub(super) line: String,
    pub(super) body: Value,
    pub(super) key: String,
}

/// The status line and the body of an answer.
pub(super) type Reply = (&'static str, Value);

/// Serves until the suite ends; the address.
pub(super) fn start(reply: impl Fn(&Asked) -> Reply + Send + 'static) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").context("listen for dogwatch")?;
    let port = listener.local_addr().context("read the port")?.port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A caller that went away has its answer already.
            drop(answer(stream, &reply));
        }
    });
    Ok(format!("http://127.0.0.1:{port}"))
}

fn answer(stream: TcpStream, reply: &impl Fn(&Asked) -> Reply) -> Result<()> {
    let mut reader = BufReader::new(stream);
    let asked = read(&mut reader)?;
    let (status, said) = reply(&asked);
    let text = said.to_string();
    let mut stream = reader.into_inner();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
        text.len()
    )?;
    Ok(())
}

fn read(reader: &mut BufReader<TcpStream>) -> Result<Asked> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let (mut length, mut key) = (0, String::new());
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let header = header.trim().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length: ") {
            length = value.parse()?;
        }
        if let Some(value) = header.strip_prefix("idempotency-key: ") {
            value.clone_into(&mut key);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = serde_json::from_slice(&body).unwrap_or_default();
    Ok(Asked { line, body, key })
}
