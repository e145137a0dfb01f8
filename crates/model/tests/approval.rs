//! Approvals: what is valid is accepted, and nothing else is.

mod approval {
    mod digests;
    mod forged;
    mod forgeries;
    mod scene;
}
