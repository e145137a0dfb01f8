//! Renderers: one per format, all from the same document.

pub mod chart;
pub mod html;
pub mod markdown;
pub mod svg;
