## The first screen and making a vault

welcome-title = Write it down before it fades
welcome-text = Holdfast keeps your notes and files in a vault on this device. It works without a network. Only your passphrase opens it.
welcome-start = Make a vault
make-step = Step { $step } of { $steps }
make-next = Next

role-title = What will you use it for?
role-hint = This decides what you see first.
role-reporter = I write down what happens
    .hint = To me, or to people around me.
role-lawyer = I work on people’s cases
    .hint = I add papers and pictures to what they tell me.
role-desk = I receive reports
    .hint = I do it for a coalition that helps people.

desk-title = Your coalition
desk-hint = People see this name before they trust you with a report.
desk-name = Name of the coalition
desk-endpoint = Address of your server
    .hint = It begins with https:// and comes from the person who runs the server.
desk-admission = Admission word
    .hint = Only if the person who runs the server gave you one.
desk-name-needed = Write the name first. People check it before they join.
desk-endpoint-needed = Write the address first. Reports reach you through it.

passphrase-title = Choose a passphrase
passphrase-hint = Four or five words that have nothing to do with each other are easy to keep in mind and hard to guess.
passphrase = Passphrase
passphrase-again = The same passphrase again
passphrase-show = Show
passphrase-hide = Hide
passphrase-differs = The two are not the same. Type the second one again.
strength-empty = Spaces and any letters are fine.
strength-weak = Short. A computer can guess this quickly.
strength-fair = Better. One more word makes it much harder to guess.
strength-good = Long. This is hard to guess.
strength-same = The same few letters over and over are easy to guess.

limits-title = Good to know before you begin
limit-forget = Nobody can open the vault without the passphrase. If you forget it, what is inside is lost. We cannot help, and neither can anybody else.
limit-forced = If somebody makes you open it, they see what is inside.
limit-watched = If a hidden program watches this device, it sees what you write.
limit-panic = The small circle in the top corner is for the worst moment. Hold it until its ring is full, and the vault’s keys are destroyed.
make-vault = Make the vault
making-vault = Making the vault. This takes a few seconds.

## Unlocking

unlock-title = Open your notes
unlock-button = Open
unlocking = Opening. This takes about a second.
