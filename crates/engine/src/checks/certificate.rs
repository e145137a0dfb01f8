//! Checks of the domain `certificate`.

pub(super) mod cert_ca_mismatch;
pub(super) mod cert_expired;
pub(super) mod cert_expiring;
pub(super) mod cert_san;
pub(super) mod certmanager_not_ready;
pub(super) mod csr_pending;
pub(super) mod podcertificate;
