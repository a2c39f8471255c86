//! Reports: written as a draft, signed into entries, listed, searched, shown.

use holdfast_record::{
    DeviceId, Entry, EntryHash, Evidence, Incident, IncidentId, Statement, Vocabulary, purpose,
};
use holdfast_vault::{DraftRow, IncidentRow, ListQuery, Role, Thinned};
use serde::{Deserialize, Serialize};

use crate::{
    App, Notice,
    evidence::{evidence_view, parse_report, shown, stub_view},
    session::Open,
    summary, system,
    thinning::thin_view,
    view::Fault,
    view::{
        DeliveryState, DraftView, EvidenceView, HistoryLine, KindFamily, Language, ListReports,
        NoteView, ReportFields, ReportId, ReportList, ReportSummary, ReportView, SaveDraft, Saved,
        Term, VocabularyView,
    },
};

/// A page of the list, when the window does not say.
const PAGE: u32 = 50;

/// So much of the narrative stands for a title.
const TITLE: usize = 90;

/// What a draft row holds: what is written, and, in a change, what was there when it began.
#[derive(Default, Serialize, Deserialize)]
struct Draft {
    fields: ReportFields,
    before: Option<ReportFields>,
    /// The entries the writer had seen. What comes in while they write is beside it, not below: a
    /// value they never saw is not replaced (I-3).
    heads: Vec<String>,
    /// Conflicts settled by choosing.
    settled: Vec<String>,
}

impl App {
    /// A page of reports, newest first, searched by the words of `query`.
    pub fn list_reports(&self, args: ListReports) -> Result<ReportList, Fault> {
        let open = self.open()?;
        let limit = if args.limit == 0 { PAGE } else { args.limit };
        let page = open.vault.list(&ListQuery {
            text: args.query,
            limit,
            offset: args.offset,
        })?;
        let items = page
            .rows
            .into_iter()
            .map(|row| open.row_view(row))
            .collect::<Result<_, Fault>>()?;
        Ok(ReportList {
            total: u32::try_from(page.total).unwrap_or(u32::MAX),
            items,
        })
    }

    /// One report in full.
    pub fn report(&self, args: ReportId) -> Result<ReportView, Fault> {
        self.open()?.report_view(parse_report(&args.report)?)
    }

    /// Begins a report. Nothing is kept until something is written or attached.
    pub fn new_draft(&self, (): ()) -> Result<DraftView, Fault> {
        let open = self.open()?;
        let incident = IncidentId::make(&mut system::rng());
        let draft = Draft::default();
        open.keep_draft(incident, &draft, self.now().0)?;
        open.draft_view(incident)
    }

    /// Goes on with a draft.
    pub fn open_draft(&self, args: ReportId) -> Result<DraftView, Fault> {
        self.open()?.draft_view(parse_report(&args.report)?)
    }

    /// Begins to change a report that is saved, or goes on with a change begun before.
    pub fn edit_report(&self, args: ReportId) -> Result<DraftView, Fault> {
        let open = self.open()?;
        let incident = parse_report(&args.report)?;
        if open.vault.draft(incident)?.is_none() {
            let seen = open.incident(incident)?;
            let fields = summary::fields_of(&seen);
            let draft = Draft {
                before: Some(fields.clone()),
                fields,
                heads: seen.heads.iter().map(EntryHash::to_string).collect(),
                settled: vec![],
            };
            open.keep_draft(incident, &draft, self.now().0)?;
            self.tell(Notice::Changed);
        }
        open.draft_view(incident)
    }

    /// Keeps what is written so far: when this answers, it is synced to the disk.
    pub fn save_draft(&self, args: SaveDraft) -> Result<Saved, Fault> {
        let open = self.open()?;
        let incident = parse_report(&args.report)?;
        let (mut draft, _) = open.draft(incident)?.ok_or(Fault::NoSuchReport)?;
        let saved_at = self.now().0;
        draft.fields = args.fields;
        draft.settled.extend(args.settled);
        draft.settled.sort_unstable();
        draft.settled.dedup();
        open.keep_draft(incident, &draft, saved_at)?;
        self.tell(Notice::Changed);
        Ok(Saved { saved_at })
    }

    /// Signs what is written: the draft becomes entries and cannot be altered any more, only added to.
    pub fn finish_draft(&self, args: ReportId) -> Result<ReportView, Fault> {
        let open = self.open()?;
        let id = parse_report(&args.report)?;
        let (draft, _) = open.draft(id)?.ok_or(Fault::NoSuchReport)?;
        let incident = open.vault.incident(id)?;
        let loose = open.vault.loose_evidence(id)?;

        let before = draft.before.unwrap_or_default();
        let mut statements = summary::changes(&before, &draft.fields, &draft.settled);
        statements.extend(loose.into_iter().map(Statement::EvidenceAdded));
        if incident.is_none() {
            if statements.is_empty() {
                return Err(Fault::NothingWritten);
            }
            statements.insert(0, Statement::Created);
        }
        if statements.iter().any(|statement| !statement.fits()) {
            return Err(Fault::TooLarge {
                most: holdfast_record::ENVELOPE_LIMIT as u64,
            });
        }
        let heads: Vec<EntryHash> = draft
            .heads
            .iter()
            .map(|head| head.parse().map_err(|_| Fault::StoreDamaged))
            .collect::<Result<_, _>>()?;
        let entries = open.chain(id, &heads, &statements, self.now());
        open.vault.finish_draft(id, &entries)?;
        self.tell(Notice::Changed);
        open.report_view(id)
    }

    /// Throws a draft away, with evidence no entry names yet.
    pub fn discard_draft(&self, args: ReportId) -> Result<(), Fault> {
        self.open()?
            .vault
            .discard_draft(parse_report(&args.report)?)?;
        self.tell(Notice::Changed);
        Ok(())
    }

    /// The vocabularies in one language.
    pub fn vocabulary(&self, args: Language) -> Result<VocabularyView, Fault> {
        let lang = args.language.as_str();
        let shared = Vocabulary::shared();
        let terms = |terms: &[holdfast_record::Term]| {
            let term = |term: &holdfast_record::Term| Term {
                code: term.code.clone(),
                label: term.labels.label(lang).to_owned(),
            };
            terms.iter().map(term).collect()
        };
        let families = shared.families.iter().map(|family| KindFamily {
            code: family.code.clone(),
            label: family.labels.label(lang).to_owned(),
            kinds: family
                .kinds
                .iter()
                .map(|kind| Term {
                    code: kind.code.clone(),
                    label: kind.labels.label(lang).to_owned(),
                })
                .collect(),
        });
        Ok(VocabularyView {
            families: families.collect(),
            affected: terms(&shared.affected),
            sources: terms(&shared.sources),
        })
    }
}

impl Open {
    pub(crate) fn me(&self) -> DeviceId {
        DeviceId::of(self.vault.signing_key())
    }

    /// An incident to be changed or sent: not one of which only receipts are here.
    pub(crate) fn incident(&self, id: IncidentId) -> Result<Incident, Fault> {
        self.refuse_gone(id)?;
        self.vault.incident(id)?.ok_or(Fault::NoSuchReport)
    }

    /// Refuses a report of which only receipts are here.
    pub(crate) fn refuse_gone(&self, id: IncidentId) -> Result<(), Fault> {
        match self.vault.thinned(id)? {
            Some(Thinned::Everything) => Err(Fault::Thinned),
            _ => Ok(()),
        }
    }

    /// Refuses an id that is neither a report nor a draft, and a report that is gone from here.
    pub(crate) fn require_report(&self, id: IncidentId) -> Result<(), Fault> {
        self.refuse_gone(id)?;
        let known = self.vault.draft(id)?.is_some() || self.vault.incident(id)?.is_some();
        if known {
            Ok(())
        } else {
            Err(Fault::NoSuchReport)
        }
    }

    /// Signs statements one after another, the first upon `heads`.
    pub(crate) fn chain(
        &self,
        id: IncidentId,
        heads: &[EntryHash],
        statements: &[Statement],
        now: holdfast_record::Timestamp,
    ) -> Vec<Entry> {
        let mut parents = heads.to_vec();
        let key = self.vault.signing_key();
        let sign = |statement| {
            let entry = Entry::make(key, id, &parents, now, statement, &mut system::rng());
            parents = vec![entry.hash()];
            entry
        };
        statements.iter().map(sign).collect()
    }

    fn draft(&self, id: IncidentId) -> Result<Option<(Draft, i64)>, Fault> {
        let row = self.vault.draft(id)?;
        row.map(|row| {
            let draft = serde_json::from_slice(&row.body).map_err(|_| Fault::StoreDamaged)?;
            Ok((draft, row.saved_at.0))
        })
        .transpose()
    }

    fn keep_draft(&self, id: IncidentId, draft: &Draft, saved_at: i64) -> Result<(), Fault> {
        let row = DraftRow {
            body: serde_json::to_vec(draft).map_err(|_| Fault::Internal)?,
            title: title(&draft.fields.narrative),
            search_text: summary::searchable(&draft.fields),
            saved_at: holdfast_record::Timestamp(saved_at),
        };
        Ok(self.vault.save_draft(id, &row)?)
    }

    pub(crate) fn draft_view(&self, id: IncidentId) -> Result<DraftView, Fault> {
        let (draft, saved_at) = self.draft(id)?.ok_or(Fault::NoSuchReport)?;
        let written = draft.fields != ReportFields::default();
        let incident = self.vault.incident(id)?;
        let history = incident.map(|incident| incident.history);
        let history = history.unwrap_or_default();
        Ok(DraftView {
            report: id.to_string(),
            evidence: self.evidence_views(id, &history)?,
            is_new: draft.before.is_none(),
            saved_at: written.then_some(saved_at),
            fields: draft.fields,
        })
    }

    /// Evidence that entries name and evidence that only a draft has, each with whether its bytes
    /// are here.
    pub(crate) fn all_evidence(&self, id: IncidentId) -> Result<Vec<(Evidence, bool)>, Fault> {
        let named = self
            .vault
            .incident(id)?
            .map(|incident| incident.evidence)
            .unwrap_or_default();
        let named = named.into_iter().map(|(_, evidence)| evidence);
        named
            .chain(self.vault.loose_evidence(id)?)
            .map(|evidence| {
                let here = self.vault.has_object(&evidence.object)?;
                Ok((evidence, here))
            })
            .collect()
    }

    /// All evidence as a screen shows it: what was removed too, then what only a draft has.
    fn evidence_views(
        &self,
        id: IncidentId,
        history: &[EntryHash],
    ) -> Result<Vec<EvidenceView>, Fault> {
        let place = |hash| history.iter().position(|known| *known == hash);
        let entries = self.vault.entries(id)?;
        let mut removed = Vec::new();
        for stub in self.vault.stubs(id)? {
            let entry = entries.iter().find(|entry| entry.hash() == stub.entry);
            removed.push((place(stub.entry), stub_view(&stub, entry)));
        }
        let mut named = removed;
        for (evidence, here) in self.all_evidence(id)? {
            let by = entries.iter().find(|entry| {
                matches!(entry.statement(), Some(Statement::EvidenceAdded(e)) if *e == evidence)
            });
            let place = by.map_or(Some(usize::MAX), |entry| place(entry.hash()));
            named.push((place, evidence_view(&evidence, here)));
        }
        named.sort_by_key(|(place, _)| *place);
        Ok(named.into_iter().map(|(_, view)| view).collect())
    }

    pub(crate) fn report_view(&self, id: IncidentId) -> Result<ReportView, Fault> {
        let mine = self.mine()?;
        let row = self.vault.row(id)?.ok_or(Fault::NoSuchReport)?;
        if row.is_new {
            return Err(Fault::NoSuchReport);
        }
        // Of one that is gone there may be nothing, or an answer that came later.
        let doubted = self.vault.doubted(id)?;
        let incident = Incident::from_doubted(&self.vault.entries(id)?, &doubted);
        let removed = self.vault.removed_entries(id)?;
        let missing = incident.missing.difference(&removed).count();
        let coalition = self.card()?.map(|card| card.coalition.to_string());
        let remark = |remark: &holdfast_record::Remark, answer| NoteView {
            text: remark.text.clone(),
            mine: mine.contains(&remark.author),
            answer,
            made_at: shown(remark.made_at),
        };
        let notes = incident.notes.iter().map(|note| remark(note, false));
        let mut notes: Vec<NoteView> = notes
            .chain(incident.answers.iter().map(|answer| remark(answer, true)))
            .collect();
        notes.sort_by_key(|note| note.made_at);
        Ok(ReportView {
            report: id.to_string(),
            fields: summary::fields_of(&incident),
            conflicts: summary::conflicts_of(&incident),
            evidence: self.evidence_views(id, &incident.history)?,
            state: state_of(&row, self.vault.role()),
            changed_since_handed_over: row.hand_overs > 0 && row.unsent > 0,
            consent_given: coalition
                .is_some_and(|coalition| incident.consents(purpose::COALITION, &coalition)),
            notes,
            history: self.history(id, &incident)?,
            missing_entries: u32::try_from(missing).unwrap_or(u32::MAX),
            has_draft: row.has_draft,
            thinned: row.thinned.map(thin_view),
            can_thin: self.delivered_entries(id).is_ok_and(|entries| entries > 0),
            new_device: self.writes_from_new_device(&incident)?,
        })
    }

    fn history(&self, id: IncidentId, incident: &Incident) -> Result<Vec<HistoryLine>, Fault> {
        let (mine, from_lost) = (self.mine()?, self.vault.doubted(id)?);
        let entries = self.vault.entries(id)?;
        let by_hash: std::collections::HashMap<_, _> =
            entries.iter().map(|entry| (entry.hash(), entry)).collect();
        let lines = incident
            .history
            .iter()
            .filter_map(|hash| by_hash.get(hash))
            .map(|entry| HistoryLine {
                entry: entry.hash().to_string(),
                what: what(entry.statement()).to_owned(),
                mine: mine.contains(&entry.author()),
                made_at: shown(entry.made_at()),
                from_lost_device: from_lost.contains(&entry.hash()),
            });
        Ok(lines.collect())
    }

    /// At a desk: whether whoever reported an incident writes from a new device since.
    fn writes_from_new_device(&self, incident: &Incident) -> Result<bool, Fault> {
        let first = incident.history.first();
        let entries = self.vault.entries(incident.id)?;
        let author = entries.iter().find(|entry| Some(&entry.hash()) == first);
        let author = author.map(|entry| entry.author().verifying_key());
        let learned = self.learned()?;
        Ok(author.is_some_and(|author| !learned.after(&author).is_empty()))
    }

    fn row_view(&self, row: IncidentRow) -> Result<ReportSummary, Fault> {
        let from_lost_device = !self.vault.doubted(row.incident)?.is_empty();
        Ok(ReportSummary {
            from_lost_device,
            report: row.incident.to_string(),
            state: state_of(&row, self.vault.role()),
            unread: self.vault.role() == Role::Desk && row.handed_over && !row.opened,
            title: row.title,
            kinds: row.kinds,
            when: row.when.as_ref().and_then(summary::when_view),
            place: row.place.as_ref().and_then(summary::place_view),
            evidence: u32::try_from(row.evidence).unwrap_or(u32::MAX),
            urgent: row.urgent,
            changed_at: shown(row.changed_at),
            thinned: row.thinned.map(thin_view),
        })
    }
}

/// Where a report stands. *Read* and *answered* are the desk's own signature on its words, whatever
/// road they took; a piece still on its way is shown under delivery. Handed over and nothing
/// waiting: every piece has its verified receipt or, at a desk, has come in.
fn state_of(row: &IncidentRow, role: Role) -> DeliveryState {
    match row {
        row if row.is_new => DeliveryState::Draft,
        row if row.answered => DeliveryState::Answered,
        row if row.opened => DeliveryState::Read,
        row if row.handed_over && row.waiting > 0 && role != Role::Desk => DeliveryState::Waiting,
        row if row.handed_over => DeliveryState::Held,
        _ => DeliveryState::Saved,
    }
}

/// The first line of a narrative, cut at a word.
fn title(narrative: &str) -> String {
    let line = narrative.trim().lines().next().unwrap_or_default();
    match line.char_indices().nth(TITLE) {
        None => line.to_owned(),
        Some((end, _)) => {
            let cut = line[..end]
                .rsplit_once(char::is_whitespace)
                .map_or(&line[..end], |(head, _)| head);
            format!("{cut}…")
        }
    }
}

fn what(statement: Option<&Statement>) -> &'static str {
    match statement {
        None => "forgotten",
        Some(Statement::Created) => "created",
        Some(Statement::FieldSet { .. }) => "field_set",
        Some(Statement::EvidenceAdded(_)) => "evidence_added",
        Some(Statement::Note { .. }) => "note",
        Some(Statement::ConsentGiven { .. }) => "consent_given",
        Some(Statement::ConsentWithdrawn { .. }) => "consent_withdrawn",
        Some(Statement::HandedOver { .. }) => "handed_over",
        Some(Statement::Opened) => "opened",
        Some(Statement::Answered { .. }) => "answered",
        Some(_) => "unknown",
    }
}
