//! Registers whose values are all distinct: decided in n log n, after Gibbons & Korach, *Testing shared memories*
//! (SIAM J. Computing 26, 1997, theorem 4.1 and section 4.2).
//!
//! If every value is written once, and nothing is compared, it is known which write each read saw. A write with its
//! reads is a *cluster*. Between the first return and the last call of a cluster, if the return comes first, the
//! register surely holds its value: a *forward zone*. Otherwise all of the cluster's operations overlap, from the last
//! call to the first return: a *backward zone*, in which the cluster fits at any one point. There is an order if and
//! only if no read returned before its write was called, no two forward zones overlap, and no backward zone lies
//! within a forward one.

use crate::history::model::{Item, Table};
use crate::history::op::{Answer, Call, Value};

/// Whether the items are linearizable, if this can tell. They must be pruned: an unknown write that is left is seen.
pub(crate) fn decide(items: &[Item]) -> Option<bool> {
    if items.iter().any(|item| !matches!(item.call, Call::Read | Call::Write(_))) {
        return None;
    }
    let mut clusters = Clusters::of_writes(items)?;
    for item in items {
        let Some(Answer::Found(value)) = item.answer else { continue };
        let Some(cluster) = clusters.get(value) else { return Some(false) };
        if item.due + 1 < cluster.write {
            return Some(false);
        }
        cluster.add(item);
    }
    Some(clusters.fit())
}

/// A write with the reads that saw it. Places are counted from 1, so that 0 is before everything.
#[derive(Clone, Copy, Debug)]
struct Cluster {
    /// When the write was called.
    write: u32,
    /// The first return.
    returned: u32,
    /// The last call.
    called: u32,
}

impl Cluster {
    fn add(&mut self, item: &Item) {
        self.returned = self.returned.min(item.due.saturating_add(1));
        self.called = self.called.max(item.invoked + 1);
    }
}

struct Clusters {
    all: Vec<Cluster>,
    of_value: Table<u32, usize>,
}

impl Clusters {
    /// The writes; `None` if two of them write the same.
    fn of_writes(items: &[Item]) -> Option<Self> {
        // Nothing was written before everything else.
        let mut clusters = Self { all: Vec::new(), of_value: Table::default() };
        let start = Cluster { write: 0, returned: 0, called: 0 };
        clusters.all.push(start);
        clusters.of_value.insert(Value::NIL.0, 0);
        for item in items {
            let Call::Write(value) = item.call else { continue };
            if clusters.of_value.insert(value.0, clusters.all.len()).is_some() {
                return None;
            }
            let (invoked, due) = (item.invoked + 1, item.due.saturating_add(1));
            clusters.all.push(Cluster { write: invoked, returned: due, called: invoked });
        }
        Some(clusters)
    }

    fn get(&mut self, value: Value) -> Option<&mut Cluster> {
        self.all.get_mut(*self.of_value.get(&value.0)?)
    }

    fn fit(&self) -> bool {
        let is_forward = |cluster: &&Cluster| cluster.returned < cluster.called;
        let mut forward: Vec<(u32, u32)> =
            self.all.iter().filter(is_forward).map(|cluster| (cluster.returned, cluster.called)).collect();
        forward.sort_unstable();
        if forward.windows(2).any(|pair| pair[1].0 < pair[0].1) {
            return false;
        }
        let lies_within = |cluster: &Cluster| {
            let after = forward.partition_point(|zone| zone.0 < cluster.called);
            after > 0 && cluster.returned < forward[after - 1].1
        };
        !self.all.iter().skip(1).filter(|cluster| !is_forward(cluster)).any(lies_within)
    }
}
