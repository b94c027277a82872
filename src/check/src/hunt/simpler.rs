//! What counts as simpler when a scenario is shrunk.

use protocols::op::{Admin, Op};
use protocols::scenario::{ProtocolConfig, Scenario, Scheduled};
use sim::{Action, Change, Pick, ProcessId, Target};

/// Actions that are simpler than this one and may do as well, the simplest first. Each is simpler by a measure that
/// only falls (fewer directions cut, fewer members, a process instead of a part, fewer things changed), so that
/// replacing again and again ends.
pub(super) fn simpler(action: &Action<Op>, servers: usize) -> Vec<Action<Op>> {
    let mut found = with_processes(action, servers);
    match action {
        Action::Partition { groups } => {
            found.extend(pairs(groups).map(|(from, to)| Action::Cut { from, to, both: true }));
            found.extend(smaller(groups).map(|groups| Action::Partition { groups }));
        }
        Action::PartitionOneWay { groups } => {
            found.extend(pairs(groups).map(|(from, to)| Action::Cut { from, to, both: false }));
            found.extend(smaller(groups).map(|groups| Action::PartitionOneWay { groups }));
        }
        Action::Isolate(who) => {
            let others = (0..servers).filter_map(|id| u8::try_from(id).ok()).map(|id| Target::Process(ProcessId(id)));
            let others = others.filter(|other| other != who);
            found.extend(others.map(|to| Action::Cut { from: who.clone(), to, both: true }));
        }
        Action::Cut { from, to, both: true } => {
            found.push(Action::Cut { from: from.clone(), to: to.clone(), both: false });
            found.push(Action::Cut { from: to.clone(), to: from.clone(), both: false });
        }
        Action::CrashTorn { who, .. } => found.push(Action::Crash(who.clone())),
        Action::DelayMessage { pick, .. } => found.push(Action::DropMessage(pick.clone())),
        Action::DuplicateMessage(Pick::Fitting { .. }) => {}
        Action::Shape { from, to, both, change: Some(change) } => {
            let shape = |change, both| Action::Shape { from: from.clone(), to: to.clone(), both, change: Some(change) };
            found.extend(smaller_change(change).into_iter().map(|change| shape(change, *both)));
            if *both {
                found.push(shape(*change, false));
            }
        }
        Action::Request { to, op: Op::Append { key, value } | Op::Cas { key, value, .. } } => {
            let op = Op::Put { key: key.clone(), value: value.clone() };
            found.push(Action::Request { to: to.clone(), op });
        }
        _ => {}
    }
    found
}

/// The action with each process in the place of a part that it means, for actions that mean one.
fn with_processes(action: &Action<Op>, servers: usize) -> Vec<Action<Op>> {
    let servers = || (0..servers).filter_map(|id| u8::try_from(id).ok()).map(|id| Target::Process(ProcessId(id)));
    let each = |make: &dyn Fn(Target) -> Action<Op>| servers().map(make).collect();
    match action.clone() {
        Action::Crash(Target::Role { .. }) => each(&Action::Crash),
        Action::Isolate(Target::Role { .. }) => each(&Action::Isolate),
        Action::Pause(Target::Role { .. }) => each(&Action::Pause),
        Action::CrashTorn { who: Target::Role { .. }, kept } => each(&|who| Action::CrashTorn { who, kept }),
        Action::Slow { who: Target::Role { .. }, times } => each(&|who| Action::Slow { who, times }),
        Action::Request { to: Target::Role { .. }, op } => each(&|to| Action::Request { to, op: op.clone() }),
        _ => Vec::new(),
    }
}

/// The pairs of members of different groups.
fn pairs(groups: &[Vec<Target>]) -> impl Iterator<Item = (Target, Target)> {
    groups.iter().enumerate().flat_map(move |(place, group)| {
        let later = groups[place + 1..].iter().flatten();
        later.flat_map(move |to| group.iter().map(move |from| (from.clone(), to.clone())))
    })
}

/// The groups with one member less, as long as there are two with somebody in them.
fn smaller(groups: &[Vec<Target>]) -> impl Iterator<Item = Vec<Vec<Target>>> {
    let members = groups.iter().enumerate().flat_map(|(group, members)| (0..members.len()).map(move |at| (group, at)));
    let less = members.map(move |(group, at)| {
        let mut groups = groups.to_vec();
        groups[group].remove(at);
        groups.retain(|group| !group.is_empty());
        groups
    });
    less.filter(|groups| groups.len() >= 2)
}

/// The change with one thing less, as long as something changes.
fn smaller_change(change: &Change) -> Vec<Change> {
    let less = [
        Change { latency: None, ..*change },
        Change { loss: None, ..*change },
        Change { duplication: None, ..*change },
        Change { reordering: None, ..*change },
    ];
    less.into_iter().filter(|less| less != change && *less != Change::default()).collect()
}

/// The scenario without this process: what it did or what was done to it goes, and those after it move up. `None` if
/// it is the last server.
pub(super) fn without(scenario: &Scenario, gone: ProcessId) -> Option<Scenario> {
    let mut less = scenario.clone();
    match gone.index().checked_sub(scenario.nodes.len()) {
        Some(client) => drop(less.clients.remove(client)),
        None if scenario.nodes.len() == 1 => return None,
        None => drop(less.nodes.remove(gone.index())),
    }
    let move_up = MoveUp { gone };
    for client in &mut less.clients {
        let was_near_some = !client.near.is_empty();
        client.near = move_up.all(&client.near);
        // Near nobody would mean near everybody.
        if was_near_some && client.near.is_empty() {
            return None;
        }
    }
    less.network.links.retain(|(from, to, _)| *from != gone && *to != gone);
    for (from, to, _) in &mut less.network.links {
        (*from, *to) = (move_up.one(*from)?, move_up.one(*to)?);
    }
    let ProtocolConfig::Raft(raft) = &mut less.protocol;
    raft.voters = move_up.all(&raft.voters);
    raft.not_upgraded = move_up.all(&raft.not_upgraded);
    raft.given.retain(|given| given.who != gone);
    for given in &mut raft.given {
        given.who = move_up.one(given.who)?;
        given.voted_for = given.voted_for.and_then(|id| move_up.one(id));
    }
    less.script = scenario.script.iter().filter_map(|scheduled| move_up.scheduled(scheduled)).collect();
    Some(less)
}

/// Numbers of processes after one of them has gone.
struct MoveUp {
    gone: ProcessId,
}

impl MoveUp {
    fn one(&self, id: ProcessId) -> Option<ProcessId> {
        match id.cmp(&self.gone) {
            core::cmp::Ordering::Less => Some(id),
            core::cmp::Ordering::Equal => None,
            core::cmp::Ordering::Greater => Some(ProcessId(id.0 - 1)),
        }
    }

    fn all(&self, ids: &[ProcessId]) -> Vec<ProcessId> {
        ids.iter().filter_map(|id| self.one(*id)).collect()
    }

    fn target(&self, target: &Target) -> Option<Target> {
        match target {
            Target::Process(id) => self.one(*id).map(Target::Process),
            Target::Role { .. } => Some(target.clone()),
        }
    }

    /// An end of a link, which may be anybody; `None` if it was who has gone.
    fn end(&self, end: Option<&Target>) -> Option<Option<Target>> {
        match end {
            None => Some(None),
            Some(target) => self.target(target).map(Some),
        }
    }

    fn groups(&self, groups: &[Vec<Target>]) -> Option<Vec<Vec<Target>>> {
        let groups = groups.iter().map(|group| group.iter().filter_map(|member| self.target(member)).collect());
        let groups: Vec<Vec<Target>> = groups.filter(|group: &Vec<Target>| !group.is_empty()).collect();
        Some(groups).filter(|groups| groups.len() >= 2)
    }

    fn pick(&self, pick: &Pick) -> Option<Pick> {
        let Pick::Fitting { kind, from, to, nth } = pick else { return Some(pick.clone()) };
        let (from, to) = (self.end(from.as_ref())?, self.end(to.as_ref())?);
        Some(Pick::Fitting { kind: kind.clone(), from, to, nth: *nth })
    }

    fn op(&self, op: &Op) -> Option<Op> {
        let Op::Admin(admin) = op else { return Some(op.clone()) };
        let admin = match admin {
            Admin::Transfer(id) => Admin::Transfer(self.one(*id)?),
            Admin::AddLearner(id) => Admin::AddLearner(self.one(*id)?),
            Admin::AddVoter(id) => Admin::AddVoter(self.one(*id)?),
            Admin::Remove(id) => Admin::Remove(self.one(*id)?),
            Admin::Reconfigure(voters) => {
                Admin::Reconfigure(Some(self.all(voters)).filter(|voters| !voters.is_empty())?)
            }
            Admin::Compact => Admin::Compact,
        };
        Some(Op::Admin(admin))
    }

    fn scheduled(&self, scheduled: &Scheduled) -> Option<Scheduled> {
        let (at, by) = (scheduled.at, scheduled.by);
        self.action(&scheduled.action).map(|action| Scheduled { at, by, action })
    }

    fn action(&self, action: &Action<Op>) -> Option<Action<Op>> {
        Some(match action {
            Action::Partition { groups } => Action::Partition { groups: self.groups(groups)? },
            Action::PartitionOneWay { groups } => Action::PartitionOneWay { groups: self.groups(groups)? },
            Action::Isolate(who) => Action::Isolate(self.target(who)?),
            Action::Cut { from, to, both } => {
                Action::Cut { from: self.target(from)?, to: self.target(to)?, both: *both }
            }
            Action::Heal { from, to, both } => {
                Action::Heal { from: self.target(from)?, to: self.target(to)?, both: *both }
            }
            Action::HealAll => Action::HealAll,
            Action::Crash(who) => Action::Crash(self.target(who)?),
            Action::Restart(who) => Action::Restart(self.target(who)?),
            Action::Request { to, op } => Action::Request { to: self.target(to)?, op: self.op(op)? },
            Action::Shape { from, to, both, change } => {
                let (from, to) = (self.end(from.as_ref())?, self.end(to.as_ref())?);
                Action::Shape { from, to, both: *both, change: *change }
            }
            Action::DropMessage(pick) => Action::DropMessage(self.pick(pick)?),
            Action::DelayMessage { pick, by } => Action::DelayMessage { pick: self.pick(pick)?, by: *by },
            Action::DuplicateMessage(pick) => Action::DuplicateMessage(self.pick(pick)?),
            Action::CrashTorn { who, kept } => Action::CrashTorn { who: self.target(who)?, kept: *kept },
            Action::Wipe(who) => Action::Wipe(self.target(who)?),
            Action::SetFsync { who, lies } => Action::SetFsync { who: self.target(who)?, lies: *lies },
            Action::Pause(who) => Action::Pause(self.target(who)?),
            Action::Resume(who) => Action::Resume(self.target(who)?),
            Action::Slow { who, times } => Action::Slow { who: self.target(who)?, times: *times },
            Action::SetClock { who, change } => Action::SetClock { who: self.target(who)?, change: *change },
            Action::Expire { who, timer } => Action::Expire { who: self.target(who)?, timer: timer.clone() },
        })
    }
}
