//! Passphrases and the notebook.

use std::path::Path;

use holdfast_app::{
    App,
    view::{ChangePassphrase, Language, NoteId, NoteText, PageView, SaveNote, SetDuress, Unlock},
};
use zeroize::Zeroizing;

use crate::{
    args::NotebookCommand,
    failure::{Failure, usage},
    passphrase::{Ask, Source},
    print::{Printer, one_line},
    run::read_text,
};

/// Opens the vault with `old` and has it open with `new` from then on.
pub(crate) fn change_passphrase(
    app: &App,
    printer: &Printer,
    old: &Source,
    new: &Source,
) -> Result<(), Failure> {
    let old = Zeroizing::new(old.read(Ask::Now, printer)?);
    let state = app.unlock(Unlock {
        passphrase: old.to_string(),
    })?;
    if state.spare_mended {
        printer.remark_mended();
    }
    app.change_passphrase(ChangePassphrase {
        old: old.to_string(),
        new: new.read(Ask::New, printer)?,
    })?;
    printer.answer(&(), |()| "the new passphrase opens the vault".to_owned())
}

/// Sets a second passphrase and what its notebook holds: `notes`, or the template of that code.
pub(crate) fn second_passphrase(
    app: &App,
    printer: &Printer,
    second: &Source,
    (template, language): (&str, &str),
    notes: Option<&Path>,
) -> Result<(), Failure> {
    let notes = match notes {
        Some(path) => serde_json::from_str::<Vec<NoteText>>(&read_text(path)?)
            .map_err(|_| usage("the JSON is not that of notes"))?,
        None => {
            let language = language.to_owned();
            let mut templates = app.templates(Language { language })?.into_iter();
            templates
                .find(|one| one.code == template)
                .ok_or_else(|| usage("there is no such template; they are diary, field_notes, household and recipes"))?
                .notes
        }
    };
    app.set_duress(SetDuress {
        passphrase: second.read(Ask::Second, printer)?,
        notes,
    })?;
    printer.answer(&(), |()| {
        "the second passphrase destroys this vault and opens the notebook".to_owned()
    })
}

/// Lists and changes the notes of the notebook that is open.
pub(crate) fn notebook(
    app: &App,
    printer: &Printer,
    command: NotebookCommand,
) -> Result<(), Failure> {
    let save = |note, text| app.save_note(SaveNote { note, text });
    match command {
        NotebookCommand::List => printer.answer(&app.notes(())?, |notes| {
            notes.iter().map(note_line).collect()
        }),
        NotebookCommand::Add { text } => printer.answer(&save(None, text)?, note_line),
        NotebookCommand::Change { note, text } => {
            printer.answer(&save(Some(note), text)?, note_line)
        }
        NotebookCommand::Delete { note } => {
            app.delete_note(NoteId { note })?;
            printer.answer(&(), |()| String::new())
        }
    }
}

fn note_line(note: &PageView) -> String {
    let first = note.text.lines().next().unwrap_or_default();
    format!("{:>4}  {}\n", note.note, one_line(first))
}
