//! The merge depends on nothing but the set of entries, and drops nothing.

use std::collections::{BTreeMap, BTreeSet};

use holdfast_record::{
    Consent, Entry, EntryHash, Incident, IncidentId, Place, Precision, Statement, Timestamp, Value,
    When, field, purpose,
};
use proptest::{collection::vec, prelude::*, sample::Index};
use rand_chacha::ChaCha20Rng;

use crate::given::{INCIDENT, NOON, device, evidence, note, rng};

fn text(words: &str) -> Value {
    Value::Text {
        text: words.to_owned(),
        lang: None,
    }
}

fn set(field: &str, value: Value) -> Statement {
    Statement::FieldSet {
        field: field.to_owned(),
        value,
    }
}

fn given() -> Statement {
    Statement::ConsentGiven {
        purpose: purpose::COALITION.to_owned(),
        recipient: "desk".to_owned(),
    }
}

fn withdrawn() -> Statement {
    Statement::ConsentWithdrawn {
        purpose: purpose::COALITION.to_owned(),
        recipient: "desk".to_owned(),
    }
}

/// Writes entries, each after those it is told of.
struct Pen(ChaCha20Rng, i64);

impl Pen {
    fn new() -> Self {
        Self(rng(), NOON.0)
    }

    /// Clocks run backwards here: nothing may depend on them.
    fn write(&mut self, by: u8, after: &[&Entry], statement: &Statement) -> Entry {
        let parents: Vec<EntryHash> = after.iter().map(|entry| entry.hash()).collect();
        self.1 -= 1000;
        Entry::make(
            &device(by),
            INCIDENT,
            &parents,
            Timestamp(self.1),
            statement,
            &mut self.0,
        )
    }
}

fn values<'i>(incident: &'i Incident, field: &str) -> Vec<&'i Value> {
    incident
        .standing(field)
        .iter()
        .map(|standing| &standing.value)
        .collect()
}

/// What one of three devices does: writes something, or learns all another knows.
#[derive(Clone, Debug)]
enum Step {
    Write(usize, Box<Statement>),
    Learn(usize, usize),
}

fn any_history() -> impl Strategy<Value = Vec<Entry>> {
    let statement = prop_oneof![
        4 => (prop::sample::select(vec!["narrative", "urgent"]), any::<bool>())
            .prop_map(|(field, flag)| set(field, Value::Flag(flag))),
        2 => Just(given()),
        2 => Just(withdrawn()),
        1 => Just(note("words")),
        1 => Just(Statement::EvidenceAdded(evidence())),
        1 => Just(Statement::Opened),
    ];
    let step = prop_oneof![
        3 => (0..3usize, statement).prop_map(|(device, statement)| Step::Write(device, Box::new(statement))),
        1 => (0..3usize, 0..3usize).prop_map(|(from, to)| Step::Learn(from, to)),
    ];
    (vec(step, 1..16), vec(-2..3i64, 16)).prop_map(|(steps, clocks)| play(steps, &clocks))
}

fn play(steps: Vec<Step>, clocks: &[i64]) -> Vec<Entry> {
    let mut rng = rng();
    let mut known: [Vec<Entry>; 3] = [vec![], vec![], vec![]];
    let mut all = Vec::new();
    for (step, clock) in steps.into_iter().zip(clocks) {
        match step {
            Step::Write(by, statement) => {
                let heads = Incident::from_entries(&known[by]).heads;
                let (key, at) = (device(by as u8), Timestamp(*clock));
                let entry = Entry::make(&key, INCIDENT, &heads, at, &statement, &mut rng);
                known[by].push(entry.clone());
                all.push(entry);
            }
            Step::Learn(from, to) => {
                let learned = known[from].clone();
                known[to].extend(learned);
            }
        }
    }
    all
}

/// The rule as it is written down, without any cleverness.
fn superseded(entry: &Entry, by: &Entry, all: &BTreeMap<EntryHash, &Entry>) -> bool {
    by.parents().iter().any(|parent| {
        *parent == entry.hash() || all.get(parent).is_some_and(|by| superseded(entry, by, all))
    })
}

fn sets(entry: &Entry, field: &str) -> bool {
    matches!(entry.statement(), Some(Statement::FieldSet { field: f, .. }) if f == field)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn order_repetition_and_grouping_make_no_difference(
        history in any_history(),
        shuffled in any::<[u8; 32]>(),
        groups in vec(any::<Index>(), 0..4),
    ) {
        let merged = Incident::from_entries(&history);
        let mut order: Vec<usize> = (0..history.len()).collect();
        order.sort_by_key(|&n| (shuffled[n % 32], n));
        let shuffled: Vec<&Entry> = order.iter().map(|&n| &history[n]).collect();
        prop_assert!(Incident::from_entries(shuffled.iter().copied()) == merged);

        // Each group reaches a different desk as bytes; then all of them reach one.
        let mut cuts: Vec<usize> = groups.iter().map(|cut| cut.index(shuffled.len() + 1)).collect();
        cuts.extend([0, shuffled.len()]);
        cuts.sort_unstable();
        let gathered = cuts.windows(2).rev().flat_map(|w| &shuffled[w[0]..w[1]]);
        let twice = gathered.clone().chain(gathered).copied();
        prop_assert!(Incident::from_entries(twice) == merged);
    }

    #[test]
    fn exactly_what_nobody_replaced_stands(history in any_history(), lost in any::<[bool; 16]>()) {
        let present: Vec<&Entry> =
            history.iter().zip(lost).filter(|(_, lost)| !lost).map(|(entry, _)| entry).collect();
        let by_hash: BTreeMap<_, _> = present.iter().map(|entry| (entry.hash(), *entry)).collect();
        let merged = Incident::from_entries(present.iter().copied());
        for field in ["narrative", "urgent"] {
            let standing: Vec<&Entry> = present
                .iter()
                .copied()
                .filter(|entry| sets(entry, field))
                .filter(|entry| {
                    !present.iter().any(|by| sets(by, field) && superseded(entry, by, &by_hash))
                })
                .collect();
            let expected: BTreeSet<bool> = standing
                .iter()
                .filter_map(|entry| match entry.statement() {
                    Some(Statement::FieldSet { value: Value::Flag(flag), .. }) => Some(*flag),
                    _ => None,
                })
                .collect();
            prop_assert_eq!(merged.standing(field).len(), expected.len());
            for shown in merged.standing(field) {
                prop_assert!(standing.iter().any(|entry| entry.hash() == shown.entry));
            }
            prop_assert_eq!(merged.flag(field), expected.contains(&true));
        }
        let missing: BTreeSet<EntryHash> = present
            .iter()
            .flat_map(|entry| entry.parents())
            .filter(|parent| !by_hash.contains_key(parent))
            .copied()
            .collect();
        prop_assert_eq!(&merged.missing, &missing);
    }

    #[test]
    fn history_has_everything_once_and_parents_first(history in any_history()) {
        let merged = Incident::from_entries(&history);
        prop_assert_eq!(merged.history.len(), history.len());
        let at: BTreeMap<_, _> = merged.history.iter().zip(0..).collect();
        for entry in &history {
            for parent in entry.parents() {
                prop_assert!(at[parent] < at[&entry.hash()]);
            }
        }
    }

    #[test]
    fn an_entry_over_all_heads_settles_everything(history in any_history()) {
        let merged = Incident::from_entries(&history);
        let mut all = history;
        for field in ["narrative", "urgent"] {
            let settled = set(field, text("settled"));
            all.push(Entry::make(&device(9), INCIDENT, &merged.heads, NOON, &settled, &mut rng()));
        }
        let settled = Incident::from_entries(&all);
        for field in ["narrative", "urgent"] {
            prop_assert_eq!(values(&settled, field), [&text("settled")]);
        }
    }

    #[test]
    fn forgetting_changes_no_place_in_the_history(history in any_history(), which in any::<Index>()) {
        let before = Incident::from_entries(&history);
        let mut forgotten = history;
        let which = which.index(forgotten.len().max(1));
        if let Some(entry) = forgotten.get_mut(which) {
            *entry = entry.clone().forget();
        }
        let after = Incident::from_entries(&forgotten);
        prop_assert_eq!(before.history, after.history);
        prop_assert_eq!(before.heads, after.heads);
        prop_assert_eq!(before.missing, after.missing);
    }
}

#[test]
fn values_written_apart_both_stand_until_somebody_settles_it() {
    let mut pen = Pen::new();
    let first = pen.write(1, &[], &set(field::NARRATIVE, text("first")));
    let ours = pen.write(1, &[&first], &set(field::NARRATIVE, text("ours")));
    let theirs = pen.write(2, &[&first], &set(field::NARRATIVE, text("theirs")));
    let apart = Incident::from_entries([&first, &ours, &theirs]);
    // Both clocks are behind the entry they follow; theirs is earliest.
    assert_eq!(
        values(&apart, field::NARRATIVE),
        [&text("theirs"), &text("ours")]
    );
    assert!(apart.in_conflict(field::NARRATIVE));
    assert_eq!(apart.text(field::NARRATIVE), Some("theirs"));
    // What nobody doubts is shown first, and nothing is hidden.
    let doubted = Incident::from_doubted([&first, &ours, &theirs], &[theirs.hash()]);
    assert_eq!(
        values(&doubted, field::NARRATIVE),
        [&text("ours"), &text("theirs")]
    );
    // Nor is anybody doubted for what a doubted one repeats.
    let same = pen.write(2, &[&first], &set(field::NARRATIVE, text("ours")));
    let repeated = Incident::from_doubted([&first, &ours, &same], &[same.hash()]);
    assert_eq!(repeated.standing(field::NARRATIVE)[0].entry, ours.hash());

    // Nor does it take the place of what it had seen, but only of what is doubted itself.
    let over = pen.write(2, &[&ours], &set(field::NARRATIVE, text("over")));
    let again = pen.write(2, &[&over], &set(field::NARRATIVE, text("again")));
    let entries = [&first, &ours, &over, &again];
    let doubted = Incident::from_doubted(entries, &[over.hash(), again.hash()]);
    assert_eq!(
        values(&doubted, field::NARRATIVE),
        [&text("ours"), &text("again")]
    );
    let kept = pen.write(1, &[&again], &set(field::NARRATIVE, text("kept")));
    let entries = entries.into_iter().chain([&kept]);
    let doubted = Incident::from_doubted(entries, &[over.hash(), again.hash()]);
    assert_eq!(values(&doubted, field::NARRATIVE), [&text("kept")]);

    let settled = pen.write(2, &[&ours, &theirs], &set(field::NARRATIVE, text("ours")));
    let settled = Incident::from_entries([&settled, &theirs, &ours, &first]);
    assert_eq!(values(&settled, field::NARRATIVE), [&text("ours")]);
    assert!(!settled.in_conflict(field::NARRATIVE));
}

#[test]
fn a_value_is_replaced_through_entries_about_other_things() {
    let mut pen = Pen::new();
    let first = pen.write(1, &[], &set(field::NARRATIVE, text("first")));
    let note = pen.write(1, &[&first], &note("words"));
    let second = pen.write(1, &[&note], &set(field::NARRATIVE, text("second")));
    assert_eq!(
        values(
            &Incident::from_entries([&first, &note, &second]),
            field::NARRATIVE
        ),
        [&text("second")]
    );
    // Without what lies between, nobody can tell; so both stand, and what is missing is named.
    let gap = Incident::from_entries([&first, &second]);
    assert_eq!(values(&gap, field::NARRATIVE).len(), 2);
    assert_eq!(gap.missing, BTreeSet::from([note.hash()]));
    assert_eq!(gap.heads.len(), 2);
    // A forgotten entry still joins what lies before and behind it.
    let forgotten = Incident::from_entries([&first, &note.forget(), &second]);
    assert_eq!(values(&forgotten, field::NARRATIVE), [&text("second")]);
}

#[test]
fn equal_values_stand_once_and_codes_have_no_order() {
    let mut pen = Pen::new();
    let codes = |codes: [&str; 2]| Value::Codes(codes.map(str::to_owned).into());
    let ours = pen.write(1, &[], &set(field::KINDS, codes(["torture", "killing"])));
    let theirs = pen.write(2, &[], &set(field::KINDS, codes(["killing", "torture"])));
    let merged = Incident::from_entries([&ours, &theirs]);
    assert_eq!(merged.standing(field::KINDS).len(), 1);
    assert_eq!(merged.standing(field::KINDS)[0].entry, theirs.hash());
    assert_eq!(merged.codes(field::KINDS), ["killing", "torture"]);
}

#[test]
fn fields_do_not_replace_each_other() {
    let mut pen = Pen::new();
    let when = When {
        precision: Precision::Unknown,
        from: None,
        to: None,
        zone: None,
    };
    let place = Place {
        text: "Osh".to_owned(),
        country: None,
    };
    let one = pen.write(1, &[], &set(field::WHEN, Value::When(when.clone())));
    let two = pen.write(1, &[&one], &set(field::PLACE, Value::Place(place.clone())));
    let three = pen.write(1, &[&two], &set("from_a_newer_version", Value::Flag(true)));
    let merged = Incident::from_entries([&one, &two, &three]);
    assert_eq!(merged.when(field::WHEN), Some(&when));
    assert_eq!(merged.place(field::PLACE), Some(&place));
    assert!(merged.flag("from_a_newer_version"));
    assert_eq!(merged.text(field::NARRATIVE), None);
    assert!(merged.codes(field::KINDS).is_empty());
    assert_eq!(merged.heads, [three.hash()]);
}

#[test]
fn a_withdrawal_made_apart_wins() {
    let mut pen = Pen::new();
    let first = pen.write(1, &[], &given());
    let consents = |entries: &[&Entry]| {
        let merged = Incident::from_entries(entries.iter().copied());
        assert_eq!(merged.consent.len(), 1);
        merged.consents(purpose::COALITION, "desk")
    };
    assert!(consents(&[&first]));
    let no = pen.write(1, &[&first], &withdrawn());
    assert!(!consents(&[&first, &no]));
    let yes_apart = pen.write(2, &[&first], &given());
    assert!(!consents(&[&first, &no, &yes_apart]));
    let yes_knowing = pen.write(2, &[&no, &yes_apart], &given());
    assert!(consents(&[&first, &no, &yes_apart, &yes_knowing]));
}

#[test]
fn consent_is_for_one_purpose_and_one_recipient() {
    let mut pen = Pen::new();
    let merged = Incident::from_entries([&pen.write(1, &[], &given())]);
    assert!(merged.consents(purpose::COALITION, "desk"));
    assert!(!merged.consents(purpose::COALITION, "another desk"));
    assert!(!merged.consents("publication", "desk"));
    let merged = Incident::from_entries([&pen.write(1, &[], &withdrawn())]);
    let key = (purpose::COALITION.to_owned(), "desk".to_owned());
    assert_eq!(merged.consent.get(&key), Some(&Consent::Withdrawn));
}

#[test]
fn everything_else_adds_up_with_its_author() {
    let mut pen = Pen::new();
    let statements = [
        Statement::Created,
        Statement::EvidenceAdded(evidence()),
        note("words"),
        Statement::HandedOver {
            recipient: "desk".to_owned(),
            mode: "courier".to_owned(),
        },
        Statement::Opened,
        Statement::Answered {
            text: "answer".to_owned(),
        },
    ];
    let mut entries: Vec<Entry> = Vec::new();
    for statement in &statements {
        entries.push(pen.write(
            3,
            &entries.last().into_iter().collect::<Vec<_>>(),
            statement,
        ));
    }
    let merged = Incident::from_entries(&entries);
    assert_eq!(merged.id, INCIDENT);
    assert_eq!(
        merged.history,
        entries.iter().map(Entry::hash).collect::<Vec<_>>()
    );
    assert_eq!(merged.evidence, [(entries[1].hash(), evidence())]);
    assert_eq!((merged.notes.len(), &*merged.notes[0].text), (1, "words"));
    assert_eq!(merged.notes[0].author, entries[2].author());
    assert_eq!(
        (merged.handed_over.len(), &*merged.handed_over[0].mode),
        (1, "courier")
    );
    assert_eq!(
        (merged.opened.len(), merged.opened[0].entry),
        (1, entries[4].hash())
    );
    assert_eq!(
        (merged.answers.len(), &*merged.answers[0].text),
        (1, "answer")
    );
    assert_eq!(merged.answers[0].made_at, entries[5].made_at());
}

#[test]
fn what_one_copy_forgot_another_still_tells() {
    let mut pen = Pen::new();
    let told = pen.write(1, &[], &note("words"));
    let forgotten = told.clone().forget();
    let one_way = Incident::from_entries([&told, &forgotten]);
    assert_eq!(one_way.notes.len(), 1);
    assert!(one_way == Incident::from_entries([&forgotten, &told]));
}

#[test]
fn another_incident_does_not_mix_in() {
    let ours = Pen::new().write(1, &[], &note("ours"));
    let later = IncidentId::from_bytes([0xff; 16]);
    let theirs = Entry::make(
        &device(1),
        later,
        &[ours.hash()],
        NOON,
        &note("x"),
        &mut rng(),
    );
    let merged = Incident::from_entries([&theirs, &ours]);
    assert!(merged == Incident::from_entries([&ours, &theirs]));
    assert_eq!((merged.id, merged.history), (INCIDENT, vec![ours.hash()]));
    assert!(Incident::from_entries([]).history.is_empty());
}

#[test]
fn a_long_history_merges_without_recursion() {
    let mut pen = Pen::new();
    let mut entries = vec![pen.write(1, &[], &set(field::URGENT, Value::Flag(false)))];
    for _ in 0..3000 {
        let last = entries.len() - 1;
        let next = pen.write(1, &[&entries[last]], &set(field::URGENT, Value::Flag(true)));
        entries.push(next);
    }
    let merged = Incident::from_entries(&entries);
    assert_eq!(merged.standing(field::URGENT).len(), 1);
    assert_eq!(
        merged.standing(field::URGENT)[0].entry,
        entries[3000].hash()
    );
}

#[test]
fn what_is_handed_over_again_is_not_read_until_somebody_reads_that_too() {
    let handed = Statement::HandedOver {
        recipient: "desk".to_owned(),
        mode: "sealed".to_owned(),
    };
    let answered = Statement::Answered {
        text: "we are on our way".to_owned(),
    };
    let mut pen = Pen::new();
    let first = pen.write(1, &[], &handed);
    let opened = pen.write(2, &[&first], &Statement::Opened);
    let answer = pen.write(2, &[&opened], &answered);
    let again = pen.write(1, &[&answer], &handed);
    // Sent again before the first answer came back: neither knew of the other.
    let crossed = pen.write(1, &[&first], &handed);
    let opened_again = pen.write(2, &[&again], &Statement::Opened);

    let stands = |entries: &[&Entry]| {
        let incident = Incident::from_entries(entries.iter().copied());
        (incident.read, incident.answered)
    };
    assert_eq!(stands(&[&first]), (false, false));
    assert_eq!(stands(&[&first, &opened]), (true, false));
    assert_eq!(stands(&[&first, &opened, &answer]), (true, true));
    assert_eq!(stands(&[&first, &opened, &answer, &again]), (false, false));
    assert_eq!(
        stands(&[&first, &opened, &answer, &crossed]),
        (false, false)
    );
    assert_eq!(
        stands(&[&first, &opened, &answer, &again, &opened_again]),
        (true, false)
    );
}
