//! Composes documents from structures.
