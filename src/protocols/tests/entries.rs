//! How the entries of a log came there, over a whole run.

mod common;

use common::{at, broken, first, five, leaders, ms, target, writer};
use protocols::Run;
use protocols::scenario::Scenario;
use sim::{Action, ProcessId};

fn run() -> Box<dyn Run> {
    let script = vec![at(2_000, Action::Crash(target("B"))), at(2_600, Action::Restart(target("B")))];
    Scenario { script, clients: vec![writer("c1", Some(50))], ..five(1) }.start().expect("the scenario is valid")
}

#[test]
fn each_cell_of_a_log_was_taken_in_by_an_event_of_its_server_and_each_solid_one_settled_after_that() {
    let mut run = run();
    run.seek(ms(4_000));
    let mut asked = 0;
    for node in &run.view().nodes {
        for cell in &node.strip.cells {
            let found = run.entry(node.id, cell.index);
            let taken = found.taken_in.expect("every entry was taken in");
            assert_eq!(taken.process, Some(node.id));
            assert!(taken.at <= run.now());
            if cell.known {
                assert!(found.settled.is_some_and(|settled| settled.id > taken.id), "{} {}", node.name, cell.index);
            }
            asked += 1;
        }
    }
    assert_eq!(broken(&*run), [""; 0]);
    assert!(asked > 50, "there was something to ask about: {asked}");
}

#[test]
fn the_leader_takes_an_entry_in_before_its_followers_store_it() {
    let mut run = run();
    let has_two = |run: &dyn Run| run.view().nodes.iter().all(|node| node.strip.last >= 2);
    assert!(first(&mut *run, ms(1_900), has_two).is_some(), "two entries reach everybody");
    let (leader, _) = leaders(&*run).remove(0);
    let nodes = run.view().nodes;
    let leads = nodes.iter().find(|node| node.name == leader).expect("it is there");
    let taken = |id: ProcessId| run.entry(id, 2).taken_in.expect("all have it");
    let first = taken(leads.id);
    assert!(first.text.contains("takes"), "{}", first.text);
    for node in nodes.iter().filter(|node| node.name != leader) {
        let stored = taken(node.id);
        assert!(stored.id > first.id && stored.text.contains("stores"), "{}", stored.text);
    }
}

#[test]
fn an_index_that_nobody_has_came_from_nowhere() {
    let mut run = run();
    run.seek(ms(1_500));
    assert_eq!(run.entry(ProcessId(0), 4_000).taken_in, None);
    assert_eq!(run.entry(ProcessId(5), 1).taken_in, None, "a client has no log");
}
