//! A lab for tests of the drawing: five nodes, two clients that write, and a cut that parts *A* and *B* from the rest.

use lesson::{Control, Lab, Panel, Size};
use protocols::Scenario;
use protocols::scenario::{ClientConfig, ProtocolConfig, RaftConfig, Scheduled};
use sim::{Action, By, ProcessId, Span, Time};

const fn at(ms: u64) -> Time {
    Time(ms * 1_000)
}

/// The lab in this size, with every panel and control.
pub(crate) fn lab(size: Size) -> Lab {
    let side = |ids: &[u8]| ids.iter().map(|&id| ProcessId(id).into()).collect::<Vec<_>>();
    let client = |(name, near): (&str, &[u8])| ClientConfig {
        name: name.to_owned(),
        near: near.iter().copied().map(ProcessId).collect(),
        write_every: Some(Span::from_millis(400)),
        does: Vec::new(),
        timeout: Span::from_secs(1),
    };
    Lab {
        id: "two-leaders".to_owned(),
        title: "Two leaders, one cut".to_owned(),
        number: "14-2".to_owned(),
        caption: "The cluster after the cut. *A* still leads on its side.".to_owned(),
        scenario: Scenario {
            protocol: ProtocolConfig::Raft(RaftConfig::default()),
            nodes: ["A", "B", "C", "D", "E"].map(str::to_owned).to_vec(),
            clients: [("c1", &[0, 1][..]), ("c2", &[2, 3, 4])].map(client).to_vec(),
            seed: 7,
            network: sim::Network::default(),
            script: vec![Scheduled {
                at: at(3_000),
                by: By::Lesson,
                action: Action::Partition { groups: vec![side(&[0, 1, 5]), side(&[2, 3, 4, 6])] },
            }],
            until: at(60_000),
        },
        poster: at(3_600),
        size,
        panels: vec![Panel::Inspector, Panel::Timeline, Panel::Logs, Panel::Safety],
        controls: vec![Control::Cut, Control::Crash, Control::Write],
        slowed: 20,
        challenge: None,
    }
}
