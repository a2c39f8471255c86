//! Embeds the window's files and allows exactly the commands that `src/commands.rs` has.

fn main() {
    // The files are embedded by a macro, whose reading cargo does not see: without this line a
    // window would go on showing the interface it was first built with.
    println!("cargo:rerun-if-changed=../ui/dist");
    // A window may call these and nothing else; see capabilities/window.json.
    let commands = tauri_build::AppManifest::new().commands(&[
        "greet",
        "call",
        "attach_chunk",
        "save_evidence",
        "seal_copy",
        "courier_out",
        "courier_in",
        "offered_invite",
        "pass_for",
        "leave_word",
        "left_word",
        "stay",
        "reach",
    ]);
    if let Err(error) =
        tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands))
    {
        panic!("{error:#}");
    }
}
