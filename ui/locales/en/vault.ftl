## The first screen and making a vault

welcome-title = Write it down before it fades
welcome-text = This app keeps your notes and files in a vault on this device. It works without a network. Only your passphrase opens it.
    .disguised = Nothing is here yet. Choose a passphrase and begin.
welcome-start = Make a vault
    .disguised = Begin
welcome-again = Start again with 24 words
    .disguised = Open from paper
make-step = Step { $step } of { $steps }
make-next = Next

role-title = What will you use it for?
    .disguised = What will you use it for?
role-hint = This decides what you see first.
role-reporter = I write down what happens
    .hint = To me, or to people around me.
    .disguised = I write things down
    .disguised-hint = What I see and what I hear.
role-lawyer = I work on people’s cases
    .hint = I add papers and pictures to what they tell me.
    .disguised = I look after other people’s papers
    .disguised-hint = I add pictures and files to what they tell me.
role-desk = I receive reports
    .hint = I do it for a coalition that helps people.
    .disguised = Other people write to me
    .disguised-hint = I set it up for a group.

desk-title = Your coalition
    .disguised = Your group
desk-hint = People see this name before they trust you.
desk-name = Name of the coalition
    .disguised = Name of the group
desk-endpoint = Address of your server
    .hint = It begins with https:// and comes from the person who runs the server.
desk-admission = Admission word
    .hint = Only if the person who runs the server gave you one.
desk-name-needed = Write the name first. People check it before they join.
desk-endpoint-needed = Write the address first. What people write reaches you through it.

passphrase-title = Choose a passphrase
passphrase-hint = Six words that have nothing to do with each other are easy to keep in mind and hard to guess.
passphrase = Passphrase
passphrase-again = The same passphrase again
passphrase-show = Show
passphrase-hide = Hide
passphrase-differs = The two are not the same. Type the second one again.
strength-empty = Spaces and any letters are fine.
strength-weak = Add more words, or let the app draw some.
strength-fair = Each word you add makes it a thousand times harder, and more.
strength-good = Learn it by heart before you lock it up.
guess-now = A computer guesses this at once.
guess-minutes = A computer guesses this within minutes.
guess-hours = A computer guesses this within hours.
guess-day = A computer guesses this in a day.
guess-days = A computer guesses this within days.
guess-months = A computer guesses this within months.
guess-years =
    { $years ->
        [one] A computer guesses this in about a year.
       *[other] A computer guesses this in about { $years } years.
    }
guess-never = No computer of today guesses this.
suggest-open = Let the app draw one
suggest-text = Drawn at random, for you alone. A picture in your head that joins the words helps to remember them.
suggest-taken = Type it once more below. Write it down for today if you must, and get rid of the note when you know it.
suggest-take = Use this one
suggest-another = Draw another

limits-title = Good to know before you begin
limit-forget = Nobody can open the vault without the passphrase. If you forget it, your 24 words bring back what you have sent; the rest is lost. Nobody can help with that.
    .disguised = Nobody can open the app without the passphrase. If you forget it, your 24 words bring back what you have sent; the rest is lost. Nobody can help with that.
limit-forced = If somebody makes you open it, they see what is inside.
    .disguised = If you have to open it in front of somebody, they see what is inside.
limit-watched = If a hidden program watches this device, it sees what you write.
limit-forget-desk = Nobody can open the vault without the passphrase, not even with the 24 words. Keep a copy of its folder, and remember the passphrase.
    .disguised = Nobody can open the app without the passphrase, not even with the 24 words. Keep a copy of its folder, and remember the passphrase.
limit-panic = The small circle in the top corner is for the worst moment. Hold it until its ring is full, and the vault’s keys are destroyed.
    .disguised = The small circle in the top corner resets the app. Hold it until its ring is full, and what is here can never be opened again.
limit-cover = The two small sheets beside it put a calculator over everything at once. To come back, press the word “Calculator” and keep pressing for one second.
    .disguised = The two small sheets beside it put a calculator over the page. To come back, press the word “Calculator” and keep pressing for one second.
make-vault = Make the vault
    .disguised = Begin
making-vault = Making the vault. This takes a few seconds.
    .disguised = One moment. This takes a few seconds.

## Unlocking

unlock-title = Open your notes
unlock-button = Open
unlocking = Opening. This takes about a second.
