inbox-title = Inbox
inbox-search = Search the inbox
inbox-empty-title = No reports yet
inbox-empty-text = Give your invite to people you trust. Their reports arrive here.
inbox-empty-action = Show the invite
inbox-unread = Not read yet
inbox-unread-count =
    { $count ->
        [0] All read
        [one] { $count } not read yet
       *[other] { $count } not read yet
    }
inbox-keys = j k move · Enter opens · / searches · Ctrl K more
answer-title = Answer
answer-placeholder = What can you do, what can you not do, and why?
answer-hint = The person who wrote the report reads this. If you refuse, say why.
answer-send = Send the answer
answer-sent = The answer is sealed and on its way.
