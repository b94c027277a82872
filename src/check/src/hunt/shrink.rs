//! Shrinking: the smallest scenario that still does what a judge looks for.
//!
//! Delta debugging (Zeller and Hildebrandt, TSE 2002) over the script's actions, then simpler actions, fewer
//! processes, rounder times and a shorter run, again and again until nothing helps. Each candidate is judged by
//! running it.

use protocols::scenario::{Scenario, Scheduled};
use sim::{ProcessId, Time};

use super::simpler::{simpler, without};

/// What times are rounded to, in µs, the best first.
const GRIDS: [u64; 3] = [100_000, 10_000, 1_000];

/// What shrinking came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shrunk {
    /// The smallest scenario that was found.
    pub scenario: Scenario,
    /// How many candidates were run.
    pub runs: u32,
}

/// Makes a scenario smaller as long as the judge still finds what it looks for, and runs no more than `runs_max`
/// candidates. The judge says when it found it, or that it did not. If it does not find it in the scenario as it is,
/// that is what comes back.
pub fn shrink(scenario: &Scenario, runs_max: u32, judge: &mut dyn FnMut(&Scenario) -> Option<Time>) -> Shrunk {
    let mut shrinker = Shrinker { best: scenario.clone(), found: scenario.until, runs: 0, runs_max, judge };
    let Some(found) = (shrinker.judge)(scenario) else { return Shrunk { scenario: scenario.clone(), runs: 1 } };
    (shrinker.found, shrinker.runs) = (found, 1);
    loop {
        let before = shrinker.best.clone();
        shrinker.end_sooner();
        shrinker.drop_actions();
        shrinker.drop_processes();
        shrinker.simplify();
        shrinker.round();
        if shrinker.best == before || shrinker.runs >= runs_max {
            return Shrunk { scenario: shrinker.best, runs: shrinker.runs };
        }
    }
}

struct Shrinker<'a> {
    best: Scenario,
    /// When the judge found it in the best.
    found: Time,
    runs: u32,
    runs_max: u32,
    judge: &'a mut dyn FnMut(&Scenario) -> Option<Time>,
}

impl Shrinker<'_> {
    /// Takes a candidate as the best if the judge still finds it there.
    fn offer(&mut self, candidate: Scenario) -> bool {
        if candidate == self.best || self.runs >= self.runs_max {
            return false;
        }
        self.runs += 1;
        let Some(found) = (self.judge)(&candidate) else { return false };
        (self.best, self.found) = (candidate, found);
        true
    }

    fn offer_script(&mut self, script: Vec<Scheduled>) -> bool {
        self.offer(Scenario { script, ..self.best.clone() })
    }

    /// Ends the run where the judge found it, at a round time if there is one before the end.
    fn end_sooner(&mut self) {
        for grid in GRIDS.into_iter().chain([1]) {
            let until = Time(self.found.0.max(1).next_multiple_of(grid)).min(self.best.until);
            let script = self.best.script.iter().filter(|scheduled| scheduled.at <= until).cloned().collect();
            if until == self.best.until || self.offer(Scenario { script, until, ..self.best.clone() }) {
                return;
            }
        }
    }

    /// Drops ever smaller stretches of the script, in the end single actions, until each that is left is needed.
    fn drop_actions(&mut self) {
        let mut size = self.best.script.len().div_ceil(2);
        while size > 0 {
            let (mut start, mut dropped) = (0, false);
            while start < self.best.script.len() {
                let end = (start + size).min(self.best.script.len());
                let mut script = self.best.script.clone();
                script.drain(start..end);
                if self.offer_script(script) {
                    dropped = true;
                } else {
                    start = end;
                }
            }
            // Single actions go round until none can be spared.
            if size > 1 || !dropped {
                size /= 2;
            }
        }
    }

    fn drop_processes(&mut self) {
        let population = self.best.nodes.len() + self.best.clients.len();
        for id in (0..population).rev().filter_map(|id| u8::try_from(id).ok()) {
            if let Some(candidate) = without(&self.best, ProcessId(id)) {
                self.offer(candidate);
            }
        }
    }

    /// Puts simpler actions in the place of others.
    fn simplify(&mut self) {
        let mut place = 0;
        while let Some(scheduled) = self.best.script.get(place) {
            let candidates = simpler(&scheduled.action, self.best.nodes.len());
            let took = candidates.into_iter().any(|action| {
                let mut script = self.best.script.clone();
                script[place].action = action;
                self.offer_script(script)
            });
            if !took {
                place += 1;
            }
        }
    }

    /// Moves actions to round times.
    fn round(&mut self) {
        for place in 0..self.best.script.len() {
            let at = self.best.script[place].at.0;
            for grid in GRIDS.into_iter().take_while(|grid| !at.is_multiple_of(*grid)) {
                let down = at - at % grid;
                if self.move_to(place, Time(down)) || self.move_to(place, Time(down + grid)) {
                    break;
                }
            }
        }
    }

    fn move_to(&mut self, place: usize, at: Time) -> bool {
        let mut script = self.best.script.clone();
        script[place].at = at;
        script.sort_by_key(|scheduled| scheduled.at);
        at <= self.best.until && self.offer_script(script)
    }
}
