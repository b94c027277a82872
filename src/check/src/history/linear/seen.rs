//! The configurations that a search has been in, stored whole: no verdict rests on a hash.
//!
//! A configuration has a part that must be the same and a part that costs: one that is the same and has cost more in no
//! respect can do all that the other can. So only the cheapest are kept.

use crate::history::model::Mix;

/// Strings of words, each with the costs at which it was reached.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// Open addressing: where a string starts in `words`, plus one; 0 is free.
    slots: Vec<u32>,
    /// Each string after its length, in the lower half, and its number.
    words: Vec<u64>,
    len: usize,
    /// By number of the string: costs of which none is at least another in every respect.
    costs: Vec<Vec<Box<[u32]>>>,
    cost_bytes: usize,
}

impl Seen {
    pub(crate) fn new() -> Self {
        Self { slots: vec![0; 64], words: Vec::new(), len: 0, costs: Vec::new(), cost_bytes: 0 }
    }

    /// How many bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        4 * self.slots.capacity() + 8 * self.words.capacity() + 24 * self.costs.capacity() + self.cost_bytes
    }

    /// Whether `key` is new. It no longer is afterwards.
    pub(crate) fn insert(&mut self, key: &[u64]) -> bool {
        self.number(key).1
    }

    /// Whether `key` has not been reached at this cost or less. It has afterwards.
    pub(crate) fn insert_at(&mut self, key: &[u64], cost: &[u32]) -> bool {
        let (number, _) = self.number(key);
        if number >= self.costs.len() {
            self.costs.resize_with(number + 1, Vec::new);
        }
        let known = &mut self.costs[number];
        let no_more = |a: &[u32], b: &[u32]| a.iter().zip(b).all(|(a, b)| a <= b);
        if known.iter().any(|other| no_more(other, cost)) {
            return false;
        }
        let before = known.len();
        known.retain(|other| !no_more(cost, other));
        let gone = before - known.len();
        known.push(cost.into());
        self.cost_bytes = (self.cost_bytes + 16 + 4 * cost.len()).saturating_sub(gone * (16 + 4 * cost.len()));
        true
    }

    /// The number of a string, and whether it is new.
    fn number(&mut self, key: &[u64]) -> (usize, bool) {
        if (self.len + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let slot = match self.find(key) {
            Ok(slot) => {
                let number = self.words[self.slots[slot] as usize - 1] >> 32;
                return (usize::try_from(number).unwrap_or(usize::MAX), false);
            }
            Err(slot) => slot,
        };
        let Ok(at) = u32::try_from(self.words.len() + 1) else { return (self.len, true) };
        self.slots[slot] = at;
        self.words.push(key.len() as u64 | (self.len as u64) << 32);
        self.words.extend_from_slice(key);
        self.len += 1;
        (self.len - 1, true)
    }

    /// Where a key is, or where it would go.
    fn find(&self, key: &[u64]) -> Result<usize, usize> {
        let mask = self.slots.len() - 1;
        let mut slot = hash(key) & mask;
        loop {
            match self.slots[slot] as usize {
                0 => return Err(slot),
                at if self.string(at) == key => return Ok(slot),
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    fn string(&self, at: usize) -> &[u64] {
        let len = usize::try_from(self.words[at - 1] & 0xFFFF_FFFF).unwrap_or(0);
        &self.words[at..at + len]
    }

    fn grow(&mut self) {
        let bigger = vec![0; self.slots.len() * 2];
        let old = core::mem::replace(&mut self.slots, bigger);
        let mask = self.slots.len() - 1;
        for at in old.into_iter().filter(|&at| at != 0) {
            let mut slot = hash(self.string(at as usize)) & mask;
            while self.slots[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            self.slots[slot] = at;
        }
    }
}

fn hash(key: &[u64]) -> usize {
    let mut mix = Mix::default();
    for &word in key {
        mix.add(word);
    }
    // The low half is enough for a table that fits into memory, and the same everywhere.
    let hash = core::hash::Hasher::finish(&mix) & 0xFFFF_FFFF;
    usize::try_from(hash).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_new_once() {
        let mut seen = Seen::new();
        let keys = || (0..10_000_u64).map(|n| (0..=n % 5).map(|word| n ^ (word << 40)).collect::<Vec<_>>());
        assert!(keys().all(|key| seen.insert(&key)));
        assert!(keys().all(|key| !seen.insert(&key)));
    }

    #[test]
    fn a_key_is_new_at_every_cost_that_is_not_above_one_that_is_known() {
        let mut seen = Seen::new();
        let cases = [([3, 3], true), ([3, 4], false), ([4, 2], true), ([2, 2], true), ([4, 2], false), ([9, 1], true)];
        for (cost, new) in cases {
            assert_eq!(seen.insert_at(&[7], &cost), new, "{cost:?}");
        }
        assert!(seen.insert_at(&[8], &[9, 9]));
    }
}
