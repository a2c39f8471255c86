## A second passphrase, and the notebook it opens

duress-text = If somebody makes you open the vault, you can type this passphrase instead. It is asked for in the same place, and takes the same time.
duress-does = Before anything is shown, the keys to all you keep here are destroyed. Then an ordinary notebook opens, and from then on the app is that notebook.
duress-gone = There is no way back. What was delivered stays with the coalition and can come back with your 24 words. What was not delivered is lost.
duress-gone-desk = There is no way back. What you received stays only where somebody else has it too; the 24 words do not bring it back. Answers that were not sent are lost.
duress-same = This page is always the same: the app itself does not know whether a second passphrase is set. Setting one replaces the one before.
duress-name = The app is called “{ $name }” now.
    .next = A notebook under that name convinces nobody. Call it Notes or Recipes first.
duress-begin = Prepare the notebook
duress-tells = What it cannot hide
duress-tell-1 = Somebody who copied the device before and looks again sees that much has changed.
duress-tell-2 = Somebody who knows this app knows that it can do this. They may not believe the notebook.
duress-tell-3 = The notes get older by the day. Set it anew now and then, with fresh ones.
duress-tell-4 = A search of the device may show other things: your messages, your pictures, the app itself.
duress-tell-5 = To hide evidence can be a crime where you live. Think about it before, with somebody who knows the law.
duress-pick-title = What they find
duress-pick = What do you want them to find? Take what is nearest to your life and change it on the next page.
duress-template-diary = A diary
duress-template-field_notes = Field notes
duress-template-household = Household accounts
duress-template-recipes = Recipes
duress-amount-notes =
    { $count ->
        [one] { $count } note
       *[other] { $count } notes
    }
duress-amount-weeks =
    { $count ->
        [one] over { $count } week
       *[other] over { $count } weeks
    }
duress-own = Notes of my own
    .hint = Nobody has seen them before.
duress-notes-title = The notes
duress-notes = Put in your own names, places and sums. The same text is in every copy of the app, and somebody may know it.
duress-notes-own = Write what somebody like you would keep: small, true, a little dull.
duress-no-recipes = The app is called Recipes, and there is hardly a recipe here. Add a few, or begin with the recipes.
duress-untouched =
    { $count ->
        [one] { $count } note is still as it came.
       *[other] { $count } notes are still as they came.
    }
duress-add = Add a note
duress-note = The note
    .hint = The first line is its title.
duress-dated = Dated
duress-days-ago =
    { $days ->
        [0] today
        [1] yesterday
        [one] { $days } day ago
       *[other] { $days } days ago
    }
duress-remove = Take it out
duress-passphrase-title = The passphrase itself
duress-choose = This must be one that you can say aloud under pressure, and that nobody would take for your real one mistyped.
duress-choose-2 = Do not try it out where the vault is opened: it destroys the vault.
duress-passphrase = The second passphrase
duress-set = Set it
duress-busy = Setting it. This takes a few seconds.
duress-done = It is set.
    .next = From now on this passphrase destroys the keys and opens the notebook you have just written.
duress-done-2 = Nothing here shows that you were on this page. Remember both passphrases well, and which is which.
duress-check = Type it once more in a minute, from memory
    .hint = It is compared on this page only, and opens nothing.
duress-check-button = Compare
duress-check-right = It is the same.
duress-check-wrong = It is not the same. Try again, or set another one.
duress-another = Set another one
duress-close = Back to Me
