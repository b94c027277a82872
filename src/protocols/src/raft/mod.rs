//! Raft (Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm", extended version, 2014;
//! section numbers here are that paper's) with what Ongaro's thesis ("Consensus: Bridging Theory and Practice", 2014)
//! adds to it, with the key-value store that it replicates and its clients.
//!
//! The servers know no network and no clock but their [`sim::Context`]; the monitor sees all of them and is seen
//! by none. Only [`view`] and [`words`] know how a reader sees any of it.

pub mod chunked;
pub mod client;
pub mod disk;
pub mod log;
pub mod machine;
pub mod membership;
pub mod message;
pub mod monitor;
pub mod note;
pub mod server;
pub mod snapshot;
pub mod view;
pub mod words;

use std::sync::Arc;

use sim::{Context, Process, ProcessId, Protocol};

pub use client::Client;
pub use disk::{Persistent, Write};
pub use log::{Command, Entry, Log, Position};
pub use machine::Machine;
pub use membership::{Configurations, Configured, Members, Membership};
pub use message::{Answer, Message};
pub use monitor::{Breach, RaftMonitor};
pub use note::{AdminRefused, Note, PutOff, VoteRefused};
pub use server::{Leadership, PendingRead, Progress, Role, Rounds, Served, Server, Stage, Transfer, Volatile};
pub use snapshot::Snapshot;

use crate::op::{Op, Outcome};
use crate::scenario::{ClientConfig, RaftConfig};

/// What a step of a member sees of the world.
pub(crate) type Ctx<'a> = Context<'a, Member>;

/// The parts that an action can mean ([`Protocol::find`]). Whoever asks whether it could win counts as a candidate.
pub const ROLES: [&str; 3] = ["leader", "follower", "candidate"];

/// The words for the kinds of messages, as [`Protocol::kind`] gives them.
pub const KINDS: [&str; 10] = [
    "RequestVote",
    "vote",
    "refusal",
    "heartbeat",
    "AppendEntries",
    "acknowledgement",
    "mismatch",
    "request",
    "reply",
    "redirect",
];

/// A Raft cluster with its clients: servers have the first ids, clients those after them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raft {
    /// How many servers there are.
    pub servers: u8,
    /// The clients.
    pub clients: Vec<ClientConfig>,
    /// The servers' settings.
    pub config: Arc<RaftConfig>,
}

/// A process of the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Member {
    /// Holds the log and decides.
    Server(Box<Server>),
    /// Asks.
    Client(Box<Client>),
}

/// The timers of servers and clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timer {
    /// A server's: how long it waits for a leader or for votes (§5.2).
    Election,
    /// A leader's: its next heartbeat (§5.2).
    Heartbeat,
    /// A leader's: how long it waits for another to take over from it (thesis §3.10).
    Transfer,
    /// A server's that answers before its writes are lasting: its next fsync.
    Flush,
    /// A client's: its next write of its own.
    Write,
    /// A client's: how long it waits for one server.
    Retry,
    /// A client's: how long it waits at all.
    GiveUp,
}

impl Protocol for Raft {
    type Process = Member;
    type Monitor = RaftMonitor;

    fn population(&self) -> u8 {
        self.servers + u8::try_from(self.clients.len()).expect("a scenario has few clients")
    }

    /// What the scenario gives a server: a term, a vote, and entries that hold nothing.
    fn disk(&self, id: ProcessId) -> Persistent {
        let Some(given) = self.config.given.iter().find(|given| given.who == id) else { return Persistent::default() };
        let log = given.log.iter().copied().map(Entry::no_op).collect();
        Persistent { term: given.term, voted_for: given.voted_for, log, ..Persistent::default() }
    }

    fn boot(&self, id: ProcessId, disk: &Persistent) -> Member {
        if id.0 < self.servers {
            Member::Server(Box::new(Server::new(id, self.servers, Arc::clone(&self.config), disk.clone())))
        } else {
            let nth = usize::from(id.0 - self.servers);
            Member::Client(Box::new(Client::new(nth, self.servers, &self.clients[nth])))
        }
    }

    fn monitor(&self) -> RaftMonitor {
        RaftMonitor::new(self.servers, self.clients.len())
    }

    /// Servers are linked to all servers, a client to the servers that it is near to, and to no client.
    fn linked(&self, a: ProcessId, b: ProcessId) -> bool {
        let (server, client) = (a.min(b), a.max(b));
        if client.0 < self.servers {
            return a != b;
        }
        let near = &self.clients[usize::from(client.0 - self.servers)].near;
        server.0 < self.servers && (near.is_empty() || near.contains(&server))
    }

    /// `leader` is the running leader of the highest term, whatever older leaders believe; `follower` and
    /// `candidate` are those in the order of ids.
    fn find(&self, role: &str, nth: u8, processes: &[Option<Member>]) -> Option<ProcessId> {
        let servers = processes.iter().flatten().filter_map(Member::server);
        let nth = usize::from(nth);
        match role {
            "leader" => {
                let leaders: Vec<&Server> = servers.filter(|server| server.leads()).collect();
                // The nth has n leaders before it, of a higher term or of the same term with a smaller id.
                let rank = |server: &Server| (core::cmp::Reverse(server.persistent.term), server.id());
                let before = |server: &Server| leaders.iter().filter(|other| rank(other) < rank(server)).count();
                leaders.iter().find(|server| before(server) == nth).map(|server| server.id())
            }
            "follower" => servers.filter(|server| matches!(server.role, Role::Follower)).nth(nth).map(Server::id),
            "candidate" => {
                let asks = |role: &Role| matches!(role, Role::PreCandidate { .. } | Role::Candidate { .. });
                servers.filter(|server| asks(&server.role)).nth(nth).map(Server::id)
            }
            _ => None,
        }
    }

    fn kind(message: &Message) -> &'static str {
        words::kind(message)
    }

    fn timer_named(word: &str) -> Option<Timer> {
        match word {
            "election" => Some(Timer::Election),
            "heartbeat" => Some(Timer::Heartbeat),
            "transfer" => Some(Timer::Transfer),
            "flush" => Some(Timer::Flush),
            "write" => Some(Timer::Write),
            "retry" => Some(Timer::Retry),
            "give_up" => Some(Timer::GiveUp),
            _ => None,
        }
    }
}

impl Process for Member {
    type Msg = Message;
    type Timer = Timer;
    type Disk = Persistent;
    type Note = Note;
    type Op = Op;
    type Outcome = Outcome;

    fn bytes(&self) -> usize {
        match self {
            Self::Server(server) => server.bytes(),
            Self::Client(client) => size_of_val(&**client),
        }
    }

    fn start(&mut self, ctx: &mut Ctx<'_>) {
        match self {
            Self::Server(server) => server.start(ctx),
            Self::Client(client) => client.start(ctx),
        }
    }

    fn on_message(&mut self, from: ProcessId, msg: Message, ctx: &mut Ctx<'_>) {
        match self {
            Self::Server(server) => server.on_message(from, msg, ctx),
            Self::Client(client) => client.on_message(from, msg, ctx),
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Ctx<'_>) {
        match self {
            Self::Server(server) => server.on_timer(timer, ctx),
            Self::Client(client) => client.on_timer(timer, ctx),
        }
    }

    /// Clients are asked to read and write, servers what an operator can ask for. A scenario that asks anything else
    /// is refused before it runs.
    fn on_request(&mut self, op: Op, ctx: &mut Ctx<'_>) {
        match (self, op) {
            (Self::Server(server), Op::Admin(admin)) => server.on_request(admin, ctx),
            (Self::Client(client), op) => client.on_request(op, ctx),
            (Self::Server(_), _) => {}
        }
    }
}

impl Member {
    /// The server, if it is one.
    #[must_use]
    pub fn server(&self) -> Option<&Server> {
        match self {
            Self::Server(server) => Some(server),
            Self::Client(_) => None,
        }
    }

    /// The client, if it is one.
    #[must_use]
    pub fn client(&self) -> Option<&Client> {
        match self {
            Self::Client(client) => Some(client),
            Self::Server(_) => None,
        }
    }
}
