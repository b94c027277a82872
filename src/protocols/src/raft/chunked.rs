//! A vector whose clones share their contents: what makes logs cheap to keep in checkpoints.
//!
//! It is cut into chunks of [`WIDTH`] items, each behind an `Arc`. A clone copies one pointer a chunk, and a
//! change copies at most the one chunk that it falls in. It knows nothing of what it holds.

use std::sync::Arc;

/// How many items a chunk holds. All chunks but the last are full.
const WIDTH: usize = 64;

/// A vector with cheap clones. It grows and shrinks at its end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Chunked<T> {
    chunks: Vec<Arc<Vec<T>>>,
}

impl<T> Default for Chunked<T> {
    fn default() -> Self {
        Self { chunks: Vec::new() }
    }
}

impl<T: Clone> Chunked<T> {
    /// How many items there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.chunks.last().map_or(0, |last| (self.chunks.len() - 1) * WIDTH + last.len())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// The item at a place, from 0.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<&T> {
        self.chunks.get(at / WIDTH)?.get(at % WIDTH)
    }

    /// The item at a place, to be changed.
    pub fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        Arc::make_mut(self.chunks.get_mut(at / WIDTH)?).get_mut(at % WIDTH)
    }

    /// The last item.
    #[must_use]
    pub fn last(&self) -> Option<&T> {
        self.chunks.last()?.last()
    }

    /// Adds an item at the end.
    pub fn push(&mut self, item: T) {
        match self.chunks.last_mut() {
            Some(last) if last.len() < WIDTH => Arc::make_mut(last).push(item),
            _ => self.chunks.push(Arc::new(vec![item])),
        }
    }

    /// Keeps the first `len` items.
    pub fn truncate(&mut self, len: usize) {
        self.chunks.truncate(len.div_ceil(WIDTH));
        if let Some(last) = self.chunks.last_mut()
            && !len.is_multiple_of(WIDTH)
            && last.len() > len % WIDTH
        {
            Arc::make_mut(last).truncate(len % WIDTH);
        }
    }

    /// The items from a place on.
    pub fn iter_from(&self, at: usize) -> impl Iterator<Item = &T> {
        self.chunks.iter().skip(at / WIDTH).flat_map(|chunk| chunk.iter()).skip(at % WIDTH)
    }
}

impl<T: PartialEq> Chunked<T> {
    /// The first place at which the two differ, or where the shorter one ends. Chunks that both share cost
    /// one comparison of pointers.
    #[must_use]
    pub fn first_difference(&self, other: &Self) -> usize {
        for (nth, (mine, theirs)) in self.chunks.iter().zip(&other.chunks).enumerate() {
            if Arc::ptr_eq(mine, theirs) {
                continue;
            }
            let same = mine.iter().zip(theirs.iter()).take_while(|(a, b)| a == b).count();
            if same < WIDTH {
                return nth * WIDTH + same;
            }
        }
        let shorter = if self.chunks.len() < other.chunks.len() { self } else { other };
        shorter.chunks.last().map_or(0, |last| (shorter.chunks.len() - 1) * WIDTH + last.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(count: usize) -> Chunked<usize> {
        let mut chunked = Chunked::default();
        (0..count).for_each(|n| chunked.push(n));
        chunked
    }

    #[test]
    fn it_is_a_vector_whatever_its_length() {
        for len in [0, 1, WIDTH - 1, WIDTH, WIDTH + 1, 3 * WIDTH] {
            let whole = numbers(len);
            assert_eq!(whole.len(), len);
            assert_eq!(whole.last().copied(), len.checked_sub(1));
            assert_eq!(whole.get(len), None);
            for keep in 0..=len {
                let mut cut = whole.clone();
                cut.truncate(keep);
                assert_eq!(cut, numbers(keep), "{len} cut to {keep}");
                assert_eq!(whole.iter_from(keep).copied().collect::<Vec<_>>(), (keep..len).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn the_first_difference_is_found_in_shared_and_in_copied_chunks() {
        let whole = numbers(200);
        assert_eq!(whole.first_difference(&whole.clone()), 200);
        assert_eq!(whole.first_difference(&numbers(200)), 200);
        for at in [0, 63, 64, 130, 199] {
            let mut other = whole.clone();
            *other.get_mut(at).expect("the place exists") = 1_000;
            assert_eq!(whole.first_difference(&other), at);
            assert_eq!(whole.first_difference(&numbers(at)), at);
            assert_eq!(numbers(at).first_difference(&whole), at);
        }
    }
}
