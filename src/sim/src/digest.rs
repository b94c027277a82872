//! A 64-bit digest that is the same on every platform.
//!
//! `#[derive(Hash)]` feeds a hasher with integers, so it is the hasher that decides whether the
//! result depends on the machine. This one takes every integer as one little-endian 64-bit word,
//! `usize` and `isize` (lengths and discriminants) included. It guards against accidents, not against
//! forgers.
//!
//! One trap is left: a slice of `usize` is hashed as raw memory, so hashed types must not hold one.

use core::hash::Hasher;

/// The hasher. Start from [`Digest::default`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(u64);

impl Default for Digest {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Digest {
    /// Takes one word in. For a given state two different words never give the same state.
    const fn absorb(&mut self, word: u64) {
        let h = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = h ^ (h >> 32);
    }
}

impl Hasher for Digest {
    fn finish(&self) -> u64 {
        crate::draw::mix(self.0)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.absorb(u64::from_le_bytes(word));
        }
        self.absorb(bytes.len() as u64);
    }

    fn write_u8(&mut self, n: u8) {
        self.absorb(u64::from(n));
    }

    fn write_u16(&mut self, n: u16) {
        self.absorb(u64::from(n));
    }

    fn write_u32(&mut self, n: u32) {
        self.absorb(u64::from(n));
    }

    fn write_u64(&mut self, n: u64) {
        self.absorb(n);
    }

    fn write_u128(&mut self, n: u128) {
        self.write(&n.to_le_bytes());
    }

    fn write_usize(&mut self, n: usize) {
        self.absorb(n as u64);
    }

    fn write_i8(&mut self, n: i8) {
        self.write_i64(i64::from(n));
    }

    fn write_i16(&mut self, n: i16) {
        self.write_i64(i64::from(n));
    }

    fn write_i32(&mut self, n: i32) {
        self.write_i64(i64::from(n));
    }

    fn write_i64(&mut self, n: i64) {
        self.absorb(n.cast_unsigned());
    }

    fn write_i128(&mut self, n: i128) {
        self.write_u128(n.cast_unsigned());
    }

    fn write_isize(&mut self, n: isize) {
        self.write_i64(n as i64);
    }
}

#[cfg(test)]
mod tests {
    use core::hash::{Hash, Hasher};

    use super::Digest;

    fn digest(value: impl Hash) -> u64 {
        let mut digest = Digest::default();
        value.hash(&mut digest);
        digest.finish()
    }

    #[test]
    fn digests_are_what_they_were_when_they_were_written_down() {
        // If this fails, every recorded trace hash is void.
        assert_eq!(
            (digest(0_u8), digest("cutset"), digest(Some(vec![1_u16, 2, 3])), digest((-1_isize, 7_usize))),
            (
                14_589_043_913_806_031_232,
                8_884_321_742_746_175_746,
                13_134_350_240_895_496_718,
                11_160_809_559_515_411_627
            )
        );
    }

    #[test]
    fn order_length_and_kind_all_count() {
        let all = [
            digest((1_u8, 2_u8)),
            digest((2_u8, 1_u8)),
            digest("12"),
            digest(("1", "2")),
            digest(None::<u8>),
            digest(Some(0_u8)),
        ];
        for (i, a) in all.iter().enumerate() {
            assert!(!all[..i].contains(a), "{i} collides: {all:?}");
        }
    }
}
