//! From a snapshot to the options that are offered, and from promises to what became of them.

mod plans {
    mod bounds;
    mod gone;
    mod machines;
    mod options;
    mod snapshots;
    mod verdicts;
}
