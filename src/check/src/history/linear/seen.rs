//! The set of configurations that a search has been in, stored whole: no verdict rests on a hash.

use crate::history::model::Mix;

/// A set of strings of words.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// Open addressing: where a string starts in `words`, plus one; 0 is free.
    slots: Vec<u32>,
    /// Each string after its length.
    words: Vec<u64>,
    len: usize,
}

impl Seen {
    pub(crate) fn new() -> Self {
        Self { slots: vec![0; 64], words: Vec::new(), len: 0 }
    }

    /// How many bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        4 * self.slots.capacity() + 8 * self.words.capacity()
    }

    /// Whether `key` is new. It no longer is afterwards.
    pub(crate) fn insert(&mut self, key: &[u64]) -> bool {
        if (self.len + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let slot = match self.find(key) {
            Ok(_) => return false,
            Err(slot) => slot,
        };
        let Ok(at) = u32::try_from(self.words.len() + 1) else { return true };
        self.slots[slot] = at;
        self.words.push(key.len() as u64);
        self.words.extend_from_slice(key);
        self.len += 1;
        true
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
        let len = usize::try_from(self.words[at - 1]).unwrap_or(0);
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
}
