## Around the page: the title of the window and the menu of the tray icon. What is said under another
## name of the app (.disguised) must not tell of a vault.

shell-name-notes = Notes
shell-name-calculator = Calculator
shell-name-recipes = Recipes
shell-open = Open
shell-cover = Hide
shell-lock = Lock
    .disguised = Put away
shell-destroy = Destroy everything
    .disguised = Reset
shell-destroy-now = Destroy it now
    .disguised = Reset now
shell-quit = Quit
