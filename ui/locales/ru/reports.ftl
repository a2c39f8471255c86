## Список

list-search = Искать в записях
list-empty-title = Здесь пока пусто
list-empty-text = Начните с того, что случилось, — своими словами. Даты и имена можно добавить потом.
list-none-title = Ничего не нашлось
list-none-text = Записи со всеми этими словами нет. Оставьте слов поменьше.
list-clear = Сбросить поиск
list-more = Показать более ранние
list-pick = Выберите запись, и она откроется здесь.

## Письмо

write-title = Что вы пишете
write-placeholder = Что случилось? Расскажите своими словами.
saved-at = Сохранено на устройстве · { $time }
saved-not-yet = Ещё не сохранено
saved-saving = Сохраняем…
saved-failed = Не сохранено
fact-add = Добавить
fact-close = Свернуть
fact-clear = Очистить
fact-picture = Снимок
fact-file = Файл
fact-when = Время
fact-where = Место
fact-kinds = Событие
fact-who = Кто
fact-urgent = Срочно
fact-evidence = Снимки и файлы
write-done = Готово
write-done-wait =
    { $count ->
        [one] Ещё { $count } файл переносится в хранилище. Подождите или остановите его.
        [few] Ещё { $count } файла переносятся в хранилище. Подождите или остановите их.
        [many] Ещё { $count } файлов переносятся в хранилище. Подождите или остановите их.
       *[other] Ещё { $count } файла переносятся в хранилище. Подождите или остановите их.
    }
send-missing = Не указано: { $list }. Можно добавить потом.
write-discard = Выбросить черновик
write-discard-new-sure = Текст и его файлы удалятся с этого устройства. Вернуть их будет нельзя.
write-discard-edit-sure = Незаконченные изменения удалятся. Сохранённая запись останется как есть.
write-keep = Оставить

when-question = Когда это случилось?
when-hint = Заполните, что знаете. Можно только год.
when-today = Сегодня
when-yesterday = Вчера
when-day = День
when-month = Месяц
when-year = Год
when-time = Во сколько
when-no-month = —
when-range = Это длилось дольше
when-until = До
when-unknown = Не знаю
when-not-known = Время неизвестно
when-odd = Такого числа в календаре нет. Проверьте день и месяц.
when-order = Конец раньше начала. Проверьте обе даты.

where-question = Где это случилось?
where-hint = Село, улица, здание — сколько хотите сказать.
where-country = Страна
where-no-country = Не указана
country-kg = Кыргызстан

kinds-question = Что это было?
kinds-hint = Отметьте всё, что подходит. Не уверены — оставьте пустым.
kinds-search = Искать
kinds-none = Ничего не нашлось. Можно оставить пустым.
code-unknown = { $code } (из новой версии)

who-affected = Кто пострадал?
who-sources = Кто за этим стоит?

urgent-question = Кому-то нужна помощь прямо сейчас?
urgent-hint = Срочное коалиция видит первым. Обещать быстрый ответ она не может.

## Чтение

report-facts = Что известно
report-evidence = Снимки и файлы
report-notes = Ответы и заметки
report-history = История
report-receipts = Квитанции
report-edit = Изменить
report-continue = Продолжить
report-has-draft = Здесь есть незаконченные изменения.
report-changed = После отправки вы изменили запись. У коалиции прежний текст.
report-no-text = В этой записи нет текста.
report-missing =
    { $count ->
        [one] Ещё не пришёл { $count } более ранний шаг этой записи. Возможно, вы видите не всё.
        [few] Ещё не пришли { $count } более ранних шага этой записи. Возможно, вы видите не всё.
        [many] Ещё не пришли { $count } более ранних шагов этой записи. Возможно, вы видите не всё.
       *[other] Ещё не пришли { $count } более ранних шага этой записи. Возможно, вы видите не всё.
    }
receipts-text = За каждую часть сервер расписался. Приложение только что проверило подписи ещё раз.
receipts-none = Квитанций пока нет.
note-mine = Вы
note-answer = Ответ коалиции
note-answer-mine = Ваш ответ
note-other = Заметка

conflict-title = Две версии
conflict-text = Это записали одновременно в двух местах. Сохранены обе. Выберите верную.
conflict-version = Версия { $number }
conflict-use = Взять эту
conflict-empty = Не заполнено
conflict-newer = Записано в более новой версии приложения.
field-narrative = Текст
field-kinds = Событие
field-when = Время
field-place = Место
field-affected = Кто пострадал
field-sources = Кто за этим стоит
field-urgent = Срочно
field-other = Что-то из более новой версии

history-created = Запись начата
history-field_set = Часть записана или изменена
history-evidence_added = Добавлен файл
history-note = Добавлена заметка
history-consent_given = Дано согласие передать
history-consent_withdrawn = Согласие передать отозвано
history-handed_over = Передано коалиции
history-opened = Открыто коалицией
history-answered = Коалиция ответила
history-forgotten = Часть удалена намеренно
history-unknown = Шаг из более новой версии
history-mine = это устройство
history-other = другое устройство
history-lost = с устройства, объявленного потерянным
report-new-device = У того, кто это написал, теперь новое устройство. Оно подтверждено 24 словами.
row-lost-device = С утерянного устройства
report-lost-device = Что-то здесь пришло со старого устройства уже после того, как его объявили потерянным. Возможно, это писал кто-то другой. Прежде чем действовать, спросите у самого человека другим путём.
yes = Да
no = Нет

## Отправка

send-to = Отправить: { $coalition }
send-changes-to = Отправить изменения: { $coalition }
send-join-why = Чтобы отправить запись, присоединитесь к коалиции. Пока она остаётся на этом устройстве.
send-title = Проверьте перед отправкой
send-goes = Вот что уйдёт
send-text = Текст и всё, что вы указали
send-size = Всего около { $size }
send-who-reads = Открыть это сможет только { $coalition }. Сервер посередине — нет.
send-numbers = Контрольные числа: { $fingerprint }
send-consent = Люди из этой записи согласны
    .hint = Они знают, что эту запись получит { $coalition }. Если она только о вас, достаточно вашего согласия.
send-consent-given = Вы уже отметили, что люди из этой записи согласны.
send-once = То, что коалиция прочитала, вернуть нельзя.
sending = Запечатываем запись…
