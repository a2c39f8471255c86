//! What the window may ask. Each command only passes on; dialogs are the shell's own part.
//!
//! What people wrote, read and typed passes sealed ([`crate::passage`]). In clear are numbers of reports
//! and evidence, the key that a copy is sealed to, what a courier file brought in numbers, and the
//! demo's invite.

use std::path::PathBuf;

use holdfast_app::{
    App, copy_file_name, safe_file_name,
    system::{at_work, washed},
    view::{EvidenceId, Fault, ImportId, NameView, SyncReport},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tauri::{
    AppHandle, Runtime, State,
    ipc::{InvokeBody, Request, Response},
};
use tauri_plugin_dialog::{DialogExt as _, FilePath};

use crate::{Reach, look, passage::Passages, word::Word};

/// Agrees keys with a page that was loaded: its public key for the program's.
#[tauri::command]
pub(crate) fn greet(
    passages: State<'_, Passages>,
    request: Request<'_>,
) -> Result<Response, Fault> {
    passages
        .agree(raw(&request)?)
        .map(|own| Response::new(own.to_vec()))
}

/// A command of the surface.
#[derive(Deserialize)]
struct Call {
    name: String,
    args: Value,
}

/// Runs any command of the surface. What is asked and what is answered are sealed.
#[tauri::command]
pub(crate) async fn call(
    app: State<'_, App>,
    passages: State<'_, Passages>,
    request: Request<'_>,
) -> Result<Response, Fault> {
    washed(async {
        let (asked, passage) = passages.open(raw(&request)?)?;
        let Call { name, args } = serde_json::from_slice(&asked).map_err(|_| Fault::BadRequest)?;
        let answer = serde_json::to_vec(&app.call(&name, args).await);
        passage
            .seal(&answer.map_err(|_| Fault::Internal)?)
            .map(Response::new)
    })
    .await
}

/// The next bytes of an import, sealed; its number is in the header `import`.
#[tauri::command]
pub(crate) async fn attach_chunk(
    app: State<'_, App>,
    passages: State<'_, Passages>,
    request: Request<'_>,
) -> Result<(), Fault> {
    let import = request
        .headers()
        .get("import")
        .and_then(|number| number.to_str().ok()?.parse().ok())
        .map(|import| ImportId { import })
        .ok_or(Fault::BadRequest)?;
    let (bytes, _) = passages.open(raw(&request)?)?;
    let app = app.inner().clone();
    at_work(move || app.attach_bytes(import, &bytes)).await
}

fn raw<'a>(request: &'a Request<'_>) -> Result<&'a [u8], Fault> {
    match request.body() {
        InvokeBody::Raw(bytes) => Ok(bytes),
        InvokeBody::Json(_) => Err(Fault::BadRequest),
    }
}

/// Saves a copy of evidence where the person says.
#[tauri::command]
pub(crate) async fn save_evidence<R: Runtime>(
    handle: AppHandle<R>,
    app: State<'_, App>,
    args: EvidenceId,
) -> Result<bool, Fault> {
    let app = app.inner().clone();
    let name = safe_file_name(&app.evidence(&args)?.name);
    match ask_where_to_save(&handle, name).await {
        Some(path) => at_work(move || app.save_evidence(&args, &path))
            .await
            .map(|()| true),
        None => Ok(false),
    }
}

/// Saves a copy of evidence, sealed to somebody's age key, where the person says.
#[tauri::command]
pub(crate) async fn seal_copy<R: Runtime>(
    handle: AppHandle<R>,
    app: State<'_, App>,
    args: EvidenceId,
    key: String,
) -> Result<bool, Fault> {
    let app = app.inner().clone();
    let name = copy_file_name(&app.evidence(&args)?.name);
    match ask_where_to_save(&handle, name).await {
        Some(path) => at_work(move || app.export_copy(&args, &path, &[key]))
            .await
            .map(|_| true),
        None => Ok(false),
    }
}

/// Writes what waits into a courier file where the person says.
#[tauri::command]
pub(crate) async fn courier_out<R: Runtime>(
    handle: AppHandle<R>,
    app: State<'_, App>,
) -> Result<bool, Fault> {
    let app = app.inner().clone();
    match ask_where_to_save(&handle, "notes.holdfast".to_owned()).await {
        Some(path) => at_work(move || app.courier_out(&path)).await.map(|_| true),
        None => Ok(false),
    }
}

/// Takes in a courier file the person chooses.
#[tauri::command]
pub(crate) async fn courier_in<R: Runtime>(
    handle: AppHandle<R>,
    app: State<'_, App>,
) -> Result<Option<SyncReport>, Fault> {
    let (tell, told) = tokio::sync::oneshot::channel();
    handle.dialog().file().pick_file(move |path| {
        let _ = tell.send(path);
    });
    let app = app.inner().clone();
    match told.await.ok().flatten().and_then(into_path) {
        Some(path) => at_work(move || app.courier_in(&path)).await.map(Some),
        None => Ok(None),
    }
}

/// The invite a person was handed together with the app, to offer on the joining screen.
#[tauri::command]
pub(crate) fn offered_invite() -> Option<String> {
    let path = std::env::var_os("HOLDFAST_INVITE_FILE")?;
    std::fs::read_to_string(path).ok()
}

/// Lets title and icon pass for what covers the page; with none, for what was chosen. Not `async`: a lock
/// that the page asks for next has to find it covered.
#[tauri::command]
pub(crate) fn pass_for(handle: AppHandle, name: Option<NameView>) {
    look::pass_for(handle, name);
}

/// Keeps what a page says to the one after it.
#[tauri::command]
pub(crate) async fn leave_word(kept: State<'_, Word>, word: String) -> Result<(), Fault> {
    kept.leave(word);
    Ok(())
}

/// What the page before this one left; empty when it said nothing.
#[tauri::command]
pub(crate) async fn left_word(kept: State<'_, Word>) -> Result<String, Fault> {
    Ok(kept.left())
}

/// Somebody begins to use the page.
#[tauri::command]
pub(crate) async fn stay(handle: AppHandle) {
    #[cfg(target_os = "linux")]
    crate::renew::stay(&handle);
    #[cfg(not(target_os = "linux"))]
    let _ = handle;
}

/// Which of the ways to act work while another window has the focus.
#[tauri::command]
pub(crate) fn reach(reach: State<'_, Reach>) -> Value {
    json!({ "tray": reach.tray, "keys": reach.keys })
}

async fn ask_where_to_save<R: Runtime>(handle: &AppHandle<R>, name: String) -> Option<PathBuf> {
    let (tell, told) = tokio::sync::oneshot::channel();
    handle
        .dialog()
        .file()
        .set_file_name(name)
        .save_file(move |path| {
            let _ = tell.send(path);
        });
    told.await.ok().flatten().and_then(into_path)
}

/// On a phone a chosen place may be no path; such places are not served yet.
fn into_path(chosen: FilePath) -> Option<PathBuf> {
    chosen.into_path().ok()
}
