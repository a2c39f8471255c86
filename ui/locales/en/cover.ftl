## What the app is called, and what lies over it at the press of a key

name-holdfast = Holdfast
name-notes = Notes
name-calculator = Calculator
name-recipes = Recipes
cover-name = Hide this page
cover-way = How to come back next time
cover-way-known = Got it

## The calculator

calc-clear = Clear
calc-sign = Plus or minus
calc-percent = Percent
calc-divide = Divided by
calc-times = Times
calc-minus = Minus
calc-plus = Plus
calc-point = Decimal mark
calc-back = One back
calc-equals = Equals
calc-last = Use the last result, { $result }
calc-past = History
calc-past-none = No history yet
calc-broken = Not possible
