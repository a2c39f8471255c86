## Как называется приложение и что закрывает его по нажатию клавиш

name-holdfast = Holdfast
name-notes = Заметки
name-calculator = Калькулятор
name-recipes = Рецепты
cover-name = Спрятать страницу
cover-way = Как вернуться в следующий раз
cover-way-known = Понятно

## Калькулятор

calc-clear = Сброс
calc-sign = Плюс или минус
calc-percent = Процент
calc-divide = Разделить на
calc-times = Умножить на
calc-minus = Минус
calc-plus = Плюс
calc-point = Десятичная запятая
calc-back = Стереть цифру
calc-equals = Равно
calc-last = Взять последний результат: { $result }
calc-past = Что считали
calc-past-none = Пока ничего не считали
calc-broken = Не получится
