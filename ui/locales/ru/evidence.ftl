## Добавление

attach-drop = Отпустите, чтобы добавить файлы
attach-name = Файлы, которые добавляются
attach-waiting = В очереди
attach-running = Запечатываем в хранилище
attach-stopped = Остановлено. От файла ничего не осталось.
attach-stop = Остановить
attach-dismiss = Убрать из списка
attach-original = Тот же файл остаётся и там, откуда вы его взяли, — без защиты. Если это опасно, удалите его там сами.

## Список и просмотр

evidence-open = Открыть { $name }
evidence-away = Ещё не на этом устройстве
evidence-remove = Убрать
evidence-remove-sure = Файл удалится из хранилища. Вернуть его будет нельзя.
evidence-remove-yes = Удалить файл
evidence-keep = Оставить
viewer-loading = Открываем { $name }
viewer-size = Размер
viewer-type = Вид файла
viewer-added = Добавлен
viewer-check = SHA-256
    .hint = Это число может заново посчитать кто угодно. Если оно совпало, в файле не изменилось ни буквы.
viewer-unknown = Такие файлы приложение показать не может.
viewer-too-large = Эта запись больше { $size }. Чтобы проиграть её здесь, нужно слишком много памяти. Можно сохранить копию и открыть её отдельно.
viewer-broken = Файл не открывается как то, чем он назван. Его содержимое сохранено без изменений.
viewer-text-cut = Это начало: { $shown } из { $total }.
viewer-page = Страница { $page } из { $pages }
viewer-save = Сохранить копию…
viewer-save-hint = Копия окажется вне хранилища. Она ничем не защищена, и паника её не уничтожит.
viewer-saved = Копия сохранена.
viewer-details = Об этом файле
viewer-next = Следующий файл
viewer-previous = Предыдущий файл
