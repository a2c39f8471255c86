//! The command surface: every use case a shell can call, once, by name.
//!
//! The window sends `(name, arguments)` and gets a reply or a [`Fault`]; the TypeScript the window
//! is checked against is written from this same list, so the two cannot drift apart.

use std::{any::TypeId, collections::BTreeMap};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use ts_rs::{Config, TS, TypeVisitor};

use crate::{App, system, view::*};

/// Declares the surface. `quick` commands answer from memory or the disk and run on a thread where
/// blocking is allowed; `network` commands wait for an endpoint.
macro_rules! surface {
    ($($(#[doc = $doc:literal])* $mode:ident $name:ident($args:ty) -> $reply:ty;)*) => {
        impl App {
            /// Runs the command called `name`.
            pub async fn call(&self, name: &str, args: Value) -> Result<Value, Fault> {
                match name {
                    $(stringify!($name) => {
                        let args: $args = read_args(args)?;
                        write_reply(surface!(@$mode self, $name, args))
                    })*
                    _ => Err(Fault::BadRequest),
                }
            }
        }

        /// The TypeScript side of the surface: every type, and `Commands`, which gives each
        /// command's arguments and reply.
        pub fn typescript() -> String {
            let mut types = Types::default();
            types.visit::<Fault>();
            let mut commands = String::new();
            $(
                types.visit::<$args>();
                types.visit::<$reply>();
                $(commands.push_str(concat!("  /**", $doc, " */\n"));)*
                commands.push_str(&format!(
                    "  {}: [{}, {}];\n",
                    stringify!($name),
                    <$args as TS>::name(&types.config),
                    <$reply as TS>::name(&types.config),
                ));
            )*
            types.write(&commands)
        }
    };
    (@quick $app:ident, $name:ident, $args:ident) => {{
        let app = $app.clone();
        system::at_work(move || app.$name($args)).await?
    }};
    (@network $app:ident, $name:ident, $args:ident) => {
        system::washed($app.$name($args)).await?
    };
}

surface! {
    /// Where the app stands.
    quick state(()) -> AppState;
    /// Makes a vault and opens it.
    quick create_vault(CreateVault) -> AppState;
    /// Draws recovery words, to be written on paper before a vault is made.
    quick new_words(()) -> WordsView;
    /// Compares the words that were asked for; a vault can be made with them afterwards.
    quick confirm_words(ConfirmWords) -> ();
    /// The list that recovery words come from.
    quick word_list(()) -> WordList;
    /// Starts again on this device with recovery words and an invite.
    network recover(Recover) -> Recovered;
    /// Goes on with a recovery that was broken off, in the vault that is open.
    network resume_recovery(ResumeRecovery) -> Recovered;
    /// Leaves a recovery at what came back.
    quick end_recovery(()) -> AppState;
    /// Opens the vault. A second passphrase, if one is set, opens a notebook and nothing else.
    quick unlock(Unlock) -> AppState;
    /// Says that its owner is well: the time to the next check-in begins anew.
    quick check_in(()) -> AppState;
    /// Changes the passphrase.
    quick change_passphrase(ChangePassphrase) -> ();
    /// How long a passphrase stands against guessing.
    quick judge_passphrase(Judge) -> StrengthView;
    /// Draws a passphrase in one language.
    quick suggest_passphrase(Language) -> Suggestion;
    /// Sets the second passphrase, and the notebook that it opens.
    quick set_duress(SetDuress) -> ();
    /// Notebooks to begin from, in one language.
    quick templates(Language) -> Vec<TemplateView>;
    /// The notes of the notebook that is open, newest first.
    quick notes(()) -> Vec<PageView>;
    /// Keeps a note.
    quick save_note(SaveNote) -> PageView;
    /// Deletes a note.
    quick delete_note(NoteId) -> ();
    /// Chooses how the app presents itself.
    quick set_name(SetName) -> LookView;
    /// Chooses the vault that a passphrase is tried on.
    quick choose_vault(VaultId) -> AppState;
    /// Adds a vault to this device, to be made next.
    quick add_vault(AddVault) -> AppState;
    /// What this device does for the vault.
    quick device(()) -> DeviceView;
    /// Closes the vault; drafts are kept.
    quick lock(()) -> AppState;
    /// Destroys the vault's keys, then everything else. Needs no passphrase.
    quick panic(()) -> PanicReport;
    /// Says no longer what the last panic did.
    quick forget_panic(()) -> ();
    /// Keeps what the person has chosen.
    quick set_settings(Settings) -> Settings;
    /// A page of reports, searched.
    quick list_reports(ListReports) -> ReportList;
    /// One report in full.
    quick report(ReportId) -> ReportView;
    /// Begins a report.
    quick new_draft(()) -> DraftView;
    /// Goes on with a draft.
    quick open_draft(ReportId) -> DraftView;
    /// Begins to change a report that is saved.
    quick edit_report(ReportId) -> DraftView;
    /// Keeps what is written so far.
    quick save_draft(SaveDraft) -> Saved;
    /// Signs what is written: the draft becomes entries of the report.
    quick finish_draft(ReportId) -> ReportView;
    /// Throws the draft away, with what was attached to it.
    quick discard_draft(ReportId) -> ();
    /// Begins to import a file.
    quick attach_begin(AttachBegin) -> ImportId;
    /// Ends an import; the evidence is on disk, sealed.
    quick attach_finish(ImportId) -> EvidenceView;
    /// Gives an import up.
    quick attach_abort(ImportId) -> ();
    /// Takes evidence out of a draft again.
    quick remove_evidence(EvidenceId) -> DraftView;
    /// What kind of age key this is.
    quick check_key(KeyText) -> KeyRead;
    /// What would go out, for a last look.
    quick outgoing(ReportId) -> Outgoing;
    /// Seals a report for the coalition and puts it on its way.
    quick hand_over(HandOver) -> ReportView;
    /// What somebody who opens this vault today would see.
    quick exposure(()) -> ExposureView;
    /// Removes a delivered report, or its evidence, from this device; receipts stay.
    quick thin(Thin) -> ();
    /// Removes many delivered reports, or their evidence, at one go.
    quick thin_many(ThinMany) -> Removed;
    /// Fetches back what was thinned.
    network fetch_back(FetchBack) -> Recovered;
    /// The delivery screen.
    quick delivery(()) -> DeliveryView;
    /// The receipts kept for a report, verified again.
    quick receipts(ReportId) -> Vec<ReceiptView>;
    /// Sends what waits and fetches what is there.
    network sync_now(()) -> SyncReport;
    /// What an invite says, before trusting it.
    quick preview_invite(InviteText) -> CoalitionView;
    /// Joins the coalition of an invite.
    quick join(InviteText) -> AppState;
    /// The desk's own invite.
    network invite(()) -> InviteView;
    /// At the desk: signs that the report was opened and read.
    quick mark_read(ReportId) -> ReportView;
    /// At the desk: answers a report.
    quick answer(Answer) -> ReportView;
    /// The vocabularies in one language.
    quick vocabulary(Language) -> VocabularyView;
}

/// Arguments that do not have the command's form are refused before anything happens.
fn read_args<T: DeserializeOwned>(args: Value) -> Result<T, Fault> {
    serde_json::from_value(args).map_err(|_| Fault::BadRequest)
}

fn write_reply<T: Serialize>(reply: T) -> Result<Value, Fault> {
    serde_json::to_value(reply).map_err(|_| Fault::Internal)
}

/// Collects the declaration of each type once, whatever refers to it.
struct Types {
    config: Config,
    seen: Vec<TypeId>,
    declared: BTreeMap<String, String>,
}

impl Default for Types {
    fn default() -> Self {
        // Sizes and times stay far below 2⁵³.
        Self {
            config: Config::new().with_large_int("number"),
            seen: vec![],
            declared: BTreeMap::new(),
        }
    }
}

impl TypeVisitor for Types {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if self.seen.contains(&TypeId::of::<T>()) {
            return;
        }
        self.seen.push(TypeId::of::<T>());
        T::visit_dependencies(self);
        T::visit_generics(self);
        // Only our own types have a declaration; `string`, `Array<…>` and the like have none.
        if T::output_path().is_some() {
            let docs = T::docs().unwrap_or_default();
            self.declared.insert(
                T::name(&self.config),
                format!("{docs}export {}\n", T::decl(&self.config)),
            );
        }
    }
}

impl Types {
    fn write(&self, commands: &str) -> String {
        let types: String = self
            .declared
            .values()
            .map(|declared| format!("{declared}\n"))
            .collect();
        format!(
            "// Written by `make bindings` from crates/app/src/surface.rs; a test fails when it is stale.\n\n\
             {types}/** Every command: its arguments and its reply. */\n\
             export interface Commands {{\n{commands}}}\n"
        )
    }
}
