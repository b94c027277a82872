//! The search for which write each read saw.
//!
//! Where only one write fits, that is it. Where several do, one after the other is tried; each choice is closed before
//! the next is made, so that what can't be is not built upon.

use super::acts::{Acts, Source};
use super::relation::Relation;
use super::view::{Clash, View};
use crate::history::level::Level;
use crate::history::linear::{Bound, Limits};

/// Why no choice was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clashed {
    /// What is known already clashes.
    Surely(Clash),
    /// All choices clash; the last one like this.
    Always(Clash),
    /// A limit was met.
    GaveUp(Bound),
}

pub(crate) struct Search<'a> {
    acts: &'a Acts,
    level: Level,
    limits: Limits,
    process: Option<u32>,
    work: u64,
}

impl<'a> Search<'a> {
    /// A search for the view of one process, or for those of all at once.
    pub(crate) fn new(acts: &'a Acts, level: Level, process: Option<u32>, limits: Limits) -> Self {
        Self { acts, level, limits, process, work: 0 }
    }

    /// How many steps it took. A step is about what it takes to look at 64 pairs of acts.
    pub(crate) fn steps(&self) -> u64 {
        self.work / 64
    }

    pub(crate) fn run(&mut self) -> Result<(), Clashed> {
        let viewers: Vec<u32> = match self.process {
            Some(process) => vec![process],
            None => (0..self.acts.processes).collect(),
        };
        let reads = |viewer: &u32| self.acts.of_process(*viewer).any(|act| self.acts.get(act).reads.is_some());
        let viewers: Vec<u32> = viewers.into_iter().filter(reads).collect();
        self.fits_memory(viewers.len(), 1)?;
        let mut views: Vec<View> = Vec::with_capacity(viewers.len());
        for viewer in viewers {
            views.push(View::new(self.acts, self.level, viewer));
            self.spend(&views[views.len() - 1..])?;
        }
        let mut open = Vec::new();
        for read in self.acts.numbers().filter(|&act| self.acts.get(act).reads.is_some()) {
            if self.process.is_some_and(|process| self.acts.get(read).process != process) {
                continue;
            }
            let sources = self.acts.sources(read);
            match sources[..] {
                [source] => self.saw(&mut views, read, source).map_err(Clashed::Surely)?,
                _ => open.push((read, sources)),
            }
        }
        self.close(&mut views)?.map_err(Clashed::Surely)?;
        self.choose(&open, views)
    }

    /// Tries to tell what the reads that are left saw: depth first.
    fn choose(&mut self, open: &[(u32, Vec<Source>)], views: Vec<View>) -> Result<(), Clashed> {
        // Per read that has been decided: the views before, and which source is tried.
        let mut stack: Vec<(Vec<View>, usize)> = vec![(views, 0)];
        let mut last = None;
        loop {
            let depth = stack.len() - 1;
            let Some((read, sources)) = open.get(depth) else { return Ok(()) };
            let (views, tried) = &mut stack[depth];
            let Some(&source) = sources.get(*tried) else {
                stack.pop();
                if stack.is_empty() {
                    let nothing = Clash { read: *read, source: None, between: None };
                    return Err(Clashed::Always(last.unwrap_or(nothing)));
                }
                continue;
            };
            *tried += 1;
            let mut next = views.clone();
            let closed = match self.saw(&mut next, *read, source) {
                Ok(()) => self.close(&mut next)?,
                Err(clash) => Err(clash),
            };
            match closed {
                Ok(()) => {
                    self.fits_memory(next.len(), stack.len() + 1)?;
                    stack.push((next, 0));
                }
                Err(clash) => last = Some(clash),
            }
        }
    }

    fn saw(&mut self, views: &mut [View], read: u32, source: Source) -> Result<(), Clash> {
        views.iter_mut().try_for_each(|view| view.saw(self.acts, self.level, read, source))
    }

    /// Closes all views, if that is within the limits.
    fn close(&mut self, views: &mut [View]) -> Result<Result<(), Clash>, Clashed> {
        let before: u64 = views.iter().map(View::work).sum();
        let mut closed = Ok(());
        for view in views.iter_mut() {
            closed = view.close(self.acts);
            if closed.is_err() {
                break;
            }
        }
        let after: u64 = views.iter().map(View::work).sum();
        self.work += after - before + u64::from(self.acts.count());
        self.spend(&[])?;
        Ok(closed)
    }

    fn spend(&mut self, views: &[View]) -> Result<(), Clashed> {
        self.work += views.iter().map(View::work).sum::<u64>();
        if self.steps() > self.limits.steps {
            return Err(Clashed::GaveUp(Bound::Steps(self.limits.steps)));
        }
        Ok(())
    }

    fn fits_memory(&self, views: usize, depth: usize) -> Result<(), Clashed> {
        let bytes = Relation::bytes(self.acts.count()) * (views * depth) as u64;
        if bytes > self.limits.bytes {
            return Err(Clashed::GaveUp(Bound::Bytes(self.limits.bytes)));
        }
        Ok(())
    }
}
