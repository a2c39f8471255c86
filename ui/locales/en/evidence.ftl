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
evidence-removed = Removed from this device
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

## A copy sealed for one person

copy-open = A copy for one person…
copy-open-hint = Sealed to the key of a lawyer or an expert. They open it with a free program called “age”.
copy-title = A copy for one person
copy-key = Their public key from the program “age”
    .hint = They may show it to anybody. Get it in person, or compare it by voice.
copy-voice = Ask them to read you the beginning and the end of their key.
    .limit = The app cannot tell whose key it is.
copy-advice = Ask for a key that begins with age1pq1.
    .next = Even a quantum computer is not expected to open such a copy. They make one with age 1.3 or newer: age-keygen -pq. An ordinary key is shorter: 62 characters, beginning with age1.
copy-hybrid = The stronger kind of key.
    .next = Even somebody who keeps the copy for years is not expected to open it, with a quantum computer either.
copy-ordinary = This copy might be opened one day.
    .next = This is an ordinary key. Whoever gets hold of the copy can keep it, and open it later with a quantum computer. Ask for a key that begins with age1pq1.
copy-outside = The copy will lie outside the vault. Panic does not destroy it; taking back consent does not bring it back.
    .saved = The copy lies outside the vault. Panic does not destroy it; taking back consent does not bring it back.
copy-save = Save the sealed copy…
    .ordinary = Save with this ordinary key…
copy-saved = The sealed copy is saved.
    .next = Give them the file, best by hand. It opens with the program “age” and their secret key.
