//! The real window, driven as a person would.

use holdfast_tests::{Home, Size, Window};

/// The app opens on an empty device, in both sizes.
#[tokio::test]
async fn opens_on_an_empty_device() {
    let home = Home::new();
    let window = Window::open(&home, &[]).await;
    for (name, size) in [("welcome", Size::DESKTOP), ("welcome-phone", Size::PHONE)] {
        window.resize(size).await;
        window.picture(name).await;
    }
    window.close().await;
}
