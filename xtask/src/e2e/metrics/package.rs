//! Programs from Debian packages, unpacked without installing anything.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

/// Fetches a package and unpacks it; the folder of its programs.
pub(crate) fn unpack(work: &Path, package: &str) -> Result<PathBuf> {
    let root = work.join(package);
    fs::create_dir_all(&root).with_context(|| format!("create a folder for {package}"))?;
    let mut fetch = Command::new("apt-get");
    fetch.args(["download", package]).current_dir(&root);
    done(&mut fetch, &format!("fetch the package {package}"))?;
    let file = fs::read_dir(&root)
        .context("list the folder")?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .context("apt-get left no package")?;
    let mut unpack = Command::new("dpkg-deb");
    unpack.arg("-x").arg(&file).arg(&root);
    done(&mut unpack, &format!("unpack the package {package}"))?;
    Ok(root.join("usr/bin"))
}

/// Runs a command to its end; what it prints.
pub(super) fn done(command: &mut Command, what: &str) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{what}: is this a Debian system?"))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{what}: {}", errors.trim());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A port that nobody uses now.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("find a free port")?;
    Ok(listener.local_addr().context("read the port")?.port())
}
