//! Stands before a sandbox and answers for Secrets with their payload, which the sandbox never holds.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::Value;
use tempfile::NamedTempFile;

pub(crate) struct Vault {
    kubeconfig: NamedTempFile,
    opened: Arc<AtomicUsize>,
}

impl Vault {
    /// Listens on loopback in front of the server of a kubeconfig.
    pub(crate) fn before(kubeconfig: &str, secrets: &[Value]) -> Self {
        let text = std::fs::read_to_string(kubeconfig).expect("a kubeconfig");
        let behind = text.split("http://").nth(1).expect("an address");
        let end = behind.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':'));
        let behind = behind[..end.unwrap_or(behind.len())].to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let own = listener.local_addr().expect("an address").to_string();
        let file = NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), text.replace(&behind, &own)).expect("written");
        let opened = Arc::new(AtomicUsize::new(0));
        let (secrets, count) = (secrets.to_vec(), Arc::clone(&opened));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (behind, secrets) = (behind.clone(), secrets.clone());
                let count = Arc::clone(&count);
                std::thread::spawn(move || answer(stream, &behind, &secrets, &count));
            }
        });
        Self {
            kubeconfig: file,
            opened,
        }
    }

    pub(crate) fn config(&self) -> &str {
        self.kubeconfig.path().to_str().expect("a path")
    }

    /// How many Secrets were given out.
    pub(crate) fn opened(&self) -> usize {
        self.opened.load(Ordering::SeqCst)
    }
}

/// Answers one request and closes the connection.
fn answer(mut stream: TcpStream, behind: &str, secrets: &[Value], opened: &AtomicUsize) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let head = String::from_utf8(head).expect("a head of ASCII");
    let path = head.split(' ').nth(1).unwrap_or_default();
    let named = |secret: &&Value| {
        let name = secret["metadata"]["name"].as_str().unwrap_or_default();
        path.ends_with(&format!("/secrets/{name}"))
    };
    let Some(secret) = secrets.iter().find(named) else {
        return pass_on(stream, behind, &head);
    };
    opened.fetch_add(1, Ordering::SeqCst);
    let body = secret.to_string();
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    drop(stream.write_all(answer.as_bytes()));
}

fn pass_on(mut stream: TcpStream, behind: &str, head: &str) {
    let mut server = TcpStream::connect(behind).expect("the sandbox listens");
    let (first, rest) = head.split_once("\r\n").expect("a first line");
    let head = format!("{first}\r\nConnection: close\r\n{rest}");
    server
        .write_all(head.as_bytes())
        .expect("it takes a request");
    drop(std::io::copy(&mut server, &mut stream));
}
