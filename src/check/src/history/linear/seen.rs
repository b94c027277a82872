//! The configurations that a search has been in, stored whole: no verdict rests on a hash.
//!
//! A configuration has a part that must be the same and a part that costs: one that is the same and has cost more in no
//! respect can do all that the other can. So it need not be entered.

use crate::history::model::{Mix, Table};

/// Strings of words, each with the costs at which it was reached.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// Open addressing: where a string starts in `words`, plus one; 0 is free.
    slots: Vec<u32>,
    /// Each string after its length, in the lower half, and its number.
    words: Vec<u64>,
    len: usize,
    /// By number of the string: the cost at which it was reached first, one after the other.
    first: Vec<u32>,
    /// The other costs, of few strings.
    more: Table<usize, Vec<Box<[u32]>>>,
    more_bytes: usize,
}

impl Seen {
    pub(crate) fn new() -> Self {
        Self { slots: vec![0; 64], words: Vec::new(), len: 0, first: Vec::new(), more: Table::default(), more_bytes: 0 }
    }

    /// How many bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        4 * self.slots.capacity() + 8 * self.words.capacity() + 4 * self.first.capacity() + self.more_bytes
    }

    /// Whether `key` is new. It no longer is afterwards.
    pub(crate) fn insert(&mut self, key: &[u64]) -> bool {
        self.number(key).1
    }

    /// Whether `key` has not been reached at this cost or less. It has afterwards. All costs have the same length.
    pub(crate) fn insert_at(&mut self, key: &[u64], cost: &[u32]) -> bool {
        let (number, new) = self.number(key);
        if new {
            self.first.extend_from_slice(cost);
            return true;
        }
        let no_more = |known: &[u32]| known.iter().zip(cost).all(|(known, cost)| known <= cost);
        let at = number * cost.len();
        if self.first.get(at..at + cost.len()).is_some_and(no_more) {
            return false;
        }
        let others = self.more.entry(number).or_default();
        if others.iter().any(|known| no_more(known)) {
            return false;
        }
        others.push(cost.into());
        self.more_bytes += 32 + 4 * cost.len();
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
