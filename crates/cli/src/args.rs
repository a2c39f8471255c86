//! What can be asked on the command line.

use std::path::PathBuf;

use clap::{ArgGroup, Args as ClapArgs, Parser, Subcommand, ValueEnum};
use holdfast_app::view::WhenView;

use crate::values;

/// Holdfast on the command line: encrypted, offline-first incident reports.
#[derive(Debug, Parser)]
#[command(
    name = "holdfast",
    version,
    about,
    after_help = "Exit codes: 0 done, 1 internal, 2 usage, 3 the vault did not open, 4 not found, 5 network, 6 damaged or from a newer version, 7 files or disk, 8 not allowed as things stand."
)]
pub(crate) struct Args {
    /// The vault's directory.
    #[arg(
        long,
        global = true,
        env = "HOLDFAST_VAULT",
        default_value = "holdfast-vault"
    )]
    pub(crate) vault: PathBuf,
    /// Print JSON: on success what was asked for, on failure {"code": …, "params": …}.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Read the passphrase from this file descriptor.
    #[arg(
        long,
        global = true,
        value_name = "N",
        conflicts_with = "passphrase_file"
    )]
    pub(crate) passphrase_fd: Option<u32>,
    /// Read the passphrase from the first line of this file.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Language of messages: en or ru.
    #[arg(long, global = true, env = "LANG")]
    pub(crate) language: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a vault, see whether there is one and whether it opens, change its passphrases.
    #[command(subcommand)]
    Vault(VaultCommand),
    /// A desk's invite, for people it trusts.
    Invite {
        /// Write it to this file instead of printing it.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Join a coalition by its invite.
    Join {
        /// The file with the invite; - is standard input.
        invite: PathBuf,
        /// Only say what the invite says.
        #[arg(long)]
        preview: bool,
    },
    /// Start again on this device: make a vault, unless an earlier try has, and fetch back what was
    /// delivered with these words.
    Recover {
        #[command(flatten)]
        words: WordsFrom,
        /// The file with the invite; - is standard input.
        #[arg(long, value_name = "FILE")]
        invite: PathBuf,
        /// The old device may be in somebody else's hands: the desk flags what it sends from now on.
        #[arg(long)]
        old_device_lost: bool,
        /// What trying one passphrase of the new vault costs.
        #[arg(long, value_enum, default_value_t = Cost::Device)]
        kdf_cost: Cost,
    },
    /// Write, list, show, search and send reports.
    #[command(subcommand)]
    Report(ReportCommand),
    /// Attach evidence, save it out, export it sealed.
    #[command(subcommand)]
    Evidence(EvidenceCommand),
    /// Send what waits and fetch what is there.
    Sync {
        /// Go on until interrupted, or until the vault is destroyed from elsewhere.
        #[arg(long)]
        watch: bool,
    },
    /// At a desk: fetch, and list what nobody has read.
    Receive,
    /// What is on its way, and what would be lost if the vault were destroyed now.
    Delivery,
    /// What somebody who opens this vault today would see.
    Exposure,
    /// Sealed objects in a file, for a person to carry.
    #[command(subcommand)]
    Courier(CourierCommand),
    /// See or change settings.
    Settings {
        /// Language of the screens: en or ru.
        #[arg(long)]
        screen_language: Option<String>,
        /// Minutes until the vault locks itself; 0 is never.
        #[arg(long)]
        auto_lock_minutes: Option<u32>,
        /// Whether each wrong passphrase makes the next try wait longer.
        #[arg(long)]
        slow_tries: Option<bool>,
        /// Wrong passphrases in a row that destroy the vault, 10 at the least; 0 is never.
        #[arg(long, value_name = "N", value_parser = values::tries)]
        wipe_after_tries: Option<u32>,
        /// Hours without the vault being opened that destroy it; 0 is never.
        #[arg(long, value_name = "N")]
        check_in_hours: Option<u32>,
        /// What is removed by itself once it is delivered.
        #[arg(long, value_enum)]
        thin: Option<ThinPolicy>,
        /// Days after the last receipt until it is; 0 is as soon as the desk has read it.
        #[arg(long, value_name = "N")]
        thin_after_days: Option<u32>,
    },
    /// The vault's notebook, or the one that a second passphrase opens.
    #[command(subcommand)]
    Notebook(NotebookCommand),
    /// The codes that kinds and the rest are recorded by.
    Vocabulary,
    /// Destroy the vault's keys, then everything else. Cannot be undone. Needs no passphrase.
    Panic {
        /// Say that you mean it.
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum VaultCommand {
    /// Make a vault.
    Create {
        /// What the vault is for.
        #[arg(long, value_enum)]
        role: Role,
        /// For a desk: the coalition's name.
        #[arg(long)]
        name: Option<String>,
        /// For a desk: the endpoint's address.
        #[arg(long)]
        endpoint: Option<String>,
        /// For a desk: the file with the endpoint's admission token, where it asks for one.
        #[arg(long)]
        admission_file: Option<PathBuf>,
        /// What trying one passphrase costs.
        #[arg(long, value_enum, default_value_t = Cost::Device)]
        kdf_cost: Cost,
    },
    /// Whether there is a vault; does not open it.
    Status,
    /// Try the passphrase and say where the vault stands.
    Open,
    /// Change the passphrase. The old one opens nothing from then on.
    Passphrase {
        /// The new one: the first line of this file; without it, asked for.
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<PathBuf>,
    },
    /// Set a second passphrase, which destroys the vault and opens a notebook instead.
    SecondPassphrase {
        /// The second one: the first line of this file; without it, asked for.
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<PathBuf>,
        /// What the notebook holds: diary, field_notes, household or recipes, in the language of messages.
        #[arg(long, default_value = "diary", conflicts_with = "notes")]
        template: String,
        /// What the notebook holds: notes as JSON, [{"text": …, "days_ago": …}, …].
        #[arg(long, value_name = "FILE")]
        notes: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum NotebookCommand {
    /// List the notes, newest first.
    List,
    /// Write a note.
    Add { text: String },
    /// Change a note.
    Change { note: u32, text: String },
    /// Delete a note.
    Delete { note: u32 },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ThinPolicy {
    /// Evidence; the words stay.
    Evidence,
    /// All but the receipts and the desk's answers.
    Everything,
    /// Nothing.
    Off,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    Reporter,
    Lawyer,
    Desk,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Cost {
    /// About one second on this device.
    Device,
    /// The least allowed: 64 MiB, three passes. For slow devices.
    Floor,
}

/// Where the recovery words are. There is no option that takes them: other programs could read it.
#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("words").required(true))]
pub(crate) struct WordsFrom {
    /// Read the 24 recovery words from this file.
    #[arg(long, value_name = "FILE", group = "words")]
    pub(crate) words_file: Option<PathBuf>,
    /// Read the 24 recovery words from this file descriptor.
    #[arg(long, value_name = "N", group = "words")]
    pub(crate) words_fd: Option<u32>,
}

/// What a report says. Flags win over the JSON.
#[derive(Debug, Default, ClapArgs)]
pub(crate) struct Fields {
    /// Fields as JSON, as `report show --json` has them under "fields"; - is standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) from_json: Option<PathBuf>,
    /// What happened.
    #[arg(long)]
    pub(crate) narrative: Option<String>,
    /// Language of the narrative.
    #[arg(long)]
    pub(crate) narrative_language: Option<String>,
    /// Kind of incident, a code; repeat for several.
    #[arg(long = "kind")]
    pub(crate) kinds: Vec<String>,
    /// When: 2026-03-12T21:40, 2026-03-12, 2026-03 or 2026.
    #[arg(long, value_parser = values::when)]
    pub(crate) when: Option<WhenView>,
    /// Where, in words.
    #[arg(long)]
    pub(crate) place: Option<String>,
    /// Country, two letters.
    #[arg(long, value_parser = values::country)]
    pub(crate) country: Option<String>,
    /// Who is hit, a code; repeat for several.
    #[arg(long)]
    pub(crate) affected: Vec<String>,
    /// Who does it, a code; repeat for several.
    #[arg(long = "source")]
    pub(crate) sources: Vec<String>,
    /// Help is needed now.
    #[arg(long)]
    pub(crate) urgent: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// Write a report.
    Add {
        #[command(flatten)]
        fields: Fields,
        /// Attach a file; repeat for several.
        #[arg(long)]
        evidence: Vec<PathBuf>,
        /// Leave it as a draft.
        #[arg(long, conflicts_with = "send")]
        draft: bool,
        /// Hand it over to the coalition.
        #[arg(long)]
        send: bool,
        /// The people it names agree that the coalition receives it.
        #[arg(long, requires = "send")]
        consent: bool,
    },
    /// Change a report, or finish a draft.
    Edit {
        report: String,
        #[command(flatten)]
        fields: Fields,
    },
    /// Throw a draft away.
    Discard { report: String },
    /// List reports, newest first.
    List {
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// Skip so many.
        #[arg(long, default_value_t = 0)]
        offset: u32,
    },
    /// Find reports by words, or by how words begin.
    Search {
        #[arg(required = true)]
        words: Vec<String>,
    },
    /// Show a report or a draft in full.
    Show { report: String },
    /// Hand a report over to the coalition.
    Send {
        report: String,
        /// The people it names agree that the coalition receives it.
        #[arg(long)]
        consent: bool,
        /// Only show what would go, and to whom.
        #[arg(long)]
        dry_run: bool,
    },
    /// The receipts kept for a report, verified again.
    Receipts { report: String },
    /// Remove a delivered report, or its evidence, from this device; the receipts stay.
    #[command(group = ArgGroup::new("what").required(true))]
    Thin {
        report: String,
        /// Remove its evidence; the words stay.
        #[arg(long, group = "what")]
        evidence: bool,
        /// Remove all of it.
        #[arg(long, group = "what")]
        everything: bool,
        /// With --everything: the name it is listed by from now on.
        #[arg(long, value_name = "TEXT", requires = "everything")]
        label: Option<String>,
    },
    /// Fetch back what was removed from this device, with the recovery words.
    #[command(group = ArgGroup::new("which").required(true))]
    FetchBack {
        #[arg(group = "which")]
        report: Option<String>,
        /// Every report of which something was removed.
        #[arg(long, group = "which")]
        all: bool,
        #[command(flatten)]
        words: WordsFrom,
    },
    /// At a desk: sign that it was opened and read.
    Read { report: String },
    /// At a desk: answer it.
    Answer { report: String, text: String },
}

#[derive(Debug, Subcommand)]
pub(crate) enum EvidenceCommand {
    /// Attach files to a report.
    Add {
        report: String,
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// List a report's evidence.
    List { report: String },
    /// Save a copy of the original, checked on the way. The copy is not protected any more.
    Save {
        report: String,
        object: String,
        /// Where to.
        #[arg(long)]
        out: PathBuf,
    },
    /// Save it sealed: as it is, with its own key, or as a copy sealed to somebody's age key.
    #[command(group = ArgGroup::new("opened_by").required(true))]
    Export {
        report: String,
        object: String,
        /// Where the age file goes.
        #[arg(long)]
        out: PathBuf,
        /// Where the sealed file's own key goes: `age -d -i KEY SEALED` opens it, with age 1.3 or
        /// newer.
        #[arg(long, value_name = "KEY", group = "opened_by")]
        key_out: Option<PathBuf>,
        /// Seal a copy to this key, age1pq1… or age1…; repeat for several of one kind. Ask for
        /// age1pq1…: what is sealed to age1… can be kept and opened by a future quantum computer.
        #[arg(long, value_name = "AGE_KEY", group = "opened_by")]
        to: Vec<String>,
        /// The same, with the key in a file, or on standard input with -: nothing of it stays in the
        /// shell's history.
        #[arg(long, value_name = "FILE", group = "opened_by")]
        to_file: Vec<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum CourierCommand {
    /// Write all that waits into a file.
    Out { file: PathBuf },
    /// Take in what a file has for this vault.
    In { file: PathBuf },
    /// Upload a file for whoever packed it; needs no vault.
    HandIn {
        file: PathBuf,
        /// The file with an invite of the same coalition.
        #[arg(long)]
        invite: PathBuf,
    },
}
