//! A vector whose clones share their contents: what makes logs cheap to keep in checkpoints.
//!
//! It is cut into chunks of [`WIDTH`] items, each behind an `Arc`. A clone copies one pointer a chunk, and a
//! change copies at most the one chunk that it falls in. It knows nothing of what it holds.

use std::sync::Arc;

/// How many items a chunk holds. All chunks but the last are full.
const WIDTH: usize = 64;

/// A vector with cheap clones. It grows and shrinks at its end, and loses items at its beginning.
#[derive(Clone, Debug)]
pub struct Chunked<T> {
    chunks: Vec<Arc<Vec<T>>>,
    /// How many items of the first chunk are gone: less than a chunk. They are kept until the rest of it goes.
    skip: u32,
}

impl<T> Default for Chunked<T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), skip: 0 }
    }
}

impl<T: Clone> Chunked<T> {
    fn skip(&self) -> usize {
        self.skip as usize
    }

    /// How many items there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.chunks.last().map_or(0, |last| (self.chunks.len() - 1) * WIDTH + last.len() - self.skip())
    }

    /// About how many bytes of memory a clone comes to take: its pointers, and the last chunk, which is copied when
    /// either grows. All other chunks stay shared.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.chunks.len() * size_of::<Arc<Vec<T>>>() + WIDTH * size_of::<T>()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The item at a place, from 0.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<&T> {
        let at = at.checked_add(self.skip())?;
        self.chunks.get(at / WIDTH)?.get(at % WIDTH)
    }

    /// The item at a place, to be changed.
    pub fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        let at = at.checked_add(self.skip())?;
        own(self.chunks.get_mut(at / WIDTH)?).get_mut(at % WIDTH)
    }

    /// The last item.
    #[must_use]
    pub fn last(&self) -> Option<&T> {
        self.get(self.len().checked_sub(1)?)
    }

    /// Adds an item at the end.
    pub fn push(&mut self, item: T) {
        match self.chunks.last_mut() {
            Some(last) if last.len() < WIDTH => own(last).push(item),
            _ => {
                let mut chunk = Vec::with_capacity(WIDTH);
                chunk.push(item);
                self.chunks.push(Arc::new(chunk));
            }
        }
    }

    /// Keeps the first `len` items.
    pub fn truncate(&mut self, len: usize) {
        if len == 0 {
            *self = Self::default();
            return;
        }
        let len = len.saturating_add(self.skip());
        self.chunks.truncate(len.div_ceil(WIDTH));
        if let Some(last) = self.chunks.last_mut()
            && !len.is_multiple_of(WIDTH)
            && last.len() > len % WIDTH
        {
            own(last).truncate(len % WIDTH);
        }
    }

    /// Drops the first `count` items. The others move up: what was at place `count` is then at 0.
    pub fn drop_first(&mut self, count: usize) {
        if count >= self.len() {
            *self = Self::default();
            return;
        }
        let gone = count + self.skip();
        self.chunks.drain(..gone / WIDTH);
        self.skip = u32::try_from(gone % WIDTH).expect("a chunk is small");
    }

    /// The items from a place on.
    pub fn iter_from(&self, at: usize) -> impl Iterator<Item = &T> {
        let at = at.saturating_add(self.skip());
        self.chunks.iter().skip(at / WIDTH).flat_map(|chunk| chunk.iter()).skip(at % WIDTH)
    }
}

/// A chunk to be changed: copied if anybody else holds it, with room for the items to come.
fn own<T: Clone>(chunk: &mut Arc<Vec<T>>) -> &mut Vec<T> {
    if Arc::get_mut(chunk).is_none() {
        let mut copy = Vec::with_capacity(WIDTH);
        copy.extend_from_slice(chunk);
        *chunk = Arc::new(copy);
    }
    Arc::get_mut(chunk).expect("the copy is held by nobody else")
}

impl<T: Clone + PartialEq> PartialEq for Chunked<T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter_from(0).eq(other.iter_from(0))
    }
}

impl<T: Clone + Eq> Eq for Chunked<T> {}

impl<T: Clone + PartialEq> Chunked<T> {
    /// The first place at which the two differ, or where the shorter one ends. Chunks that both share cost
    /// one comparison of pointers.
    #[must_use]
    pub fn first_difference(&self, other: &Self) -> usize {
        if self.skip == other.skip {
            let shared = self.chunks.iter().zip(&other.chunks).take_while(|(mine, theirs)| Arc::ptr_eq(mine, theirs));
            let same = (shared.count() * WIDTH).saturating_sub(self.skip());
            let same = same.min(self.len()).min(other.len());
            return same + self.iter_from(same).zip(other.iter_from(same)).take_while(|(a, b)| a == b).count();
        }
        self.iter_from(0).zip(other.iter_from(0)).take_while(|(a, b)| a == b).count()
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
    fn what_is_dropped_at_the_beginning_is_gone_and_the_rest_moves_up() {
        for len in [1, WIDTH, 3 * WIDTH + 5] {
            for dropped in 0..=len + 1 {
                let mut rest = numbers(len);
                rest.drop_first(dropped / 2);
                rest.drop_first(dropped - dropped / 2);
                let mut expected: Vec<usize> = (dropped.min(len)..len).collect();
                assert_eq!(rest.iter_from(0).copied().collect::<Vec<_>>(), expected);
                assert_eq!((rest.len(), rest.last()), (expected.len(), expected.last()));
                rest.push(7);
                expected.push(7);
                assert_eq!(rest.get(expected.len() - 1), Some(&7));
                rest.truncate(2);
                expected.truncate(2);
                assert_eq!(rest.iter_from(0).copied().collect::<Vec<_>>(), expected);
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
