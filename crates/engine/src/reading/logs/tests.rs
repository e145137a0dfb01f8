//! Wordings of many programs, each with its class, and lines that must have none.

use super::{LogClass::*, *};

fn class(line: &str) -> Option<LogClass> {
    classify(line).map(|(class, _)| class)
}

#[test]
fn patterns_compile() {
    let patterns = [&table::QUIET, &table::LOUD, &table::BENIGN, &table::OTHERS];
    let groups: usize = table::RULES
        .iter()
        .map(|rule| &rule.pattern)
        .chain(patterns)
        .map(|pattern| pattern.get().captures_len())
        .sum();
    assert!(groups > 0);
}

/// Last lines of programs that gave up.
const LAST_WORDS: &[(&str, LogClass)] = &[
    (
        "Exception in thread main java.lang.OutOfMemoryError: Java heap space",
        HeapExhausted,
    ),
    (
        "java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory",
        Threads,
    ),
    (
        "standard_init_linux.go: exec /app: exec format error",
        ExecFormat,
    ),
    (
        "exec /docker-entrypoint.sh: no such file or directory",
        CommandNotFound,
    ),
    ("sh: 1: serve: not found", CommandNotFound),
    (
        "/entrypoint.sh: line 3: gunicorn: command not found",
        CommandNotFound,
    ),
    (
        "/usr/bin/env: 'python': No such file or directory",
        CommandNotFound,
    ),
    (
        "Error: Cannot find module '/app/server.js'",
        CommandNotFound,
    ),
    ("listen tcp :8080: bind: address already in use", PortInUse),
    (
        "Error: listen EADDRINUSE: address already in use :::3000",
        PortInUse,
    ),
    (
        "x509: certificate has expired or is not yet valid",
        Certificate,
    ),
    (
        "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed",
        Certificate,
    ),
    (
        "Caused by: sun.security.validator.ValidatorException: PKIX path building failed",
        Certificate,
    ),
    (
        "An error occurred: unknown command \"start-junk\" for \"tool\"",
        Arguments,
    ),
    ("error: unexpected argument '--prot' found", Arguments),
    ("flag provided but not defined: -prot", Arguments),
    ("app.py: error: unrecognized arguments: --prot", Arguments),
    (
        "Error: invalid argument \"x\" for \"--port\" flag: strconv.ParseInt",
        Arguments,
    ),
    ("Environment variable REGION is undefined", Configuration),
    (
        "required environment variable DB_URL missing",
        Configuration,
    ),
    (
        "FATAL missing required environment variable: DATABASE_URL",
        Configuration,
    ),
    ("DATABASE_URL must be set", Configuration),
    (
        "/start.sh: line 2: DB_HOST: unbound variable",
        Configuration,
    ),
    ("KeyError: 'DATABASE_URL'", Configuration),
    (
        "Error: Database is uninitialized and superuser password is not specified.",
        Configuration,
    ),
    (
        "open /etc/app/config.yaml: no such file or directory",
        Configuration,
    ),
    (
        "yaml: line 3: mapping values are not allowed in this context",
        Configuration,
    ),
    (
        "nginx: [emerg] unknown directive \"sever\" in /etc/nginx/nginx.conf:3",
        Configuration,
    ),
    (
        "failed to load config from /etc/app: bad indent",
        Configuration,
    ),
    (
        "dial tcp 10.0.0.7:5432: connect: connection refused",
        Dependency,
    ),
    (
        "curl: (6) Could not resolve host: nowhere.example",
        Dependency,
    ),
    ("wget: bad address 'api'", Dependency),
    (
        "panic: failed to connect to `host=db user=app`: dial error (timeout)",
        Dependency,
    ),
    (
        "nginx: [emerg] host not found in upstream \"api\" in /etc/nginx/conf.d/a.conf:2",
        Dependency,
    ),
    (
        "FATAL:  password authentication failed for user \"app\"",
        Credential,
    ),
    ("ERROR: permission denied for table orders", Dependency),
    (
        "redis.exceptions.ConnectionError: Error 111 connecting to redis:6379.",
        Dependency,
    ),
    (
        "WARN [AdminClient] Connection to node -1 could not be established. Broker may not be \
             available.",
        Dependency,
    ),
    ("open /data/x: permission denied", PermissionDenied),
    (
        "failed to load config: open /etc/app.yaml: permission denied",
        PermissionDenied,
    ),
    ("accept: too many open files", FileHandles),
    ("inotify_init1: Too many open files", Inotify),
    (
        "failed to create fsnotify watcher: too many open files",
        Inotify,
    ),
    ("write /data/x: no space left on device", DiskFull),
    ("open /tmp/x: read-only file system", ReadOnlyFiles),
    (
        "dial tcp 10.0.0.1:80: connect: cannot assign requested address",
        EphemeralPorts,
    ),
    (
        "listen tcp 10.9.9.9:80: bind: cannot assign requested address",
        Configuration,
    ),
    (
        "ERROR failed to watch pods: client rate limit reached",
        Error,
    ),
    (
        "ERROR: could not resize shared memory segment \"/PostgreSQL.1\": No space left on device",
        SharedMemory,
    ),
    ("fork: retry: Resource temporarily unavailable", Threads),
    (
        "BlockingIOError: [Errno 11] Resource temporarily unavailable",
        ResourceExhausted,
    ),
    (
        "WRONGPASS invalid username-password pair or user is disabled.",
        Credential,
    ),
    (
        "E0101 10:00:00.000000 1 reflector.go:9] Failed to watch *v1.Pod: Unauthorized",
        TokenInvalid,
    ),
    (
        "pods is forbidden: User \"system:serviceaccount:shop:api\" cannot list resource \"pods\" in API group \"\" in the namespace \"shop\"",
        RbacDenied,
    ),
    (
        r#"{"level":"error","error":"leases.coordination.k8s.io \"lock\" is forbidden: User \"system:serviceaccount:shop:api\" cannot update resource \"leases\" in API group \"coordination.k8s.io\""}"#,
        RbacDenied,
    ),
    (
        "open /var/run/secrets/kubernetes.io/serviceaccount/token: no such file or directory",
        TokenMissing,
    ),
    (
        "googleapi: Error 403: Permission denied on bucket",
        CloudIdentity,
    ),
    (
        "tls: failed to find any PEM data in key input",
        SecretCorrupt,
    ),
    (
        "strconv.ParseInt: parsing \"tcp://10.0.0.1:80\": invalid syntax",
        ServiceLink,
    ),
    ("panic: runtime error: index out of range", Panic),
    ("thread 'main' panicked at src/main.rs:4:5:", Panic),
    ("ERROR something broke", Error),
    (
        "E0101 10:00:00.000000       1 main.go:10] could not start",
        Error,
    ),
];

#[test]
fn lines_by_class() {
    for (line, expected) in LAST_WORDS {
        assert_eq!(class(line), Some(*expected), "{line}");
    }
}

#[test]
fn ordinary_lines_have_no_class() {
    for line in [
        "server started, listening on :8080",
        "connection established",
        "no errors found",
        "checks finished, 0 failed",
        "done error_count=0",
        "requests=10 errors=0 failed=0",
        "reload finished, err=<nil>",
        "Loaded configuration from /etc/app/config.yaml",
        "no changes in configuration, nothing to do",
        "Required modules loaded",
        "SSL certificate loaded from /tls/tls.crt",
        "Connection closed by 10.0.0.3 port 4000",
        "SASL mechanism PLAIN enabled",
        "2026-01-01T00:00:00Z INFO retry after connection refused succeeded",
        "level=info msg=\"missing config, using defaults\"",
        "{\"level\":\"info\",\"msg\":\"ready\",\"error\":null}",
        "I0101 10:00:00.000000       1 main.go:10] failed to find lease, creating it",
        "http: TLS handshake error from 10.0.0.5:3454: remote error: tls: bad certificate",
        "GET /missing 404: not found",
        "environment: production, config version 3",
    ] {
        assert_eq!(class(line), None, "{line}");
    }
}

fn best(lines: &[&str]) -> Option<(LogClass, String)> {
    best_line(lines.iter().copied(), |_| true).map(|(class, line)| (class, line.to_owned()))
}

#[test]
fn the_reason_stands_near_the_end() {
    let mut lines = vec!["dial tcp 10.0.0.7:5432: connect: connection refused, will retry"];
    lines.extend(["connected"; 60]);
    lines.push("ERROR giving up");
    assert_eq!(best(&lines), Some((Error, "ERROR giving up".to_owned())));
}

#[test]
fn a_panic_hides_what_was_survived_before() {
    let old = "dial tcp 10.0.0.7:5432: connect: connection refused, will retry";
    let panic = "panic: runtime error: index out of range [3] with length 3";
    let lines = [
        old,
        "connected",
        "serving",
        "request 1",
        "request 2",
        panic,
        "",
        "goroutine 1:",
    ];
    assert_eq!(best(&lines), Some((Panic, panic.to_owned())));
    let lines = [
        "cannot connect to db:5432",
        "panic: startup failed",
        "",
        "goroutine 1:",
    ];
    assert_eq!(best(&lines), Some((Dependency, lines[0].to_owned())));
}

#[test]
fn a_panic_is_named_by_its_first_line() {
    let panic = "panic: runtime error: invalid memory address or nil pointer dereference";
    let lines = [
        panic,
        "[signal SIGSEGV: segmentation violation code=0x1]",
        "",
        "goroutine 1:",
    ];
    assert_eq!(best(&lines), Some((Panic, panic.to_owned())));
}

#[test]
fn a_trace_is_named_by_its_exception() {
    let header = "Traceback (most recent call last):";
    let frame = "  File \"/app/main.py\", line 3, in <module>";
    let lines = [header, frame, "ValueError: 3 is no port"];
    assert_eq!(
        best(&lines),
        Some((Panic, "ValueError: 3 is no port".to_owned()))
    );
    let lines = [header, frame, "KeyError: 'REGION'"];
    assert_eq!(
        best(&lines),
        Some((Configuration, "KeyError: 'REGION'".to_owned()))
    );
}

#[test]
fn usage_after_an_error_is_no_reason() {
    let lines = ["Error: connection refused", "Usage:", "  app [flags]"];
    assert_eq!(best(&lines).map(|(class, _)| class), Some(Dependency));
}

#[test]
fn api_server_addresses() {
    let line = "Get \"https://10.96.0.1:443/api\": dial tcp 10.96.0.1:443: i/o timeout";
    assert_eq!(failed_address(line), Some("10.96.0.1:443"));
    assert_eq!(failed_address("dial tcp: lookup x: no such host"), None);
}
