//! Unpacks gzip bodies as they arrive, in pieces of a fixed size: a small body that unpacks to a huge
//! one never fills the memory.

use flate2::{Decompress, FlushDecompress, Status};

/// Bytes of one unpacked piece: some dozens of objects.
const PIECE_BYTES: usize = 128 * 1024;

/// The largest window of gzip, as a power of two.
const WINDOW_BITS: u8 = 15;

/// Why a body cannot be unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum InflateError {
    /// The text is no gzip, or its checksum is wrong.
    #[error("the answer is damaged: it is no sound gzip")]
    Damaged,
    /// The body ended in the middle.
    #[error("the answer was cut off")]
    CutOff,
}

/// The state between two pieces of a body.
#[derive(Debug)]
pub(super) struct Inflate {
    state: Decompress,
    piece: Vec<u8>,
    is_done: bool,
}

impl Inflate {
    pub(super) fn new() -> Self {
        Self {
            state: Decompress::new_gzip(WINDOW_BITS),
            piece: Vec::with_capacity(PIECE_BYTES),
            is_done: false,
        }
    }

    /// Unpacks the next piece and answers how many packed bytes it took. What follows the end of the
    /// gzip is taken and dropped.
    pub(super) fn step(&mut self, packed: &[u8]) -> Result<usize, InflateError> {
        self.piece.clear();
        if self.is_done {
            return Ok(packed.len());
        }
        let before = self.state.total_in();
        let status = self
            .state
            .decompress_vec(packed, &mut self.piece, FlushDecompress::None)
            .map_err(|_| InflateError::Damaged)?;
        self.is_done = status == Status::StreamEnd;
        let taken = self.state.total_in() - before;
        let taken = usize::try_from(taken).unwrap_or(packed.len());
        if taken == 0 && self.piece.is_empty() && !packed.is_empty() {
            return Err(InflateError::Damaged);
        }
        Ok(taken)
    }

    /// The piece that was unpacked last.
    pub(super) fn piece(&self) -> &[u8] {
        &self.piece
    }

    /// True when unpacked bytes may wait although all packed ones were taken.
    pub(super) fn may_hold_more(&self) -> bool {
        self.piece.len() == self.piece.capacity() && !self.is_done
    }

    /// Ends the body.
    pub(super) fn finish(&self) -> Result<(), InflateError> {
        if self.is_done {
            Ok(())
        } else {
            Err(InflateError::CutOff)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::GzEncoder};
    use proptest::prelude::*;

    use super::*;

    fn pack(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn unpack(packed: &[u8], chunk: usize) -> Result<Vec<u8>, InflateError> {
        let mut inflate = Inflate::new();
        let mut out = Vec::new();
        for mut rest in packed.chunks(chunk) {
            while !rest.is_empty() || inflate.may_hold_more() {
                let taken = inflate.step(rest)?;
                out.extend_from_slice(inflate.piece());
                rest = &rest[taken..];
            }
        }
        inflate.finish()?;
        Ok(out)
    }

    proptest! {
        #[test]
        fn any_text_in_any_chunks_comes_back(
            words in prop::collection::vec("[a-f]{1,40}", 0..200),
            repeat in 1_usize..60,
            chunk in 1_usize..5000,
        ) {
            let text = words.concat().repeat(repeat);
            let out = unpack(&pack(text.as_bytes()), chunk);
            prop_assert_eq!(out, Ok(text.into_bytes()));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(unpack(&bytes, 100).is_err());
        }
    }

    #[test]
    fn damage_is_told_from_a_cut() {
        let packed = pack(b"a text that is long enough to be cut");
        assert_eq!(
            unpack(&packed[..packed.len() - 9], 5),
            Err(InflateError::CutOff)
        );
        let mut damaged = packed;
        let at = damaged.len() - 6;
        damaged[at] ^= 1;
        assert_eq!(unpack(&damaged, 1000), Err(InflateError::Damaged));
        assert_eq!(unpack(b"plain text", 1000), Err(InflateError::Damaged));
    }

    #[test]
    fn pieces_of_a_bomb_stay_small() {
        let packed = pack(&vec![0; 64 * PIECE_BYTES]);
        assert!(packed.len() < PIECE_BYTES);
        let mut inflate = Inflate::new();
        let mut rest = packed.as_slice();
        let mut pieces = 0;
        while !rest.is_empty() || inflate.may_hold_more() {
            let taken = inflate.step(rest).unwrap();
            assert!(inflate.piece().len() <= PIECE_BYTES);
            pieces += 1;
            rest = &rest[taken..];
        }
        assert!(pieces >= 64, "{pieces}");
    }
}
