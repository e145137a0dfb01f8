//! Renders documents for people who read them outside a terminal.

pub mod render;
