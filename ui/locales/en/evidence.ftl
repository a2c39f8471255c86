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

## A copy sealed for one person

copy-open = Seal a copy for someone…
copy-open-hint = Only the person whose key you enter can open it. For a lawyer or an expert who has the program age.
copy-title = Seal a copy for someone
copy-key = Their age key
    .hint = The half they may show to anybody. Get it from them in person, or by a way you trust.
copy-advice = Ask for a key that begins with age1pq1.
    .next = Quantum computers are not expected to open a copy sealed to it. An ordinary key begins with age1 and is much shorter.
copy-hybrid = A key made to hold against quantum computers too.
    .next = Even somebody who catches the copy on the way and keeps it for years is not expected to open it.
copy-ordinary = An ordinary age key.
    .next = Whoever catches the copy on the way can keep it, and open it one day with a quantum computer. If they can make a key that begins with age1pq1, ask for that one.
copy-outside = The copy lies outside the vault. Whoever has the secret half of the key can read it. Panic does not destroy it, and taking back consent does not call it back.
copy-save = Save the sealed copy…
copy-saved = The sealed copy is saved.
    .next = Give them the file, best by hand. The program age opens it with the secret half of their key.
