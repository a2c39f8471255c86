## Обычные заметки

notebook-new = Новая заметка
notebook-new-recipe = Новый рецепт
notebook-search = Поиск
notebook-clear = Очистить поиск
notebook-none = Ничего не нашлось.
notebook-empty = Здесь пока пусто
    .hint = Списки, планы, всё, что не хочется забыть. Сохраняется само.
notebook-untitled = Без названия
notebook-age-today = Сегодня
notebook-age-yesterday = Вчера
notebook-age-week = За последнюю неделю
notebook-age-before = Раньше
notebook-note-title = Название
notebook-note-body = Текст заметки
notebook-delete = Удалить заметку
notebook-going = Удаляем: «{ $title }»
notebook-undo = Вернуть
notebook-settings = Настройки
notebook-lock = Заблокировать
notebook-not-kept = Последнее изменение пока не сохранено.
notebook-not-read = Не удалось прочитать заметки.
