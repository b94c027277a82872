//! Actions: finding out whom they mean and whether they can be done.

use super::{DRIFT_MAX, STEP_MAX, Setup, World};
use crate::action::{Action, ClockChange, Pick, Target};
use crate::id::{MsgId, ProcessId};
use crate::links::Direction;
use crate::network::Change;
use crate::process::{OpOf, Protocol};
use crate::refused::Refused;
use crate::time::Span;

/// An action of which every part is known to exist.
pub(super) enum Deed {
    Cut { sides: Vec<Vec<ProcessId>>, links: Vec<Direction> },
    Heal { links: Vec<Direction> },
    Shape { links: Vec<Direction>, change: Option<Change> },
    Drop(MsgId),
    Delay(MsgId, Span),
    Duplicate(MsgId),
    Crash { who: ProcessId, kept: u32 },
    Restart(ProcessId),
    Wipe(ProcessId),
    SetFsync { who: ProcessId, lies: bool },
    Pause(ProcessId),
    Resume(ProcessId),
    Slow { who: ProcessId, times: u16 },
    SetClock { who: ProcessId, change: ClockChange },
    Expire { who: ProcessId, place: usize },
    Request(ProcessId),
}

impl<P: Protocol> World<P> {
    /// Finds out whom an action means and whether it can be done.
    pub(super) fn resolve(&self, setup: &Setup<P>, action: &Action<OpOf<P>>) -> Result<Deed, Refused> {
        let find = |target: &Target| self.find(setup, target);
        match action {
            Action::Partition { groups } => self.partition(self.sides(setup, groups)?, |a, b| a != b),
            Action::PartitionOneWay { groups } => self.partition(self.sides(setup, groups)?, |a, b| a < b),
            Action::Isolate(target) => {
                let alone = find(target)?;
                let rest = self.ids().filter(|&id| id != alone).collect();
                self.partition(vec![vec![alone], rest], |a, b| a != b)
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
            Action::Shape { from, to, both, change } => self.shape(setup, from.as_ref(), to.as_ref(), *both, *change),
            Action::DropMessage(pick) => self.pick(setup, pick).map(Deed::Drop),
            Action::DelayMessage { pick, by } => self.pick(setup, pick).map(|id| Deed::Delay(id, *by)),
            Action::DuplicateMessage(pick) => self.pick(setup, pick).map(Deed::Duplicate),
            Action::Crash(target) => self.running(find(target)?).map(|who| Deed::Crash { who, kept: 0 }),
            Action::CrashTorn { who, kept } => {
                let who = self.running(find(who)?)?;
                let unsynced = u32::try_from(self.unsynced(who).len()).unwrap_or(u32::MAX);
                Ok(Deed::Crash { who, kept: unsynced.min(*kept) })
            }
            Action::Restart(target) => self.down(find(target)?).map(Deed::Restart),
            Action::Wipe(target) => self.down(find(target)?).map(Deed::Wipe),
            Action::SetFsync { who, lies } => {
                let who = find(who)?;
                Self::change(who, self.lies(who), *lies).map(|()| Deed::SetFsync { who, lies: *lies })
            }
            Action::Pause(target) => {
                let who = self.running(find(target)?)?;
                if self.is_paused(who) { Err(Refused::Paused(who)) } else { Ok(Deed::Pause(who)) }
            }
            Action::Resume(target) => {
                let who = self.running(find(target)?)?;
                if self.is_paused(who) { Ok(Deed::Resume(who)) } else { Err(Refused::NotPaused(who)) }
            }
            Action::Slow { who, times } => {
                let who = find(who)?;
                Self::change(who, self.slowness(who), *times).map(|()| Deed::Slow { who, times: *times })
            }
            Action::SetClock { who, change } => self.clock_change(find(who)?, *change),
            Action::Expire { who, timer } => self.expiry(find(who)?, timer),
            Action::Request { to, .. } => self.running(find(to)?).map(Deed::Request),
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

    fn down(&self, who: ProcessId) -> Result<ProcessId, Refused> {
        if self.process(who).is_some() { Err(Refused::Up(who)) } else { Ok(who) }
    }

    /// Refuses what would change nothing.
    fn change<T: PartialEq + Copy>(who: ProcessId, is: T, will_be: T) -> Result<(), Refused> {
        if is == will_be { Err(Refused::AsItIs(who)) } else { Ok(()) }
    }

    fn clock_change(&self, who: ProcessId, change: ClockChange) -> Result<Deed, Refused> {
        match change {
            ClockChange::Step(by) if by.unsigned_abs() > STEP_MAX.unsigned_abs() => Err(Refused::TooFarAStep(by)),
            ClockChange::Drift(ppm) if ppm.unsigned_abs() > DRIFT_MAX.unsigned_abs() => Err(Refused::TooMuchDrift(ppm)),
            ClockChange::Step(by) => Self::change(who, 0, by),
            ClockChange::Drift(ppm) => Self::change(who, self.drift(who), ppm),
        }
        .map(|()| Deed::SetClock { who, change })
    }

    fn expiry(&self, who: ProcessId, word: &str) -> Result<Deed, Refused> {
        let timer = P::timer_named(word).ok_or_else(|| Refused::NoSuchTimer(word.to_owned()))?;
        let seat = &self.seats[self.running(who)?.index()];
        let set = seat.slot(timer).filter(|&place| seat.timers[place].armed.is_some());
        let place = set.ok_or_else(|| Refused::TimerNotSet { who, timer: word.to_owned() })?;
        Ok(Deed::Expire { who, place })
    }

    /// The message that is meant.
    fn pick(&self, setup: &Setup<P>, pick: &Pick) -> Result<MsgId, Refused> {
        match pick {
            &Pick::Id(id) => self.in_flight.get(id).map(|flight| flight.id).ok_or(Refused::NoSuchMessage(id)),
            Pick::Fitting { kind, from, to, nth } => {
                let (from, to) = (self.find_some(setup, from.as_ref())?, self.find_some(setup, to.as_ref())?);
                let mut fitting = self.in_flight.iter().filter(|flight| {
                    from.is_none_or(|from| from == flight.from)
                        && to.is_none_or(|to| to == flight.to)
                        && kind.as_deref().is_none_or(|kind| kind == P::kind(&flight.message))
                });
                let found = fitting.nth(usize::from(*nth));
                found.map(|flight| flight.id).ok_or(Refused::NoMessageFits { nth: *nth })
            }
        }
    }

    /// The links that a shaping means, in order.
    fn shape(
        &self,
        setup: &Setup<P>,
        from: Option<&Target>,
        to: Option<&Target>,
        both: bool,
        change: Option<Change>,
    ) -> Result<Deed, Refused> {
        let (from, to) = (self.find_some(setup, from)?, self.find_some(setup, to)?);
        let fits = |a, b| from.is_none_or(|from| from == a) && to.is_none_or(|to| to == b);
        let pairs = self.ids().flat_map(|a| self.ids().map(move |b| (a, b)));
        let meant = pairs.filter(|&(a, b)| self.links.exists(a, b) && (fits(a, b) || both && fits(b, a)));
        let links: Vec<Direction> = meant.collect();
        if links.is_empty() {
            return Err(Refused::NothingToShape);
        }
        if !links.iter().all(|&link| self.links.changed(link, change).is_possible()) {
            return Err(Refused::ImpossibleQuality);
        }
        Ok(Deed::Shape { links, change })
    }

    fn find_some(&self, setup: &Setup<P>, target: Option<&Target>) -> Result<Option<ProcessId>, Refused> {
        target.map(|target| self.find(setup, target)).transpose()
    }

    fn sides(&self, setup: &Setup<P>, groups: &[Vec<Target>]) -> Result<Vec<Vec<ProcessId>>, Refused> {
        groups.iter().map(|group| group.iter().map(|target| self.find(setup, target)).collect()).collect()
    }

    fn ids(&self) -> impl Iterator<Item = ProcessId> + use<P> {
        let count = u8::try_from(self.processes.len()).expect("processes are numbered by a u8");
        (0..count).map(ProcessId)
    }

    /// The directions of a link that are cut, or those that are whole.
    fn directions(&self, from: ProcessId, to: ProcessId, both: bool, cut: bool) -> Result<Vec<Direction>, Refused> {
        if !self.links.exists(from, to) {
            return Err(Refused::NoLink(from, to));
        }
        let directions = [Some((from, to)), both.then_some((to, from))];
        Ok(directions.into_iter().flatten().filter(|&(a, b)| self.links.cut_by(a, b).is_some() == cut).collect())
    }

    /// Cuts whatever is whole from processes of one side to those of another, if the sides are `apart` in that
    /// direction.
    fn partition(&self, sides: Vec<Vec<ProcessId>>, apart: fn(usize, usize) -> bool) -> Result<Deed, Refused> {
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
        let is_apart = |a: ProcessId, b: ProcessId| match (side_of[a.index()], side_of[b.index()]) {
            (Some(a), Some(b)) => apart(a, b),
            _ => false,
        };
        let whole = |a, b| self.links.exists(a, b) && self.links.cut_by(a, b).is_none();
        let pairs = self.ids().flat_map(|a| self.ids().map(move |b| (a, b)));
        let links: Vec<_> = pairs.filter(|&(a, b)| is_apart(a, b) && whole(a, b)).collect();
        if links.is_empty() { Err(Refused::NothingToCut) } else { Ok(Deed::Cut { sides, links }) }
    }
}
