inbox-title = Входящие
inbox-search = Искать во входящих
inbox-empty-title = Сообщений пока нет
inbox-empty-text = Передайте приглашение людям, которым доверяете. Их сообщения появятся здесь.
inbox-empty-action = Показать приглашение
inbox-unread = Ещё не прочитано
inbox-unread-count =
    { $count ->
        [0] Всё прочитано
        [one] Не прочитано: { $count }
        [few] Не прочитано: { $count }
        [many] Не прочитано: { $count }
       *[other] Не прочитано: { $count }
    }
inbox-keys = j k ходить · Enter открыть · / искать · Ctrl K ещё
answer-title = Ответ
answer-placeholder = Что вы можете сделать, чего не можете и почему?
answer-hint = Это прочитает тот, кто прислал сообщение. Если отказываете, объясните почему.
answer-send = Отправить ответ
answer-sent = Ответ запечатан и уже в пути.
