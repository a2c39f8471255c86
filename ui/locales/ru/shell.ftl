## Вокруг страницы: заголовок окна и меню значка в области уведомлений. То, что говорится под другим
## именем приложения (.disguised), не должно выдавать хранилище.

shell-name-notes = Заметки
shell-name-calculator = Калькулятор
shell-name-recipes = Рецепты
shell-open = Открыть
shell-cover = Спрятать
shell-lock = Закрыть хранилище
    .disguised = Убрать
shell-destroy = Уничтожить всё
    .disguised = Сброс
shell-destroy-now = Уничтожить сейчас
    .disguised = Сбросить сейчас
shell-quit = Выход
