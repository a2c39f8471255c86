## Words used on every screen

app-name = Holdfast
nav-label = Main places
nav-reports = Reports
nav-delivery = Delivery
nav-me = Me
nav-inbox = Inbox
action-new = New report
action-back = Back
action-close = Close
action-try-again = Try again
action-copy = Copy
copied = Copied

## States. The same words and icons everywhere, in this order.

state-draft = Draft
    .meaning = You are still writing. Only this device has it.
state-saved = Saved
    .meaning = Finished and kept on this device. Nobody else has it.
state-waiting = Waiting
    .meaning = Sealed. It goes when there is a network.
state-held = Held
    .meaning = The coalition’s server signed that it holds all of it. No word yet that somebody read it.
state-read = Read
    .meaning = The coalition signed that somebody opened it.
state-answered = Answered
    .meaning = The coalition wrote back to you.

urgent = Help needed now
untitled = Nothing written yet
files =
    { $count ->
        [one] { $count } file
       *[other] { $count } files
    }
time-left =
    { $minutes ->
        [0] { $seconds ->
            [one] { $seconds } second left
           *[other] { $seconds } seconds left
        }
        [one] about { $minutes } minute left
       *[other] about { $minutes } minutes left
    }
size-of = { $done } of { $total }

## Panic

panic-name = Destroy everything: press and hold
    .disguised = Reset: press and hold
panic-hold = Hold until the ring is full to destroy this vault’s keys
    .disguised = Hold to reset
panic-again = Press the same keys once more to destroy this vault’s keys
    .disguised = Once more to reset
# It stands on the screen for a few seconds: enough for the owner, and nothing to anybody else.
panic-done = Done. Nothing is here.
panic-partly = Done, and nothing here can be opened. The rest is deleted the next time the app starts.
panic-keys-left = The keys could not be written over and may still be on this disk. Whatever else could be destroyed is destroyed. If you can, destroy the disk itself.
panic-nothing = There was nothing here.

## A part of the vault was damaged

spare-mended = A part of the vault that is not in use was damaged and has been made anew. Your reports are whole. If you had set a second passphrase, set it again.

## The command palette

palette-name = Go to or do
palette-hint = A place, an action, or words
palette-none = Nothing matches. Try other words.
palette-sync = Send and receive now
palette-lock = Lock now
palette-search = Search the inbox
