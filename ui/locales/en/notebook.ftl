## An ordinary notebook

notebook-new = New note
notebook-new-recipe = New recipe
notebook-search = Search
notebook-clear = Clear the search
notebook-none = Nothing found.
notebook-empty = Nothing here yet
    .hint = Lists, plans, things to remember. What you type is kept by itself.
notebook-untitled = No title
notebook-age-today = Today
notebook-age-yesterday = Yesterday
notebook-age-week = Last seven days
notebook-age-before = Earlier
notebook-note-title = Title
notebook-note-body = Note
notebook-delete = Delete this note
notebook-going = Deleting “{ $title }”
notebook-undo = Undo
notebook-settings = Settings
notebook-lock = Lock
notebook-not-kept = The last change is not kept yet.
notebook-not-read = The notes could not be read.
