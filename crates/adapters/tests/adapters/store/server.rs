//! A real PostgreSQL that the suite starts on loopback and stops at the end.

use core::future::Future;
use core::pin::Pin;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::place::Place;

/// One case of the suite.
pub(crate) type Case = for<'a> fn(&'a Place) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Where Debian installs PostgreSQL.
const INSTALLED: &str = "/usr/lib/postgresql";

/// The unprivileged user and group of Debian: PostgreSQL refuses to run as root.
const NOBODY: u32 = 65534;

/// The password of the server's owner.
pub(crate) const PASSWORD: &str = "hunter2-of-the-suite";

const READY_WITHIN: Duration = Duration::from_mins(1);
const STOPPED_WITHIN: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(100);

static FETCHING: Mutex<()> = Mutex::new(());

/// The programs, and where their libraries are if they are not installed.
struct Programs {
    bin: PathBuf,
    libraries: String,
}

/// A running server; stopped when dropped, also by a panic.
pub(crate) struct Server {
    process: Child,
    port: u16,
    // Removed after the server has stopped.
    folder: TempDir,
}

impl Server {
    pub(crate) fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let programs = installed().unwrap_or_else(|| unpacked(folder.path()));
        let own = folder.path().join("own");
        fs::create_dir(&own).unwrap();
        if is_root() {
            // The user must reach its folder inside of ours.
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
            chown(&own, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        initialise(&programs, &own);
        let port = free_port();
        let mut command = programs.command("postgres");
        command.arg("-D").arg(own.join("data")).arg("-k").arg(&own);
        command.args(["-p", &port.to_string(), "-h", "127.0.0.1"]);
        for setting in [
            "fsync=off",
            "jit=off",
            "max_connections=60",
            "shared_buffers=16MB",
        ] {
            command.args(["-c", setting]);
        }
        let log = fs::File::create(folder.path().join("log")).unwrap();
        command.stderr(log.try_clone().unwrap()).stdout(log);
        let process = command
            .stdin(Stdio::null())
            .current_dir(&own)
            .spawn()
            .unwrap();
        let mut server = Self {
            process,
            port,
            folder,
        };
        server.wait_ready();
        server
    }

    /// The address of one database; `postgres` exists from the start.
    pub(crate) fn url(&self, database: &str) -> String {
        let port = self.port;
        format!("postgres://postgres:{PASSWORD}@127.0.0.1:{port}/{database}?sslmode=disable")
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// A new, empty database.
    pub(crate) async fn database(&self, name: &str) -> Place {
        let place = Place::Postgres {
            url: self.url("postgres"),
        };
        place
            .tamper(&format!("CREATE DATABASE {name}"))
            .await
            .unwrap();
        Place::Postgres {
            url: self.url(name),
        }
    }

    fn wait_ready(&mut self) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let place = Place::Postgres {
            url: self.url("postgres"),
        };
        let deadline = Instant::now() + READY_WITHIN;
        while let Err(error) = runtime.block_on(place.tamper("SELECT 1")) {
            let ended = self.process.try_wait().unwrap();
            let log = fs::read_to_string(self.folder.path().join("log")).unwrap();
            assert!(
                ended.is_none() && Instant::now() < deadline,
                "{error}: {log}"
            );
            thread::sleep(POLL);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGINT is the fast shutdown; it lets the server remove its shared memory.
        let pid = self.process.id().to_string();
        drop(Command::new("kill").args(["-INT", &pid]).status());
        let deadline = Instant::now() + STOPPED_WITHIN;
        while matches!(self.process.try_wait(), Ok(None)) {
            if Instant::now() > deadline {
                drop(self.process.kill());
                drop(self.process.wait());
                return;
            }
            thread::sleep(POLL);
        }
    }
}

impl Programs {
    /// A program of PostgreSQL under an unprivileged user, which ends with the suite at the latest.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "INT"]);
        if is_root() {
            let id = NOBODY.to_string();
            command.args(["--reuid", &id, "--regid", &id, "--clear-groups"]);
        }
        command.arg(self.bin.join(program));
        command
            .env("LD_LIBRARY_PATH", &self.libraries)
            .env("LC_ALL", "C");
        command
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn initialise(programs: &Programs, own: &Path) {
    let password = own.join("password");
    fs::write(&password, PASSWORD).unwrap();
    let mut command = programs.command("initdb");
    command.arg("-D").arg(own.join("data")).current_dir(own);
    command.args([
        "-U",
        "postgres",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
    ]);
    command.args([
        "--auth-local=trust",
        "--auth-host=scram-sha-256",
        "--pwfile",
    ]);
    done(command.arg(&password), "initialise PostgreSQL");
}

/// The newest installed version.
fn installed() -> Option<Programs> {
    let versions = fs::read_dir(INSTALLED).ok()?;
    let folders = versions.filter_map(|version| Some(version.ok()?.path().join("bin")));
    let number =
        |bin: &PathBuf| -> Option<u32> { bin.parent()?.file_name()?.to_str()?.parse().ok() };
    let bin = folders
        .filter(|bin| bin.join("initdb").exists())
        .max_by_key(number)?;
    Some(Programs {
        bin,
        libraries: String::new(),
    })
}

/// The Debian package and the libraries that this system lacks, unpacked and not installed. The
/// downloads stay in the target folder for the next run.
fn unpacked(folder: &Path) -> Programs {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("postgresql-packages");
    // Two tests may start a server at once; one of them fetches.
    let fetching = FETCHING.lock().unwrap_or_else(PoisonError::into_inner);
    if !cache.exists() {
        let partial = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        download(partial.path());
        fs::rename(partial.keep(), &cache).unwrap();
    }
    drop(fetching);
    let root = folder.join("root");
    for package in packages(&cache) {
        let mut command = Command::new("dpkg-deb");
        done(
            command.arg("-x").arg(&package).arg(&root),
            "unpack a package",
        );
    }
    let version = fs::read_dir(root.join("usr/lib/postgresql"))
        .unwrap()
        .next();
    let bin = version.unwrap().unwrap().path().join("bin");
    let mut libraries = Vec::new();
    for parent in ["usr/lib", "lib"] {
        let Ok(folders) = fs::read_dir(root.join(parent)) else {
            continue;
        };
        let paths = folders.map(|folder| folder.unwrap().path());
        let named = paths.filter(|path| path.to_string_lossy().contains("-linux-gnu"));
        libraries.extend(named.map(|path| path.display().to_string()));
    }
    Programs {
        bin,
        libraries: libraries.join(":"),
    }
}

fn packages(cache: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(cache)
        .unwrap()
        .map(|file| file.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|end| end == "deb"))
        .collect()
}

/// Fetches what an installation would fetch: the server, and libraries that are not there yet. The
/// compiler library is left out, because the server runs without it.
fn download(folder: &Path) {
    let simulate = || {
        let mut command = Command::new("apt-get");
        command.args([
            "--simulate",
            "--no-install-recommends",
            "install",
            "postgresql",
        ]);
        command.env("LC_ALL", "C").output().unwrap()
    };
    let mut plan = simulate();
    if !plan.status.success() {
        done(
            Command::new("apt-get").arg("update"),
            "read the lists of packages",
        );
        plan = simulate();
    }
    let text = String::from_utf8(plan.stdout).unwrap();
    let named = text
        .lines()
        .filter_map(|line| line.strip_prefix("Inst ")?.split(' ').next());
    let is_server = |name: &str| {
        let version = name.strip_prefix("postgresql-").unwrap_or("?");
        version.chars().all(|letter| letter.is_ascii_digit())
    };
    let wanted: Vec<&str> = named
        .filter(|name| is_server(name) || name.starts_with("lib") && !name.starts_with("libllvm"))
        .collect();
    assert!(
        wanted.iter().any(|name| is_server(name)),
        "no server to fetch: {text}"
    );
    let mut command = Command::new("apt-get");
    done(
        command.arg("download").args(&wanted).current_dir(folder),
        "fetch PostgreSQL",
    );
}

fn done(command: &mut Command, what: &str) {
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("{what}: is this Debian? {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what}: {errors}");
}
