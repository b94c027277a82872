//! How the reader drives a lab: through time, and by acts on the run.

use std::sync::Arc;

use lesson::Control;
use protocols::view::{CutView, LOSS_SHOWN, Status};
use protocols::{Op, Run, Scenario, View};
use sim::{Action, By, ProcessId, Span, Target, Time};

use crate::challenge::Trial;
use crate::state::{Bench, Picked, Shot, Wanted, letter};

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
            let beside = self.live.beside.follow(run.now(), before);
            let last = run.previous_event();
            beside || last.is_some_and(|t| t >= before) || run.now() == run.end()
        });
        let expired = self.shot.with_untracked(|s| {
            let now = self.now();
            s.view.losses.iter().any(|l| now > l.at + LOSS_SHOWN)
        });
        if happened || expired {
            self.derive(true, true);
        }
        self.stop_if_over();
    }

    /// The run is another now: something was done to it, or it was changed for another.
    fn keep_run(&self) {
        self.with_run(|run| self.live.kept.keep(run));
        self.live.beside.forget();
    }

    fn stop_if_over(&self) {
        if self.with_run(|run| run.now() >= run.end()) {
            self.playing.set(false);
        }
    }

    /// Derives what is drawn from the run.
    pub(crate) fn refresh(&self) {
        self.derive(true, false);
    }

    /// Derives what is drawn from the run. `known`: what still holds of the last shot is used again. `rushes`: all that
    /// has changed is that the lab plays on.
    fn derive(&self, known: bool, rushes: bool) {
        let lab = self.lab();
        let (picked, span, all) = (self.picked.get_untracked(), self.span.get_untracked(), self.all.get_untracked());
        let look = self.more().map(|more| more.look);
        let wanted = Wanted { look, ..Wanted::of(lab, all, picked, span) };
        let old = self.shot.get_untracked();
        let judge_now = !self.playing.get_untracked() || self.live.trial.with_untracked(|t| t.is_due(&old.view));
        let last = Some(&*old).filter(|_| known);
        let mut shot = self.with_run(|run| Shot::of(run, wanted, last));
        // Playing stops at the very event that breaks a promise.
        if self.playing.get_untracked()
            && shot.view.at > old.view.at
            && let Some(at) = first_breach_since(&old, &shot)
        {
            self.playing.set(false);
            shot = self.with_run(|run| {
                run.seek(at);
                Shot::of(run, wanted, last)
            });
        }
        if !known || (old.branch, old.branches.len()) != (shot.branch, shot.branches.len()) {
            self.keep_run();
        }
        self.tell(&old, &shot);
        self.live.rushes.set(rushes && self.playing.get_untracked());
        self.shot.set(Arc::new(shot));
        self.live.rushes.set(false);
        if let Some(more) = self.more() {
            (more.refresh)(self, judge_now);
        }
    }

    /// One event on, and no further.
    pub(crate) fn step_on(&self) {
        self.playing.set(false);
        self.next_event();
    }

    /// One event on.
    pub(crate) fn next_event(&self) {
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
        let spent = self.with_run(|run| self.live.trial.with_untracked(|t| t.refuses(&action, self.challenge(), run)));
        if let Some(why) = spent {
            self.said.set(why);
            return false;
        }
        let (before, was) = self.with_run(|run| (run.branches().len(), run.branch()));
        self.live.kept.expect(self.now(), action.clone());
        let result = self.with_run(|run| run.act(action));
        self.keep_run();
        let done = match result {
            Ok(()) => {
                let (after, branch) = self.with_run(|run| (run.branches().len(), run.branch()));
                self.said.set(if after > before {
                    format!("This is run {} now. The old future is kept as run {}.", letter(branch), letter(was))
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
        self.live.trial.set(Trial::of(self.challenge()));
        self.restart_with(lab.start(), lab.poster);
    }

    /// Plays the challenge's solution on this plate.
    pub(crate) fn show_solution(&self) {
        let Some(challenge) = self.challenge() else { return };
        let scenario = challenge.solved(&self.lab().scenario);
        self.live.trial.set(Trial::of(Some(challenge)).watching());
        self.restart_as(&scenario, Time::ZERO);
        self.said.set("The solution plays. Start again to take over.".to_owned());
        self.playing.set(true);
    }

    /// Puts a run of this scenario in the place of the lab's, at a moment. The run and its branches are given up.
    pub(crate) fn restart_as(&self, scenario: &Scenario, at: Time) {
        match scenario.start() {
            Ok(run) => self.restart_with(run, at),
            Err(problem) => self.said.set(problem.to_string()),
        }
    }

    fn restart_with(&self, mut run: Box<dyn Run>, at: Time) {
        run.seek(at);
        self.replace_run(run);
        self.sides.set(None);
        self.span.set(None);
        if matches!(self.picked.get_untracked(), Picked::Event(_) | Picked::Message(_)) {
            self.picked.set(Picked::Nothing);
        }
        self.said.set(String::new());
        // Nothing of the last shot holds for another run.
        self.derive(false, false);
    }

    /// Goes back to just before the last thing that the reader did in this run.
    pub(crate) fn undo(&self) {
        let last = self.with_run(|run| {
            let now = run.now();
            let script = run.scenario().script;
            script.iter().filter(|act| act.by == By::Reader && act.at <= now).map(|act| act.at).next_back()
        });
        match last {
            Some(at) => {
                self.playing.set(false);
                self.seek(at - Span(1));
                self.said.set("This is just before your last act. What you do now begins another run.".to_owned());
            }
            None => self.said.set("You have done nothing to this run yet.".to_owned()),
        }
    }

    /// Selects something.
    pub(crate) fn pick(&self, picked: Picked) {
        self.picked.set(picked);
        self.refresh();
    }

    /// Whether the reader may use these controls now, without following whether that changes.
    #[must_use]
    pub(crate) fn allows(&self, control: Control) -> bool {
        self.lab().controls.contains(&control) || self.all.get_untracked()
    }

    /// The selected server, if it is a server that is selected.
    #[must_use]
    pub(crate) fn selected_server(&self) -> Option<ProcessId> {
        let shot = self.shot.get_untracked();
        let id = match self.picked.get_untracked() {
            Picked::Process(id) => id,
            Picked::Event(_) => shot.answer.steps.first()?.event.process?,
            _ => return None,
        };
        shot.node(id).map(|node| node.id)
    }

    fn status(&self, id: ProcessId) -> Option<Status> {
        self.shot.with_untracked(|shot| shot.node(id).map(|node| node.status))
    }

    /// Whether the selected server is stalled.
    #[must_use]
    pub(crate) fn is_stalled(&self) -> bool {
        self.selected_server().and_then(|id| self.status(id)) == Some(Status::Paused)
    }

    /// Crashes a server, or restarts it if it is down.
    pub(crate) fn toggle_power(&self, id: ProcessId) {
        if self.allows(Control::Crash) {
            let down = self.status(id) == Some(Status::Down);
            self.act(if down { Action::Restart(id.into()) } else { Action::Crash(id.into()) });
        }
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
        let asked = self.with_run(|run| {
            run.history().iter().filter(|r| matches!(&r.op, Op::Put { key, .. } if key == "x")).count()
        });
        self.request(Op::Put { key: "x".to_owned(), value: (asked + 1).to_string() });
    }

    /// Sends a read through the first client.
    pub(crate) fn read(&self) {
        self.request(Op::Get { key: "x".to_owned() });
    }

    /// Asks the selected client, or else the first.
    pub(crate) fn request(&self, op: Op) {
        let picked = self.picked.get_untracked();
        let client = self.shot.with_untracked(|shot| {
            let clients = &shot.view.clients;
            let chosen = clients.iter().find(|c| picked == Picked::Process(c.id));
            chosen.or_else(|| clients.first()).map(|c| c.id)
        });
        match client {
            Some(client) => {
                self.act(Action::Request { to: client.into(), op });
            }
            None => self.said.set("This lab has no client.".to_owned()),
        }
    }
}

/// When the first of the promises broke that hold in the one shot and not in the other.
fn first_breach_since(old: &Shot, new: &Shot) -> Option<Time> {
    let held = |name: &str| old.view.promises.iter().any(|p| p.name == name && p.broken.is_none());
    let fresh = new.view.promises.iter().filter(|p| held(p.name));
    fresh.filter_map(|p| p.broken.as_ref().map(|breach| breach.at)).min()
}

/// The sides of a cut, each with the clients that are nearest to it.
pub(crate) fn with_clients(view: &View, sides: &[Vec<ProcessId>]) -> Vec<Vec<ProcessId>> {
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
