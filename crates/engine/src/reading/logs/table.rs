//! The words of programs that give up, sorted into classes.

use super::{super::Pattern, LogClass, Weight};

/// One wording of one class.
pub(super) struct Rule {
    pub(super) class: LogClass,
    pub(super) weight: Weight,
    pub(super) pattern: Pattern,
}

const fn decisive(class: LogClass, pattern: &'static str) -> Rule {
    rule(class, Weight::Decisive, pattern)
}

const fn rule(class: LogClass, weight: Weight, pattern: &'static str) -> Rule {
    Rule {
        class,
        weight,
        pattern: Pattern::new(pattern),
    }
}

/// In the order in which a line is tried: the first that matches names its class. Narrow wordings
/// come before wide ones.
pub(super) static RULES: [Rule; 56] = [
    decisive(
        LogClass::Threads,
        r"(?i)unable to create (new )?native thread|pthread_create (failed|returned)|fork: (retry|cannot allocate)|can't start new thread|failed to create new OS thread|newosproc",
    ),
    decisive(
        LogClass::Threads,
        r"(?i)\b(fork|clone|thread|exec|process)\b.{0,60}(resource temporarily unavailable|\bEAGAIN\b)",
    ),
    decisive(
        LogClass::Inotify,
        r"(?i)(inotify|fsnotify|file ?watch(er|es)?|\bwatch\b).{0,100}(too many open files|no space left on device|\bENOSPC\b|\bEMFILE\b)|(inotify|file ?watchers?).{0,60}\blimit",
    ),
    decisive(
        LogClass::Inotify,
        r"(?i)(too many open files|no space left on device|\bENOSPC\b|\bEMFILE\b).{0,60}(\bwatch\b|inotify)|number of (file watchers|inotify (instances|watches))",
    ),
    decisive(
        LogClass::SharedMemory,
        r"(?i)could not resize shared memory|/dev/shm\b.{0,100}(no space left|\bENOSPC\b|too small|is full)|(no space left|\bENOSPC\b|too small).{0,60}/dev/shm\b|insufficient shared memory|workers are out of shared memory",
    ),
    decisive(
        LogClass::ServiceLink,
        r"(?i)\b(invalid|cannot parse|can't parse|could not parse|failed to parse|parsing|not a number|not a valid|NumberFormatException|wrong)\b.{0,100}tcp://\d{1,3}(\.\d{1,3}){3}:\d+",
    ),
    decisive(
        LogClass::TokenMissing,
        r"(?i)(open|stat|read)?\S*/var/run/secrets/kubernetes\.io/serviceaccount/(token|ca\.crt).{0,40}(no such file|not found|does not exist)|(no such file|not found).{0,60}/var/run/secrets/kubernetes\.io/serviceaccount/token",
    ),
    decisive(
        LogClass::RbacDenied,
        r#"is forbidden: User \\?"[^"]+" cannot [a-z]+ (resource|path) "#,
    ),
    decisive(
        LogClass::TokenInvalid,
        r"(?i)server has asked for the client to provide credentials|invalid bearer token|service account token (has )?(expired|been invalidated|is expired)|token (has )?been invalidated|failed to (list|watch|get|create|update) .{0,120}: Unauthorized$|resource lock .{0,120}: Unauthorized$",
    ),
    decisive(
        LogClass::CloudIdentity,
        r"(?i)AccessDenied(Exception)?: User: arn:|is not authorized to perform: \w+:|UnauthorizedOperation|InvalidIdentityToken|AssumeRoleWithWebIdentity.{0,80}(denied|fail|error)|googleapi: Error 403|does not have (storage|compute|iam|secretmanager|pubsub|container)\.\S+ (access|permission)",
    ),
    decisive(
        LogClass::CloudIdentity,
        r"(?i)AuthorizationFailed.{0,80}(client|object id)|does not have authorization to perform action|\bIAM\.00\d\d\b|Policy doesn't allow \S+ to be performed|\bForbidden\.RAM\b|\bNoPermission\b.{0,80}(RAM|role)|UnauthorizedAccess.{0,60}(IAM|agency)",
    ),
    decisive(
        LogClass::SecretCorrupt,
        r"(?i)illegal base64 data|failed to find any PEM data|no PEM data (was )?found|PEM_read_bio|PEM routines|failed to parse (private|public) key|(private|public) key.{0,40}(malformed|could not be parsed|cannot be parsed)|private key does not match public key|key values mismatch",
    ),
    decisive(
        LogClass::SecretCorrupt,
        r#"(?i)invalid header field value for "?(authorization|x-api-key|\S*token)|incorrect padding|binascii\.Error|Illegal base64 character|bad decrypt|keystore (password was incorrect|was tampered with)"#,
    ),
    decisive(
        LogClass::HeapExhausted,
        r"java\.lang\.OutOfMemoryError|JavaScript heap out of memory|FATAL ERROR: .*heap|^MemoryError|OutOfMemoryException|Allowed memory size of \d+ bytes exhausted",
    ),
    decisive(LogClass::ExecFormat, r"(?i)exec format error"),
    decisive(
        LogClass::CommandNotFound,
        r"(?i)executable file .{0,80}not found|\bexec \S+: no such file or directory|exec (user|container) process .{0,80}no such file|\bcommand not found$",
    ),
    decisive(
        LogClass::CommandNotFound,
        r"(?i)^(\S*sh|\S+: (line )?\d+|exec): (\d+: |line \d+: )?(exec: )?\S+: not found$|\benv: .{0,80}(no such file or directory|can't execute)",
    ),
    decisive(
        LogClass::CommandNotFound,
        r"(?i)can't open file .*no such file|cannot find module '/|unable to access jarfile|could not find or load main class",
    ),
    decisive(
        LogClass::PortInUse,
        r"(?i)address (is )?already in use|EADDRINUSE|port \d+ (is|was) already (in use|allocated)|only one usage of each socket address",
    ),
    decisive(
        LogClass::Certificate,
        r"(?i)x509: |certificate (has |is |was )?(expired|not yet valid|not trusted|signed by unknown|verify failed|required|revoked|unknown)|certificate verification failed|CERTIFICATE_VERIFY_FAILED|expired certificate",
    ),
    decisive(
        LogClass::Certificate,
        r"(?i)SSL certificate (problem|error)|tls: (bad|failed|unknown) |PKIX path building failed|SSLHandshakeException|CERT_HAS_EXPIRED|UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT|self[- ]signed certificate in certificate chain",
    ),
    decisive(
        LogClass::Credential,
        r"(?i)authentication failed for|password authentication failed|access denied for user|ER_ACCESS_DENIED|login failed for user|invalid (username[- ]password pair|password|credentials|username or password|login)\b|SASL .{0,60}(fail|error)|authentication failed\b.{0,20}$|WRONGPASS|\bNOAUTH\b|ACCESS_REFUSED",
    ),
    decisive(
        LogClass::Credential,
        r#"(?i)not authorized on \S+ to execute|could not find user\b|UserNotFound|role "[^"]{1,80}" does not exist|\bauth(entication)? (error|failure)\b|wrong password|password is incorrect|incorrect password"#,
    ),
    decisive(
        LogClass::Dependency,
        r"(?i)connection refused|ECONNREFUSED|ConnectionRefused|no such host|i/o timeout|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|ECONNRESET|no route to host|network is unreachable",
    ),
    decisive(
        LogClass::Dependency,
        r"(?i)(could not|couldn't|can't|cannot|unable to|failed to|error|failure) (connect(ing)?|dial(ing)?|establish(ing)? .{0,20}connection)\b|connection (attempt )?(timed out|reset|failed)|connect(ion)? timeout|Operation timed out",
    ),
    decisive(
        LogClass::Dependency,
        r"(?i)(could not|couldn't|can't|cannot|unable to|failed to) resolve (host|hostname|address|name|')|name or service not known|name does not resolve|temporary failure in name resolution|NameResolutionError|UnknownHost|getaddrinfo|host not found in upstream|bad address '",
    ),
    decisive(
        LogClass::Dependency,
        r"(?i)\b(database|broker|server|service|upstream|backend|redis|kafka|postgres\w*|mysql|mongo\w*|rabbitmq) (is |was |may )?(not (be )?(available|reachable)|unavailable|unreachable)|communications link failure|max retries exceeded|upstream connect error|no resolvable bootstrap",
    ),
    decisive(
        LogClass::Dependency,
        r"\w*(Connection|Connect|ServerSelection)(Timeout)?(Error|Exception)\b|ConnectTimeout",
    ),
    decisive(
        LogClass::Dependency,
        r"(?i)permission denied for (table|relation|schema|database|sequence|function)",
    ),
    decisive(
        LogClass::Arguments,
        r#"(?i)unknown (command|flag|shorthand flag|option|argument|subcommand)s?\b|unrecognized (VM )?(arguments?|option|flag|subcommand)|invalid (option|flag)\b|invalid argument ["'`]|flag provided but not defined|flag needs an argument|unexpected argument|illegal option"#,
    ),
    decisive(
        LogClass::Arguments,
        r"(?i)\bno such (option|command|subcommand)\b|^\S+: bad option|error: .*required arguments? |the following (required )?arguments (are required|were not provided)|accepts .{0,30}arg\(s\), received|found argument '",
    ),
    decisive(
        LogClass::Configuration,
        r"(?i)\b(bind|listen)\b.{0,80}(cannot assign requested address|EADDRNOTAVAIL)|(cannot assign requested address|EADDRNOTAVAIL).{0,60}\b(bind|listen)\b",
    ),
    decisive(
        LogClass::EphemeralPorts,
        r"(?i)cannot assign requested address|EADDRNOTAVAIL|no (free|available) (local|ephemeral) ports?",
    ),
    decisive(
        LogClass::FileHandles,
        r"(?i)too many open files|\bEMFILE\b|\bENFILE\b|file descriptor limit",
    ),
    decisive(
        LogClass::DiskFull,
        r"(?i)no space left on device|\bENOSPC\b|disk quota exceeded|disk is full|not enough (free )?disk space",
    ),
    decisive(
        LogClass::ReadOnlyFiles,
        r"(?i)read-only file ?system|\bEROFS\b",
    ),
    decisive(
        LogClass::PermissionDenied,
        r"(?i)permission denied|\bEACCES\b|\bEPERM\b|operation not permitted|AccessDeniedException",
    ),
    decisive(
        LogClass::ResourceExhausted,
        r"(?i)resource temporarily unavailable|cannot allocate memory|std::bad_alloc|runtime: out of memory",
    ),
    decisive(
        LogClass::Configuration,
        r"(?i)\b(missing|undefined|unset|invalid|unknown|unsupported|malformed|no) (\S+ ){0,4}?(env(ironment)?|variables?|config(uration)?|settings?|propert(y|ies)|credentials?)\b( (variable|value|file|key|option)s?)?[^,]{0,60}$",
    ),
    decisive(
        LogClass::Configuration,
        r"(?i)\b(env(ironment)?|variable|config(uration)?|setting|property|parameter|option|key)\b.{0,80}?\b((is|are|was|were) )?(missing|undefined|unset|not set|not defined|not found|not provided|not specified|invalid|mandatory|must be (set|provided|specified|defined))\b",
    ),
    decisive(
        LogClass::Configuration,
        r"(?i)\b(env(ironment)?( variable)?|variable|config(uration)?|setting|property|parameter)s? .{0,60}(is|are) (required|empty)\b|required (env|environment|config|configuration|variable|setting|property)\b.{0,80}(missing|not )",
    ),
    decisive(
        LogClass::Configuration,
        r#"\b[A-Z][A-Z0-9]*(_[A-Z0-9]+)+\b['"`]?:? .{0,30}\b((?i)missing|undefined|unset|not (set|defined|found|provided|specified)|must (be|not be)|(is|are) (required|empty|mandatory)|unbound)\b"#,
    ),
    decisive(
        LogClass::Configuration,
        r"(?i)\b(missing|undefined|unset|must (set|specify|provide|define)|(need|have) to (set|specify|provide))\b.{0,40}(?-i)\b[A-Z][A-Z0-9]*(_[A-Z0-9]+)+\b",
    ),
    decisive(
        LogClass::Configuration,
        r"(?i)(cannot|can't|could not|couldn't|unable to|failed to|error) (pars(e|ing)|load(ing)?|read(ing)?|find|open(ing)?|decod(e|ing)|unmarshal(ing)?|validat(e|ing)) .{0,60}(config|settings|properties|\.(ya?ml|json|conf|toml|ini|env)\b)",
    ),
    decisive(
        LogClass::Configuration,
        r"(?i)\.(ya?ml|json|conf|cfg|toml|ini|properties)\b.{0,40}(no such file|not found|does not exist)|(no such file|not found|does not exist|cannot find).{0,80}\.(ya?ml|json|conf|cfg|toml|ini|properties)\b",
    ),
    decisive(
        LogClass::Configuration,
        r"\bKeyError: |(?i)unbound variable|parameter (not set|null or not set)|\b(yaml|toml): |cannot unmarshal|could not parse|cannot parse|failed to parse|\bparse error\b|ConfigurationError|ConfigException|\[emerg\]|password is not specified",
    ),
    rule(
        LogClass::Configuration,
        Weight::Telling,
        r"(?i)no such file or directory|\bENOENT\b|FileNotFound(Error|Exception)|NoSuchFileException",
    ),
    rule(
        LogClass::Dependency,
        Weight::Telling,
        r"(?i)context deadline exceeded|\b(401 unauthorized|403 forbidden|502 bad gateway|503 service unavailable|504 gateway time-?out)\b|\bread timed out\b",
    ),
    rule(
        LogClass::Credential,
        Weight::Telling,
        r"(?i)\bauthentication failed\b",
    ),
    rule(LogClass::Arguments, Weight::Telling, r"(?i)^usage:"),
    rule(
        LogClass::Panic,
        Weight::Telling,
        r"^panic: |\bSIGSEGV\b|(?i:segmentation fault)|core dumped|thread '.*' (\(\d+\) )?panicked|^fatal error: |Unhandled exception|Traceback \(most recent call last\)|Exception in thread|^Uncaught |UnhandledPromiseRejection|terminate called after throwing",
    ),
    rule(
        LogClass::Panic,
        Weight::Telling,
        r"(?i)assertion .{0,80}failed|stack smashing detected|double free or corruption|illegal instruction|bus error",
    ),
    rule(
        LogClass::Error,
        Weight::General,
        r"(?i)\b(fatal|error|exception|critical|panic|emerg)\b",
    ),
    rule(
        LogClass::Error,
        Weight::General,
        r"\b[A-Za-z.]+(Error|Exception)\b",
    ),
    rule(
        LogClass::Error,
        Weight::General,
        r"(?i)\b(failed|failure|aborted|aborting|giving up)\b",
    ),
    rule(LogClass::Error, Weight::General, r"^[EF]\d{4} \d\d:"),
];

/// Said at level info or below: what happened, not what failed.
pub(super) static QUIET: Pattern = Pattern::new(
    r#"\b(INFO|DEBUG|TRACE|NOTICE)\b|(?i:\b(level|lvl|severity)"?\s*[=:]\s*"?(info|debug|trace|notice)\b|^\W*\[?(info|debug|trace|notice)\b[\]:])|^[ID]\d{4} \d\d:"#,
);

/// Said at a level above info.
pub(super) static LOUD: Pattern = Pattern::new(
    r#"\b(WARN|WARNING|ERROR|ERR|FATAL|CRITICAL|PANIC|SEVERE)\b|(?i:\b(level|lvl|severity)"?\s*[=:]\s*"?(warn|err|fatal|crit|panic|alert|emerg))|^[WEF]\d{4} \d\d:"#,
);

/// Failure words that deny a failure: "no errors", "0 failed", `error_count=0`, `err: nil`.
pub(super) static BENIGN: Pattern = Pattern::new(
    r#"(?i)\b(no|0|zero|without( any)?|free of) (\w+ )?(errors?|failures?|failed|exceptions?)\b|\b(errors?|err|failures?|failed|exceptions?)(_?(count|total|rate))?"?\s*[:=]\s*("?(0|null|nil|none|<nil>|false)\b"?|""|\[\]|\{\}|<nil>)"#,
);

/// Failed attempts of others to talk to this program, and successes worded like a failure.
pub(super) static OTHERS: Pattern = Pattern::new(
    r"(?i)TLS handshake error from|(no longer|never|not) (expired|refused|unavailable)",
);
