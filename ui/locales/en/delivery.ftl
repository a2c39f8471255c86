delivery-title = Delivery
delivery-to = To { $coalition }
delivery-nobody = You have not joined a coalition yet. What you write stays on this device.
delivery-join = Join a coalition
delivery-all-done = Everything you handed over is held. Nothing is waiting.
delivery-waiting-bytes = { $size } still to go
delivery-send-now = Send now
delivery-look = Look for news
delivery-desk-now = Send and receive now
delivery-running = Talking to the server…
delivery-contact = The server last answered { $moment }.
delivery-no-contact = The server has not answered yet.
delivery-empty-title = Nothing is on its way
delivery-empty-text = When you send a report, you can follow it here until somebody has read it.
delivery-missing =
    { $count ->
        [one] One earlier packet sent to you has not come in yet. What you see may not be complete.
       *[other] { $count } earlier packets sent to you have not come in yet. What you see may not be complete.
    }
delivery-group-waiting = Waiting
delivery-group-held = Held by the server
delivery-group-read = Read by the coalition
delivery-text-part = Text
delivery-reply-part = Answer
delivery-next-time = Goes when there is a network.
delivery-receipts =
    { $count ->
        [one] Signed receipt kept here
       *[other] Signed receipts kept here
    }
delivery-result =
    { $delivered ->
        [0] { $waiting ->
            [0] Done. There was nothing to send.
            [one] One piece is still waiting.
           *[other] { $waiting } pieces are still waiting.
        }
        [one] Done. One piece is now held.
       *[other] Done. { $delivered } pieces are now held.
    }
delivery-result-reports =
    { $reports ->
        [one] One report is new or changed.
       *[other] { $reports } reports are new or changed.
    }

delivery-less = What was delivered need not stay here
    .hint = See what a search of this device would reveal today, and what can go.

courier-title = Carry it by hand
courier-text = When there is no network, put everything that waits into one sealed file. Anybody can carry it on a USB stick or a card. They cannot open it.
courier-desk-text = Read in what somebody carried to you, or write your answers into one sealed file.
courier-out = Write a courier file…
courier-in = Read a courier file…
courier-out-done = The courier file is written. Your reports stay “waiting” until the coalition has them.
courier-in-done =
    { $reports ->
        [0] The file was read. Nothing in it was new.
        [one] The file was read. One report is new or changed.
       *[other] The file was read. { $reports } reports are new or changed.
    }
