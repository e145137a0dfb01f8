//! Splits a Kubernetes list into its items while it arrives, in chunks of any size.
//!
//! The text is not parsed: brackets are counted and strings are skipped, so that each item can be
//! handed on as it stands. At most one unfinished item is held.

mod skim;

use memchr::memchr2;
use serde::Deserialize;
use skim::{BLOCK, skim};

/// Largest object. etcd refuses requests above 1.5 MiB by default; the rest is for servers that
/// were told to allow more.
pub(crate) const MAX_ITEM_BYTES: usize = 4 * 1024 * 1024;

/// Deepest nesting. The JSON decoder behind refuses deeper text anyway.
const MAX_DEPTH: u32 = 128;

/// Nesting inside an item of the list: the list, its items, the item.
const ITEM_DEPTH: u32 = 3;

/// Longest key of the outer object that matters here.
const MAX_KEY_BYTES: usize = 16;

/// What a list says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ListMeta {
    /// Where the next page begins; empty on the last page.
    #[serde(rename = "continue")]
    pub(crate) next: String,
    /// The version of the whole list.
    pub(crate) resource_version: String,
    /// How many items follow this page, where the server counted them.
    pub(crate) remaining_item_count: Option<u64>,
}

/// The text is no Kubernetes list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ListError {
    /// Brackets do not match, or the outer value is no object, or it has no `items`.
    #[error("the answer is no Kubernetes list")]
    NotAList,
    /// Nested deeper than any Kubernetes object.
    #[error("the answer is nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// The text ended in the middle.
    #[error("the answer was cut off")]
    CutOff,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Text {
    Outside,
    Inside,
    Escaped,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Capture {
    Nothing,
    Key,
    Metadata,
    Item,
    TooLarge,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    Items,
    Done,
}

/// The state between two chunks.
#[derive(Debug)]
pub(crate) struct ItemSplitter {
    text: Text,
    depth: u32,
    capture: Capture,
    /// Bytes of the current capture that came in earlier chunks.
    carry: Vec<u8>,
    key: Vec<u8>,
    place: Place,
    /// An element of `items` that is no object is being read.
    stray: bool,
    saw_items: bool,
    unreadable: u64,
    meta: ListMeta,
}

impl ItemSplitter {
    pub(crate) fn new() -> Self {
        Self {
            text: Text::Outside,
            depth: 0,
            capture: Capture::Nothing,
            carry: Vec::new(),
            key: Vec::new(),
            place: Place::Outside,
            stray: false,
            saw_items: false,
            unreadable: 0,
            meta: ListMeta::default(),
        }
    }

    /// Metadata of the list, as far as it has arrived.
    pub(crate) fn meta(&self) -> &ListMeta {
        &self.meta
    }

    /// Items that were dropped: larger than the limit, or no objects.
    pub(crate) fn unreadable(&self) -> u64 {
        self.unreadable
    }

    /// Takes the next chunk and hands on every item that ends in it.
    pub(crate) fn push(
        &mut self,
        chunk: &[u8],
        each: &mut (dyn FnMut(&[u8]) + Send),
    ) -> Result<(), ListError> {
        let mut start = 0;
        let mut at = 0;
        // Where a block that has to be read byte by byte ends.
        let mut careful = 0;
        while at < chunk.len() {
            if at >= careful {
                if self.skips(&chunk[at..]) {
                    at += BLOCK;
                    continue;
                }
                careful = at + BLOCK;
            }
            match self.text {
                Text::Escaped => {
                    self.text = Text::Inside;
                    at += 1;
                }
                Text::Inside => match memchr2(b'"', b'\\', &chunk[at..]) {
                    None => at = chunk.len(),
                    Some(found) => {
                        at += found;
                        if chunk[at] == b'\\' {
                            self.text = Text::Escaped;
                        } else {
                            self.text = Text::Outside;
                            self.end_string(&chunk[start..at]);
                        }
                        at += 1;
                    }
                },
                Text::Outside => {
                    match chunk[at] {
                        b'"' if self.depth == 0 => return Err(ListError::NotAList),
                        b'"' => {
                            self.text = Text::Inside;
                            self.stray |= self.depth == 2 && self.in_items();
                            if self.depth == 1 {
                                self.capture = Capture::Key;
                                start = at + 1;
                            }
                        }
                        b'{' | b'[' => {
                            if self.open(chunk[at])? {
                                start = at;
                            }
                        }
                        b'}' | b']' => self.close(&chunk[start..=at], each)?,
                        byte => self.between(byte)?,
                    }
                    at += 1;
                }
            }
        }
        self.keep(&chunk[start.min(chunk.len())..]);
        Ok(())
    }

    /// Passes over the next block when it lies within an item.
    fn skips(&mut self, rest: &[u8]) -> bool {
        let is_inside = matches!(self.capture, Capture::Item | Capture::TooLarge);
        if !is_inside || self.text == Text::Escaped {
            return false;
        }
        let Some(block) = rest.first_chunk() else {
            return false;
        };
        let Some(seen) = skim(block, self.text == Text::Inside) else {
            return false;
        };
        let ends = self.depth - seen.dip.min(self.depth) < ITEM_DEPTH;
        if ends || self.depth + seen.opened > MAX_DEPTH {
            return false;
        }
        self.depth = self.depth + seen.opened - seen.closed;
        self.text = if seen.in_string {
            Text::Inside
        } else {
            Text::Outside
        };
        true
    }

    /// Ends the list.
    pub(crate) fn finish(&self) -> Result<(), ListError> {
        match (self.place == Place::Done, self.saw_items) {
            (false, _) => Err(ListError::CutOff),
            (true, false) => Err(ListError::NotAList),
            (true, true) => Ok(()),
        }
    }

    fn end_string(&mut self, tail: &[u8]) {
        if self.capture != Capture::Key {
            return;
        }
        self.capture = Capture::Nothing;
        self.key.clear();
        if self.carry.len() + tail.len() <= MAX_KEY_BYTES {
            self.key.append(&mut self.carry);
            self.key.extend_from_slice(tail);
        }
        self.carry.clear();
        self.saw_items |= self.key == b"items";
    }

    /// Answers whether a capture begins here.
    fn open(&mut self, byte: u8) -> Result<bool, ListError> {
        if self.place == Place::Done || (self.depth == 0 && byte != b'{') {
            return Err(ListError::NotAList);
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(ListError::TooDeep);
        }
        match (self.depth, byte) {
            (2, b'[') if self.key == b"items" => self.place = Place::Items,
            (2, b'{') if self.key == b"metadata" => {
                self.capture = Capture::Metadata;
                return Ok(true);
            }
            (ITEM_DEPTH, _) if self.in_items() => {
                self.capture = Capture::Item;
                return Ok(true);
            }
            _ => {}
        }
        Ok(false)
    }

    fn close(
        &mut self,
        tail: &[u8],
        each: &mut (dyn FnMut(&[u8]) + Send),
    ) -> Result<(), ListError> {
        self.depth = self.depth.checked_sub(1).ok_or(ListError::NotAList)?;
        match self.depth {
            2 if self.in_items() => self.end_item(tail, each),
            1 => {
                if self.capture == Capture::Metadata {
                    self.keep(tail);
                    // Metadata that cannot be read means one page: what it gave is kept.
                    self.meta = serde_json::from_slice(&self.carry).unwrap_or_default();
                    self.carry.clear();
                }
                self.capture = Capture::Nothing;
                if self.in_items() {
                    self.count_stray();
                    self.place = Place::Outside;
                }
                self.key.clear();
            }
            0 => self.place = Place::Done,
            _ => {}
        }
        Ok(())
    }

    fn end_item(&mut self, tail: &[u8], each: &mut (dyn FnMut(&[u8]) + Send)) {
        if self.capture == Capture::Item && self.carry.is_empty() && tail.len() <= MAX_ITEM_BYTES {
            each(tail);
        } else {
            self.keep(tail);
            if self.capture == Capture::Item {
                each(&self.carry);
            } else {
                self.unreadable += 1;
            }
        }
        self.carry.clear();
        self.capture = Capture::Nothing;
    }

    fn in_items(&self) -> bool {
        self.place == Place::Items
    }

    /// A byte outside strings and brackets.
    fn between(&mut self, byte: u8) -> Result<(), ListError> {
        if byte.is_ascii_whitespace() || self.depth > 2 {
            return Ok(());
        }
        if self.depth == 0 {
            return Err(ListError::NotAList);
        }
        if self.depth == 2 && self.in_items() {
            if byte == b',' {
                self.count_stray();
            } else {
                self.stray = true;
            }
        }
        Ok(())
    }

    fn count_stray(&mut self) {
        self.unreadable += u64::from(self.stray);
        self.stray = false;
    }

    /// Keeps the unfinished end of a chunk.
    fn keep(&mut self, tail: &[u8]) {
        let limit = match self.capture {
            Capture::Nothing | Capture::TooLarge => return,
            Capture::Key => MAX_KEY_BYTES + 1,
            Capture::Metadata | Capture::Item => MAX_ITEM_BYTES,
        };
        if self.carry.len() + tail.len() <= limit {
            self.carry.extend_from_slice(tail);
        } else if self.capture == Capture::Key {
            self.carry.resize(limit, b' ');
        } else {
            self.capture = Capture::TooLarge;
            self.carry = Vec::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(text: &[u8], cuts: &[usize]) -> Result<(Vec<String>, ItemSplitter), ListError> {
        let mut splitter = ItemSplitter::new();
        let mut items = Vec::new();
        let mut each = |item: &[u8]| items.push(String::from_utf8(item.to_vec()).unwrap());
        let mut from = 0;
        for cut in cuts {
            let to = (*cut).clamp(from, text.len());
            splitter.push(&text[from..to], &mut each)?;
            from = to;
        }
        splitter.push(&text[from..], &mut each)?;
        splitter.finish()?;
        Ok((items, splitter))
    }

    const LIST: &str = r#" {"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7",
        "continue":"ab\"}c","remainingItemCount":3},"items":[ {"a":"]}\\\"{"} ,{"b":{"items":[1,2]}}
        ,{}],"after":{"items":[{}]}} "#;

    #[test]
    fn items_and_metadata_come_out_whole() {
        let (items, splitter) = split(LIST.as_bytes(), &[]).unwrap();
        assert_eq!(
            items,
            [r#"{"a":"]}\\\"{"}"#, r#"{"b":{"items":[1,2]}}"#, "{}"]
        );
        assert_eq!(splitter.meta().next, "ab\"}c");
        assert_eq!(splitter.meta().resource_version, "7");
        assert_eq!(splitter.meta().remaining_item_count, Some(3));
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for (text, error) in [
            ("", ListError::CutOff),
            ("<html>", ListError::NotAList),
            ("[]", ListError::NotAList),
            ("\"items\"", ListError::NotAList),
            ("{\"kind\":\"Status\"}", ListError::NotAList),
            ("{\"items\":[]}}", ListError::NotAList),
            ("{\"items\":[]}{", ListError::NotAList),
            ("{\"items\":[{\"a\":1}", ListError::CutOff),
        ] {
            assert_eq!(split(text.as_bytes(), &[]).unwrap_err(), error, "{text}");
        }
        let deep = format!("{{\"items\":{}", "[".repeat(200));
        assert_eq!(split(deep.as_bytes(), &[]).unwrap_err(), ListError::TooDeep);
    }

    #[test]
    fn items_that_are_no_objects_or_too_large_cost_only_themselves() {
        let (items, splitter) =
            split(b"{\"items\":[null,{\"a\":1}, 17 ,\"x\"],\"z\":[1]}", &[]).unwrap();
        assert_eq!((items.len(), splitter.unreadable()), (1, 3));
        let large = "x".repeat(MAX_ITEM_BYTES);
        let text = format!("{{\"items\":[{{\"a\":\"{large}\"}},{{}}]}}");
        for cuts in [vec![], vec![100], vec![MAX_ITEM_BYTES / 2]] {
            let (items, splitter) = split(text.as_bytes(), &cuts).unwrap();
            assert_eq!(
                (items.as_slice(), splitter.unreadable()),
                (&["{}".to_owned()][..], 1)
            );
        }
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            "[\\PC\"\\\\{}\\[\\]]{0,12}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                prop::collection::btree_map("[a-z\"\\\\]{0,8}|items|metadata", inner, 0..4)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_list_in_any_chunks_gives_its_items(
            items in prop::collection::vec(
                prop::collection::btree_map("[a-z]{1,5}|items|metadata", json(), 0..4), 0..6),
            pretty in any::<bool>(),
            mut cuts in prop::collection::vec(0_usize..4000, 0..40),
        ) {
            let list = serde_json::json!({"kind": "items", "items": items, "metadata":
                {"continue": "t", "resourceVersion": "9"}, "x": {"items": [{}]}});
            let text = if pretty {
                serde_json::to_string_pretty(&list).unwrap()
            } else {
                list.to_string()
            };
            cuts.sort_unstable();
            let (found, splitter) = split(text.as_bytes(), &cuts).unwrap();
            let found: Vec<serde_json::Value> =
                found.iter().map(|item| serde_json::from_str(item).unwrap()).collect();
            prop_assert_eq!(serde_json::Value::from(found), serde_json::json!(items));
            prop_assert_eq!(&splitter.meta().next, "t");
            prop_assert_eq!(splitter.unreadable(), 0);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400),
            cuts in prop::collection::vec(0_usize..400, 0..6)) {
            let mut cuts = cuts;
            cuts.sort_unstable();
            let list = [b"{\"items\":[".as_slice(), &bytes].concat();
            for text in [&bytes, &list] {
                // Any answer will do: the property is that there is one.
                let outcome = split_bytes(text, &cuts);
                prop_assert!(outcome <= text.len());
            }
        }
    }

    fn split_bytes(text: &[u8], cuts: &[usize]) -> usize {
        let mut splitter = ItemSplitter::new();
        let mut total = 0;
        let mut from = 0;
        for cut in cuts.iter().copied().chain([text.len()]) {
            let to = cut.clamp(from, text.len());
            if splitter
                .push(&text[from..to], &mut |item| total += item.len())
                .is_err()
            {
                break;
            }
            from = to;
        }
        total
    }
}
