//! Embeds the window's files and allows exactly the commands that `src/commands.rs` has.

fn main() {
    // A window may call these and nothing else; see capabilities/window.json.
    let commands = tauri_build::AppManifest::new().commands(&[
        "call",
        "attach_chunk",
        "save_evidence",
        "courier_out",
        "courier_in",
        "offered_invite",
    ]);
    if let Err(error) =
        tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands))
    {
        panic!("{error:#}");
    }
}
