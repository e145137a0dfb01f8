//! Looks at blocks of JSON text at once: where strings are, and how brackets nest.
//!
//! Three quarters of a list are the insides of items, in which only the bracket that ends the item
//! matters. Most blocks are seen not to hold it by a few operations on bit sets.

/// Bytes of a block: one bit each.
pub(super) const BLOCK: usize = 64;

/// What a block does to the state between two bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Skimmed {
    /// The block ends inside a string.
    pub(super) in_string: bool,
    /// Brackets that open outside of strings.
    pub(super) opened: u32,
    /// Brackets that close outside of strings.
    pub(super) closed: u32,
    /// How far below the level at its start the nesting goes.
    pub(super) dip: u32,
}

/// Counts the brackets of a block that begins inside or outside of a string; `None` for a block with
/// a backslash, whose quotes may be escaped.
pub(super) fn skim(block: &[u8; BLOCK], in_string: bool) -> Option<Skimmed> {
    if bits(block, |byte| byte == b'\\') != 0 {
        return None;
    }
    let quotes = bits(block, |byte| byte == b'"');
    let strings = parity(quotes) ^ if in_string { u64::MAX } else { 0 };
    // `{` and `[` differ in one bit only, and so do `}` and `]`.
    let opens = bits(block, |byte| byte | 0x20 == b'{') & !strings;
    let closes = bits(block, |byte| byte | 0x20 == b'}') & !strings;
    Some(Skimmed {
        in_string: strings >> (BLOCK - 1) == 1,
        opened: opens.count_ones(),
        closed: closes.count_ones(),
        dip: dip(opens, closes),
    })
}

/// The deepest fall of the nesting below its start.
fn dip(opens: u64, closes: u64) -> u32 {
    let mut deepest = 0;
    let mut left = closes;
    while left != 0 {
        // Only just after a closing bracket can the nesting be lower than before.
        let until = left ^ (left - 1);
        let level = (closes & until).count_ones();
        deepest = level
            .saturating_sub((opens & until).count_ones())
            .max(deepest);
        left &= left - 1;
    }
    deepest
}

/// One bit for each byte that is meant, the first byte lowest.
fn bits(block: &[u8; BLOCK], is_meant: impl Fn(u8) -> bool) -> u64 {
    let flags = block.map(|byte| u8::from(is_meant(byte)));
    let (eights, _) = flags.as_chunks::<8>();
    let mut bits = 0;
    for (at, eight) in eights.iter().enumerate() {
        // The product moves the lowest bit of each byte into the highest byte, side by side.
        let gathered = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits |= gathered << (8 * at);
    }
    bits
}

/// Each bit becomes the parity of itself and all lower bits: with quotes, the insides of strings and
/// their first quote.
fn parity(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same, byte by byte.
    fn slowly(block: &[u8; BLOCK], mut in_string: bool) -> Option<Skimmed> {
        let (mut opened, mut closed, mut dip) = (0_u32, 0_u32, 0);
        for byte in block {
            match byte {
                b'\\' => return None,
                b'"' => in_string = !in_string,
                b'{' | b'[' if !in_string => opened += 1,
                b'}' | b']' if !in_string => {
                    closed += 1;
                    dip = closed.saturating_sub(opened).max(dip);
                }
                _ => {}
            }
        }
        Some(Skimmed {
            in_string,
            opened,
            closed,
            dip,
        })
    }

    proptest! {
        #[test]
        fn blocks_are_seen_as_their_bytes(
            bytes in prop::collection::vec(prop_oneof![
                8 => prop::sample::select(b"\"{}[]".to_vec()),
                1 => any::<u8>(),
            ], BLOCK),
            in_string in any::<bool>(),
        ) {
            let block: [u8; BLOCK] = bytes.try_into().unwrap();
            prop_assert_eq!(skim(&block, in_string), slowly(&block, in_string));
        }
    }

    #[test]
    fn every_byte_has_its_bit() {
        for at in 0..BLOCK {
            let mut block = [b' '; BLOCK];
            block[at] = b'x';
            assert_eq!(bits(&block, |byte| byte == b'x'), 1 << at);
        }
    }
}
