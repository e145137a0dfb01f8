//! Small building blocks of Kubernetes JSON, decoded leniently: `null` means empty, an unreadable
//! time means "not known", unknown fields are skipped.

mod address;
mod labels;
mod quantity;
mod selector;
mod text;

pub use address::internal_ip;
pub use labels::Labels;
pub use quantity::{Quantity, Resources};
pub use selector::{LabelSelector, SelectorExpression};
pub use text::{IntOrString, List, Text, is_there, null_as_default, time};
