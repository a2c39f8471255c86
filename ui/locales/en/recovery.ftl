## The recovery words, when a vault is made

words-why-title = A way back, on paper
words-why = If this device is taken, lost or broken, 24 words bring back on another one everything you have sent. Nobody else can give you these words again.
    .disguised = If this device is lost or broken, 24 words bring back on another one everything you have sent. Nobody else can give you these words again.
words-why-desk = At a desk, 24 words bring nothing back in this version: not the reports you received, and not your answers. They are drawn now because they cannot be added later. Keep a copy of this vault’s folder in a safe place.
    .disguised = Where others write to you, 24 words bring nothing back in this version: not what you received, and not your answers. They are drawn now because they cannot be added later. Keep a copy of the app’s folder in a safe place.
words-before-paper = Take paper and a pen. Copying takes about ten minutes.
words-before-alone = Sit where no person and no camera sees the screen.
words-before-picture = Write by hand. A picture of the words may be copied to places you do not know.
words-before-apart = Think of a place for the paper, away from this device. Whoever finds it may be able to read what you have sent.
words-show = I have paper. Show the words
words-forgotten = The words you had are no longer good.
    .next = The screen was locked meanwhile, and the app has forgotten them. Cross them out on your paper: now come new ones.
words-title = Write these 24 words on paper
words-hint = In this order, with their numbers. The words are shown only now.
words-touch = Touch a word to see its letters one by one.
words-hint-more = Go on in the same order, with their numbers.
words-no-hand = I cannot write by hand
words-compare-title = Compare word { $position } with your paper
words-compare-hint = If your paper differs, correct it there.
words-compared = Corrected. Back to the check
words-range = { $from }–{ $to }
words-next-six = The next six words
words-written = All 24 are on paper
words-careful = A printer may remember what it printed. Print only where it is yours alone, and do not save the page as a file.
words-print = Print the paper
words-aid = Help with Latin letters
    .hint = Beside each word stands about how it is read. It is only an aid: write down the Latin letters.

paper-date = Date
paper-order = 24 words. Their order counts.
paper-use = On a new device, type them where 24 words are asked for.
paper-keep = Keep this paper apart from the device, and show it to nobody.

confirm-title = Now from your paper
confirm-hint = Type these words. After two letters you see the ones that fit.
confirm-button = Check the words
confirm-look = Look at the words again
word-at = Word { $position }
word-none = No such word

## Starting again

again-title = Your 24 words
again-hint = Type them from your paper. After two letters you see the ones that fit.
words-typed =
    { $count ->
        [one] { $count } word of { $total }
       *[other] { $count } words of { $total }
    }
words-odd = Look at word { $position }: it is not one of the words.
again-invite-title = Who has your reports?
again-invite-hint = You need the invite of your coalition once more. Ask somebody there for it.
again-numbers-title = Is it really your coalition?
again-numbers-hint = Make sure before the app talks to their server.
again-same = If every group is the same, go on. If one is different, do not: somebody may have changed the invite on the way.
again-same-button = The numbers are the same
again-lost-title = Where is the old device?
again-lost-hint = So that your coalition knows whom it hears from.
again-lost-yes = Somebody may have it, or I do not know
    .hint = Your coalition is warned about everything the old device sends from now on. What you sent before stays yours.
again-lost-no = I have it, or it is destroyed
    .hint = Your coalition is told that you write from a new device, nothing more.
again-begin = Fetch everything back
again-stuck = It did not work this time

fetching-title = Fetching what you had sent
fetching-asking = Asking the coalition’s server…
fetching-here =
    { $count ->
        [0] Nothing is here yet.
        [one] One report is here.
       *[other] { $count } reports are here.
    }
fetching-text = Each report is checked before it counts. On a slow network this can take long: leave the app open and do something else. While it goes on the app does not lock by itself. If you lock it, what has come stays, and the rest needs your words once more.

fetching-read = Read what is here
back-title = You are back
back-title-short = Some of it is back
back-reports =
    { $count ->
        [0] No report came.
        [one] One report came back. Its whole history was checked.
       *[other] { $count } reports came back. Their whole history was checked.
    }
back-words =
    { $count ->
        [0] No report came.
        [one] The words of one report are back.
       *[other] The words of { $count } reports are back.
    }
back-evidence =
    { $count ->
        [0] No pictures or files came.
        [one] One picture or file came back, the same to the last byte.
       *[other] { $count } pictures and files came back, the same to the last byte.
    }
back-missing =
    { $count ->
        [one] One report or file is missing: it was delivered and could not be fetched.
       *[other] { $count } reports or files are missing: they were delivered and could not be fetched.
    }
back-unreachable = The server cannot be reached.
    .next = What has come is here already. Try again when there is a network.
    .nothing = Nothing has come yet. Try again when there is a network.
back-never = Drafts cannot come back, nor can anything that was not delivered before.
back-again = Try again for the rest
back-enter = Open my reports
back-enter-short = Go on with what is here

## Starting again broke off

unfinished-title = Not everything is back yet
unfinished-text = Fetching it back broke off. What has come stays; the rest waits at your coalition’s server.
unfinished-go = Go on fetching
unfinished-words = Type your 24 words from your paper once more. What is here already is not fetched again.
unfinished-leave = Leave it at that

## Fetching back what was removed

fetch-title = Fetch it back
fetch-title-all = Fetch everything back
fetch-text = What was removed can be opened only with your 24 words. Type them from your paper.
fetch-button = Fetch back
fetch-running = Fetching…
