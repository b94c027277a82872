//! How the reader drives a lab: through time, and by acts on the run.

use std::sync::Arc;

use protocols::view::{CutView, LOSS_SHOWN};
use protocols::{Op, Scenario, View};
use sim::{Action, ProcessId, Span, Target, Time};

use crate::challenge::Trial;
use crate::state::{Bench, Shot, letter};

impl Bench {
    /// The moment that is looked at.
    #[must_use]
    pub(crate) fn now(&self) -> Time {
        self.with_run(|run| run.now())
    }

    /// Looks at another moment and draws it.
    pub(crate) fn seek(&self, to: Time) {
        self.with_run(|run| run.seek(to));
        self.refresh();
    }

    /// Plays on by a span. Draws anew only if something happened in it.
    pub(crate) fn advance(&self, by: Span) {
        let happened = self.with_run(|run| {
            let before = run.now();
            run.seek(before + by);
            let last = run.previous_event();
            last.is_some_and(|t| t >= before) || run.now() == run.end()
        });
        let expired = self.shot.with_untracked(|s| {
            let now = self.now();
            s.view.losses.iter().any(|l| now > l.at + LOSS_SHOWN)
        });
        if happened || expired {
            self.refresh();
        }
        self.stop_if_over();
    }

    fn stop_if_over(&self) {
        if self.with_run(|run| run.now() >= run.end()) {
            self.playing.set(false);
        }
    }

    /// Derives what is drawn from the run.
    pub(crate) fn refresh(&self) {
        let (asked, selected) = (self.live.event.get_untracked(), self.selected.get_untracked());
        let lab = self.lab();
        let old = self.shot.get_untracked();
        let judge_now = !self.playing.get_untracked() || self.live.trial.with_untracked(|t| t.is_due(&old.view));
        let trial = self.live.trial.get_untracked();
        let new = self.with_run(|run| {
            let shot = Shot::of(run, &lab, asked, selected, Some(&old));
            let trial = (judge_now && trial.is_set()).then(|| trial.judged(&lab, run));
            (shot, trial)
        });
        let (shot, trial) = new;
        self.tell(&old, &shot);
        let broken = |s: &Shot| s.view.promises.iter().filter(|p| p.broken.is_some()).count();
        if broken(&shot) > broken(&old) && shot.view.at > old.view.at {
            self.playing.set(false);
        }
        self.shot.set(Arc::new(shot));
        if let Some(trial) = trial
            && self.live.trial.with_untracked(|old| *old != trial)
        {
            self.live.trial.set(trial);
        }
    }

    /// Tells a screen reader of the latest event: in full when stepping; while playing key events alone, and at
    /// most one a second.
    fn tell(&self, old: &Shot, new: &Shot) {
        let Some(last) = new.recent.last() else { return };
        let fresh = old.recent.last().is_none_or(|e| e.id != last.id || old.branch != new.branch);
        let playing = self.playing.get_untracked();
        if !fresh || (playing && !last.kind.is_key()) {
            return;
        }
        let now = js_sys::Date::now();
        if !playing || now - self.live.told_at.get() >= 1_000.0 {
            self.live.told_at.set(now);
            self.heard.set(format!("{} ms: {}", last.at.0 / 1_000, last.text));
        }
    }

    /// One event on.
    pub(crate) fn step_on(&self) {
        self.playing.set(false);
        self.with_run(|run| {
            if let Some(next) = run.next_event() {
                run.seek(next);
            }
        });
        self.refresh();
    }

    /// One event back.
    pub(crate) fn step_back(&self) {
        self.playing.set(false);
        self.with_run(|run| {
            let previous = run.previous_event().unwrap_or(Time::ZERO);
            run.seek(previous);
        });
        self.refresh();
    }

    /// Plays or pauses.
    pub(crate) fn toggle_play(&self) {
        if self.with_run(|run| run.now() >= run.end()) {
            self.seek(Time::ZERO);
        }
        self.playing.update(|p| *p = !*p);
    }

    /// Does something now, for the reader.
    pub(crate) fn act(&self, action: Action<Op>) -> bool {
        let lab = self.lab();
        let spent = self.live.trial.with_untracked(|t| t.refuses(&action, &lab));
        if let Some(why) = spent {
            self.said.set(why);
            return false;
        }
        let before = self.with_run(|run| run.branches().len());
        let result = self.with_run(|run| run.act(action));
        let done = match result {
            Ok(()) => {
                let now = self.with_run(|run| {
                    let (branches, branch) = (run.branches(), run.branch());
                    (branches.len(), branch, branches.get(branch).map_or(0, |b| b.parent))
                });
                let (after, branch, parent) = now;
                self.said.set(if after > before {
                    format!("This is run {} now. The old future is kept as run {}.", letter(branch), letter(parent))
                } else {
                    String::new()
                });
                true
            }
            Err(refusal) => {
                self.said.set(refusal.0);
                false
            }
        };
        self.refresh();
        done
    }

    /// Starts the lab's own run again, at its first moment on the page.
    pub(crate) fn reset(&self) {
        let lab = self.lab();
        self.playing.set(false);
        self.restart_as(&lab.scenario, lab.poster);
        self.live.trial.set(Trial::of(&lab));
        self.refresh();
    }

    /// Plays the challenge's solution on this plate.
    pub(crate) fn show_solution(&self) {
        let lab = self.lab();
        let Some(challenge) = &lab.challenge else { return };
        let mut scenario = lab.scenario.clone();
        for act in &challenge.solution {
            let place = scenario.script.partition_point(|s| s.at <= act.at);
            scenario.script.insert(place, act.clone());
        }
        self.live.trial.set(Trial::of(&lab).watching());
        self.restart_as(&scenario, Time::ZERO);
        self.said.set("The solution plays. Start again to take over.".to_owned());
        self.playing.set(true);
    }

    fn restart_as(&self, scenario: &Scenario, at: Time) {
        match scenario.start() {
            Ok(mut run) => {
                run.seek(at);
                self.replace_run(run);
                self.live.event.set(None);
                self.side.set(None);
                self.said.set(String::new());
            }
            Err(problem) => self.said.set(problem.to_string()),
        }
        self.refresh();
    }

    /// Looks at the next branch.
    pub(crate) fn switch_branch(&self) {
        self.with_run(|run| {
            let next = (run.branch() + 1) % run.branches().len().max(1);
            run.switch(next);
        });
        self.refresh();
    }

    /// Cuts the servers of the open side from all others, and closes the tool.
    pub(crate) fn cut_side(&self) {
        let Some(side) = self.side.get_untracked() else { return };
        let all: Vec<ProcessId> = self.shot.with_untracked(|s| s.view.nodes.iter().map(|n| n.id).collect());
        let rest: Vec<ProcessId> = all.into_iter().filter(|id| !side.contains(id)).collect();
        if side.is_empty() || rest.is_empty() {
            self.said.set("Put at least one node on each side, then cut.".to_owned());
            return;
        }
        self.side.set(None);
        self.partition(&[side, rest]);
    }

    /// Cuts servers into sides. Each client goes with the servers that it is near to.
    pub(crate) fn partition(&self, sides: &[Vec<ProcessId>]) {
        let groups = self.shot.with_untracked(|s| with_clients(&s.view, sides));
        let groups = groups.iter().map(|g| g.iter().copied().map(Target::from).collect()).collect();
        self.act(Action::Partition { groups });
    }

    /// Cuts a link, or mends it if it is cut.
    pub(crate) fn toggle_link(&self, a: ProcessId, b: ProcessId) {
        let cut =
            self.shot.with_untracked(|s| s.view.links.iter().any(|l| l.a == a && l.b == b && (l.ab_cut || l.ba_cut)));
        let (from, to) = (a.into(), b.into());
        self.act(if cut { Action::Heal { from, to, both: true } } else { Action::Cut { from, to, both: true } });
    }

    /// Mends what the last cut severed.
    pub(crate) fn heal_last(&self) {
        let last: Option<CutView> = self.shot.with_untracked(|s| s.view.cuts.last().cloned());
        for (from, to) in last.into_iter().flat_map(|c| c.links) {
            self.act(Action::Heal { from: from.into(), to: to.into(), both: false });
        }
    }

    /// Sends the next write through the first client.
    pub(crate) fn write(&self) {
        let next = self.with_run(|run| {
            let asked = run.history().iter().filter(|r| matches!(&r.op, Op::Put { key, .. } if key == "x")).count();
            (run.view().clients.first().map(|c| c.id), asked + 1)
        });
        match next {
            (Some(client), value) => {
                let op = Op::Put { key: "x".to_owned(), value: value.to_string() };
                self.act(Action::Request { to: client.into(), op });
            }
            _ => self.said.set("This lab has no client.".to_owned()),
        }
    }
}

/// The sides of a cut, each with the clients that are nearest to it.
fn with_clients(view: &View, sides: &[Vec<ProcessId>]) -> Vec<Vec<ProcessId>> {
    let mut groups = sides.to_vec();
    for client in &view.clients {
        let near: Vec<ProcessId> = view.links.iter().filter(|l| l.b == client.id).map(|l| l.a).collect();
        // A client with a link to every server stands on no side: it keeps its links.
        if near.len() == view.nodes.len() {
            continue;
        }
        let home =
            (0..sides.len()).max_by_key(|&i| (near.iter().filter(|id| sides[i].contains(id)).count(), usize::MAX - i));
        if let Some(home) = home {
            groups[home].push(client.id);
        }
    }
    groups
}
