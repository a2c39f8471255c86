//! The window is checked against types written from Rust; they must not be old.

#[test]
fn the_windows_types_are_those_of_this_surface() {
    let kept = include_str!("../../../ui/src/lib/bindings.ts");
    assert!(
        kept == holdfast_app::typescript(),
        "ui/src/lib/bindings.ts is stale: run `make bindings`"
    );
}
