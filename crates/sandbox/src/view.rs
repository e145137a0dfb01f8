//! How objects are shown: whole, metadata only, or as rows of a table.

use axum::body::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::errors::ApiError;
use crate::kinds::Kind;
use crate::objects::{Stored, shapes};
use crate::table;

/// What of an object a table row carries beside its cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carry {
    Nothing,
    Metadata,
    Object,
}

/// The representation that the client asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Plain,
    Metadata,
    Table(Carry),
}

impl Form {
    /// Chooses the first representation of an `Accept` header that can be served.
    pub(crate) fn negotiate(accept: &str, include: &str) -> Result<Self, ApiError> {
        if accept.trim().is_empty() {
            return Ok(Self::Plain);
        }
        for clause in accept.split(',') {
            let mut parts = clause.split(';').map(str::trim);
            let media = parts.next().unwrap_or_default();
            if !matches!(media, "application/json" | "application/*" | "*/*") {
                continue;
            }
            let wanted = parts.find_map(|part| part.strip_prefix("as="));
            match wanted {
                None => return Ok(Self::Plain),
                Some("Table") => {
                    return Ok(Self::Table(match include {
                        "Object" => Carry::Object,
                        "None" => Carry::Nothing,
                        _ => Carry::Metadata,
                    }));
                }
                Some("PartialObjectMetadata" | "PartialObjectMetadataList") => {
                    return Ok(Self::Metadata);
                }
                Some(_) => {}
            }
        }
        Err(ApiError::not_acceptable())
    }
}

/// The metadata of a list answer.
#[derive(Debug, Default)]
pub(crate) struct ListMeta {
    pub(crate) revision: u64,
    pub(crate) next: Option<String>,
    pub(crate) remaining: Option<usize>,
}

impl ListMeta {
    fn json(&self) -> Value {
        let mut meta = json!({"resourceVersion": self.revision.to_string()});
        if let Some(next) = &self.next {
            meta["continue"] = json!(next);
        }
        if let Some(remaining) = self.remaining {
            meta["remainingItemCount"] = json!(remaining);
        }
        meta
    }
}

/// One representation of one kind at one time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) kind: &'a Kind,
    pub(crate) version: &'a str,
    pub(crate) form: Form,
    /// For ages in tables.
    pub(crate) now: Timestamp,
}

impl View<'_> {
    /// Appends one object; `headers` says whether a table names its columns.
    pub(crate) fn write(&self, object: &Stored, headers: bool, out: &mut Vec<u8>) {
        match self.form {
            Form::Plain => self.write_plain(object, out),
            Form::Metadata => write_metadata(object, out),
            Form::Table(carry) => {
                let meta = ListMeta {
                    revision: object.revision,
                    ..ListMeta::default()
                };
                self.write_table_head(&meta, headers, out);
                self.write_row(object, carry, out);
                out.extend_from_slice(b"]}");
            }
        }
    }

    /// The text of one object.
    pub(crate) fn object(&self, object: &Stored) -> Bytes {
        let mut out = Vec::with_capacity(object.body.len() + 64);
        self.write(object, true, &mut out);
        out.into()
    }

    /// The text of a list, with the offsets at which items end.
    pub(crate) fn list<'o>(
        &self,
        meta: &ListMeta,
        objects: impl ExactSizeIterator<Item = &'o Stored> + Clone,
    ) -> (Bytes, Vec<usize>) {
        let size: usize = objects.clone().map(|o| o.body.len() + 1).sum();
        let mut out = Vec::with_capacity(size + 256);
        match self.form {
            Form::Table(_) => self.write_table_head(meta, true, &mut out),
            Form::Plain | Form::Metadata => self.write_list_head(meta, &mut out),
        }
        let mut ends = Vec::with_capacity(objects.len());
        for (index, object) in objects.enumerate() {
            if index > 0 {
                out.push(b',');
            }
            match self.form {
                Form::Table(carry) => self.write_row(object, carry, &mut out),
                Form::Metadata => write_metadata(object, &mut out),
                Form::Plain if self.kind.custom || shapes::differ(self.kind, self.version) => {
                    self.write_plain(object, &mut out);
                }
                Form::Plain => out.extend_from_slice(&object.body),
            }
            ends.push(out.len());
        }
        out.extend_from_slice(b"]}");
        (out.into(), ends)
    }

    fn write_plain(&self, object: &Stored, out: &mut Vec<u8>) {
        if shapes::differ(self.kind, self.version) {
            let mut value = object.typed_value(self.kind, self.version);
            shapes::from_stored(self.kind, self.version, &mut value);
            out.extend_from_slice(value.to_string().as_bytes());
        } else {
            object.write_typed(self.kind, self.version, out);
        }
    }

    fn write_list_head(&self, meta: &ListMeta, out: &mut Vec<u8>) {
        let (kind, api_version) = match self.form {
            Form::Metadata => ("PartialObjectMetadataList".to_owned(), META.to_owned()),
            _ => (
                format!("{}List", self.kind.kind),
                self.kind.api_version(self.version),
            ),
        };
        let head = json!({"kind": kind, "apiVersion": api_version, "metadata": meta.json()});
        open(&head, "items", out);
    }

    fn write_table_head(&self, meta: &ListMeta, headers: bool, out: &mut Vec<u8>) {
        let columns = if headers {
            table::columns(self.kind)
        } else {
            Vec::new()
        };
        let head = json!({
            "kind": "Table", "apiVersion": META, "metadata": meta.json(),
            "columnDefinitions": columns,
        });
        open(&head, "rows", out);
    }

    fn write_row(&self, object: &Stored, carry: Carry, out: &mut Vec<u8>) {
        let row = json!({"cells": table::cells(self.kind, &object.value(), self.now)}).to_string();
        out.extend_from_slice(&row.as_bytes()[..row.len() - 1]);
        out.extend_from_slice(b",\"object\":");
        match carry {
            Carry::Nothing => out.extend_from_slice(b"null"),
            Carry::Metadata => write_metadata(object, out),
            Carry::Object => self.write_plain(object, out),
        }
        out.push(b'}');
    }
}

const META: &str = "meta.k8s.io/v1";

fn write_metadata(object: &Stored, out: &mut Vec<u8>) {
    out.extend_from_slice(
        b"{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":",
    );
    out.extend_from_slice(object.metadata().as_bytes());
    out.push(b'}');
}

/// Writes an object that goes on with an open list.
fn open(head: &Value, list: &str, out: &mut Vec<u8>) {
    let head = head.to_string();
    out.extend_from_slice(&head.as_bytes()[..head.len() - 1]);
    out.extend_from_slice(format!(",\"{list}\":[").as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(accept: &str, expected: Option<Form>) {
        assert_eq!(Form::negotiate(accept, "").ok(), expected, "{accept}");
    }

    #[test]
    fn the_first_accepted_form_wins() {
        check("", Some(Form::Plain));
        check("*/*", Some(Form::Plain));
        check("application/json", Some(Form::Plain));
        check(
            "application/vnd.kubernetes.protobuf,application/json",
            Some(Form::Plain),
        );
        check("application/yaml", None);
        let table = "application/json;as=Table;v=v1;g=meta.k8s.io";
        check(
            &format!("{table},application/json"),
            Some(Form::Table(Carry::Metadata)),
        );
        let metadata = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
        check(
            &format!("{metadata},application/json"),
            Some(Form::Metadata),
        );
    }
}
