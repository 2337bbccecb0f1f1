//! A vector in shared blocks: a copy is cheap, and changing an item copies one block.

use std::sync::Arc;

/// Items a block.
pub const BLOCK: usize = crate::spatial::arena::BLOCK;

/// A persistent vector: clones share everything that neither changes.
#[derive(Debug)]
pub struct Blocks<T> {
    /// All full but the last.
    blocks: Arc<Vec<Arc<Vec<T>>>>,
    len: usize,
}

impl<T> Clone for Blocks<T> {
    fn clone(&self) -> Self {
        Blocks { blocks: self.blocks.clone(), len: self.len }
    }
}

impl<T> Default for Blocks<T> {
    fn default() -> Self {
        Blocks { blocks: Arc::default(), len: 0 }
    }
}

impl<T: Clone> Blocks<T> {
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn get(&self, index: usize) -> Option<&T> {
        self.blocks.get(index / BLOCK)?.get(index % BLOCK)
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.blocks.iter().flat_map(|block| block.iter())
    }

    pub fn push(&mut self, item: T) {
        let blocks = Arc::make_mut(&mut self.blocks);
        match blocks.last_mut() {
            Some(last) if last.len() < BLOCK => Arc::make_mut(last).push(item),
            _ => blocks.push(Arc::new(vec![item])),
        }
        self.len += 1;
    }

    /// The item for changing; `None` beyond the end.
    pub fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        if index >= self.len {
            return None;
        }
        Arc::make_mut(&mut Arc::make_mut(&mut self.blocks)[index / BLOCK]).get_mut(index % BLOCK)
    }

    /// Keeps the first `count` items.
    pub fn truncate(&mut self, count: usize) {
        if count >= self.len {
            return;
        }
        let blocks = Arc::make_mut(&mut self.blocks);
        blocks.truncate(count.div_ceil(BLOCK));
        if let Some(last) = blocks.last_mut().filter(|_| !count.is_multiple_of(BLOCK)) {
            Arc::make_mut(last).truncate(count % BLOCK);
        }
        self.len = count;
    }

    /// Resident bytes of the items themselves.
    pub fn bytes(&self) -> usize {
        self.blocks.iter().map(|block| block.capacity() * size_of::<T>() + 40).sum()
    }
}

impl<T: Clone> FromIterator<T> for Blocks<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut items = items.into_iter();
        let (mut blocks, mut len) = (Vec::new(), 0);
        loop {
            let block: Vec<T> = items.by_ref().take(BLOCK).collect();
            if block.is_empty() {
                return Blocks { blocks: Arc::new(blocks), len };
            }
            len += block.len();
            blocks.push(Arc::new(block));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_copy_leaves_the_first_as_it_was() {
        let first: Blocks<usize> = (0..3000).collect();
        let mut second = first.clone();
        *second.get_mut(2000).unwrap() = 7;
        second.push(3000);
        assert_eq!(
            (first.len(), second.len(), first.get(2000), second.get(2000), second.get(3000)),
            (3000, 3001, Some(&2000), Some(&7), Some(&3000))
        );
        assert!(Arc::ptr_eq(&first.blocks[0], &second.blocks[0]) && !Arc::ptr_eq(&first.blocks[1], &second.blocks[1]));
        for count in [2999, 2048, 1025, 1, 0] {
            second.truncate(count);
            assert_eq!((second.len(), second.iter().count()), (count, count));
        }
        assert!(second.get_mut(0).is_none() && second.is_empty());
    }
}
