//! Actions: finding out whom they mean and whether they can be done, and doing them.

use super::step::Input;
use super::{Setup, World};
use crate::action::{Action, By, Scheduled, Target};
use crate::event::{EventKind, Loss};
use crate::flight::InFlight;
use crate::id::{MsgId, ProcessId};
use crate::network::Cut;
use crate::process::{OpOf, Protocol};
use crate::refused::Refused;
use crate::trace::Trace;

/// An action of which every part is known to exist.
pub(super) enum Deed {
    Cut { sides: Vec<Vec<ProcessId>>, links: Vec<(ProcessId, ProcessId)> },
    Heal { links: Vec<(ProcessId, ProcessId)> },
    Crash(ProcessId),
    Restart(ProcessId),
    Request(ProcessId),
}

impl<P: Protocol> World<P> {
    pub(super) fn act(&mut self, setup: &Setup<P>, trace: &mut Trace<P>, scheduled: &Scheduled<OpOf<P>>) {
        let by = scheduled.by;
        match self.resolve(setup, &scheduled.action) {
            Err(why) => {
                let action = || Box::new(scheduled.action.clone());
                self.emit(trace, None, None, || EventKind::Refused { by, action: action(), why });
            }
            Ok(Deed::Cut { sides, links }) => self.cut(trace, by, sides, links),
            Ok(Deed::Heal { links }) => {
                self.links.heal(&links);
                self.emit(trace, None, None, || EventKind::Healed { by, links });
            }
            Ok(Deed::Crash(who)) => {
                let crash = self.emit(trace, Some(who), None, || EventKind::Crashed { by, kept: 0 });
                self.processes[who.index()] = None;
                let seat = &mut self.seats[who.index()];
                seat.unsynced.clear();
                seat.timers.clear();
                seat.crashed_by = Some(crash);
                self.observe(trace, who, crash);
            }
            Ok(Deed::Restart(who)) => {
                let root = self.emit(trace, Some(who), None, || EventKind::Restarted { by });
                let seat = &mut self.seats[who.index()];
                seat.crashed_by = None;
                self.processes[who.index()] = Some(setup.protocol.boot(who, &seat.disk));
                self.react(setup, trace, who, root, Input::Start);
            }
            Ok(Deed::Request(to)) => {
                let Action::Request { op, .. } = &scheduled.action else { unreachable!("resolved from a request") };
                let root = self.emit(trace, Some(to), None, || EventKind::Requested { by, op: op.clone() });
                self.react(setup, trace, to, root, Input::Request(op.clone()));
            }
        }
    }

    /// Cuts links, and loses what is on its way over them.
    fn cut(&mut self, trace: &mut Trace<P>, by: By, sides: Vec<Vec<ProcessId>>, links: Vec<(ProcessId, ProcessId)>) {
        let event = self.emit(trace, None, None, || EventKind::Cut { by, sides: sides.clone(), links: links.clone() });
        self.links.cut(Cut { event, since: self.now, by, sides, links });
        let cut_off = |flight: &&InFlight<_>| self.links.cut_by(flight.from, flight.to).is_some();
        let lost: Vec<MsgId> = self.in_flight.iter().filter(cut_off).map(|flight| flight.id).collect();
        for id in lost {
            let InFlight { from, to, sent, .. } = self.in_flight.take(id).expect("it was on its way");
            let loss = Loss::CutInFlight;
            self.emit(trace, None, Some(event), || EventKind::Dropped { id, from, to, sent, loss });
        }
    }

    /// Finds out whom an action means and whether it can be done.
    pub(super) fn resolve(&self, setup: &Setup<P>, action: &Action<OpOf<P>>) -> Result<Deed, Refused> {
        let find = |target: &Target| self.find(setup, target);
        match action {
            Action::Partition { groups } => {
                let sides =
                    groups.iter().map(|group| group.iter().map(find).collect()).collect::<Result<Vec<Vec<_>>, _>>()?;
                self.partition(sides)
            }
            Action::Isolate(target) => {
                let alone = find(target)?;
                let rest = self.ids().filter(|&id| id != alone).collect();
                self.partition(vec![vec![alone], rest])
            }
            Action::Cut { from, to, both } => {
                let (from, to) = (find(from)?, find(to)?);
                let links = self.directions(from, to, *both, false)?;
                if links.is_empty() {
                    Err(Refused::NothingToCut)
                } else {
                    Ok(Deed::Cut { sides: vec![vec![from], vec![to]], links })
                }
            }
            Action::Heal { from, to, both } => {
                let links = self.directions(find(from)?, find(to)?, *both, true)?;
                if links.is_empty() { Err(Refused::NothingToHeal) } else { Ok(Deed::Heal { links }) }
            }
            Action::HealAll => {
                let links: Vec<_> = self.links.cuts().iter().flat_map(|cut| cut.links.iter().copied()).collect();
                if links.is_empty() { Err(Refused::NothingToHeal) } else { Ok(Deed::Heal { links }) }
            }
            Action::Crash(target) => self.running(find(target)?).map(Deed::Crash),
            Action::Restart(target) => {
                let who = find(target)?;
                if self.process(who).is_some() { Err(Refused::Up(who)) } else { Ok(Deed::Restart(who)) }
            }
            Action::Request { to, .. } => self.running(find(to)?).map(Deed::Request),
            _ => Err(Refused::Ended),
        }
    }

    fn find(&self, setup: &Setup<P>, target: &Target) -> Result<ProcessId, Refused> {
        match target {
            Target::Process(id) if id.index() < self.processes.len() => Ok(*id),
            Target::Process(id) => Err(Refused::NoSuchProcess(*id)),
            Target::Role { role, nth } => {
                let found =
                    setup.protocol.find(role, *nth, &self.processes).filter(|id| id.index() < self.processes.len());
                found.ok_or_else(|| Refused::NobodyPlays { role: role.clone(), nth: *nth })
            }
        }
    }

    fn running(&self, who: ProcessId) -> Result<ProcessId, Refused> {
        if self.process(who).is_some() { Ok(who) } else { Err(Refused::Down(who)) }
    }

    fn ids(&self) -> impl Iterator<Item = ProcessId> + use<P> {
        let count = u8::try_from(self.processes.len()).expect("processes are numbered by a u8");
        (0..count).map(ProcessId)
    }

    /// The directions of a link that are cut, or those that are whole.
    fn directions(
        &self,
        from: ProcessId,
        to: ProcessId,
        both: bool,
        cut: bool,
    ) -> Result<Vec<(ProcessId, ProcessId)>, Refused> {
        if !self.links.exists(from, to) {
            return Err(Refused::NoLink(from, to));
        }
        let directions = [Some((from, to)), both.then_some((to, from))];
        Ok(directions.into_iter().flatten().filter(|&(a, b)| self.links.cut_by(a, b).is_some() == cut).collect())
    }

    /// Cuts whatever is whole between processes of different sides.
    fn partition(&self, sides: Vec<Vec<ProcessId>>) -> Result<Deed, Refused> {
        let mut side_of = vec![None; self.processes.len()];
        for (number, side) in sides.iter().enumerate() {
            for &who in side {
                if side_of[who.index()].replace(number).is_some_and(|other| other != number) {
                    return Err(Refused::OnTwoSides(who));
                }
            }
        }
        if sides.iter().filter(|side| !side.is_empty()).count() < 2 {
            return Err(Refused::TooFewSides);
        }
        let apart = |a: ProcessId, b: ProcessId| match (side_of[a.index()], side_of[b.index()]) {
            (Some(a), Some(b)) => a != b,
            _ => false,
        };
        let whole = |a, b| self.links.exists(a, b) && self.links.cut_by(a, b).is_none();
        let pairs = self.ids().flat_map(|a| self.ids().map(move |b| (a, b)));
        let links: Vec<_> = pairs.filter(|&(a, b)| apart(a, b) && whole(a, b)).collect();
        if links.is_empty() { Err(Refused::NothingToCut) } else { Ok(Deed::Cut { sides, links }) }
    }
}
