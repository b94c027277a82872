//! Random fault schedules, drawn from a seed.
//!
//! Each schedule uses about half of the kinds that it may (swarm testing, Groce et al., ISSTA 2012): what never meets
//! everything else at once meets each other thing often. What is broken is mended after a while in most cases, and
//! everything is mended when the quiet tail begins, so that one can judge whether the cluster recovers.

use protocols::op::{Admin, Op};
use protocols::scenario::{Changes, ProtocolConfig, Reads, SCRIPT_MAX, Scenario, Scheduled};
use sim::{
    Action, By, Chance, Change, ClockChange, Latency, Pick, ProcessId, Purpose, Share, Span, Target, Time, draw,
};

use super::mix::{Kind, Mix};

/// The longest quiet tail of a run. A run of less than four times this is quiet in its last quarter.
pub const TAIL_MAX: Span = Span::from_secs(10);

/// One in so many faults is not mended before the quiet tail.
const LEFT_BROKEN: u64 = 8;

/// The fastest drift of a clock beyond what protocols expect, in parts per million: a fifth.
const WILD_DRIFT: u64 = 200_000;

/// The keys that clients are asked about. The first are those that clients write by themselves.
const KEYS: [&str; 3] = ["x", "y", "z"];

/// What a schedule has to fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// How many servers there are. They have the first ids.
    pub servers: u8,
    /// How many clients there are. Their ids follow.
    pub clients: u8,
    /// When the quiet tail begins: everything is mended then, and nothing happens after it.
    pub quiet_from: Time,
    /// The most faults and requests; what mends them is not counted.
    pub faults: u32,
    /// The most actions altogether.
    pub room: usize,
    /// What happens how often.
    pub mix: Mix,
    /// How fast two clocks may drift apart, in parts per million, as the protocol expects.
    pub drift_bound: u32,
    /// How members are changed, if the protocol can do that.
    pub changes: Option<Changes>,
    /// The part that decides, whom faults mean more often than the others.
    pub leader: Option<&'static str>,
    /// The timers that may be made to run out.
    pub timers: &'static [&'static str],
}

impl Shape {
    /// What a schedule for this scenario has to fit.
    #[must_use]
    pub fn of(scenario: &Scenario, faults: u32, mix: &Mix) -> Self {
        let count = |len: usize| u8::try_from(len).unwrap_or(u8::MAX);
        let ProtocolConfig::Raft(raft) = &scenario.protocol;
        let tail = Span(scenario.until.0 / 4).min(TAIL_MAX);
        Self {
            servers: count(scenario.nodes.len()),
            clients: count(scenario.clients.len()),
            quiet_from: scenario.until - tail,
            faults,
            room: SCRIPT_MAX.saturating_sub(scenario.script.len()),
            mix: mix.clone(),
            drift_bound: raft.drift_bound,
            changes: Some(raft.changes),
            leader: Some("leader"),
            timers: &["election", "heartbeat"],
        }
    }
}

/// The schedule of this seed, in order of time. The same for the same seed and shape, everywhere.
#[must_use]
pub fn schedule(seed: u64, shape: &Shape) -> Vec<Scheduled> {
    let chance = Chance::new(seed);
    let mut dice = Dice { chance, place: 0, nth: 0 };
    let mix = swarm(&mut dice, &shape.mix);
    let count = dice.within(u64::from(shape.faults.min(1)), u64::from(shape.faults));
    // The quiet tail begins with no more than this.
    let room = shape.room.saturating_sub(mend_all(shape, &Kind::all().collect::<Vec<_>>()).len());
    let (mut script, mut used, mut before) = (Vec::new(), Vec::new(), Time::ZERO);
    for place in 1..=count {
        let mut dice = Dice { chance, place, nth: 0 };
        let Some(kind) = mix.at(dice.below(mix.places())) else { break };
        // Some faults come soon after another one: what two of them do together is where protocols break.
        let soon = before + Span(dice.within(0, 100_000));
        let at = if dice.one_in(4) { soon } else { Time(dice.below(shape.quiet_from.0)) };
        if at >= shape.quiet_from {
            continue;
        }
        let (breaks, mends) = Stage { shape, dice: &mut dice }.stage(kind);
        if script.len() + breaks.len() + mends.len() > room {
            break;
        }
        before = at;
        let over = at + dice.length();
        let mended = !dice.one_in(LEFT_BROKEN) && over < shape.quiet_from;
        script.extend(breaks.into_iter().map(|action| Scheduled { at, by: By::Lesson, action }));
        script.extend(mends.into_iter().filter(|_| mended).map(|action| Scheduled {
            at: over,
            by: By::Lesson,
            action,
        }));
        used.push(kind);
    }
    let at = shape.quiet_from;
    script.extend(mend_all(shape, &used).into_iter().map(|action| Scheduled { at, by: By::Lesson, action }));
    script.sort_by_key(|scheduled| scheduled.at);
    script
}

/// About half of the kinds, but never none.
fn swarm(dice: &mut Dice, mix: &Mix) -> Mix {
    let weights: Vec<(Kind, u32)> = mix.weights.iter().copied().filter(|_| dice.one_in(2)).collect();
    if weights.is_empty() { mix.clone() } else { Mix { weights } }
}

/// What mends everything that these kinds break.
fn mend_all(shape: &Shape, used: &[Kind]) -> Vec<Action<Op>> {
    let any = |kinds: &[Kind]| used.iter().any(|kind| kinds.contains(kind));
    let servers = || (0..shape.servers).map(|id| Target::Process(ProcessId(id)));
    let mut mends = Vec::new();
    if any(&[Kind::Cut, Kind::Partition, Kind::PartitionOneWay, Kind::Isolate]) {
        mends.push(Action::HealAll);
    }
    if any(&[Kind::Shape]) {
        mends.push(Action::Shape { from: None, to: None, both: false, change: None });
    }
    if any(&[Kind::Lie]) {
        mends.extend(servers().map(|who| Action::SetFsync { who, lies: false }));
    }
    if any(&[Kind::Crash, Kind::Torn, Kind::Wipe]) {
        mends.extend(servers().map(Action::Restart));
    }
    if any(&[Kind::Pause]) {
        mends.extend(servers().map(Action::Resume));
    }
    if any(&[Kind::Slow]) {
        mends.extend(servers().map(|who| Action::Slow { who, times: 0 }));
    }
    if any(&[Kind::Drift, Kind::WildDrift]) {
        mends.extend(servers().map(|who| Action::SetClock { who, change: ClockChange::Drift(0) }));
    }
    mends
}

/// The draws of one place in a schedule.
struct Dice {
    chance: Chance,
    place: u64,
    nth: u32,
}

impl Dice {
    /// A number below `bound`; 0 if that is 0.
    fn below(&mut self, bound: u64) -> u64 {
        let bits = self.chance.bits(Purpose::Fault, self.place, Time::ZERO, self.nth);
        self.nth += 1;
        draw::scale(bits, bound)
    }

    /// A number from `low` to `high`, both included.
    fn within(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low).saturating_add(1))
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }

    /// One of several. There is at least one.
    fn one_of<T: Copy>(&mut self, items: &[T]) -> T {
        let place = self.below(items.len() as u64);
        items[usize::try_from(place).expect("a place in memory")]
    }

    /// How long something stays broken: 5 ms to 10 s, each doubling as likely as the others.
    fn length(&mut self) -> Span {
        let least = 5_000_u64 << self.below(11);
        Span(self.within(least, 2 * least))
    }

    /// A share of 1 to 50 percent, in parts per million.
    fn share(&mut self) -> Share {
        Share(u32::try_from(self.within(10_000, 500_000)).unwrap_or(500_000))
    }
}

/// Draws what one fault does.
struct Stage<'a> {
    shape: &'a Shape,
    dice: &'a mut Dice,
}

/// What breaks something, and what mends it.
type Fault = (Vec<Action<Op>>, Vec<Action<Op>>);

impl Stage<'_> {
    fn stage(&mut self, kind: Kind) -> Fault {
        match kind {
            Kind::Cut => self.cut(),
            Kind::Partition | Kind::PartitionOneWay if self.shape.servers < 2 => (Vec::new(), Vec::new()),
            Kind::Partition => (vec![Action::Partition { groups: self.groups() }], vec![Action::HealAll]),
            Kind::PartitionOneWay => (vec![Action::PartitionOneWay { groups: self.groups() }], vec![Action::HealAll]),
            Kind::Isolate => (vec![Action::Isolate(self.target())], vec![Action::HealAll]),
            Kind::Crash => {
                let who = self.target();
                (vec![Action::Crash(who.clone())], self.for_each_of(&who, Action::Restart))
            }
            Kind::Torn => {
                let who = self.target();
                let kept = u32::try_from(self.dice.below(4)).unwrap_or(0);
                (vec![Action::CrashTorn { who: who.clone(), kept }], self.for_each_of(&who, Action::Restart))
            }
            Kind::Pause => {
                let who = self.target();
                (vec![Action::Pause(who.clone())], self.for_each_of(&who, Action::Resume))
            }
            Kind::Slow => {
                let who = self.target();
                let times = u16::try_from(self.dice.within(1, 100)).unwrap_or(1);
                let mends = self.for_each_of(&who, |who| Action::Slow { who, times: 0 });
                (vec![Action::Slow { who, times }], mends)
            }
            // Two clocks that each drift by half of the bound drift apart by no more than that.
            Kind::Drift => self.drift(u64::from(self.shape.drift_bound / 2)),
            Kind::WildDrift => self.drift(WILD_DRIFT),
            Kind::Step => {
                let us = i64::try_from(self.dice.within(1, 10_000_000)).unwrap_or(1);
                let us = if self.dice.one_in(2) { us } else { -us };
                (vec![Action::SetClock { who: self.target(), change: ClockChange::Step(us) }], Vec::new())
            }
            Kind::Shape => self.shape_links(),
            Kind::Drop => (vec![Action::DropMessage(self.pick())], Vec::new()),
            Kind::Delay => {
                let by = self.dice.length();
                (vec![Action::DelayMessage { pick: self.pick(), by }], Vec::new())
            }
            Kind::Duplicate => (vec![Action::DuplicateMessage(self.pick())], Vec::new()),
            Kind::Expire if self.shape.timers.is_empty() => (Vec::new(), Vec::new()),
            Kind::Expire => {
                let timer = self.dice.one_of(self.shape.timers).to_owned();
                (vec![Action::Expire { who: Target::Process(self.server()), timer }], Vec::new())
            }
            Kind::Request => (self.request(), Vec::new()),
            Kind::Transfer => {
                let to = self.server();
                (self.admin(Admin::Transfer(to)), Vec::new())
            }
            Kind::Members => (self.change_members(), Vec::new()),
            Kind::Compact => {
                let to = Target::Process(self.server());
                (vec![Action::Request { to, op: Op::Admin(Admin::Compact) }], Vec::new())
            }
            Kind::Wipe => {
                let who = Target::Process(self.server());
                (vec![Action::Crash(who.clone()), Action::Wipe(who.clone())], vec![Action::Restart(who)])
            }
            Kind::Lie => {
                let who = Target::Process(self.server());
                let mend = Action::SetFsync { who: who.clone(), lies: false };
                (vec![Action::SetFsync { who, lies: true }], vec![mend])
            }
        }
    }

    fn server(&mut self) -> ProcessId {
        ProcessId(u8::try_from(self.dice.below(u64::from(self.shape.servers))).unwrap_or(0))
    }

    /// A server, in one of three cases whoever leads then.
    fn target(&mut self) -> Target {
        match self.shape.leader {
            Some(role) if self.dice.one_in(3) => Target::Role { role: role.to_owned(), nth: 0 },
            _ => Target::Process(self.server()),
        }
    }

    /// What mends a server. Who played a part is known only in the run, so all are mended then: what was not broken
    /// refuses it, and nothing changes.
    fn for_each_of(&self, who: &Target, mend: impl Fn(Target) -> Action<Op>) -> Vec<Action<Op>> {
        match who {
            Target::Process(_) => vec![mend(who.clone())],
            Target::Role { .. } => (0..self.shape.servers).map(|id| mend(ProcessId(id).into())).collect(),
        }
    }

    /// Two servers, or a server and whoever leads.
    fn two(&mut self) -> Option<(ProcessId, ProcessId)> {
        let others = self.shape.servers.checked_sub(1).filter(|others| *others > 0)?;
        let one = self.server();
        let step = u8::try_from(self.dice.within(1, u64::from(others))).unwrap_or(1);
        Some((one, ProcessId((one.0 + step) % self.shape.servers)))
    }

    fn cut(&mut self) -> Fault {
        let Some((from, to)) = self.two() else { return (Vec::new(), Vec::new()) };
        let (from, to, both) = (Target::Process(from), Target::Process(to), self.dice.one_in(2));
        let mend = Action::Heal { from: from.clone(), to: to.clone(), both };
        (vec![Action::Cut { from, to, both }], vec![mend])
    }

    /// The servers in two groups, or in one of four cases three, none empty if there are as many servers.
    fn groups(&mut self) -> Vec<Vec<Target>> {
        let count = if self.dice.one_in(4) { 3 } else { 2 };
        let mut groups: Vec<Vec<Target>> = vec![Vec::new(); count];
        for id in 0..self.shape.servers {
            let place = self.dice.below(count as u64);
            groups[usize::try_from(place).unwrap_or(0)].push(ProcessId(id).into());
        }
        groups.retain(|group| !group.is_empty());
        if let [only] = groups.as_mut_slice()
            && let Some(one) = only.pop()
        {
            groups.push(vec![one]);
        }
        groups
    }

    fn drift(&mut self, most: u64) -> Fault {
        let ppm = i32::try_from(self.dice.within(0, most)).unwrap_or(0);
        let change = ClockChange::Drift(if self.dice.one_in(2) { ppm } else { -ppm });
        let who = Target::Process(self.server());
        let mend = Action::SetClock { who: who.clone(), change: ClockChange::Drift(0) };
        (vec![Action::SetClock { who, change }], vec![mend])
    }

    fn shape_links(&mut self) -> Fault {
        let dice = &mut *self.dice;
        let latency = match dice.below(4) {
            0 => Some(Latency::LongTail {
                usual: Span(dice.within(1_000, 20_000)),
                most: Span(dice.within(100_000, 2_000_000)),
            }),
            1 => Some(Latency::Uniform(Span(dice.within(500, 5_000)), Span(dice.within(5_000, 400_000)))),
            _ => None,
        };
        let mut share = || dice.one_in(2).then(|| dice.share());
        let (loss, duplication, reordering) = (share(), share(), share());
        let change = Change { latency, loss, duplication, reordering };
        if change == Change::default() {
            return (Vec::new(), Vec::new());
        }
        let (from, to) = match self.dice.below(3) {
            0 => (None, None),
            1 => (Some(Target::Process(self.server())), None),
            _ => self.two().map_or((None, None), |(from, to)| (Some(from.into()), Some(to.into()))),
        };
        let both = self.dice.one_in(2);
        let shape = |change| Action::Shape { from: from.clone(), to: to.clone(), both, change };
        (vec![shape(Some(change))], vec![shape(None)])
    }

    fn pick(&mut self) -> Pick {
        let end = |stage: &mut Self| stage.dice.one_in(2).then(|| Target::Process(stage.server()));
        let (from, to) = (end(self), end(self));
        // Nobody sends to itself: such a pick would never fit anything.
        let to = to.filter(|_| from.is_none());
        Pick::Fitting { kind: None, from, to, nth: u8::try_from(self.dice.below(8)).unwrap_or(0) }
    }

    fn request(&mut self) -> Vec<Action<Op>> {
        let Some(last) = self.shape.clients.checked_sub(1) else { return Vec::new() };
        let client = self.shape.servers + u8::try_from(self.dice.within(0, u64::from(last))).unwrap_or(0);
        let key = self.dice.one_of(&KEYS).to_owned();
        // Values that nobody else writes say whose write was read.
        let value = format!("h{}", self.dice.place);
        let op = match self.dice.below(8) {
            0 | 1 => Op::Put { key, value },
            2 | 3 => Op::Get { key },
            4 => Op::Read { key, how: self.dice.one_of(&[Reads::Log, Reads::Index, Reads::Local]) },
            5 => Op::Append { key, value },
            6 => Op::Cas { key, expected: None, value },
            _ => Op::Delete { key },
        };
        vec![Action::Request { to: ProcessId(client).into(), op }]
    }

    /// Asks whoever leads.
    fn admin(&self, admin: Admin) -> Vec<Action<Op>> {
        let Some(role) = self.shape.leader else { return Vec::new() };
        vec![Action::Request { to: Target::Role { role: role.to_owned(), nth: 0 }, op: Op::Admin(admin) }]
    }

    fn change_members(&mut self) -> Vec<Action<Op>> {
        let Some(changes) = self.shape.changes else { return Vec::new() };
        let who = self.server();
        let admin = match (changes, self.dice.below(4)) {
            (_, 0) => Admin::AddLearner(who),
            (Changes::OneByOne, 1) => Admin::Remove(who),
            (Changes::OneByOne, _) => Admin::AddVoter(who),
            (Changes::Joint, _) => {
                let (servers, dice) = (self.shape.servers, &mut *self.dice);
                let mut voters: Vec<ProcessId> = (0..servers).map(ProcessId).filter(|_| !dice.one_in(3)).collect();
                if voters.is_empty() {
                    voters.push(who);
                }
                Admin::Reconfigure(voters)
            }
        };
        self.admin(admin)
    }
}
