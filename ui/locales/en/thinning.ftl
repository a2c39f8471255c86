## What only this device has

risk-here = Only on this device: { $list }.
risk-none = Everything here is with your coalition too.
risk-alone = Nobody else has what is here.
risk-drafts =
    { $count ->
        [one] one draft
       *[other] { $count } drafts
    }
risk-unsent =
    { $count ->
        [one] one report not sent
       *[other] { $count } reports not sent
    }
risk-waiting =
    { $count ->
        [one] one report on its way ({ $size })
       *[other] { $count } reports on their way ({ $size })
    }
risk-answers =
    { $count ->
        [one] an answer on its way
       *[other] answers in { $count } reports on their way
    }
risk-panic = Right now you would lose for good: { $list }.
risk-panic-none = Right now nothing would be lost for good. Your coalition has everything that is here, and your 24 words bring it back.
risk-panic-alone = Nobody else has what is here. All of it would be lost for good.

## What a search would reveal, and keeping less

less-open = Keep less here
less-title = Keep less here
less-today = Whoever opens this vault today sees
seen-reports =
    { $count ->
        [one] one report with its words
       *[other] { $count } reports with their words
    }
seen-drafts =
    { $count ->
        [one] one draft
       *[other] { $count } drafts
    }
seen-evidence =
    { $count ->
        [one] one picture or file ({ $size })
       *[other] { $count } pictures and files ({ $size })
    }
seen-receipts =
    { $count ->
        [one] the receipt of one more report
       *[other] the receipts of { $count } more reports
    }
seen-answers =
    { $count ->
        [one] the answer to one of those removed
       *[other] the answers to { $count } of those removed
    }
seen-coalition = the name of your coalition
seen-list = { $list }.
seen-oldest = The oldest report is from { $day }.
seen-nothing = Nothing of yours.

less-now = What could go now
less-now-text =
    { $count ->
        [one] One report is wholly with your coalition. It need not be here too.
       *[other] { $count } reports are wholly with your coalition. They need not be here too.
    }
less-nothing = Nothing can go yet. Only a report that the coalition’s server has signed for, to the last file, may be removed.
less-evidence = Remove only pictures and files
    .hint = { $size } go. The words stay here to be read.
less-everything = Remove the whole reports
    .hint = A line with the date and the receipts stay.
less-evidence-sure =
    { $count ->
        [one] The pictures and files of one report leave this device.
       *[other] The pictures and files of { $count } reports leave this device.
    }
less-everything-sure =
    { $count ->
        [one] One report leaves this device, with its words and files.
       *[other] { $count } reports leave this device, with their words and files.
    }
less-yes = Remove from this device
less-no = Leave them here
less-way-back = Your 24 words bring them back for as long as the coalition’s server keeps them.
less-traces = Whoever opens the vault later still sees that there were reports, and when.
less-running = { $done } of { $total }
less-stop = Stop here
less-done =
    { $count ->
        [0] Nothing was removed.
        [one] Done for one report.
       *[other] Done for { $count } reports.
    }
less-left =
    { $count ->
        [one] One stayed as it was: something in it is not finished or not delivered.
       *[other] { $count } stayed as they were: something in them is not finished or not delivered.
    }
less-fetch-all = Fetch back what was removed

less-self = Remove by itself, without asking
less-self-hint = Only what your coalition has in full ever goes. What you fetch back stays for at least a day. Answers stay until you remove the report yourself.
policy-off = Remove nothing
policy-evidence = Remove pictures and files
    .hint = The words stay here to be read and searched.
policy-everything = Remove the whole report
    .hint = A line with its date and its receipts stay.
policy-when = When
policy-when-read = as soon as the coalition has read it
policy-when-days =
    { $days ->
        [one] { $days } day after it was delivered
       *[other] { $days } days after it was delivered
    }

## One report

thin-open = Take it off this device
thin-title = Take it off this device
thin-text = Your coalition’s server has signed for all of it. What should leave this device?
thin-evidence = Pictures and files
    .hint = { $size } go. The words stay here to be read.
thin-everything = The whole report
    .hint = The words, the files and the answers go.
thin-label = Its name in the list
    .hint = Choose one that tells others nothing. Without one, its date stands there.
thin-stays = What stays here
thin-stays-evidence = The words, the answers and the receipts. The list says that there were files.
thin-stays-everything = One line in the list, its dates, and the receipts.
thin-way-back = Your 24 words bring it back for as long as the coalition’s server keeps it.
thin-evidence-do = Remove the pictures and files
thin-everything-do = Remove the whole report
thinned-everything = Only the receipt is here
    .more = You removed this report from the device. Your coalition has it.
thinned-evidence =
    { $count ->
        [0] Its files are not on this device
        [one] { $count } file is not on this device
       *[other] { $count } files are not on this device
    }
    .more = You removed them here. Your coalition has them.
thinned-dated = Report of { $day }
fetch-open = Fetch back
