## Adding

attach-drop = Let go to add the files
attach-name = Files being added
attach-waiting = In line
attach-running = Sealing into the vault
attach-stopped = Stopped. Nothing of it was kept.
attach-stop = Stop
attach-dismiss = Take off the list
attach-original = The file you added also stays where it was, unprotected. If that is dangerous, delete it there yourself.

## The list and the viewer

evidence-open = Open { $name }
evidence-away = Not on this device yet
evidence-remove = Remove
evidence-remove-sure = The file is deleted from the vault. This cannot be undone.
evidence-remove-yes = Remove the file
evidence-keep = Keep it
viewer-loading = Opening { $name }
viewer-size = Size
viewer-type = Type
viewer-added = Added
viewer-check = SHA-256
    .hint = Anybody can work out this number again from the file. If it is the same, not one letter has changed.
viewer-unknown = The app cannot show this kind of file.
viewer-too-large = This recording is larger than { $size }. To play it here, the app would need more memory than is safe. You can save a copy out and play that.
viewer-broken = The file does not open as what it says it is. The bytes are kept as they came.
viewer-text-cut = This is the beginning: { $shown } of { $total }.
viewer-page = Page { $page } of { $pages }
viewer-save = Save a copy out…
viewer-save-hint = The copy lies outside the vault. It is no longer protected, and panic does not destroy it.
viewer-saved = The copy is saved.
viewer-details = About this file
viewer-next = Next file
viewer-previous = Previous file
