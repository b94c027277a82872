//! Random histories, the same for the same seed.

use check::history::{Datum, Event, Function, History, Kind, Recorder};

/// A stream of numbers (SplitMix64, Steele, Lea & Flood 2014).
#[derive(Clone, Debug)]
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Yes in so many of a hundred cases.
    pub(crate) fn percent(&mut self, of: u64) -> bool {
        self.below(100) < of
    }

    /// One of these.
    pub(crate) fn pick<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        let at = self.below(all.len() as u64);
        &all[usize::try_from(at).expect("it is small, and well formed")]
    }
}

/// What a random history is like.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    /// How many operations.
    pub(crate) ops: u64,
    /// How many clients work at the same time.
    pub(crate) clients: u64,
    /// How many keys.
    pub(crate) keys: u64,
    /// How many values; 0 for a new one each time.
    pub(crate) values: u64,
    /// How many of a hundred operations end unknown.
    pub(crate) unknown: u64,
    /// What is asked, each as often as it stands here.
    pub(crate) asks: Vec<Function>,
    /// How many of a hundred answers are made up.
    pub(crate) lies: u64,
}

/// A thing as a server would have it, for one key: told what is asked, answers.
#[derive(Clone, Debug, Default)]
struct Server {
    value: Held,
    /// What was there before.
    past: Vec<Datum>,
    holder: Option<u64>,
    queue: std::collections::VecDeque<i64>,
}

/// What a key holds: a number, or text.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
enum Held {
    #[default]
    Nothing,
    Is(Datum),
}

impl Held {
    fn datum(&self) -> Datum {
        match self {
            Self::Nothing => Datum::Nil,
            Self::Is(datum) => datum.clone(),
        }
    }
}

#[derive(Clone, Debug)]
struct Open {
    process: u64,
    key: usize,
    function: Function,
    value: Datum,
    answer: Option<(Kind, Datum)>,
}

/// A history of clients of a correct server, but for the lies.
pub(crate) fn random(chance: &mut Chance, shape: &Shape) -> History {
    let mut recorder = Recorder::new();
    let mut servers = vec![Server::default(); usize::try_from(shape.keys).expect("it is small, and well formed")];
    let mut clients: Vec<Option<Open>> =
        vec![None; usize::try_from(shape.clients).expect("it is small, and well formed")];
    let mut processes: Vec<u64> = (0..shape.clients).collect();
    let (mut asked, mut fresh, mut next_process, mut line) = (0, 0, shape.clients, 0);
    let mut tell = |open: &Open, kind: Kind, value: Datum| {
        line += 1;
        let key = Datum::Int(i64::try_from(open.key).expect("it is small, and well formed"));
        let process = format!("C{}", open.process);
        let event = Event { process, kind, function: open.function, key, value, time: Some(u64::from(line)) };
        recorder.take(line, event).expect("it is small, and well formed");
    };
    loop {
        let at = usize::try_from(chance.below(shape.clients)).expect("it is small, and well formed");
        match clients[at].take() {
            None if asked == shape.ops => {
                if clients.iter().all(Option::is_none) {
                    break;
                }
            }
            None => {
                asked += 1;
                let function = *chance.pick(&shape.asks);
                let mut value = || {
                    fresh += 1;
                    let number = if shape.values == 0 { fresh } else { chance.below(shape.values) };
                    i64::try_from(number).expect("it is small, and well formed")
                };
                let value = match function {
                    Function::Write | Function::Enqueue => Datum::Int(value()),
                    Function::Append => Datum::Text(format!("{}.", value())),
                    Function::Cas => Datum::List(vec![Datum::Int(value()), Datum::Int(value())]),
                    Function::Read | Function::Acquire | Function::Release | Function::Dequeue => Datum::Nil,
                };
                let key = usize::try_from(chance.below(shape.keys)).expect("it is small, and well formed");
                let open = Open { process: processes[at], key, function, value, answer: None };
                tell(&open, Kind::Invoke, open.value.clone());
                clients[at] = Some(open);
            }
            Some(mut open) if open.answer.is_none() => {
                if chance.percent(shape.unknown) {
                    // It takes effect, or does not; nobody knows.
                    if chance.percent(50) {
                        serve(&mut servers[open.key], &open);
                    }
                    if chance.percent(50) {
                        tell(&open, Kind::Info, open.value.clone());
                    }
                    processes[at] = next_process;
                    next_process += 1;
                    continue;
                }
                open.answer = Some(serve(&mut servers[open.key], &open));
                clients[at] = Some(open);
            }
            Some(open) => {
                let (mut kind, mut value) = open.answer.clone().expect("it is small, and well formed");
                if chance.percent(shape.lies) {
                    match open.function {
                        // Stale, as from a copy that lags behind.
                        Function::Read if !servers[open.key].past.is_empty() && chance.percent(70) => {
                            value = chance.pick(&servers[open.key].past).clone();
                        }
                        Function::Read | Function::Dequeue => {
                            value = match chance.below(shape.values.max(3) + 1) {
                                0 => Datum::Nil,
                                number => Datum::Int(i64::try_from(number - 1).expect("it is small, and well formed")),
                            }
                        }
                        Function::Cas => value = Datum::Bool(chance.percent(50)),
                        Function::Acquire | Function::Release => kind = Kind::Ok,
                        Function::Write | Function::Append | Function::Enqueue => {}
                    }
                }
                tell(&open, kind, value);
            }
        }
    }
    recorder.finish()
}

fn serve(server: &mut Server, open: &Open) -> (Kind, Datum) {
    if !matches!(open.function, Function::Read) {
        server.past.push(server.value.datum());
    }
    let number = |datum: &Datum| if let Datum::Int(number) = datum { *number } else { 0 };
    match open.function {
        Function::Read => (Kind::Ok, server.value.datum()),
        Function::Write => {
            server.value = Held::Is(open.value.clone());
            (Kind::Ok, open.value.clone())
        }
        Function::Cas => {
            let Datum::List(pair) = &open.value else { unreachable!("a pair") };
            let fits = server.value.datum() == pair[0];
            if fits {
                server.value = Held::Is(pair[1].clone());
            }
            (Kind::Ok, Datum::Bool(fits))
        }
        Function::Append => {
            let old = match server.value.datum() {
                Datum::Nil => String::new(),
                Datum::Text(text) => text,
                other => other.to_string(),
            };
            let Datum::Text(more) = &open.value else { unreachable!("text") };
            server.value = Held::Is(Datum::Text(old + more));
            (Kind::Ok, open.value.clone())
        }
        Function::Acquire if server.holder.is_none() => {
            server.holder = Some(open.process);
            (Kind::Ok, Datum::Nil)
        }
        Function::Release if server.holder == Some(open.process) => {
            server.holder = None;
            (Kind::Ok, Datum::Nil)
        }
        Function::Acquire | Function::Release => (Kind::Fail, Datum::Nil),
        Function::Enqueue => {
            server.queue.push_back(number(&open.value));
            (Kind::Ok, open.value.clone())
        }
        Function::Dequeue => (Kind::Ok, server.queue.pop_front().map_or(Datum::Nil, Datum::Int)),
    }
}
