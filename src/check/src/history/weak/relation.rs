//! A partial order that grows: which acts stand before which, with all that follows from it.

/// It can't be: one act would stand before itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cycle;

/// A transitive relation on the acts `0..count`, as a matrix of bits.
#[derive(Clone, Debug)]
pub(crate) struct Relation {
    /// Per act, the acts after it.
    after: Vec<u64>,
    /// Words in a row.
    row: usize,
    count: usize,
    /// How many words have been joined.
    pub(crate) work: u64,
}

impl Relation {
    pub(crate) fn new(count: u32) -> Self {
        let count = count as usize;
        let row = count.div_ceil(64);
        Self { after: vec![0; row * count], row, count, work: 0 }
    }

    /// How many bytes one on so many acts takes.
    pub(crate) fn bytes(count: u32) -> u64 {
        u64::from(count).div_ceil(64) * 8 * u64::from(count)
    }

    pub(crate) fn has(&self, before: u32, after: u32) -> bool {
        self.after[before as usize * self.row + after as usize / 64] >> (after % 64) & 1 == 1
    }

    /// Puts one act before another. Says whether that was new.
    pub(crate) fn add(&mut self, before: u32, after: u32) -> Result<bool, Cycle> {
        if before == after || self.has(after, before) {
            return Err(Cycle);
        }
        if self.has(before, after) {
            return Ok(false);
        }
        let mut new: Vec<u64> = self.after[after as usize * self.row..][..self.row].to_vec();
        new[after as usize / 64] |= 1 << (after % 64);
        for act in 0..self.count {
            let bits = &mut self.after[act * self.row..][..self.row];
            let joins = act == before as usize || bits[before as usize / 64] >> (before % 64) & 1 == 1;
            if joins {
                bits.iter_mut().zip(&new).for_each(|(bits, new)| *bits |= new);
                self.work += self.row as u64;
            }
        }
        self.work += self.count as u64 / 8;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_from_two_arrows_is_there_and_a_cycle_is_refused() {
        let mut relation = Relation::new(130);
        for pair in [(0, 1), (2, 129), (1, 2)] {
            assert_eq!(relation.add(pair.0, pair.1), Ok(true));
        }
        assert!(relation.has(0, 129) && !relation.has(129, 0));
        assert_eq!(relation.add(0, 129), Ok(false));
        assert_eq!(relation.add(129, 0), Err(Cycle));
        assert_eq!(relation.add(5, 5), Err(Cycle));
    }
}
