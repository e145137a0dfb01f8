//! Automation of our own house.
fn main() {}
