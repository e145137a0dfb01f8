//! Renderers: one per format, all from the same document.

pub mod markdown;
