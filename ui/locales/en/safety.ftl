## The page that asks for the passphrase

open-recipes = Open your recipes
open-which = Which one
open-numbered = Notes { $number }
open-numbered-recipes = Recipes { $number }
open-wrong = That does not open it.
    .next = Look for capital letters and the keyboard’s language, then type it again.
open-wait =
    { $seconds ->
        [one] After several wrong tries the next one is slower. It begins { $seconds } second after you press Open.
       *[other] After several wrong tries the next one is slower. It begins { $seconds } seconds after you press Open.
    }
open-wait-clock = After several wrong tries the next one is slower. It begins { $clock } minutes after you press Open.
open-wait-stop = Correct it first
open-waiting-clock = It begins in { $clock }
open-waiting =
    { $seconds ->
        [one] It begins in { $seconds } second
       *[other] It begins in { $seconds } seconds
    }
open-back = Back to what is already here
open-other = Something else
open-add = Another one on this device
    .hint = For somebody else who uses it, or for other work, with its own passphrase.
open-add-recipes = Another one on this device
open-add-name = A name, if you need one
    .hint = Everybody who opens the app sees it.
open-add-button = Add it
open-again = Start again with your words
    .hint = If you have 24 words on paper, what was delivered can come back. What is here stays as it is.
    .disguised = Open from paper
    .disguised-hint = If you are moving everything from another device.

## Safety: the list

safety-title = Safety
safety-know = Good to know
safety-arm = Switch it on
safety-passphrase = Passphrase
    .hint = Change it
safety-duress = A second passphrase
    .hint = For when somebody makes you open it
safety-tries = Wrong passphrases
safety-tries-off = Nothing happens
safety-tries-slow = Longer waits after each
safety-tries-wipe =
    { $count ->
        [one] After { $count } in a row the vault is destroyed
       *[other] After { $count } in a row the vault is destroyed
    }
safety-checkin = Check-in
safety-checkin-off = Off
safety-checkin-by = Open it by { $when }
safety-hiding = Hide the page
safety-name = Name and icon
safety-device = This device
    .hint = What it keeps, and what it may leak
safety-panic = Panic
    .hint = Every way to destroy the vault
safety-less = Keep less here
    .hint = What a search would find today

## Changing the passphrase

change-text = The new passphrase opens the vault from now on. On this device the old one stops working at once, and what it opened the vault with is overwritten.
change-old = The passphrase you use now
change-new = The new passphrase
change-button = Change it
change-busy = Changing. This takes a few seconds.
change-done = The passphrase is changed.
    .next = The old one opens nothing here any more. Type the new one in your head a few times today.
change-know-1 = A copy that somebody made of this device before still opens with the old passphrase. Whoever has both can also open what you write here later, if they get hold of the device again. If you fear that, start a new vault.
change-know-2 = Your 24 words stay the same.

## Wrong passphrases

tries-slow = Wait after a wrong one
    .hint = The first three are free. Then it waits 2, 4, 8 seconds and so on, up to five minutes.
tries-wipe = Destroy the vault after many wrong ones
    .hint = The keys are destroyed, as in a panic. What was delivered stays with the coalition.
tries-danger = Then anybody can destroy it just by typing: a child, a colleague, an officer who guesses. They need to know nothing.
tries-never = Never
tries-after =
    { $count ->
        [one] After { $count } wrong one in a row
       *[other] After { $count } wrong ones in a row
    }
tries-wipe-desk = The keys are destroyed, as in a panic. All that was received is lost here.
tries-sure =
    { $count ->
        [one] The vault will be destroyed after { $count } wrong passphrase in a row.
       *[other] The vault will be destroyed after { $count } wrong passphrases in a row.
    }
tries-know-1 = This holds back people who sit at this device. Somebody who copied it guesses elsewhere, as fast as their computers allow. Only a long passphrase holds them back.
tries-know-2 = One right passphrase sets the count back to zero.

## Check-in

checkin-text = If you do not open the vault for the time you choose, it destroys itself. This is for when you cannot come back to it.
checkin-due = Open it no later than
checkin-well = I am well
checkin-told = Noted. The time begins anew.
checkin-opening = Every opening counts as well.
checkin-choose = Destroy the vault when it was not opened for
checkin-off = Never: no check-in
checkin-hours =
    { $count ->
        [one] { $count } hour
       *[other] { $count } hours
    }
checkin-week = One week
checkin-know-1 = It does not ask why. If you are ill, or on a long road, it destroys the vault all the same. What was not delivered is lost.
checkin-know-1-desk = It does not ask why. If you are ill, or on a long road, it destroys the vault all the same, with all that was received. The 24 words do not bring it back.
checkin-sure = The vault will be destroyed when it is not opened for { $time }.
checkin-know-2 = It happens when the app is running, or when it starts the next time. While the device is switched off, nothing happens.
checkin-know-3 = It goes by the clock of this device. Somebody who turns the clock back delays it.

## Hiding the page

key-space = Space
hiding-text = Press these keys, or the two small sheets in the top corner, and something ordinary lies over everything at once.
hiding-back = The same keys lead back, or a long press on the title at the top. You are always asked for your passphrase.
hiding-choose = What lies over it
hiding-calculator = A calculator
    .hint = It works. The vault is locked behind it at once. Take this one if the device may be taken out of your hands.
hiding-notebook = A notebook
    .hint = It works, and keeps what you write there. The vault stays open behind it until you come back or it locks by itself. Files that are still being added are given up.
hiding-blur = Blank while another window is in front
    .hint = Window previews and people behind you see empty paper. What you typed stays.
hiding-know-1 = Somebody who watches the screen while you press the keys sees it change.
hiding-know-2 = A program that records the screen has what was on it before.

## Name and icon

naming-text = How the app looks to somebody who glances at your screen or goes through your programs.
naming-way = How you get in then
naming-way-keys = The app opens on a calculator that works. To come to the passphrase, press
naming-way-press = or press the word “Calculator” at the top and keep pressing for one second. Nothing on the screen tells you this. Remember it before you go on.
naming-way-use = I will remember. Use it
naming-know-1 = Name, icon and title change here, at once. The program’s own file, and its line among the installed programs, may keep their name.
naming-know-2 = Whoever searches the device with care, or goes through the first steps here, can find out what the program is.
naming-know-3 = After unlocking, everything looks as it does now.

## This device

device-text = What this device does for the vault while it is open, as far as the app can tell.
device-good = Good
device-mind = To keep in mind
device-swap-none = Nothing in memory is moved to the disk
    .next = This device has no swap, so what you read and write here is not left there.
device-swap-encrypted = What is moved from memory to the disk is encrypted
    .next = When memory runs short, the system moves parts of it away. Here they cannot be read later.
device-swap-plain = Parts of memory may reach the disk as they are
    .next = When memory runs short, the system writes parts of it to the disk, and traces of what you read and write may stay there. Encrypt the whole disk or turn swap off; somebody who knows computers can help.
device-swap-unknown = It cannot be told whether memory reaches the disk
    .next = Think of it as if it did: encrypt the whole disk if you can.
device-keys-held = The app’s own keys stay in memory
    .next = The system keeps them in a place that is not moved to the disk. The database’s copy of its key is not kept there.
device-keys-loose = The vault’s keys may be moved to the disk
    .next = The system gave no place for them that stays in memory. Lock the vault whenever you leave it, and encrypt the whole disk.
device-memory-private = Other programs cannot look into the app
    .next = The system refuses it, and a crash leaves no copy of the memory behind. The administrator of the device can still do both.
device-memory-open = Other programs may look into the app
    .next = The system did not agree to keep them out. Use only programs you trust on this device.

## Panic

panic-road-corner = Anywhere in the app
panic-road-keys = With keys, also under a cover
panic-road-anywhere = While another window is in front
    .hint = These four, pressed once.
panic-road-tray = From the small icon of the app
    .hint = It stands beside the clock. Open its menu and choose the line that destroys everything, twice.
panic-road-start = While starting the app
    .hint = For whoever sets up your computer: this command destroys the vault without a passphrase. If the app is already running, it obeys too.
