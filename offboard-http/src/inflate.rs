//! Unpacking an answer without letting it explode (P24).

use std::io::Read;

use flate2::read::MultiGzDecoder;

/// How many times larger than its packed form an answer may be.
const RATIO: usize = 100;

/// Below this size the ratio does not matter: short texts that repeat pack well.
const SMALL: usize = 64 * 1024;

/// What unpacking brought.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Inflated {
    /// The unpacked bytes.
    Bytes(Vec<u8>),
    /// It was not packed at all, whatever it claimed (PEERS C5).
    Garbage,
    /// It would grow beyond the limit or the ratio.
    Bomb,
}

/// Unpacks gzip to at most `limit` bytes.
pub(crate) fn gunzip(packed: &[u8], limit: usize) -> Inflated {
    let most = limit.min(packed.len().saturating_mul(RATIO).max(SMALL));
    let mut bytes = Vec::new();
    // One byte more than allowed shows that there is more, and nothing beyond it is unpacked.
    let read = MultiGzDecoder::new(packed).take(most as u64 + 1).read_to_end(&mut bytes);
    match read {
        Ok(size) if size > most => Inflated::Bomb,
        Ok(_) => Inflated::Bytes(bytes),
        Err(_) => Inflated::Garbage,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_was_packed_comes_out() {
        let text: Vec<u8> =
            (0..200_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        assert_eq!(gunzip(&gzip(&text), 1 << 20), Inflated::Bytes(text));
        assert_eq!(gunzip(&gzip(b""), 1 << 20), Inflated::Bytes(Vec::new()));
        let two = [gzip(b"a"), gzip(b"b")].concat();
        assert_eq!(gunzip(&two, 1 << 20), Inflated::Bytes(b"ab".to_vec()));
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        let bomb = gzip(&vec![0; 50 << 20]);
        assert_eq!(gunzip(&bomb, 32 << 20), Inflated::Bomb);
        assert_eq!(gunzip(&gzip(&vec![b' '; 1 << 20]), 32 << 20), Inflated::Bomb, "a thousand to one");
        assert_eq!(gunzip(&gzip(&vec![b' '; SMALL]), 32 << 20), Inflated::Bytes(vec![b' '; SMALL]));
        assert_eq!(gunzip(&gzip(&[b' '; 100]), 99), Inflated::Bomb);
    }

    #[test]
    fn garbage_is_garbage() {
        let mut cut = gzip(&[7; 5_000]);
        cut.truncate(cut.len() - 4);
        for bytes in [&b"plain text"[..], b"", b"\0\0\0\0", b"\x1f\x8b", &cut] {
            assert_eq!(gunzip(bytes, 1 << 20), Inflated::Garbage, "{bytes:?}");
        }
    }
}
