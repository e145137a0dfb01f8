//! What changed before: each source tells of its changes, and a change is blamed only when what changed
//! is shown and came before the trouble.

mod order;
mod sources;
mod stage;
mod templates;
