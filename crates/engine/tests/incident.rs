//! The state machine of an incident: the whole table, and what holds for every sequence of events.

use dogwatch_engine::incident::{Effect, Event, Options, OutOfPlace, State, step, walk};
use proptest::{collection::vec, prelude::*, sample::select};

use State::{
    Abandoned, Approved, AwaitingApproval, Collecting, Detected, Executing, NeedsNextOption,
    Resolved, Verifying,
};

/// One letter per state, in the order of [`State::ALL`].
const LETTERS: &str = "DCGWAXVNRZ";

/// Written out a second time: per event, in the order of [`Event::ALL`], where it leads from each
/// state, by letter; a point where it does not belong.
const TABLE: [&str; 22] = [
    "C.........", // Scheduled
    ".G........", // DiagnosisReady(Some)
    ".G........", // DiagnosisReady(None)
    "..W.......", // PreviewsReady
    "...WA.....", // PreviewAdded
    "...AA.....", // Confirmed
    "...WA.....", // Denied(Some)
    "...GA.....", // Denied(None)
    "...WA.....", // Expired(Some)
    "...GA.....", // Expired(None)
    "...V......", // AlarmsCleared
    "....X.....", // PreconditionsHold
    "....C.....", // Drifted
    "....C.....", // Late
    "....A.....", // Paused
    ".....X....", // StepDone
    ".....V....", // LastStepDone
    ".....V....", // StepFailed
    "......R...", // ExpectationsMet
    "......N...", // ExpectationsUnmet
    "..CC...C..", // NewRound
    "ZZZZZ.ZZ..", // Abandoned
];

#[test]
fn every_pair_is_as_written_down() {
    for (event, row) in Event::ALL.into_iter().zip(TABLE) {
        for (state, cell) in State::ALL.into_iter().zip(row.chars()) {
            let wanted = LETTERS.find(cell).map(|at| State::ALL[at]);
            let got = step(state, event).map(|(to, _)| to);
            assert_eq!(
                got,
                wanted.ok_or(OutOfPlace { state, event }),
                "{event:?} in {state:?}"
            );
        }
    }
}

#[test]
fn the_way_of_a_recovery_in_two_rounds() {
    let round = [
        Event::DiagnosisReady(Options::Some),
        Event::PreviewsReady,
        Event::Confirmed,
        Event::PreconditionsHold,
        Event::StepDone,
        Event::LastStepDone,
    ];
    let (state, _) = step(Detected, Event::Scheduled).unwrap();
    let (state, _) = walk(state, &round).unwrap();
    assert_eq!(state, Verifying);
    let (state, effects) = step(state, Event::ExpectationsUnmet).unwrap();
    assert_eq!(state, NeedsNextOption);
    assert!(effects.contains(&Effect::OfferRollback));
    let (state, _) = step(state, Event::NewRound).unwrap();
    assert_eq!(state, Collecting);
    let (state, _) = walk(state, &round).unwrap();
    let (state, effects) = step(state, Event::ExpectationsMet).unwrap();
    assert_eq!(state, Resolved);
    assert_eq!(effects, [Effect::NotifyClosed, Effect::Archive]);
}

#[test]
fn a_walk_stops_at_what_has_no_place_and_says_so_in_words() {
    let error = walk(
        AwaitingApproval,
        &[Event::Confirmed, Event::ExpectationsMet],
    )
    .unwrap_err();
    let (state, event) = (Approved, Event::ExpectationsMet);
    assert_eq!(error, OutOfPlace { state, event });
    assert_eq!(
        error.to_string(),
        "the incident is approved, where ExpectationsMet has no place"
    );
}

#[test]
fn closed_is_closed_and_nothing_under_way_is_given_up() {
    for event in Event::ALL {
        assert!(step(Resolved, event).is_err() && step(Abandoned, event).is_err());
    }
    assert!(step(Executing, Event::Abandoned).is_err());
}

/// One step of a story: the state before, what followed, the state after.
type Told = (State, Vec<Effect>, State);

/// What happens when these events come, in this order; those that have no place are refused and
/// change nothing.
fn story(events: &[Event]) -> Vec<Told> {
    let mut now = Detected;
    let mut told = Vec::new();
    for event in events {
        if let Ok((next, effects)) = step(now, *event) {
            told.push((now, effects, next));
            now = next;
        }
    }
    told
}

/// Events in an order that nobody would plan, with those of a recovery more often, so that stories
/// come far.
fn events() -> impl Strategy<Value = Vec<Event>> {
    let usual = vec![
        Event::Scheduled,
        Event::DiagnosisReady(Options::Some),
        Event::PreviewsReady,
        Event::Confirmed,
        Event::PreconditionsHold,
        Event::StepDone,
        Event::LastStepDone,
        Event::ExpectationsUnmet,
        Event::NewRound,
    ];
    let any = select(Event::ALL.to_vec());
    vec(prop_oneof![3 => select(usual), 1 => any], 0..400)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn nothing_changes_a_cluster_but_from_approved_and_executing(events in events()) {
        for (before, effects, after) in story(&events) {
            if effects.into_iter().any(Effect::is_change) {
                prop_assert!(matches!(before, Approved | Executing), "from {before:?}");
                prop_assert_eq!(after, Executing);
            }
        }
    }

    #[test]
    fn every_execution_follows_a_recorded_approval_of_its_round(events in events()) {
        let mut is_approved = false;
        for (before, effects, after) in story(&events) {
            let is_change = effects.iter().any(|effect| effect.is_change());
            prop_assert!(!is_change || is_approved, "{effects:?} from {before:?}");
            is_approved |= effects.contains(&Effect::RecordApproval);
            // What was approved is void where the story looks anew, waits anew or watches.
            is_approved &= matches!(after, Approved | Executing);
        }
    }
}

#[test]
fn random_stories_reach_every_state() {
    use proptest::{strategy::ValueTree as _, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..500 {
        let tree = events().new_tree(&mut runner).unwrap();
        seen.extend(
            story(&tree.current())
                .into_iter()
                .map(|(_, _, after)| after),
        );
    }
    // Nothing leads back to the beginning.
    assert_eq!(seen.len(), State::ALL.len() - 1, "{seen:?}");
}
