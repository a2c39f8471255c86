## The list

list-search = Search your reports
list-empty-title = Nothing here yet
list-empty-text = Start with what happened, in your own words. Dates and names can come later.
list-none-title = Nothing matches
list-none-text = No report has all of these words. Try fewer.
list-clear = Clear the search
list-more = Show older reports
list-pick = Choose a report to read it here.

## Writing

write-title = What you write
write-placeholder = What happened? Write it in your own words.
saved-at = Saved on this device · { $time }
saved-not-yet = Not saved yet
saved-saving = Saving…
saved-failed = Not saved
fact-add = Add
fact-close = Close
fact-clear = Clear
fact-picture = Picture
fact-file = File
fact-when = Time
fact-where = Place
fact-kinds = Kind
fact-who = Who
fact-urgent = Urgent
fact-evidence = Pictures and files
write-done = Done
write-done-wait =
    { $count ->
        [one] One file is still being taken in. Wait for it, or stop it.
       *[other] { $count } files are still being taken in. Wait for them, or stop them.
    }
send-missing = Not said: { $list }. You can add it later.
write-discard = Throw this draft away
write-discard-new-sure = The text and its files are deleted from this device. This cannot be undone.
write-discard-edit-sure = Your unfinished changes are deleted. The saved report stays as it is.
write-keep = Keep it

when-question = When did it happen?
when-hint = Fill in what you know. A year alone is fine.
when-today = Today
when-yesterday = Yesterday
when-day = Day
when-month = Month
when-year = Year
when-time = Time of day
when-no-month = —
when-range = It went on for longer
when-until = Until
when-unknown = I do not know
when-not-known = Time not known
when-odd = This is not a date in the calendar. Look at the day and the month.
when-order = The end comes before the beginning. Look at the two dates.

where-question = Where did it happen?
where-hint = A village, a street, a building: as much as you want to say.
where-country = Country
where-no-country = Not said
country-kg = Kyrgyzstan

kinds-question = What kind of thing happened?
kinds-hint = Choose all that fit. Leave it empty if you are not sure.
kinds-search = Search kinds
kinds-none = No kind matches. You can leave this empty.
code-unknown = { $code } (from a newer version)

who-affected = Who was it done to?
who-sources = Who is behind it?

urgent-question = Does somebody need help now?
urgent-hint = The coalition sees urgent reports first. It cannot promise to be quick.

## Reading

report-facts = Facts
report-evidence = Pictures and files
report-notes = Answers and notes
report-history = History
report-receipts = Receipts
report-edit = Change
report-continue = Continue writing
report-has-draft = You have changes here that are not finished.
report-changed = You have changed this report since you sent it. The coalition has the older text.
report-no-text = There is no text in this report.
report-missing =
    { $count ->
        [one] One earlier step of this report has not arrived yet. What you see may not be complete.
       *[other] { $count } earlier steps of this report have not arrived yet. What you see may not be complete.
    }
receipts-text = The server signed for each of these. The app has checked the signatures again just now.
receipts-none = There is no receipt yet.
note-mine = You
note-answer = The coalition’s answer
note-answer-mine = Your answer
note-other = Note

conflict-title = Two versions
conflict-text = This was written in two places at once. Both are kept. Choose the one that is right.
conflict-version = Version { $number }
conflict-use = Use this one
conflict-empty = Left empty
conflict-newer = Written by a newer version of the app.
field-narrative = Text
field-kinds = Kind
field-when = Time
field-place = Place
field-affected = Who it was done to
field-sources = Who is behind it
field-urgent = Urgent
field-other = Something from a newer version

history-created = Report begun
history-field_set = A part written or changed
history-evidence_added = File added
history-note = Note added
history-consent_given = Consent to share given
history-consent_withdrawn = Consent to share withdrawn
history-handed_over = Handed over to the coalition
history-opened = Opened by the coalition
history-answered = Answered by the coalition
history-forgotten = A part was removed on purpose
history-unknown = A step from a newer version
history-mine = this device
history-other = another device
history-lost = from a device declared lost
report-new-device = The person who wrote this has a new device now. Their 24 words have signed for it.
row-lost-device = From a lost device
report-lost-device = Something here came from their old device after they had declared it lost. Somebody else may have written it. Ask them, by another way, before you act on it.
yes = Yes
no = No

## Sending

send-to = Send to { $coalition }
send-changes-to = Send the changes to { $coalition }
send-join-why = To send this, join a coalition. Until then it stays on this device.
send-title = A last look
send-goes = This goes out
send-text = The text and what else you wrote
send-size = About { $size } in all
send-who-reads = Only { $coalition } can open it. The server in between cannot.
send-numbers = Its numbers: { $fingerprint }
send-consent = The people in this report agree
    .hint = They know that { $coalition } receives this report. If it is only about you, it is enough that you agree.
send-consent-given = You have already said that the people in this report agree.
send-once = What the coalition has read cannot be taken back.
sending = Sealing the report…
